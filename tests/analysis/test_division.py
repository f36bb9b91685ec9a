"""Rule division: no denominator can be zero."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    Hyper,
    State,
    Update,
    grad,
    hyperparameters,
    intermediates,
    norm,
    one_minus_power,
    states,
    t,
    theta,
)
from sympy import Abs, Eq, Max, Ne, Piecewise, Rational, exp, sqrt

lr, eps, beta, mu = hyperparameters("lr eps beta mu")
(s,) = states("s")
(n,) = intermediates("n")
g = grad(theta[t - 1])
EPS = Hyper(eps, "1e-10", NON_NEGATIVE, "guard")
BETA = Hyper(beta, "0.9999", UNIT, "decay")
MU = Hyper(mu, "0", NON_NEGATIVE, "momentum")


@pytest.mark.parametrize(
    "value",
    [
        g / (Abs(g) + eps),
        g / (sqrt(norm(g)) + eps),
        g / Max(g, eps),
        g / (g**2 + eps),
        g * exp(-g) / (exp(g) + eps),
        eps * g / exp(g),
        eps * g / t,
        eps * g / sqrt(t),
        Piecewise((g / (t - 1) + eps, t > 1), (g, True)),
        Piecewise((eps * g / g, Ne(g, 0)), (g, True)),
        Piecewise((g, Eq(norm(g), 0)), (eps * g / norm(g), True)),
        Piecewise((eps * g / norm(g), norm(g) > 0), (g, True)),
        Piecewise((eps * g / (1 + norm(g)), norm(g) > 1), (g, True)),
    ],
)
def test_guarded(step, value):
    assert analyse(step(value, hyper=[EPS]))


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (g / (g + eps), "the denominator grad(theta[t-1]) + eps can be 0"),
        (eps * g / norm(g), "can be 0: it ranges over [0, oo)"),
        (eps * g / (t - 1), "the denominator t - 1 can be 0"),
        (eps * g / (Abs(g) - eps), "can be 0"),
        (g / Max(g, -eps), "can be 0"),
        (eps * g / (1 + g / (Abs(g) + 1)), "can be 0"),
        (eps * g / sqrt(norm(g)), "can be 0"),
        (Piecewise((eps * g / (2 - t), t > 1), (g, True)), "can be 0"),
        (Piecewise((g, Ne(g, 0)), (eps / g, True)), "can be 0"),
    ],
)
def test_unguarded(step, refused, value, named):
    refused(step(value, hyper=[EPS]), "division", "theta[t] = ", named, "such as eps", "Ne(")


def test_bias_correction(step, refused):
    assert analyse(step(g / (1 - beta**t), hyper=[BETA]))
    assert analyse(step(g / one_minus_power(beta, t), hyper=[BETA]))
    refused(step(g / (1 - beta ** (t - 1)), hyper=[BETA]), "division", "[0, 1]")


def test_a_number_alone_is_looked_at_in_all_its_domain(step, refused):
    positive = Hyper(eps, "1e-10", POSITIVE, "guard")
    assert analyse(step(g / eps, hyper=[positive]))
    refused(
        step(g / eps, hyper=[EPS]), "division", "the denominator eps can be 0: it is at eps = 0"
    )
    refused(step(g / mu, hyper=[MU]), "division", "the denominator mu can be 0")


def test_branch_the_default_does_not_take(step, refused):
    taken = Piecewise((g / mu, Ne(mu, 0)), (g, True))
    assert analyse(step(taken, hyper=[MU]))
    refused(step(Piecewise((g / (mu - 1), Ne(mu, 0)), (g, True)), hyper=[MU]), "division", "mu - 1")
    refused(step(Piecewise((g / (mu - 7), mu > 5), (g, True)), hyper=[MU]), "division", "mu - 7")
    assert analyse(step(Piecewise((g / (mu - 4), mu > 5), (g, True)), hyper=[MU]))


def test_intermediate(step, refused):
    (use,) = step(eps * g / n[t]).updates
    guarded, unguarded = (Update(n[t], norm(g) + 1), Update(n[t], norm(g)))
    assert analyse(step(g, hyper=[EPS], updates=[guarded, use]))
    spec = step(g, hyper=[EPS], updates=[unguarded, use])
    refused(spec, "division", "the denominator n[t] can be 0: it ranges over [0, oo)")


def test_zero_by_default_is_also_tried_as_another_number(step, refused):
    below_one, at_least_zero = (Hyper(mu, "0", d, "momentum") for d in (UNIT, NON_NEGATIVE))
    assert analyse(step(g / (1 - mu), hyper=[below_one]))
    refused(step(g / (1 - mu), hyper=[at_least_zero]), "division", "the denominator 1 - mu")


def test_negative_whole_power(step, refused):
    refused(step(eps * g ** (-t), hyper=[EPS]), "division", "can be 0")


def test_within_a_condition(step, refused):
    value = Piecewise((g, eps / g > 1), (-g, True))
    refused(step(value, hyper=[EPS]), "division", "the denominator grad(theta[t-1])")


@pytest.mark.parametrize(("domain", "init"), [(POSITIVE, 1), (REAL, 1)])
def test_state(step, refused, domain, init):
    updates = [
        Update(s[t], s[t - 1] / 2 + Abs(g)),
        Update(theta[t], theta[t - 1] - lr * g / s[t - 1]),
    ]
    spec = step(g, states=[State(s, init, "s", domain=domain)], updates=updates)
    if domain is POSITIVE:
        assert analyse(spec)
    else:
        refused(spec, "division", "the denominator s[t-1] can be 0", "(-oo, oo)")


def test_initial_value(step, refused):
    states = [State(s, 1 / mu, "s")]
    updates = [Update(s[t], s[t - 1] + g), Update(theta[t], theta[t - 1] - lr * s[t])]
    refused(
        step(g, hyper=[MU], states=states, updates=updates), "division", "init of state s", "mu"
    )


def test_rational_exponent(step):
    assert analyse(step(g / (Abs(g) + 1) ** Rational(1, 3)))
