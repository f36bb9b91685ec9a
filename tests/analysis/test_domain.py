"""Rule domain: states stay in their domains."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    UNIT_CLOSED,
    Hyper,
    State,
    Update,
    grad,
    hyperparameters,
    lerp,
    states,
    t,
    theta,
)
from sympy import Abs, Max, Min

lr, beta, start = hyperparameters("lr beta start")
(v,) = states("v")
g = grad(theta[t - 1])


def spec(momentum, value, domain, init=0):
    hyper = [*momentum().hyper]
    if hasattr(init, "has") and init.has(start):
        hyper.append(Hyper(start, "2", REAL, "start"))
    return momentum(
        hyper=hyper,
        states=[State(v, init, "v", domain=domain)],
        updates=[Update(v[t], value), Update(theta[t], theta[t - 1] - lr * beta * v[t])],
    )


@pytest.mark.parametrize(
    ("value", "domain", "init"),
    [
        (beta * v[t - 1] + (1 - beta) * g**2, NON_NEGATIVE, 0),
        (lerp(v[t - 1], g**2, beta), NON_NEGATIVE, 0),
        (v[t - 1] * Abs(g) / (1 + Abs(g)) + g**2, NON_NEGATIVE, start),
        (v[t - 1] + Abs(g), POSITIVE, 1),
        (Max(v[t - 1], g), POSITIVE, start),
        (Min(v[t - 1], Abs(g)), UNIT_CLOSED, 1),
        (beta * v[t - 1] + 0 * g, UNIT, 0),
        (v[t - 1] - g, REAL, -1),
    ],
)
def test_stays(momentum, value, domain, init):
    assert analyse(spec(momentum, value, domain, init))


@pytest.mark.parametrize(
    ("value", "domain", "problem"),
    [
        (
            beta * v[t - 1] + (1 - beta) * g,
            NON_NEGATIVE,
            "leave its domain 0 <= v: it ranges over (-oo, oo)",
        ),
        (v[t - 1] - g**2, NON_NEGATIVE, "leave its domain"),
        (v[t - 1] + beta * Abs(g), UNIT_CLOSED, "leave its domain 0 <= v <= 1"),
        (lerp(v[t - 1], g**2, 1 + beta), NON_NEGATIVE, "leave its domain"),
        (v[t - 1] * 2, UNIT_CLOSED, "it ranges over [0, 2]"),
    ],
)
def test_leaves(momentum, refused, value, domain, problem):
    refused(
        spec(momentum, value, domain), "domain", "v[t] = ", "v[t] can", problem, "Widen the domain"
    )


@pytest.mark.parametrize(
    ("domain", "init", "problem"),
    [
        (POSITIVE, 0, "[0, 0] is not in its domain 0 < v"),
        (NON_NEGATIVE, -1, "[-1, -1] is not in its domain 0 <= v"),
        (UNIT_CLOSED, start, "[2, 2] is not in its domain 0 <= v <= 1"),
    ],
)
def test_starts_outside(momentum, refused, domain, init, problem):
    stays = Min(v[t - 1], Abs(g) + 1)
    refused(spec(momentum, stays, domain, init), "domain", "init of state v", problem, "Change")
