"""The course that another optimizer takes."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from .adapters.run import Adapter, Making
from .arguments import Pairing
from .inputs import given_at
from .returned import ReturnedError
from .trial import Course, Floats, Moment, Raised, Trial

EVALUATED = "evaluated"
"""The name of the state that is kept after the last step, of what there is to evaluate with."""


def course(adapter: Adapter, pairing: Pairing, trial: Trial) -> Course:
    """What is there after each step.

    Args:
        adapter: the other optimizer.
        pairing: what it calls what the trial has by our names.
        trial: what it does.

    Raises:
        RaisedError: the optimizer has raised an error.
    """
    given = pairing.theirs(trial.hyper, trial.options)
    making = Making(given, trial.starts, trial.dtype, pairing.rate, trial.rates)
    step = 0
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            run = adapter(making)
            moments: list[Moment] = []
            for index in range(len(trial.gradients)):
                step = index + 1
                run.step(given_at(pairing.spec, trial, index, pairing.states))
                states = {name: tuple(map(_array, x)) for name, x in run.states().items()}
                moments.append(Moment(tuple(map(_array, run.parameters())), states))
            evaluated = tuple(map(_array, run.evaluated()))
        except Exception as error:  # whatever another's code may raise is what it does
            raise RaisedError(Raised(step, told(error))) from error
    *before, last = moments
    if evaluated:
        last = replace(last, states={**last.states, EVALUATED: evaluated})
    return (*before, last)


class RaisedError(Exception):
    """The other optimizer has raised an error."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(raised.said)
        self.raised = raised


def _array(values: Any) -> Floats:
    return np.array(values, dtype=np.float64)


def told(error: Exception) -> str:
    """What an error says, in one line."""
    said = " ".join(str(error).split())
    if isinstance(error, ReturnedError):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
