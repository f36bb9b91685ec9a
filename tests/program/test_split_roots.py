"""Roots are taken of numbers of lines where these are known not to be negative."""

from fractions import Fraction

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.program.compile import compile_stages
from steprule.codegen.program.nodes import Apply, assignments, walk
from steprule.codegen.program.operations import SQRT
from steprule.codegen.program.stages import Stages
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Interval,
    Optimizer,
    State,
    Update,
    cols,
    grad,
    hyperparameters,
    intermediates,
    mean,
    rows,
    states,
    t,
    theta,
)
from sympy import Expr, Max, Piecewise, sqrt

lr, eps = hyperparameters("lr eps")
r, c, v = states("r c v")
x, y = intermediates("x y")
G, P = grad(theta[t - 1]), theta[t - 1]


def roots(value: Expr, *more: Update, of: Interval = NON_NEGATIVE) -> list[str]:
    """Whose roots a step by ``lr * G / (1 + value)`` takes: ``elements``, ``lines``.

    Stages are held against the equations as they are made, from any states there may be.
    """
    sign = -1 if of.low is None else 1
    spec = Optimizer(
        "Roots",
        summary="",
        source="here",
        hyper=[
            Hyper(lr, "0.1", NON_NEGATIVE, "rate"),
            Hyper(eps, "0.1", NON_NEGATIVE, "floor"),
        ],
        states=[
            State(r, init=0, key="r", shape=(rows,), domain=of),
            State(c, init=0, key="c", shape=(cols,), domain=of),
            State(v, init=0, key="v", domain=of),
        ],
        updates=[
            Update(r[t], r[t - 1] + sign * mean(G**2, over=cols)),
            Update(c[t], c[t - 1] + sign * mean(G**2, over=rows)),
            Update(v[t], v[t - 1] + sign * G**2),
            *more,
            Update(theta[t], P - lr * G / (1 + eps + value) + r[t] + c[t] + v[t]),
        ],
    )
    return sorted({"elements" if n.type.axes == (rows, cols) else "lines" for n in _roots(spec)})


def _roots(spec: Optimizer) -> list[Apply]:
    stages: Stages = compile_stages(analyse(spec))
    bodies = [s.program.body if hasattr(s, "program") else s.body for s in stages.stages]
    nodes = (n for body in bodies for a in assignments(body) for n in walk(a.value))
    return [n for n in nodes if isinstance(n, Apply) and n.op is SQRT]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (sqrt(r[t] * c[t]), ["lines"]),
        (sqrt(r[t] * c[t] / Max(mean(r[t], over=rows), eps)), ["lines"]),
        (sqrt(r[t] * v[t]), ["elements"]),  # it is taken of each element, whatever else is
        (sqrt(r[t] + c[t]), ["elements"]),
    ],
)
def test_what_is_under_a_root(value: Expr, expected: list[str]) -> None:
    assert roots(value) == expected


def test_two_negative_numbers_have_a_product_with_a_root() -> None:
    below = Interval(high=Fraction(0))
    assert roots(sqrt(r[t - 1] * c[t - 1]), of=below) == ["elements"]
    assert roots(sqrt(r[t - 1] * c[t - 1])) == ["lines"]


def test_a_name_that_is_read_under_roots_alone_holds_one() -> None:
    product = Update(x[t], r[t] * c[t])
    assert roots(sqrt(x[t]) + Max(sqrt(x[t]), eps), product) == ["lines"]
    assert roots(sqrt(x[t]) + x[t], product) == ["elements"]


def test_a_name_that_is_another_value_for_some_shapes() -> None:
    cases = Update(x[t], Piecewise((r[t] * c[t], lr > 0), (v[t], True)))
    assert roots(sqrt(x[t]), cases) == ["elements", "lines"]
