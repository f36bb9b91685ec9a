"""NumPy tells nothing of what is computed of an element and not chosen for it."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import steprule.numpy
from steprule.codegen.analysis import analyse
from steprule.codegen.backends.numpy.unchosen import Unchosen, apart
from steprule.codegen.program import operations as ops
from steprule.codegen.program.allocate import Choice, Instruction
from steprule.codegen.program.nodes import Name
from steprule.codegen.program.types import HOST_REAL, TENSOR
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    Update,
    grad,
    hyperparameters,
    t,
    theta,
)
from sympy import Piecewise, sqrt

from ..sample import declarations, takes_any_shape


def instruction(target: str, op: ops.Operation | None, *read: str) -> Instruction:
    return Instruction(target, op, tuple(Name(name, TENSOR) for name in read), None)


SELECT = instruction("x", ops.SELECT, "test", "tmp", "y")
QUOTIENT = instruction("tmp", ops.DIV, "y", "z")


def targets(steps: Any) -> list[Any]:
    """What lines write to; in a list of their own those of which nothing is told."""
    return [[one.target for one in s.steps] if isinstance(s, Unchosen) else s.target for s in steps]


def test_what_a_selection_alone_reads_is_apart() -> None:
    assert targets(apart([QUOTIENT, SELECT], ["x"])) == [["tmp"], "x"]


def test_what_is_chosen_of_it_is_not_apart_if_anything_else_reads_it() -> None:
    other = instruction("y", ops.ADD, "y", "tmp")
    assert targets(apart([QUOTIENT, SELECT, other], ["x", "y"])) == ["tmp", "x", "y"]


def test_a_condition_is_read_of_every_element() -> None:
    test = instruction("test", ops.GT, "quotient", "y")
    quotient = instruction("quotient", ops.DIV, "y", "z")
    steps = [quotient, test, QUOTIENT, SELECT]
    assert targets(apart(steps, ["x"])) == ["quotient", "test", ["tmp"], "x"]


def test_what_leads_to_it_is_apart_from_the_first_quotient_on() -> None:
    steps = [
        instruction("tmp", ops.MUL, "y", "z"),
        instruction("tmp", ops.SQRT, "tmp"),
        instruction("tmp", ops.ADD, "tmp", "z"),
        SELECT,
    ]
    assert targets(apart(steps, ["x"])) == ["tmp", ["tmp", "tmp"], "x"]


def test_what_one_branch_reads_for_sure_is_not_apart() -> None:
    sure = Choice(Name("flag", HOST_REAL), (instruction("x", None, "tmp"),), (SELECT,))
    assert isinstance(apart([QUOTIENT, sure], ["x"])[0], Instruction)


G = grad(theta[t - 1])
(rate,) = hyperparameters("lr")

reciprocal_root = analyse(
    Optimizer(
        "ReciprocalRoot",
        summary="Divides by the root of what is positive.",
        source="none",
        hyper=[Hyper(rate, "0.1", NON_NEGATIVE, "rate")],
        states=[],
        updates=[
            Update(theta[t], theta[t - 1] - rate * Piecewise((1 / sqrt(G), G > 0), (G, True)))
        ],
    )
)


def test_values_are_those_of_the_branch(package: Callable[..., Any]) -> None:
    rules = package([reciprocal_root], only=("numpy",))
    theta = np.zeros(3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rules.optimizer("numpy", reciprocal_root)(lr=1.0).update(theta, np.array([4.0, 0.0, -1.0]))
    assert theta.tolist() == [-0.5, 0.0, 1.0]


@pytest.mark.parametrize("spec", declarations(takes_any_shape).values(), ids=lambda spec: spec.name)
def test_no_rule_tells_of_gradients_that_are_zero(spec: Optimizer) -> None:
    cls = getattr(steprule.numpy, spec.name)
    optimizer = cls(0.1) if "lr" in cls.__init__.__code__.co_varnames else cls()
    theta, inputs = np.ones((3, 3)), [i for i in spec.inputs if not i.is_random]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for gradient in (np.zeros((3, 3)), np.eye(3)):
            read = [i for i in inputs if optimizer.needs(i.name)]
            given = {i.name: gradient if i.is_tensor else 0.5 for i in read}
            optimizer.update(theta, gradient, **given)
    assert np.isfinite(theta).all()
