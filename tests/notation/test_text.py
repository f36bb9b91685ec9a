"""Equations as text, in reading order."""

import pytest
from steprule.codegen.notation.text import TextPrinter, decimal
from steprule.specs.language import (
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    lerp,
    norm,
    states,
    t,
    theta,
)
from steprule.specs.optimizers.adam import adam
from sympy import (
    Abs,
    And,
    Eq,
    Function,
    Integer,
    Max,
    Min,
    Not,
    Or,
    Piecewise,
    Rational,
    exp,
    log,
    sign,
    sqrt,
)

lr, beta1, eps = hyperparameters("lr beta1 eps")
amsgrad, maximize = flags("amsgrad maximize")
m, v = states("m v")
(x,) = intermediates("x")
g = grad(theta[t - 1])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (beta1 * m[t - 1] + (1 - beta1) * g, "beta1*m[t-1] + (1 - beta1)*grad(theta[t-1])"),
        (theta[t - 1] - lr * m[t] / (sqrt(v[t]) + eps), "theta[t-1] - lr*m[t]/(sqrt(v[t]) + eps)"),
        (-m[t], "-m[t]"),
        (-lr * (m[t] + v[t]) / 2, "-lr*(m[t] + v[t])/2"),
        (m[t] / 3, "m[t]/3"),
        (m[t] * Rational(2, 3), "2*m[t]/3"),
        (v[t] ** 2, "v[t]**2"),
        ((m[t] * v[t]) ** lr, "(m[t]*v[t])**lr"),
        (v[t] ** Rational(1, 3), "v[t]**(1/3)"),
        (Rational(96, 100) ** t, "0.96**t"),
        (beta1 ** (t + 1), "beta1**(t + 1)"),
        (Abs(m[t]), "abs(m[t])"),
        (sign(m[t]), "sign(m[t])"),
        (exp(-lr), "exp(-lr)"),
        (log(1 + lr), "log(1 + lr)"),
        (Max(v[t], v[t - 1]), "max(v[t-1], v[t])"),
        (Min(lr, 1), "min(lr, 1)"),
        (norm(m[t]), "norm(m[t])"),
        (lerp(m[t - 1], g, lr), "lerp(m[t-1], grad(theta[t-1]), lr)"),
        (Piecewise((m[t], amsgrad), (v[t], True)), "m[t] if amsgrad else v[t]"),
        (
            Piecewise((m[t], amsgrad), (v[t], maximize), (x[t], True)),
            "m[t] if amsgrad else v[t] if maximize else x[t]",
        ),
        (2 * Piecewise((m[t], amsgrad), (v[t], True)), "2*(m[t] if amsgrad else v[t])"),
    ],
)
def test_expressions(expression, expected):
    assert TextPrinter(adam).expression(expression) == expected


def test_a_case_within_a_case_stands_in_parentheses():
    inner = Piecewise((m[t], maximize), (v[t], True), evaluate=False)
    nested = Piecewise((inner, amsgrad), (x[t], True), evaluate=False)
    assert TextPrinter(adam).expression(nested) == (
        "(m[t] if maximize else v[t]) if amsgrad else x[t]"
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (And(amsgrad, Not(maximize)), "amsgrad and not maximize"),
        (Or(And(amsgrad, maximize), Eq(t, 1)), "(amsgrad and maximize) or t == 1"),
        (lr >= 1, "lr >= 1"),
    ],
)
def test_conditions(condition, expected):
    words = set(expected.replace("(", "").replace(")", "").split(" or "))
    text = TextPrinter(adam).condition(condition)
    assert set(text.replace("(", "").replace(")", "").split(" or ")) == words


def test_an_equation():
    update = Update(m[t], (1 - beta1) * g + beta1 * m[t - 1])
    assert TextPrinter(adam).equation(update) == (
        "m[t] = beta1*m[t-1] + (1 - beta1)*grad(theta[t-1])"
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (Integer(-2), "-2"), (Rational(1, 2), "0.5"), (Rational(1, 3), "1/3"),
        (Rational(1, 10**5), "1e-05"), (Rational(1, 2**40), "1/1099511627776"),
    ],
)  # fmt: skip
def test_numbers(number, expected):
    assert decimal(number) == expected


def test_what_has_no_text_is_named():
    with pytest.raises(NotImplementedError, match="odd"):
        TextPrinter(adam).expression(Function("odd")(lr))
