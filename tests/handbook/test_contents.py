"""Every page is reached from the home page."""

import pytest
from steprule.codegen.handbook.contents import ordered
from steprule.codegen.handbook.edition import edition
from steprule.codegen.handbook.page import Page


def _pages(*names: str) -> list[Page]:
    return [Page(name, f"# {name}\n") for name in names]


def test_pages_are_listed_above_them() -> None:
    home, optimizers, sgd, adam = ordered(
        _pages("index", "optimizers/index", "optimizers/sgd", "optimizers/adam"), edition()
    )
    assert ":caption: Rules and schedules" in home.text
    assert "\n/optimizers/index\n" in home.text
    assert "/optimizers/adam" not in home.text
    assert "\n/optimizers/sgd\n/optimizers/adam\n" in optimizers.text
    assert (sgd.text, adam.text) == ("# optimizers/sgd\n", "# optimizers/adam\n")


def test_parts_without_pages_are_left_out() -> None:
    home, *_ = ordered(_pages("index", "errata"), edition())
    assert home.text.count("{toctree}") == 1


def test_a_page_that_nothing_lists_is_refused() -> None:
    with pytest.raises(ValueError, match="no part of the contents has the page lost"):
        ordered(_pages("index", "lost"), edition())


def test_two_pages_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two pages have the name errata"):
        ordered(_pages("index", "errata", "errata"), edition())
