"""Identities: the verdicts, their numbers checked by other means, and broken ones refuted."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from types import ModuleType

import numpy as np
import pytest
from steprule.codegen.prove.identity import prove_identity, stability_parts, step_matrix
from steprule.specs.claims import (
    averages,
    estimators,
    expansion,
    limits,
    nesterov_adam,
    noise,
    stability,
)
from steprule.specs.gradients import thetabar
from steprule.specs.language import SpecError, states, t, theta
from steprule.specs.language.claims import Identity, Part, Stability, Verdict, by_induction
from sympy import Integer, Limit, Max, Rational, Sum, Symbol, oo, sqrt

MODULES: list[ModuleType] = [
    averages,
    nesterov_adam,
    expansion,
    stability,
    limits,
    estimators,
    noise,
]
CLAIMS = [c for m in MODULES for c in vars(m).values() if isinstance(c, Identity | Stability)]
PROVED = [c for c in CLAIMS if c.expected is Verdict.PROVED]
IDENTITIES = [c for c in PROVED if isinstance(c, Identity)]
REGIONS = [c for c in PROVED if isinstance(c, Stability)]

i = Symbol("i", integer=True, positive=True)
b, x = Symbol("b", real=True), Symbol("x", real=True)
BETAS = [Fraction(0), Fraction(1, 2), Fraction(9, 10)]
GRADIENTS = [Fraction(n) for n in (3, -1, 4, 1, -5, 9)]


def by_name(claim):
    return claim.name


def verdict(claim):
    obligations, witness = prove_identity(claim)
    if all(o.is_met for o in obligations):
        return Verdict.PROVED
    return Verdict.UNKNOWN if witness is None else Verdict.REFUTED


def identity(*parts):
    return Identity("tried", "Tried.", parts, Verdict.PROVED)


def holds(left, right):
    return verdict(identity(Part("it", left, right))) is Verdict.PROVED


@pytest.mark.parametrize("stated", CLAIMS, ids=by_name)
def test_a_claim_has_its_expected_verdict(stated):
    assert verdict(stated) is stated.expected


@pytest.mark.parametrize("stated", [c for c in CLAIMS if c not in PROVED], ids=by_name)
def test_a_witness_shows_two_different_values(stated):
    _, witness = prove_identity(stated)
    assert witness.numbers
    assert witness.left != witness.right


@pytest.mark.parametrize("stated", IDENTITIES, ids=by_name)
def test_an_identity_with_a_broken_coefficient_is_refuted(stated):
    for k, part in enumerate(stated.parts):
        wrong = part.right * Rational(9, 8) if part.right != 0 else Rational(1, 8)
        parts = list(stated.parts)
        parts[k] = replace(part, right=wrong)
        assert verdict(replace(stated, parts=tuple(parts))) is Verdict.REFUTED, part.what


@pytest.mark.parametrize("stated", REGIONS, ids=by_name)
def test_a_region_with_a_broken_coefficient_is_refuted(stated):
    z = stated.variable
    broken = [
        replace(stated, polynomial=stated.polynomial.subs(stability.lr, -stability.lr)),
        replace(stated, polynomial=stated.polynomial + z / 8),
        replace(stated, bound=stated.bound * Rational(9, 8)),
    ]
    if stated.margin is not None:
        broken.append(replace(stated, margin=-stated.margin))
    assert [verdict(c) for c in broken] == [Verdict.REFUTED] * len(broken)


@pytest.mark.parametrize("stated", REGIONS, ids=by_name)
def test_a_rule_that_climbs_has_another_region(stated):
    """The parameter's equation with its step added in place of subtracted, or the reverse."""
    spec = stated.side.spec
    last = next(u for u in spec.updates if u.target == theta[t])
    start = theta[t - 1] if last.value.has(theta[t - 1]) else thetabar[t]
    climbing = replace(last, value=2 * start - last.value)
    updates = [climbing if u is last else u for u in spec.updates]
    side = replace(stated.side, spec=replace(spec, updates=updates))
    assert verdict(replace(stated, side=side)) is Verdict.REFUTED


def test_a_recurrence_with_another_sign_is_refuted():
    (m,) = states("m")
    closed = (1 - b**t) * x
    right = by_induction(m[t], closed, b * m[t - 1] + (1 - b) * x, Integer(0))
    wrong = by_induction(m[t], closed, b * m[t - 1] - (1 - b) * x, Integer(0))
    elsewhere = by_induction(m[t], closed, b * m[t - 1] + (1 - b) * x, Integer(1))
    verdicts = [verdict(identity(*parts)) for parts in (right, wrong, elsewhere)]
    assert verdicts == [Verdict.PROVED, Verdict.REFUTED, Verdict.REFUTED]


def test_the_last_term_is_peeled_off_a_sum():
    total = Sum(b ** (t - i) * i, (i, 1, t))
    before = Sum(b ** (t - 1 - i) * i, (i, 1, t - 1))
    assert holds(total, b * before + t)
    assert not holds(total, b * before + t + 1)
    assert not holds(total, before + t)


def test_two_terms_are_peeled_off():
    assert holds(Sum(i**2, (i, 1, t + 1)), Sum(i**2, (i, 1, t - 1)) + t**2 + (t + 1) ** 2)


