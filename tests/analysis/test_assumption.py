"""Rule assumption: SymPy is told of a symbol what its domain says, and no more."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import builtin, builtin_schedules
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    GradientAt,
    Hyper,
    Interval,
    State,
    Update,
    Value,
    counts,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from sympy import Abs, Symbol

(lr,) = hyperparameters("lr")
(m,) = states("m")
g = grad(theta[t - 1])
NEGATIVE = Interval(high=-POSITIVE.low, high_open=True)


@pytest.mark.parametrize(
    ("assumed", "domain", "told"),
    [
        ({"positive": True}, REAL, "positive"),
        ({"positive": True}, NON_NEGATIVE, "positive"),
        ({"positive": True}, UNIT, "positive"),
        ({"nonnegative": True}, REAL, "nonnegative"),
        ({"negative": True}, REAL, "negative"),
        ({"negative": True}, POSITIVE, "negative"),
        ({"nonzero": True, "real": True}, NON_NEGATIVE, "nonzero"),
        ({"zero": False}, REAL, "not zero"),
        ({"imaginary": True}, REAL, "imaginary"),
        ({"even": True}, REAL, "even"),
        ({"commutative": False}, REAL, "not commutative"),
        ({"rational": True}, REAL, "rational"),
        ({"infinite": True}, REAL, "infinite"),
    ],
)
def test_more_than_the_domain_says(step, refused, assumed, domain, told):
    a = Symbol("a", **assumed)
    default = "0.5" if domain is not NEGATIVE else "-0.5"
    spec = step(g * lr + a, hyper=[Hyper(a, default, domain, "a number")])
    words = ("hyperparameter a", "SymPy is told that a is ", told, "narrow the domain")
    refused(spec, "assumption", *words)


@pytest.mark.parametrize(
    ("assumed", "domain"),
    [
        ({}, REAL),
        ({"real": True}, REAL),
        ({"real": True}, UNIT),
        ({"nonnegative": True}, NON_NEGATIVE),
        ({"nonnegative": True}, POSITIVE),
        ({"positive": True}, POSITIVE),
        ({"positive": True, "finite": True}, Interval(low=POSITIVE.low + 1)),
        ({"nonzero": True, "real": True}, POSITIVE),
        ({"negative": True}, NEGATIVE),
    ],
)
def test_what_the_domain_says(step, assumed, domain):
    a = Symbol("a", **assumed)
    default = "-2" if domain is NEGATIVE else "0.5" if domain is UNIT else "2"
    assert analyse(step(g * a, hyper=[Hyper(a, default, domain, "a number")]))


def test_a_count_is_a_whole_number(step):
    (k,) = counts("k")
    found = analyse(step(g * k, hyper=[Hyper(k, "2", REAL, "a number")]))
    assert [h.name for h in found.hyperparameters if h.is_whole] == ["k"]


def test_a_dropped_absolute_value_is_seen(step, refused):
    a = Symbol("a", positive=True)
    refused(step(g * Abs(a), hyper=[Hyper(a, "0.5", REAL, "a number")]), "assumption", "positive")


def test_a_state(momentum, refused):
    told, _ = states("m m")
    told.symbol = Symbol("m", positive=True)
    refused(momentum(states=[State(told, 0, "exp_avg")]), "assumption", "state m", "positive")
    allowed = State(told, 0, "exp_avg", domain=NON_NEGATIVE)
    refused(momentum(states=[allowed]), "assumption", "state m", "positive")


@pytest.mark.parametrize(
    "value",
    [
        lr * Value(Symbol("m", positive=True), t),
        lr * m[t] + Value(Symbol("theta", integer=True), t - 1) * 0.5,
        lr * m[t] * type("Positive", (Value,), {"is_positive": True})(m.symbol, t),
        lr
        * m[t]
        * type("Positive", (GradientAt,), {"is_positive": True})(grad.symbol, theta[t - 1]),
    ],
)
def test_a_value_in_an_equation(momentum, refused, value):
    update = momentum().updates[0]
    spec = momentum(updates=[update, Update(theta[t], theta[t - 1] - value.nsimplify())])
    refused(spec, "assumption", "theta[t] = ", "SymPy is told that ")


@pytest.mark.parametrize("name", [*builtin(), *builtin_schedules()])
def test_the_languages_own_symbols_pass(name):
    known = {**builtin(), **builtin_schedules()}[name]
    if hasattr(known, "updates") and not hasattr(known, "rule"):
        assert analyse(known)
