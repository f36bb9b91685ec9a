"""Batch, stochastic and mini-batch gradients are, on real data, what is proved of them."""

import numpy as np
import pytest
from steprule.codegen.handbook.pictures.digits import Array, Digits, loss_and_gradients, untrained

from . import estimators
from .estimators import EXAMPLES, SIZES, WITH_REPLACEMENT, WITHOUT_REPLACEMENT, Descent

DRAWS = 400
SURE = 5
"""Standard errors, of a mean over that many draws, that chance does not reach: once in 10^6."""


@pytest.fixture(scope="module")
def each(digits: Digits) -> Array:
    return estimators.gradient_of_each(untrained(), *digits.training)


@pytest.fixture(scope="module")
def runs(digits: Digits) -> dict[str, Descent]:
    return {name: estimators.descend(digits, size) for name, size in SIZES.items()}


def measured(each: Array, size: int, *, replace: bool) -> tuple[float, float]:
    """The variance over many draws, and what chance may have added to or taken from it."""
    distances = estimators.squared_distances(each, size, DRAWS, replace=replace)
    return distances.mean(), SURE * distances.std() / DRAWS**0.5


def test_the_mean_of_all_stochastic_gradients_is_the_batch_gradient(digits, each):
    images, labels = digits.training
    batch = estimators.flat(loss_and_gradients(untrained(), images, labels)[1])
    assert np.abs(batch).max() > 0.01
    # Means of 1437 numbers of size 0.1, summed in different orders: 1437 roundings at most.
    np.testing.assert_allclose(each.mean(axis=0), batch, rtol=0, atol=EXAMPLES * 0.1 * 2**-53)


@pytest.mark.parametrize("size", [1, 32, EXAMPLES // 2])
@pytest.mark.parametrize(
    ("replace", "proved", "other"),
    [
        (True, WITH_REPLACEMENT, WITHOUT_REPLACEMENT),
        (False, WITHOUT_REPLACEMENT, WITH_REPLACEMENT),
    ],
)
def test_the_variance_is_the_one_proved(each, size, replace, proved, other):
    variance, chance = measured(each, size, replace=replace)
    assert abs(variance - estimators.proved_variance(proved, each, size)) < chance
    # Without the correction a batch of half the examples would have twice the variance.
    if size == EXAMPLES // 2:
        assert abs(variance - estimators.proved_variance(other, each, size)) > 2 * chance


def test_all_examples_at_once_leave_nothing_to_chance(each):
    variance, _ = measured(each, EXAMPLES, replace=False)
    assert estimators.proved_variance(WITHOUT_REPLACEMENT, each, EXAMPLES) == 0
    # 2410 components, each of them the rounding of a mean that is 0.
    assert variance < 2410 * (EXAMPLES * 2**-53) ** 2
    assert measured(each, EXAMPLES, replace=True)[0] > 0.001


@pytest.mark.parametrize(
    ("name", "below"), [("batch", 0.3), ("mini-batch", 0.3), ("stochastic", 1)]
)
def test_all_train(digits, runs, name, below):
    """From a loss of 2.4, which is that of guessing, over all of the last hundred steps."""
    start, _ = loss_and_gradients(untrained(), *digits.training)
    assert start > 2.3
    assert runs[name].losses.mean() < below
    assert digits.accuracy(runs[name].params) > 0.85


def test_the_loss_scatters_as_the_variance_says(runs):
    batch, mini, stochastic = (runs[n].scatter for n in ("batch", "mini-batch", "stochastic"))
    # The batch's is its curve's own. A change of the loss goes with the slope times the noise,
    # whose standard deviations are sqrt(32) = 5.7 apart, or, near a minimum, with its square.
    assert stochastic > 5 * mini
    assert mini > 5 * batch