def test_the_index_has_no_name():
    k = Symbol("k", integer=True)
    assert holds(Sum(b**i, (i, 1, t)), Sum(b**k, (k, 1, t)))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (b ** (t + 1), b * b**t, True),
        (b ** (2 * t), (b**t) ** 2, True),
        (b ** (t - 1) * b, b**t, True),
        (b**t, b ** (t + 1), False),
        (b ** (2 * t), b**t, False),
        ((limits.a / limits.b) ** t, limits.a**t / limits.b**t, True),
        ((limits.a / limits.b) ** t, limits.a**t * limits.b**t, False),
        ((limits.a + limits.b) ** t, limits.a**t + limits.b**t, False),
    ],
)
def test_powers(left, right, expected):
    assert holds(left, right) is expected


@pytest.mark.parametrize("total", [Sum(i, (i, 1, t - 2)), Sum(i, (i, 2, t)), Sum(i, (i, 1, 2 * t))])
def test_a_sum_that_does_not_start_at_1_and_end_near_t_is_refused(total):
    with pytest.raises(SpecError, match="Sum from 1 to t"):
        holds(total, Integer(0))


def test_a_margin_for_one_quantity_is_refused():
    with pytest.raises(SpecError, match="margin"):
        stability_parts(replace(stability.sgd_region, margin=Integer(1)))


# By other means.


@pytest.mark.parametrize("decay", BETAS)
def test_unrolled_averages_in_fractions(decay):
    m = d = Fraction(0)
    for step, g in enumerate(GRADIENTS, 1):
        m, d = decay * m + (1 - decay) * g, decay * d + g
        weighted = sum(decay ** (step - k) * h for k, h in enumerate(GRADIENTS[:step], 1))
        assert (m, d) == ((1 - decay) * weighted, weighted)


@pytest.mark.parametrize("decay", BETAS)
def test_a_constant_gradient_in_fractions(decay):
    m = d = Fraction(0)
    for step in range(1, 8):
        m, d = decay * m + (1 - decay) * 7, decay * d + 7
        assert m / (1 - decay**step) == 7
        assert d == (1 - decay**step) / (1 - decay) * 7


def test_nadam_takes_the_carried_part_one_step_ahead():
    decay, m = Fraction(9, 10), Fraction(0)
    ahead = Fraction(0)
    for step, g in enumerate(GRADIENTS, 1):
        carried = decay * m / (1 - decay**step)
        fresh = (1 - decay) * g / (1 - decay**step)
        assert carried == ahead
        m = decay * m + (1 - decay) * g
        assert m / (1 - decay**step) == carried + fresh
        nadam = decay * m / (1 - decay ** (step + 1)) + fresh
        ahead = nadam - fresh


def test_the_p_norm_tends_to_the_running_maximum():
    decay, p, largest, log_total = 0.9, 2000, 0.0, -np.inf
    for g in (0.3, -1.1, 0.2, 0.7, -0.95):
        log_total = np.logaddexp(p * np.log(decay) + log_total, p * np.log(abs(g)))
        largest = max(decay * largest, abs(g))
        # Of 5 terms or fewer, the p-norm is at most 5**(1/p) times the largest.
        np.testing.assert_allclose(np.exp(log_total / p), largest, rtol=5 ** (1 / p) - 1)


def sgd_step(q, decay):
    return [[1 - q]]


def momentum_step(q, decay):
    """In (theta, lr*d): d = decay*d + h*theta; theta = theta - lr*d."""
    return [[1 - q, -decay], [q, decay]]


def nesterov_step(q, decay):
    """In (theta, v): v = decay*v - q*(theta + decay*v); theta = theta + v."""
    return [[1 - q, decay * (1 - q)], [-q, decay * (1 - q)]]


@pytest.mark.parametrize(
    ("stated", "by_hand"),
    [
        (stability.sgd_region, sgd_step),
        (stability.momentum_region, momentum_step),
        (stability.nesterov_region, nesterov_step),
    ],
)
def test_the_region_of_stability_on_a_grid(stated, by_hand):
    derived, _ = step_matrix(stated)
    lr, beta, h = stability.lr, stability.beta, stated.curvature
    seen = set()
    for decay, share in product((0.0, 0.3, 0.9, 0.99), (-0.01, 0.01, 0.5, 0.99, 1.01, 2.0)):
        q = share * float(stated.bound.subs(beta, decay))
        stable = max(abs(np.linalg.eigvals(np.array(by_hand(q, decay))))) < 1
        assert stable == (0 < share < 1)
        numbers = np.array(derived.subs({lr: q / 2, h: 2, beta: decay}), dtype=float)
        assert (max(abs(np.linalg.eigvals(numbers))) < 1) == stable
        seen.add(stable)
    assert seen == {True, False}


def test_a_limit_that_nobody_knows_is_left_open():
    """Instead of an error of SymPy's that stops all other claims."""
    n = Symbol("n", integer=True, positive=True)
    ages = Limit((1 - b) * Sum(i * b**i, (i, 1, n)), n, oo)
    made = Identity("age", "The mean age.", (Part("it", ages, b / (1 - b)),), Verdict.PROVED)
    assert verdict(made) is Verdict.UNKNOWN


def test_numbers_below_0_refute_too():
    """A root is a size; what is said to be above 0 is no number below."""
    above = Symbol("above", positive=True)
    root = Identity("root", "A root.", (Part("it", sqrt(x**2), x),), Verdict.REFUTED)
    _, witness = prove_identity(root)
    assert witness is not None
    assert witness.numbers["x"] < 0
    assert (witness.left, witness.right) == (-witness.numbers["x"], witness.numbers["x"])
    only = Identity(
        "only", "Above.", (Part("it", above * Max(above, 0), above**2),), Verdict.PROVED
    )
    assert verdict(only) is Verdict.PROVED
