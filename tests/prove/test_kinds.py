"""Claims of files, with something in a place that is for something else."""

import re
from pathlib import Path

import pytest
from steprule.codegen.prove.discover import builtin_claims, claims_in
from steprule.codegen.prove.kinds import require_kinds
from steprule.specs.language import SpecError

FILE = """
from steprule.specs.language import *
from steprule.specs.optimizers.sgd import sgd

(lr,) = hyperparameters("lr")
(m,) = states("m")
side = Side(sgd)

claim = {claim}
"""
WRONG = [
    ("Equivalence('x', 's', sgd, side)", "left: ", "Write Side(rule)"),
    ("Equivalence('x', 's', side, Side('sgd'))", "spec of right: ", "Give a rule"),
    ("Equivalence('x', 's', side, Side(sgd, hyper={'lr': 2 * lr}))", "'lr'", "without quotes"),
    ("Equivalence('x', 's', side, side, {m: lr})", "phi: Series('m')", "m[t]"),
    ("Equivalence('x', 's', side, side, m)", "phi: ", "Write a dict"),
    ("Identity('x', 's', Part('a', lr, lr), Verdict.PROVED)", "parts: ", "Write a tuple"),
    ("Identity('x', 's', (lr,), Verdict.PROVED)", "parts: lr", "Write Part("),
    ("Identity('x', 's', (Part('a', lr > 0, lr > 0),), Verdict.PROVED)", "left of parts", "Write"),
    ("Identity('x', 's', (Part('a', lr, lr),), 'PROVED')", "expected: ", "Verdict.PROVED"),
    ("Identity('x', 's', (Part('a', lr, lr),), Verdict.PROVED, about='Adam')", "about", "tuple"),
    ("Identity(lr, 's', (Part('a', lr, lr),), Verdict.PROVED)", "name: lr", "in quotes"),
]


OF_NOTHING = [
    ("Equivalence('x', 's', side, Side(sgd, hyper={lr: 0.5}))", "float", "hyper of right: 0.5 is"),
    (
        "Equivalence('x', 's', side, side, {m[t]: 2.5 * m[t]})",
        "float",
        "phi: 2.5 is a float. Write R",
    ),
    ("Identity('x', 's', (Part('a', 0.1 * lr, lr / 10),), Verdict.PROVED)", "float", "0.1 is a fl"),
    ("Equivalence('x', 's', Side(sgd, hyper={of: lr}), side)", "hyper", "SGD has no of. Name one"),
    (
        "Equivalence('x', 's', Side(sgd, [of]), side)",
        "option",
        "no option of. Name one of nesterov",
    ),
    ("Identity('x', 's', (), Verdict.PROVED)", "given", "parts: there is none, so nothing is"),
]


@pytest.mark.parametrize(("made", "code", "words"), OF_NOTHING)
def test_numbers_that_are_rounded_and_what_a_rule_has_not(
    made: str, code: str, words: str, tmp_path: Path
) -> None:
    file = FILE.replace("(lr,)", "(of,) = hyperparameters('of')\n(lr,)").format(claim=made)
    (tmp_path / "claims.py").write_text(file)
    with pytest.raises(SpecError, match=re.escape(words)) as caught:
        claims_in(str(tmp_path / "claims.py"))
    assert caught.value.code == code


@pytest.mark.parametrize(("made", "where", "remedy"), WRONG)
def test_what_is_wrong_and_what_to_write(
    made: str, where: str, remedy: str, tmp_path: Path
) -> None:
    (tmp_path / "claims.py").write_text(FILE.format(claim=made))
    with pytest.raises(SpecError) as caught:
        claims_in(str(tmp_path / "claims.py"))
    assert caught.value.code == "kind"
    assert where in str(caught.value)
    assert remedy in str(caught.value)


def test_of_those_that_are_right_nothing_is_said() -> None:
    for claim in builtin_claims().values():
        require_kinds(claim)
