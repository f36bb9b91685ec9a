"""Maps that are found where none is given: of coefficients that depend on t, and through cases."""

import pytest
from steprule.codegen.prove.prove import prove_without_map
from steprule.specs.language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    State,
    Update,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from steprule.specs.language.claims import Equivalence, Side, Verdict
from sympy import Piecewise, sqrt

lr, beta = hyperparameters("lr beta")
m, n = states("m n")
G = grad(theta[t - 1])


def rule(name, state, average, step):
    return Optimizer(
        name,
        summary="A mean.",
        source="Nobody",
        hyper=[Hyper(lr, "1e-3", NON_NEGATIVE, "rate"), Hyper(beta, "0.9", UNIT, "decay")],
        states=[State(state, 0, "mean")],
        updates=[Update(state[t], average), Update(theta[t], theta[t - 1] - lr * step)],
    )


def corrected(name="Corrected", factor=1):
    """The corrected mean is what is stored."""
    weighted = beta * (1 - beta ** (t - 1)) * n[t - 1] + factor * (1 - beta) * G
    return rule(name, n, weighted / (1 - beta**t), n[t])


PLAIN = rule("Plain", m, beta * m[t - 1] + (1 - beta) * G, m[t] / (1 - beta**t))


def settled(left, right):
    return prove_without_map(Equivalence("pair", "They are one.", Side(left), Side(right), {}))


@pytest.mark.parametrize("turned", [False, True])
def test_two_ways_to_correct_a_mean(turned):
    pair = (corrected(), PLAIN)
    found = settled(*(pair[::-1] if turned else pair))
    assert found.verdict is Verdict.PROVED
    assert "may depend on t" in found.tried[-1]
    (value,) = found.claim.phi.values()
    weight = 1 - beta**t  # 0 before the first step, where there is nothing to divide yet
    assert (value - (m[t] / weight if turned else weight * n[t])).simplify() == 0


def test_another_mean_is_not_taken_for_it():
    assert settled(corrected(factor=2), PLAIN).verdict is not Verdict.PROVED


def rectified(name, state, limit):
    """With cases by the step, as RAdam has, and a root that is only real in one of them."""
    rho = 2 / (1 - beta) - 1 - 2 * t * beta**t / (1 - beta**t)
    step = Piecewise((state[t] * sqrt((rho - 4) / rho), rho > limit), (state[t], True))
    return rule(name, state, beta * state[t - 1] + (1 - beta) * G, step)


def test_cases_that_are_the_same():
    assert settled(rectified("One", m, 5), rectified("Two", n, 5)).verdict is Verdict.PROVED


def test_cases_that_differ():
    assert settled(rectified("One", m, 5), rectified("Two", n, 4)).verdict is not Verdict.PROVED
