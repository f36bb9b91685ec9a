"""The bibliography: works are found in prose and in sources, and none is left out."""

import re

import pytest
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.pages.bibliography import works


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kingma & Ba, 2015, arXiv:1412.6980, Algorithm 1", [("1412.6980", "Kingma & Ba, 2015")]),
        (
            "as You,\nGitman & Ginsburg (2017,\narXiv:1708.03888) saw",
            [("1708.03888", "You, Gitman & Ginsburg, 2017")],
        ),
        ("(van Laarhoven, 2017, arXiv:1706.05350)", [("1706.05350", "van Laarhoven, 2017")]),
        (
            "Pascal, 2013, On gradients, arXiv:1211.5063; So Li et al., 2020, arXiv:2001.00001",
            [
                ("1211.5063", "Pascal, 2013"),
                ("2001.00001", "Li et al., 2020"),
            ],
        ),
        (
            "（Nesterov, 2004, 第 2.2 节）。Cohen 等 (2021, arXiv:2103.00065) 称之为",
            [("2103.00065", "Cohen 等, 2021")],
        ),
        ("Polyak, 1964, theorem 9", []),
    ],
)
def test_works_are_found(text: str, found: list[tuple[str, str]]) -> None:
    assert list(works(text)) == [(f"arXiv:{number}", work) for number, work in found]


def test_every_paper_is_listed_once_with_what_names_it(pages: dict[str, Page]) -> None:
    text = pages["bibliography"].text
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text, re.MULTILINE)[2:]
    listed = [number for work, _ in rows for number in re.findall(r"abs/([\d.]+)\)", work)]
    assert len(listed) == len(set(listed)) == len(rows)
    cited = {
        number
        for name, page in pages.items()
        if "/" not in name or name.startswith("optimizers/")
        for number in re.findall(r"arxiv\.org/abs/(\d{4}\.\d{4,5})", page.text)
    }
    assert cited - set(listed) == set()
    (adam,) = [places for work, places in rows if "1412.6980" in work]
    assert "[Adam](/optimizers/adam.md)" in adam
