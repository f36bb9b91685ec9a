"""How wide columns are made in the book."""

from steprule.codegen.handbook.measure import shares, width


def test_a_column_has_room_for_what_does_not_break_in_it() -> None:
    rows = [["$steps_{per}$", "{code}`steps_per_epoch`", "a few words " * 20]]
    symbol, argument, meaning = shares(rows, 80)
    assert symbol >= width("steps_{per}")
    assert argument >= len("steps_per_epoch")
    assert meaning > argument
    assert symbol + argument + meaning <= 82


def test_cells_that_all_fit_are_not_spread() -> None:
    assert shares([["one", "two"], ["$x$", "three"]], 80) == [4, 6]


def test_where_there_is_no_room_no_column_is_lost() -> None:
    assert all(share > 0 for share in shares([["", "{code}`" + "x" * 90 + "`"]], 40))


def test_code_breaks_between_its_words() -> None:
    name, shown = shares([["agrees to all digits", "{code}`from 1 by 1 to 0, not 5e-11`" * 9]], 60)
    assert name >= len("digits")
    assert shown <= 60 - name + 1
    assert shares([["{code}`a b`", "x"]], 20) < shares([["{code}`a_b`", "x"]], 20)


def test_of_a_link_its_text_counts_and_chinese_breaks_anywhere() -> None:
    short, long = shares([["[Adam](/optimizers/adam.md)", "学习率每步的衰减" * 9]], 60)
    assert short <= 6
    assert long >= 40


def test_cases_within_cases_are_as_wide_as_what_is_widest_in_them() -> None:
    inner = r"\begin{cases} a & x \\ b & y \end{cases}"
    outer = rf"\begin{{cases}} {inner} & z \\ c & z \end{{cases}}"
    assert width(inner) < width(outer) < width(inner) + width(" & z") + 4


def test_a_link_without_a_text_is_as_wide_as_a_title() -> None:
    work, named = shares([["Kingma & Ba, 2015", "[](/adam.md), [](/momentum.md)"]], 60)
    assert named > work
