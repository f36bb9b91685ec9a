"""Hazards are looked for in the whole of the declared domains, and shown at a point of them."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    REAL,
    UNIT,
    UNIT_CLOSED,
    Constraint,
    Hyper,
    Interval,
    Shape,
    State,
    Update,
    grad,
    hyperparameters,
    intermediates,
    iterate,
    norm,
    states,
    t,
    theta,
)
from sympy import And, Eq, Max, Ne, Not, Or, Piecewise, Rational, log, sqrt

lr, beta, eps, a, b = hyperparameters("lr beta eps a b")
s, v = states("s v")
(d,) = intermediates("d")
g = grad(theta[t - 1])
BETA = Hyper(beta, "0.9", UNIT, "decay")
EPS = Hyper(eps, "1e-8", NON_NEGATIVE, "guard")
A = Hyper(a, "0.75", REAL, "any number")
B = Hyper(b, "0.5", REAL, "any number")
V = State(v, 0, "v", domain=NON_NEGATIVE)
AVERAGE = Update(v[t], beta * v[t - 1] + (1 - beta) * g**2)


@pytest.mark.parametrize(
    ("value", "code", "example"),
    [
        (g / (beta - eps), "division", "beta = "),
        (g / (beta - Rational(1, 2)) * (1 + eps), "division", "beta = 1/2"),
        (g / (3 * beta - 1) * (1 + eps), "division", "beta = 1/3"),
        (g / (beta**2 - Rational(1, 2)) * (1 + eps), "division", "beta = 0.7071"),
        (g / (beta + eps), "division", "beta = 0, eps = 0"),
        (g * sqrt(beta - eps), "root", "beta = "),
        (g * sqrt(beta - Rational(1, 2)) * (1 + eps), "root", "beta = "),
        (g / sqrt(beta - eps), "root", "beta = "),
        (g * log(beta) * (1 + eps), "root", "beta = 0"),
        (g * beta ** (1 - t) * (1 + eps), "division", "beta = 0"),
        (g / (1 - eps * beta), "division", "eps = "),
        (g / (1 - beta**t - eps), "division", "t = "),
        (g / (1 + sqrt(norm(g)) - beta * (1 + eps)), "division", "grad(theta[t-1]) = "),
        (Piecewise((g, eps > 1), (g / (beta - eps), True)), "division", "beta = "),
        (Piecewise((g / (beta - eps), Ne(beta, 2 * eps)), (g, True)), "division", "beta = "),
    ],
)  # fmt: skip
def test_refused_at_a_point(step, refused, value, code, example):
    refused(step(value, hyper=[BETA, EPS]), code, "theta[t] = ", ": it is at", example)


@pytest.mark.parametrize(
    "value",
    [
        g / (sqrt(v[t]) + eps),
        g / Max(sqrt(v[t]), eps),
        g / (sqrt(v[t] / (1 - beta**t)) + eps),
        g / (1 - beta * beta**t + eps),
        g / (1 + eps - beta),
        g / (beta**2 - beta + 1) * (1 + eps),
        g * sqrt(beta - beta**2) * (1 + eps),
        g * log(1 + beta * eps),
        Piecewise((g / (beta - eps), beta > eps), (g, True)),
        Piecewise((g / (beta - eps), Ne(beta, eps)), (g, True)),
        Piecewise((g / (2 * beta - 2 * eps), Ne(eps - beta, 0)), (g, True)),
        Piecewise((g, Eq(beta, eps)), (g * log((beta - eps) ** 2), True)),
        Piecewise((g * sqrt(beta - Rational(1, 2)), beta >= Rational(1, 2)), (g * eps, True)),
        Piecewise((g / (beta * eps), Ne(beta * eps, 0)), (g, True)),
        Piecewise((g / (beta * eps), beta * eps > 0), (g, True)),
        Piecewise((g, Eq(beta * eps, 0)), (g / beta / eps, True)),
        Piecewise((g / (beta * eps), And(Ne(beta, 0), Ne(eps, 0))), (g, True)),
        Piecewise((g / (beta * eps), Not(Or(Eq(beta, 0), Eq(eps, 0)))), (g, True)),
        Piecewise((g / (beta * eps**3), Ne(beta**2 * eps, 0)), (g, True)),
        Piecewise((g * beta ** (1 - t), Ne(beta, 0)), (g * eps, True)),
        Piecewise((g / (t - 5), t > 5), (g * eps, True)) * beta,
        Piecewise((g * sqrt(t - 5), t > 5), (g * eps, True)) * beta,
    ],
)
def test_sensible_rules_pass(step, value):
    updates = [AVERAGE, Update(theta[t], theta[t - 1] - lr * (value + v[t]))]
    assert analyse(step(g, hyper=[BETA, EPS], states=[V], updates=updates))


@pytest.mark.parametrize("guard", [Ne(a * b, 0), And(Ne(a, 0), Ne(b, 0)), a * b > 0])
def test_numbers_of_any_sign(step, guard):
    assert analyse(step(Piecewise((g / (a * b), guard), (g, True)), hyper=[A, B]))


def test_half_a_guard(step, refused):
    value = Piecewise((g / (a * b), Ne(a, 0)), (g, True))
    refused(step(value, hyper=[A, B]), "division", "the denominator b can be 0")


def test_constraints_narrow_the_domains(step, refused):
    spec = step(g / (a - b), hyper=[A, B], constraints=[Constraint(a > b, "a must exceed b")])
    assert analyse(spec)
    refused(step(g / (a - b), hyper=[A, B]), "division", "a = ", "b = ")


def test_through_an_intermediate(step, refused):
    updates = [Update(d[t], beta - eps), Update(theta[t], theta[t - 1] - lr * g / d[t])]
    refused(
        step(g, hyper=[BETA, EPS], updates=updates), "division", "d[t] can be 0: it is at beta = "
    )


def test_a_domain_far_from_the_usual_numbers(step, refused):
    far = Interval(low=1000, high=1003)
    hyper = [Hyper(a, "1001", far, "a number"), Hyper(b, "1002", far, "another")]
    refused(step(g / (a - b), hyper=hyper), "division", "a = ", "b = ")


def test_a_state_that_some_number_takes_out_of_its_domain(step, refused):
    anything = Hyper(beta, "0.9", REAL, "decay")
    updates = [AVERAGE, Update(theta[t], theta[t - 1] - lr * g / (sqrt(v[t]) + 1))]
    spec = step(g, hyper=[anything], states=[V], updates=updates)
    refused(spec, "root", "v[t], of which the root is taken, can be negative: it is at beta = ")
    stored = [AVERAGE, Update(theta[t], theta[t - 1] - lr * g / (sqrt(v[t - 1]) + 1))]
    spec = step(g, hyper=[anything], states=[V], updates=stored)
    refused(spec, "domain", "v[t] can leave its domain 0 <= v: it does at beta = ", "v[t-1] = ")
    closed = Hyper(beta, "0.9", UNIT_CLOSED, "decay")
    assert analyse(step(g, hyper=[closed], states=[V], updates=updates))


def test_a_state_of_what_rounds_give(step, refused):
    """As Adam's moment of a direction that is made in rounds: a decay above 1 makes it negative."""
    anything = Hyper(beta, "0.9", NON_NEGATIVE, "decay")
    rounds = Update(d[t], iterate(5, g, lambda x: 2 * x - x**3))
    average = Update(v[t], beta * v[t - 1] + (1 - beta) * d[t] ** 2)
    last = Update(theta[t], theta[t - 1] - lr * d[t] / (sqrt(v[t]) + 1))
    spec = step(g, hyper=[anything], states=[V], updates=[rounds, average, last])
    refused(spec, "root", "v[t], of which the root is taken, can be negative: it is at beta = ")


def test_a_scalar_state(step, refused):
    product = State(s, 1, "s", shape=Shape.SCALAR, domain=UNIT_CLOSED)
    use = Update(theta[t], theta[t - 1] - lr * g * s[t])
    for domain, fits in ((UNIT, True), (NON_NEGATIVE, False)):
        hyper = [Hyper(beta, "0.9", domain, "decay")]
        updates = [Update(s[t], s[t - 1] * beta), use]
        spec = step(g, hyper=hyper, states=[product], updates=updates)
        if fits:
            assert analyse(spec)
        else:
            refused(spec, "domain", "s[t] can leave its domain", "it does at beta = ")


def test_an_initial_value(step, refused):
    states = [State(s, 1 / (a - b), "s")]
    updates = [Update(s[t], s[t - 1] + g), Update(theta[t], theta[t - 1] - lr * s[t])]
    spec = step(g, hyper=[A, B], states=states, updates=updates)
    refused(spec, "division", "init of state s", "a - b can be 0: it is at a = ")
