"""Handwritten digits and a network with one hidden layer, in NumPy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Params = dict[str, Array]

EXAMPLES = 1437
"""Those that are learnt from."""
HIDDEN = 32
BATCH = 64


@dataclass(frozen=True)
class Digits:
    """1797 images of 8x8 pixels, shuffled once; the last 360 are kept for the test."""

    images: Array
    labels: Array

    @property
    def training(self) -> tuple[Array, Array]:
        """The 1437 images, and their labels, that are learnt from."""
        return self.images[:EXAMPLES], self.labels[:EXAMPLES]

    def batches(self, steps: int) -> Iterator[tuple[Array, Array]]:
        """The same for every caller."""
        rng = np.random.default_rng(1)
        for _ in range(steps):
            chosen = rng.choice(EXAMPLES, BATCH, replace=False)
            yield self.images[chosen], self.labels[chosen]

    def accuracy(self, params: Params) -> float:
        scores = forward(params, self.images[EXAMPLES:])[1]
        return float(np.mean(scores.argmax(axis=1) == self.labels[EXAMPLES:]))


def shuffled() -> Digits:
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    return Digits(images[order] / 16, labels[order])


def untrained() -> Params:
    """The network before the first step, the same for every caller."""
    rng = np.random.default_rng(2)
    return {
        "hidden/weight": rng.normal(size=(64, HIDDEN)) / 8,
        "hidden/bias": np.zeros(HIDDEN),
        "output/weight": rng.normal(size=(HIDDEN, 10)) / HIDDEN**0.5,
        "output/bias": np.zeros(10),
    }


def forward(params: Params, images: Array) -> tuple[Array, Array]:
    """The hidden layer's values and the classes' scores."""
    hidden = np.tanh(images @ params["hidden/weight"] + params["hidden/bias"])
    return hidden, hidden @ params["output/weight"] + params["output/bias"]


def loss_and_gradients(params: Params, images: Array, labels: Array) -> tuple[float, Params]:
    """The mean cross-entropy, and its gradient by backpropagation."""
    rows = np.arange(len(labels))
    hidden, scores = forward(params, images)
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    by_scores = np.exp(logs)
    by_scores[rows, labels] -= 1
    by_scores /= len(labels)
    by_inputs = by_scores @ params["output/weight"].T * (1 - hidden**2)
    return -float(logs[rows, labels].mean()), {
        "hidden/weight": images.T @ by_inputs,
        "hidden/bias": by_inputs.sum(axis=0),
        "output/weight": hidden.T @ by_scores,
        "output/bias": by_scores.sum(axis=0),
    }
