"""What is proved of estimators, counted out in fractions over all batches there are."""

from fractions import Fraction
from itertools import permutations, product

import pytest
from steprule.specs.claims import estimators as e
from steprule.specs.claims import noise
from sympy import Expr

GRADIENTS = [Fraction(n, 4) for n in (3, -1, 4, 1, -5)]
N = len(GRADIENTS)
GBAR = Fraction(sum(GRADIENTS), N)
SIGMA2 = sum((g - GBAR) ** 2 for g in GRADIENTS) / N

LR, H = Fraction(1, 3), Fraction(3, 2)


def number(formula: Expr, size: int, **others: Fraction) -> Fraction:
    """A formula of the claims at these gradients."""
    given = {"N": N, "B": size, "sigma2": SIGMA2, "gbar": GBAR, "lr": LR, "h": H} | others
    value = formula.subs({s: given[s.name] for s in formula.free_symbols})
    return Fraction(int(value.p), int(value.q))


def batches(size: int, *, replace: bool) -> list[tuple[Fraction, ...]]:
    drawn = product(GRADIENTS, repeat=size) if replace else permutations(GRADIENTS, size)
    return list(drawn)


def mean(values) -> Fraction:
    values = list(values)
    return Fraction(sum(values), len(values))


@pytest.mark.parametrize("size", range(1, N + 1))
@pytest.mark.parametrize("replace", [True, False])
def test_every_batch_counted(size, replace):
    estimates = [mean(batch) for batch in batches(size, replace=replace)]
    proved = e.sigma2 / e.B if replace else e.CORRECTED
    assert mean(estimates) == GBAR
    assert mean((x - GBAR) ** 2 for x in estimates) == number(proved, size)


def test_the_extremes():
    assert number(e.CORRECTED, 1) == SIGMA2
    assert number(e.CORRECTED, N) == 0


@pytest.mark.parametrize("replace", [True, False])
def test_the_covariance_of_every_two_draws(replace):
    """Also of later draws than the first two, which are claimed to be like them."""
    drawn = batches(3, replace=replace)
    expected = 0 if replace else -SIGMA2 / (N - 1)
    for k, l in ((0, 1), (0, 2), (2, 1)):  # noqa: E741
        assert mean((b[k] - GBAR) * (b[l] - GBAR) for b in drawn) == expected


def test_the_loss_after_a_step():
    """From value 0 and slope gbar, over all batches of two."""
    value = mean(
        -LR * GBAR * x + H * (LR * x) ** 2 / 2 for x in map(mean, batches(2, replace=True))
    )
    assert value == number(noise.EXPECTED, 2, f=Fraction(0))
    assert value == number(noise.NOISELESS + noise.RISE, 2, f=Fraction(0))


def test_the_distance_after_several_steps():
    """Over all sequences of batches of two: the recurrence, and that it nears what is settled."""
    deviations = [mean(batch) - GBAR for batch in batches(2, replace=True)]
    settled = number(noise.SETTLED, 2)
    points, distance = [Fraction(2)], Fraction(4)
    for _ in range(2):
        points = [x - LR * (H * x + n) for x in points for n in deviations]
        distance = (1 - LR * H) ** 2 * (distance - settled) + settled
        assert mean(x * x for x in points) == distance
