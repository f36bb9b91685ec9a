"""What operators make of rules, beside the same written out by hand."""

from functools import partial

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import builtin
from steprule.codegen.loading.stacks import operators
from steprule.specs.language import SpecError

from . import by_hand

REFUSED = {
    ("nesterov", "Lion"): "nothing of its step reads m[t]",
    ("amsgrad", "SGD"): "it has no state that could be its second moment",
    ("amsgrad", "Lion"): "it has no state that could be its second moment",
    ("belief", "SGD"): "it has no state that could be its second moment",
    ("belief", "Lion"): "it has no state that could be its second moment",
    ("warm_nesterov", "Lion"): "nothing of its step reads m[t]",
}
INVALID = {("warm_nesterov", "SGD")}
"""Whose momentum need not forget, so that no correction for its start is defined."""
SETTINGS = {
    "skip": {"limit": by_hand.LIMIT},
    "schedule_free": {"decay": 0.05},
    "adagc": {"warmup": 4},
    "zclip": {"warmup": 4, "threshold": 0.1},
    "graft": {"size": builtin()["Adam"]},
    "mechanic": {"s_init": 0.1},
}
CLIMBS = {"asam"}
"""Operators that take a second gradient."""
ELSEWHERE = {"sam"}
"""Operators whose steps take more than a gradient, which are tested by themselves."""
CASES = [
    pytest.param(name, rule, marks=[] if rule == "AdamW" else [pytest.mark.exhaustive])
    for name in operators()
    for rule in by_hand.RULES
    if (name, rule) not in {*REFUSED, *INVALID} and name not in ELSEWHERE
]


@pytest.fixture(scope="module")
def made(package):
    """By name, the NumPy class of an operator done to a rule."""

    def of(name, rule):
        spec = analyse(operators()[name](builtin()[rule], **SETTINGS.get(name, {})))
        return package([spec], formatted=False, only=["numpy"]).optimizer("numpy", spec)

    return of


@pytest.mark.parametrize(("name", "rule"), CASES)
def test_steps_are_those_by_hand(name, rule, made):
    made_by = getattr(by_hand, name)
    expected = made_by(by_hand.RULES[rule](**made_by.rule_options))
    optimizer = made(name, rule)(**by_hand.RULES[rule].arguments)
    thetas, points = [x.copy() for x in by_hand.tensors()], by_hand.tensors()
    for step in range(by_hand.STEPS):
        grads = partial(by_hand.gradient, step=step)
        optimizer.update(thetas, grads if name in CLIMBS else grads(thetas))
        points = expected.step(points, step)
        for found, point in zip(thetas, points, strict=True):
            # A direction of rounding's size is divided by nothing smaller than 1e-3 of its terms.
            np.testing.assert_allclose(found, point, rtol=1e-11, atol=1e-13, err_msg=f"{step}")


@pytest.mark.parametrize(("name", "rule"), REFUSED)
def test_what_makes_no_sense_is_refused(name, rule):
    with pytest.raises(SpecError) as caught:
        operators()[name](builtin()[rule])
    assert caught.value.code == "operator"
    assert caught.value.problem == f"it cannot be done to {rule}: {REFUSED[name, rule]}"


@pytest.mark.parametrize(("name", "rule"), sorted(INVALID))
def test_what_is_not_defined_is_refused(name, rule):
    with pytest.raises(SpecError, match=r"the denominator 1 - momentum can be 0"):
        analyse(operators()[name](builtin()[rule]))


def test_every_operator_is_written_out_by_hand():
    assert {name for name in operators() if hasattr(by_hand, name)} | ELSEWHERE == {*operators()}
