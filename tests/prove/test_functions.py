"""Cosines, floors, remainders and exponentials in a normal form."""

import pytest
from steprule.codegen.prove.functions import evaluated
from steprule.codegen.prove.normal_form import NormalForm
from steprule.codegen.prove.prove import prove
from steprule.specs.language import clip, lerp, one_minus_power, states, t
from steprule.specs.language.claims import Identity, Part, Verdict
from sympy import E, Integer, Max, Min, Mod, Symbol, cos, exp, floor, log, pi, sin, sqrt, symbols

T = Symbol("T", integer=True, positive=True)
q = Symbol("q", positive=True)
step = Symbol("step", integer=True, nonnegative=True)
eta, eta0, gamma, x, y = symbols("eta eta0 gamma x y", real=True)
m = states("m")[0][t]


def annealed(at):
    """Cosine annealing from eta0 to eta."""
    return eta + (eta0 - eta) * (1 + cos(pi * at / T)) / 2


CHAINED = eta + (x - eta) * (1 + cos(pi * step / T)) / (1 + cos(pi * (step - 1) / T))

HOLDS = {
    "annealing, chained": (CHAINED.xreplace({x: annealed(step - 1)}), annealed(step)),
    "a quotient": (cos((x**2 - y**2) / (x - y)), cos(x + y)),
    "an even function": (cos(pi * (step - 1) / T), cos(pi * (1 - step) / T)),
    "a whole turn": (cos(pi * (step + 2 * T) / T), cos(pi * step / T)),
    "half a turn": (cos(pi * (step + T) / T), -cos(pi * step / T)),
    "half turns": (sin(x + pi * T), (-1) ** T * sin(x)),
    "a cosine of a state": (cos(m * 2 / 2) * x, x * cos(m)),
    "pi": ((pi * x + pi) / pi, x + 1),
    "the root of pi": (sqrt(pi * m) ** 2, pi * m),
    "a floor": (floor((step + T) / T), floor(step / T) + 1),
    "a power of a floor": (gamma ** floor((step + T) / T), gamma * gamma ** floor(step / T)),
    "a remainder": (step, T * floor(step / T) + Mod(step, T)),
    "a remainder, later": (Mod(step + T, T), Mod(step, T)),
    "a product of exponentials": (exp(-gamma * (step + 1)), exp(-gamma) * exp(-gamma * step)),
    "a power of e": (exp(x + 1), E * exp(x)),
    "an exponential of a quotient": (exp((x**2 - y**2) / (x - y)), exp(x) * exp(y)),
    "a logarithm": (log((x**2 - y**2) / (x - y)), log(x + y)),
    "a logarithm of a power": (log(q**step), step * log(q)),
    "a power by its logarithm": (exp(step * log(q) / T - x), q ** (step / T) * exp(-x)),
    "halving": (exp(-step * log(2) / T), Integer(2) ** (-step / T)),
    "what is named for short": (
        lerp(x, y, gamma) / one_minus_power(gamma, step),
        ((1 - gamma) * x + gamma * y) / (1 - gamma**step),
    ),
    "a clipped number": (clip(x, -q, q), Min(q, Max(x, -q))),
}

FAILS = {
    "annealing, chained a step late": (CHAINED.xreplace({x: annealed(step)}), annealed(step)),
    "a cosine": (cos(pi * step / T), cos(pi * (step + 1) / T)),
    "half a turn": (cos(pi * (step + T) / T), cos(pi * step / T)),
    "a floor": (floor((step + 1) / T), floor(step / T)),
    "a power of a floor": (gamma ** floor((step + T) / T), gamma ** floor(step / T)),
    "a remainder": (step, Mod(step, T)),
    "an exponential": (exp(x * y), exp(x) * exp(y)),
    "a logarithm": (log(2 + x + y), log(2 + x) + log(y)),
    "a power by its logarithm": (exp(step * log(q)), q ** (step + 1)),
    "an average": (lerp(x, y, gamma), gamma * x + (1 - gamma) * y),
    "pi": (pi * x, 3 * x),
}

UNDECIDED = {
    "twice an angle": (cos(2 * x), 2 * cos(x) ** 2 - 1),
    "a logarithm of a product": (log((1 + x) * (1 + y)), log(1 + x) + log(1 + y)),
    "a floor of a floor": (floor(floor(step / T) / T), floor(step / T**2)),
}


def verdict(left, right):
    return prove(Identity("tried", "Tried.", (Part("it", left, right),), Verdict.PROVED)).verdict


@pytest.mark.parametrize(("left", "right"), HOLDS.values(), ids=HOLDS.keys())
def test_proved(left, right):
    assert verdict(left, right) is Verdict.PROVED
    # The normal form alone decides it too, as in a proof of equivalence.
    assert NormalForm().is_zero(left - right)


@pytest.mark.parametrize(("left", "right"), FAILS.values(), ids=FAILS.keys())
def test_refuted(left, right):
    assert verdict(left, right) is Verdict.REFUTED
    assert not NormalForm().is_zero(left - right)


@pytest.mark.parametrize(("left", "right"), UNDECIDED.values(), ids=UNDECIDED.keys())
def test_true_and_unknown(left, right):
    assert verdict(left, right) is Verdict.UNKNOWN


def test_whole_symbols_are_drawn_whole():
    settled = prove(
        Identity("tried", "Tried.", (Part("it", step * T, Integer(0)),), Verdict.REFUTED)
    )
    assert all(n.is_Integer for n in settled.witness.numbers.values())


def test_what_is_left_is_readable():
    assert NormalForm().readable(pi * exp(2 * x) * cos(pi * (step + T) / T)) == (
        -pi * exp(2 * x) * cos(pi * step / T)
    )


def test_whole_turns_of_a_period_that_is_a_difference():
    at, warm, total = (Symbol(s, integer=True, positive=True) for s in ("at", "warm", "total"))
    half = total - warm
    reduced = evaluated(cos(pi * Mod(at - warm, 2 * half) / half))
    assert reduced == evaluated(cos(pi * (at - warm) / half))
    assert evaluated(cos(pi * Mod(at - warm, half) / half)) != reduced
