"""Every claim has the verdict its author expects, and some are worked again by hand.

What is worked here uses the recurrences as papers print them, and nothing of the prover.
"""

from fractions import Fraction
from math import isclose, sqrt

import pytest
from steprule.codegen.oracle.exact import fraction
from steprule.codegen.prove.prove import prove
from steprule.specs.claims import adam, momentum
from steprule.specs.language.claims import Verdict
from sympy import Integer, expand, symbols

LR, BETA = Fraction(1, 7), Fraction(3, 5)


def rational_gradient(x: Fraction) -> Fraction:
    return (x**3 - 2 * x + 1) / (1 + x**2)


def test_verdict(claim):
    settled = prove(claim)
    assert settled.verdict is claim.expected
    assert (settled.witness is not None) == (claim.expected is Verdict.REFUTED)
    assert all(o.is_met for o in settled.obligations) == (claim.expected is Verdict.PROVED)


def test_there_are_forty_and_each_has_a_name(equivalences):
    names = [claim.name for claim in equivalences]
    assert len(names) >= 40
    assert len(set(names)) == len(names)
    assert all(claim.statement.endswith(".") for claim in equivalences)


def test_misprints_stand_beside_what_they_misprint(equivalences):
    verdicts = {claim.expected for claim in equivalences}
    assert verdicts == {Verdict.PROVED, Verdict.REFUTED}


@pytest.mark.parametrize("lr", [lambda i: LR, lambda i: LR / i], ids=["constant", "varying"])
def test_momentum_in_numbers(lr):
    d = v = Fraction(0)
    accumulated = velocity = Fraction(2)
    same = []
    for i in range(1, 7):
        d = BETA * d + rational_gradient(accumulated)
        accumulated -= lr(i) * d
        v = BETA * v - lr(i) * rational_gradient(velocity)
        velocity += v
        same.append(accumulated == velocity)
    assert same == [True, *[lr(1) == lr(2)] * 5]


@pytest.mark.parametrize("lr", [lambda i: LR, lambda i: LR / i], ids=["constant", "varying"])
def test_nesterov_in_numbers(lr):
    """The difference rule's parameter is the point at which the other looks ahead."""
    d = e = before = Fraction(0)
    ahead = difference = Fraction(2)
    same = []
    for i in range(1, 7):
        d = BETA * d + rational_gradient(ahead - lr(i) * BETA * d)
        ahead -= lr(i) * d
        now = rational_gradient(difference)
        e = BETA * e + now + BETA * (now - before)
        difference -= lr(i) * e
        before = now
        same.append(difference == ahead - lr(i) * BETA * d)
    # The first step knows one rate only.
    assert same == [True, *[lr(1) == lr(2)] * 5]


def test_nesterov_in_symbols():
    """Both recurrences expanded over six steps, for gradients that are any function at all.

    A gradient is a symbol for the point it is asked at: the same point, the same symbol.
    """
    lr, beta, start = symbols("lr beta start")
    gradients: dict[object, object] = {}

    def gradient(point):
        return gradients.setdefault(expand(point), symbols(f"g_{len(gradients) + 1}"))

    d = e = before = Integer(0)
    ahead = difference = start
    for _ in range(6):
        last = d
        d = expand(beta * d + gradient(ahead - lr * beta * d))
        ahead = expand(ahead - lr * d)
        now = gradient(difference)
        e = expand(beta * e + now + beta * (now - before))
        difference = expand(difference - lr * e)
        before = now
        assert expand(difference - (ahead - lr * beta * d)) == 0
        assert expand(e - (1 + beta) * d + beta * last) == 0
        assert expand(before - d + beta * last) == 0
    # One gradient a step: both rules ask at the same six points.
    assert len(gradients) == 6


def test_nesterov_with_a_gradient_from_a_table():
    """A gradient without any law: a number drawn for each point, and kept."""
    table: dict[Fraction, Fraction] = {}

    def gradient(point: Fraction) -> Fraction:
        return table.setdefault(point, Fraction((len(table) * 37 + 11) % 101 - 50, 9))

    d = e = before = Fraction(0)
    ahead = difference = Fraction(1, 3)
    for _ in range(6):
        d = BETA * d + gradient(ahead - LR * BETA * d)
        ahead -= LR * d
        now = gradient(difference)
        e = BETA * e + now + BETA * (now - before)
        difference -= LR * e
        before = now
        assert difference == ahead - LR * BETA * d
    assert len(table) == 6


def test_torch_and_keras_in_numbers():
    b = v = Fraction(0)
    torch = keras = Fraction(2)
    for _ in range(6):
        g = rational_gradient(torch)
        b = BETA * b + g
        torch -= LR * (g + BETA * b)
        h = rational_gradient(keras)
        v = BETA * v - LR * h
        keras += BETA * v - LR * h
        assert torch == keras
        assert v == -LR * b


def _adam(hyper, start, slope, steps, denominator):
    """The paper's Algorithm 1 in double precision, for the witness's loss."""
    lr, beta1, beta2, eps = (float(hyper[name]) for name in ("lr", "beta1", "beta2", "eps"))
    theta, m, v = float(start), 0.0, 0.0
    for i in range(1, steps + 1):
        g = float(slope) * theta + theta**2 / 4
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        c1, c2 = 1 - beta1**i, 1 - beta2**i
        theta -= denominator(lr, m, c1, v, c2, eps)
    return theta


def outside(lr, m, c1, v, c2, eps):
    return lr * (m / c1) / (sqrt(v / c2) + eps)


def inside(lr, m, c1, v, c2, eps):
    return lr * (m / c1) / sqrt(v / c2 + eps)


def unscaled(lr, m, c1, v, c2, eps):
    return lr * sqrt(c2) / c1 * m / (sqrt(v) + eps)


def climbing(lr, m, c1, v, c2, eps):
    return -outside(lr, m, c1, v, c2, eps)


@pytest.mark.parametrize(
    ("claimed", "other"),
    [
        (adam.epsilon_inside, inside),
        (adam.adam_rate_unscaled, unscaled),
        (adam.adam_added, climbing),
        (adam.adam_climbs, climbing),
    ],
    ids=lambda p: getattr(p, "name", ""),
)
def test_witnesses_of_adam_by_hand(claimed, other):
    w = prove(claimed).witness
    left = _adam(w.hyper, w.start, w.slope, w.step, outside)
    right = _adam(w.hyper, w.start, w.slope, w.step, other)
    # Doubles and a few dozen operations: twelve digits are safe.
    assert isclose(left, float(w.left), rel_tol=1e-12)
    assert isclose(right, float(w.right), rel_tol=1e-12)
    assert not isclose(left, right, rel_tol=1e-6)


def test_witness_of_momentum_without_the_difference_by_hand():
    w = prove(momentum.nesterov_is_not_momentum).witness
    lr, beta = w.hyper["lr"], w.hyper["beta"]
    d = e = Fraction(0)
    ahead = plain = w.start
    for i in range(1, w.step + 1):
        x = ahead - lr * beta * d
        d = beta * d + w.slope * x + x**2 / 4
        ahead -= lr * d
        e = beta * e + w.slope * plain + plain**2 / 4
        plain -= lr * e
        assert (ahead == plain) == (i < w.step)
    assert (fraction(w.left), fraction(w.right)) == (ahead, plain)
