"""A task so small that a rule can be tried on it many times, and the loss that it ends with.

Several runs differ in where they start and in their batches. Where a rule treats each element by
itself they are one: their parameters lie side by side, behind one more axis.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from .digits import Array, Params, shuffled
from .drawn import take_step

PIXELS = 16
HIDDEN = 10
BATCH = 32
STEPS = 50
RUNS = 3


@dataclass(frozen=True)
class Task:
    """Digits of 4x4 pixels, each the mean of four, and a 1 beside them that stands for a bias.

    Args:
        images: one a row.
        labels: of each.
        batches: by step and by run, which images it is given.
        start: the network before the first step, a hidden layer and an output layer, by run.
    """

    images: Array
    labels: Array
    batches: Array
    start: Params


@cache
def task() -> Task:
    images, labels = shuffled().training
    means = images.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, PIXELS)
    images = np.column_stack([means, np.ones(len(means))])
    rng = np.random.default_rng(3)
    rows = [rng.choice(len(images), BATCH, replace=False) for _ in range(STEPS * RUNS)]
    start = {
        "hidden": rng.normal(size=(RUNS, PIXELS + 1, HIDDEN)) / PIXELS**0.5,
        "output": rng.normal(size=(RUNS, HIDDEN, 10)) / HIDDEN**0.5,
    }
    return Task(images, labels, np.reshape(rows, (STEPS, RUNS, BATCH)), start)


def losses_and_gradients(params: Params, images: Array, labels: Array) -> tuple[Array, Params]:
    """The mean cross-entropy of each run, and its gradient; or of one run, without its axis."""
    hidden = np.tanh(images @ params["hidden"])
    scores = hidden @ params["output"]
    scores = scores - scores.max(axis=-1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    right = np.eye(10)[labels]
    by_scores = (np.exp(logs) - right) / labels.shape[-1]
    by_inputs = by_scores @ _turned(params["output"]) * (1 - hidden**2)
    return -(right * logs).sum(axis=-1).mean(axis=-1), {
        "hidden": _turned(images) @ by_inputs,
        "output": _turned(hidden) @ by_scores,
    }


def _turned(matrices: Array) -> Array:
    return np.swapaxes(matrices, -1, -2)


def trained(made: Callable[[], Any]) -> Array:
    """The loss on all images after the last step, run by run; infinite where a run is lost.

    Args:
        made: makes the optimizer, as new.
    """
    optimizer = made()
    if _is_elementwise(optimizer):
        return _run(optimizer, slice(None))
    return np.array([_run(made(), run) for run in range(RUNS)])


def _is_elementwise(optimizer: Any) -> bool:
    """Whether what becomes of an element has nothing to do with any other, or with the loss."""
    return not (optimizer._is_whole or optimizer._points or optimizer._inputs)


def _run(optimizer: Any, runs: slice | int) -> Array:
    given = task()
    params = {name: values[runs].copy() for name, values in given.start.items()}
    with np.errstate(all="ignore"):
        for rows in given.batches[:, runs]:
            at = partial(losses_and_gradients, images=given.images[rows], labels=given.labels[rows])
            try:
                take_step(optimizer, params, at, np.asarray)
            except ArithmeticError:  # in a state that is one number for all elements
                return np.full(np.shape(params["hidden"])[:-2], np.inf)
        losses, _ = losses_and_gradients(_evaluated(optimizer, params), given.images, given.labels)
    return np.where(np.isfinite(losses), losses, np.inf)


def _evaluated(optimizer: Any, params: Params) -> Params:
    """What the network is to be used with: the parameters, or the average that a rule keeps."""
    outputs = optimizer._outputs
    return optimizer.output(outputs[0], params) if outputs else params
