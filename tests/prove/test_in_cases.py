"""Formulations that are one in every case, by what numbers may be and by which is larger."""

import pytest
from steprule.codegen.prove.prove import prove
from steprule.specs.claims.forms import beta, eps, form, lr, max_norm
from steprule.specs.language import Update, clip, cols, grad, mean, norm, states, t, theta, total
from steprule.specs.language.claims import Equivalence, Side, Verdict
from sympy import Abs, Expr, Integer, Max, Min, Piecewise, sign

m, d = states("m d")
G = grad(theta[t - 1])
LENGTH = norm(G)
AVERAGE = Update(m[t], beta * m[t - 1] + (1 - beta) * G)
SUM = Update(d[t], beta * d[t - 1] + G)


def along(direction: Expr, *before: Update) -> Side:
    kept = [m] if AVERAGE in before else [d] if SUM in before else []
    step = Update(theta[t], theta[t - 1] - lr * direction)
    return Side(form("Along", "made up", kept, *before, step))


def verdict(left: Side, right: Side, phi=None) -> Verdict:
    return prove(Equivalence("tried", "Tried.", left, right, phi or {})).verdict


SAME = {
    "clipping by cases": (Max(-max_norm, Min(max_norm, G)), sign(G) * Min(max_norm, Abs(G))),
    "its name": (clip(G, -max_norm, max_norm), Min(Max(G, -max_norm), max_norm)),
    "clipping by a norm": (
        G * max_norm / Max(max_norm, LENGTH),
        Piecewise((G, max_norm >= LENGTH), (max_norm * G / LENGTH, True)),
    ),
    "a size and its sign": (G, Abs(G) * sign(G)),
    "a length of a multiple": (norm(lr * (G - theta[t - 1])), lr * norm(theta[t - 1] - G)),
    "a mean of multiples": (mean(lr * G + beta), lr * mean(G) + beta * mean(Integer(1))),
    "a row's total": (total(G / (1 - beta), over=cols), total(G, over=cols) / (1 - beta)),
    "what a domain says": (Abs(lr * G), lr * Abs(G)),
}

OTHER = {
    "one bound": (Max(-max_norm, Min(max_norm, G)), Min(max_norm, G)),
    "the sign": (sign(G) * Min(max_norm, Abs(G)), Min(max_norm, Abs(G))),
    # Of one number they are the same, of several only where all have one sign.
    "a mean of sizes": (sign(G) * mean(Abs(G)), mean(G)),
    "a mean of what is above 0": (Max(G, 0) * mean(Max(G, 0)), Max(G, 0) * mean(G)),
    "a length of what may be below 0": (norm((lr - 1) * G), (lr - 1) * LENGTH),
    "a mean of products": (mean(G * theta[t - 1]), theta[t - 1] * mean(G)),
    "a length of a sum": (norm(G + theta[t - 1]), LENGTH + norm(theta[t - 1])),
    "what no domain says": (Abs((lr - 1) * G), (1 - lr) * Abs(G)),
}


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME.keys())
def test_the_same_in_every_case(left, right):
    assert verdict(along(left), along(right)) is Verdict.PROVED


@pytest.mark.parametrize(("left", "right"), OTHER.values(), ids=OTHER.keys())
def test_not_the_same(left, right):
    assert verdict(along(left), along(right)) is not Verdict.PROVED


def test_a_sign_sees_no_positive_factor():
    """The average is 1 - beta times the sum, and beta is below 1."""
    average, added = along(sign(m[t]), AVERAGE), along(sign(d[t]), SUM)
    assert verdict(average, added, {d[t]: m[t] / (1 - beta)}) is Verdict.PROVED
    # An epsilon may be 0, and then the sign is.
    assert verdict(along(sign(G)), along(sign(eps * G))) is not Verdict.PROVED
