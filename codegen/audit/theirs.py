"""The course that another optimizer takes."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from .adapters.run import Adapter, Gradient
from .trial import Course, Floats, Moment, Raised, Trial


def course(adapter: Adapter, arguments: Mapping[str, Any], rate: str, trial: Trial) -> Course:
    """What is there after each step.

    Args:
        adapter: the other optimizer.
        arguments: what it is made with, by its own names.
        rate: the name of its learning rate; empty where it has none.
        trial: what it does.

    Raises:
        RaisedError: the optimizer has raised an error.
    """
    step = 0
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            run = adapter(arguments, trial.starts, trial.dtype, rate, trial.rates)
            moments: list[Moment] = []
            for index, gradients in enumerate(trial.gradients):
                step = index + 1
                run.step(Gradient(gradients, trial.pull))
                states = {name: tuple(map(_array, x)) for name, x in run.states().items()}
                moments.append(Moment(tuple(map(_array, run.parameters())), states))
        except Exception as error:  # whatever another's code may raise is what it does
            raise RaisedError(Raised(step, _told(error))) from error
    return tuple(moments)


class RaisedError(Exception):
    """The other optimizer has raised an error."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(raised.said)
        self.raised = raised


def _array(values: Any) -> Floats:
    return np.array(values, dtype=np.float64)


def _told(error: Exception) -> str:
    """What an error says, in one line."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
