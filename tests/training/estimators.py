"""Batch, stochastic and mini-batch gradient descent on handwritten digits.

Run it as ``python -m tests.training.estimators``. It draws many batches of three sizes at one
point and compares the variance of their gradients with what is proved of it
(``steprule prove estimator-without-replacement``); then it trains with each size, by the
generated SGD, at one rate and for as many steps.
"""

from dataclasses import dataclass

import numpy as np
from steprule.codegen.handbook.pictures.digits import (
    EXAMPLES,
    Array,
    Digits,
    Params,
    loss_and_gradients,
    shuffled,
    untrained,
)
from steprule.numpy import SGD
from steprule.specs.claims import estimators
from sympy import Expr

SIZES = {"batch": EXAMPLES, "mini-batch": 32, "stochastic": 1}
RATE = 0.1
STEPS = 500
LAST = 100
"""Steps at the end of a run over which the scatter of the loss is measured."""

WITH_REPLACEMENT = estimators.sigma2 / estimators.B
WITHOUT_REPLACEMENT = estimators.CORRECTED


def flat(gradients: Params) -> Array:
    return np.concatenate([g.ravel() for g in gradients.values()])


def gradient_of_each(params: Params, images: Array, labels: Array) -> Array:
    """One row an example: the gradient of its own loss."""
    singles = (slice(i, i + 1) for i in range(len(labels)))
    return np.array([flat(loss_and_gradients(params, images[s], labels[s])[1]) for s in singles])


def proved_variance(formula: Expr, each: Array, size: int) -> float:
    """What is proved of a batch's variance, summed over all components of the gradient."""
    sigma2 = float(each.var(axis=0).sum())
    known = {estimators.N: len(each), estimators.B: size, estimators.sigma2: sigma2}
    return float(formula.subs(known))


def squared_distances(each: Array, size: int, draws: int, *, replace: bool) -> Array:
    """Of each drawn batch's gradient from the batch gradient; their mean is the variance."""
    rng = np.random.default_rng(3)
    counts = np.zeros((draws, len(each)))
    for row in counts:
        np.add.at(row, rng.choice(len(each), size, replace=replace), 1)
    return np.square(counts / size @ (each - each.mean(axis=0))).sum(axis=1)


@dataclass(frozen=True)
class Descent:
    """A run from the start: the loss over all examples after each of the last steps."""

    losses: Array
    params: Params

    @property
    def scatter(self) -> float:
        """The standard deviation of the loss's changes from step to step."""
        return float(np.diff(self.losses).std())


def descend(digits: Digits, size: int) -> Descent:
    """Train on batches of a size, drawn without replacement, each anew."""
    images, labels = digits.training
    rng = np.random.default_rng(4)
    params, optimizer = untrained(), SGD(lr=RATE)
    losses: list[float] = []
    for step in range(STEPS):
        chosen = rng.choice(len(labels), size, replace=False)
        _, gradients = loss_and_gradients(params, images[chosen], labels[chosen])
        optimizer.update(params, gradients)
        if step >= STEPS - LAST:
            losses.append(loss_and_gradients(params, images, labels)[0])
    return Descent(np.array(losses), params)


def main() -> None:
    digits = shuffled()
    each = gradient_of_each(untrained(), *digits.training)
    columns = ("", "size", "proved", "measured", "final loss", "scatter", "accuracy")
    print("{:>10} {:>5} {:>9} {:>9} {:>10} {:>8} {:>8}".format(*columns))
    for name, size in SIZES.items():
        proved = proved_variance(WITHOUT_REPLACEMENT, each, size)
        measured = squared_distances(each, size, 1000, replace=False).mean()
        run = descend(digits, size)
        print(
            f"{name:>10} {size:>5} {proved:>9.5f} {measured:>9.5f} "
            f"{run.losses[-1]:>10.4f} {run.scatter:>8.5f} {digits.accuracy(run.params):>8.3f}"
        )


if __name__ == "__main__":
    main()
