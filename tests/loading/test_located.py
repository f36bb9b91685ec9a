"""A fault that is found in a spec of a file is told with the line it stands in."""

from pathlib import Path

import pytest
from steprule.codegen.loading.selection import named, selected
from steprule.specs.language import SpecError

FILE = """from steprule.specs.language import *

lr, decay = hyperparameters("lr beta")
(old,) = states("m")
(g,) = intermediates("g")
LR = Hyper(lr, "0.1", NON_NEGATIVE, "rate")
AVERAGE = Update(old[t], decay * old[t - 1] + g[t])


def rule(name, *updates, **others):
    updates = [Update(g[t], grad(theta[t - 1])), *updates]
    return Optimizer(name, "s.", "here", updates=updates, **others)


first = rule(
    "First",
    AVERAGE,
    Update(theta[t], theta[t - 1] - lr * old[t]),
    hyper=[LR, Hyper(decay, "0.5", UNIT, "decay")],
    states=[State(old, init=0, key="m")],
)
second = rule(
    "Second",
    {average},
    Update(theta[t], theta[t - 1] - lr * {step}),
    hyper=[
        LR,
        Hyper(decay, {default}, UNIT, "decay"),
    ],
    states=[
        State(old, init={init}, key="m"),
    ],
)
"""
RIGHT = {"average": "AVERAGE", "step": "old[t]", "default": '"0.5"', "init": "0"}
WRONG = [
    ({"step": "g[t] / old[t]"}, "division", 25),
    ({"default": '"2"'}, "default", 28),
    ({"default": "0.5"}, "default", 28),
    ({"init": "0.1"}, "float", 31),
    ({"init": "g[t]"}, "declaration", 31),
    (
        {"average": "Update(old[t], decay * old[t] + g[t])"},
        "cycle",
        24,
    ),
]


@pytest.mark.parametrize(("wrong", "code", "line"), WRONG, ids=str)
def test_of_several_rules_it_is_the_line_of_the_one(
    wrong: dict[str, str], code: str, line: int, tmp_path: Path
) -> None:
    file = tmp_path / "rules.py"
    file.write_text(FILE.format(**RIGHT | wrong))
    for of in (selected, named):
        with pytest.raises(SpecError) as caught:
            of([str(file)])
        assert caught.value.code == code
        assert f"Second: rules.py, line {line}: " in str(caught.value)


def test_what_stands_elsewhere_is_of_the_line_where_the_rule_is_made(tmp_path: Path) -> None:
    file = tmp_path / "rules.py"
    file.write_text(FILE.format(**RIGHT).replace("+ g[t])", "+ 1 / g[t])"))
    with pytest.raises(SpecError, match=r"\[division\] First: rules\.py, line 15: m\[t\] = "):
        selected([f"{file}:first"])


def test_a_rule_whose_name_stands_nowhere_is_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "rules.py"
    text = FILE.format(**RIGHT | {"step": "old[t] / g[t]"}).replace('"Second"', '"Sec" + "ond"')
    file.write_text(text)
    with pytest.raises(SpecError, match=r"\[division\] Second: rules\.py: theta\[t\] = "):
        selected([f"{file}:second"])
