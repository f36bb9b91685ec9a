"""From equations to the tree: one assignment an equation, in reading order."""

import pytest
from steprule.codegen.program.lower import lower, lower_expression
from steprule.codegen.program.nodes import Absent, assignments
from steprule.codegen.program.types import Place
from steprule.specs.language import (
    Shape,
    State,
    Update,
    clip,
    flags,
    grad,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)
from sympy import (
    Abs,
    And,
    Eq,
    Function,
    Max,
    Min,
    Ne,
    Not,
    Or,
    Piecewise,
    Rational,
    exp,
    log,
    sign,
    sqrt,
)

lr, a, w = hyperparameters("lr a w")
(flag,) = flags("flag")
m, product = states("m product")
(x,) = intermediates("x")
G = grad(theta[t - 1])
P = theta[t - 1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (P - lr * G, "theta - lr * grad"),
        (-G, "-grad"),
        (-lr * G / 2, "-(lr * grad / 2)"),
        (P / (a * Abs(G)), "theta / (a * abs(grad))"),
        (G**2, "grad**2"),
        (G**3, "grad ** 3"),
        (Abs(G) ** a, "abs(grad) ** a"),
        (1 / (1 + G**2), "1 / (1 + grad**2)"),
        (G / sqrt(1 + P**2), "grad / sqrt(1 + theta**2)"),
        (P * Rational(2, 3), "2 * theta / 3"),
        (Max(G, P), "max(theta, grad)"),
        (Max(0, P), "max(theta, 0)"),
        (Min(G, a), "min(grad, a)"),
        (clip(G, 0, a), "clip(grad, 0, a)"),
        (exp(-Abs(G)), "exp(-abs(grad))"),
        (log(1 + sign(G) * G), "log(1 + sign(grad) * grad)"),
        (P / norm(G), "theta / norm(grad)"),
        (Piecewise((G, flag), (P, True)), "select(flag, grad, theta)"),
        (Piecewise((G, Eq(t, 1)), (P, True)), "select(first, grad, theta)"),
        (Piecewise((G, t > 1), (P, True)), "select(not first, grad, theta)"),
        (Piecewise((G, t > 2), (P, True)), "select(t > 2, grad, theta)"),
        (Piecewise((G, Eq(a, 0)), (P, True)), "select(a == 0, grad, theta)"),
        (
            Piecewise((G, flag), (P, a > w), (-G, True)),
            "select(flag, grad, select(a > w, theta, -grad))",
        ),
    ],
)
def test_expressions(value, expected, make, text):
    assert text(lower(make(Update(theta[t], value)))) == f"---\ntheta[t] = {expected}"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (And(flag, a > w), "a > w and flag"),
        (Or(Not(flag), Eq(a, w)), "a == w or not flag"),
        (Ne(a, 0), "a != 0"),
    ],
)
def test_conditions(condition, expected, make):
    from steprule.codegen.program.forms import PYTHON, Language, Printer

    assert (
        Printer(Language("Python", PYTHON))(lower_expression(make(Update(theta[t], P)), condition))
        == expected
    )


def test_old_and_new_value_of_a_state(make, text):
    program = lower(make(Update(m[t], w * m[t - 1] + G), Update(theta[t], P - m[t] * m[t - 1])))
    assert text(program) == "---\nm[t] = w * m + grad\ntheta[t] = theta - m * m[t]"
    assert [a.equation for a in assignments(program.body)] == [
        "m[t] = w*m[t-1] + grad(theta[t-1])",
        "theta[t] = theta[t-1] - m[t-1]*m[t]",
    ]


def test_a_state_under_a_condition_is_else_absent(make):
    kept = [State(m, init=0, key="m", when=flag)]
    program = lower(make(Update(m[t], G), Update(theta[t], P - G), states=kept))
    value = program.body[0].value
    assert value.args[2] == Absent()
    assert program.slots[1].when == value.args[0]


def test_types(make):
    kept = [State(product, init=1, key="product", shape=Shape.SCALAR)]
    updates = [
        Update(product[t], product[t - 1] * w),
        Update(x[t], norm(G)),
        Update(theta[t], P - x[t] * product[t] * G),
    ]
    program = lower(make(*updates, states=kept))
    scalar, reduced, new = (a.target.type for a in assignments(program.body))
    assert (scalar.axes, scalar.place) == ((), Place.HOST)
    assert (reduced.axes, reduced.place) == ((), Place.DEVICE)
    assert (new.axes, new.place) == (Shape.TENSOR.axes, Place.DEVICE)


def test_what_has_no_node_is_named(make):
    odd = Function("odd")
    with pytest.raises(NotImplementedError, match="odd"):
        lower(make(Update(theta[t], P - odd(lr) * G)))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (And(flag, G > 0), "select(flag, select(grad > 0, grad, 0), 0)"),
        (Or(flag, G > 0), "select(flag, grad, select(grad > 0, grad, 0))"),
        (And(flag, lr > 1), "select(flag and lr > 1, grad, 0)"),
        (And(G > 0, P > 0), "select(grad > 0 and theta > 0, grad, 0)"),
    ],
)
def test_what_is_known_on_the_host_chooses_first(make, text, condition, expected):
    x_of_case = Update(x[t], Piecewise((G, condition), (0, True)))
    program = lower(make(x_of_case, Update(theta[t], P - x[t])))
    assert text(program).splitlines()[1] == f"x = {expected}"
