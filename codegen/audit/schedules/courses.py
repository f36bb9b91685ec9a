"""The rates that a schedule gives: ours, by its equations, and theirs, by whatever it is."""

import inspect
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from ...oracle.arguments import Bound
from ...oracle.schedules import after, initial, rate
from ..returned import ReturnedError
from ..theirs import RaisedError, told
from ..trial import Raised
from ..wrapping import parameters_of
from .bounds import flat
from .trials import Trial

Rates = tuple[float, ...]
Given = Mapping[str, Any]
_START = 1.0
"""The rate of the optimizer, where a schedule does not start from one."""


def starting_rate(made: Bound) -> str:
    """The name of the rate it starts from: its own, or that of what it is made of."""
    return next((n for n in flat(made) if n == "lr" or n.endswith("_lr")), "lr")


def our_rates(trial: Trial) -> Rates:
    """The rate at each step of a trial."""
    made = trial.bound
    if not made.schedule.takes_metric:
        return tuple(float(rate(made, at)) for at in trial.steps)
    states, found = initial(made), list[float]()
    for metric in trial.metrics:
        states = after(made, states, metric)
        found.append(float(states["eta"]))
    return tuple(found[at - 1] for at in trial.steps)


@dataclass(frozen=True)
class Peer:
    """Somebody's schedule.

    Args:
        kind: what it is.
        parameters: what it can be given.
        has_rate: whether it starts from the rate of an optimizer, not from one it is given.
        follow: the rates, by its arguments, the rate it starts from, and a trial; and what it says
            where it ends before the trial.
    """

    kind: str
    parameters: tuple[inspect.Parameter, ...]
    has_rate: bool
    follow: Callable[[Given, float, Trial], "Followed"]

    def rates(self, given: Given, trial: Trial) -> "Followed":
        """The rate at each step of a trial, or as far as it goes.

        Raises:
            RaisedError: it has raised an error.
        """
        start = flat(trial.bound).get(starting_rate(trial.bound), _START)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                return self.follow(given, float(start), trial)
            except Exception as error:  # whatever another's code may raise is what it does
                raise RaisedError(Raised(0, told(error))) from error


def peer(made_by: Any) -> Peer:
    """How a callable is asked for rates.

    Raises:
        TypeError: it is nothing that can be asked.
    """
    if not callable(made_by):
        raise TypeError("it is no class and no function")
    parameters = parameters_of(made_by)
    names = [p.name for p in parameters]
    if names[:1] == ["optimizer"]:

        def stepped(given: Given, start: float, trial: Trial) -> Followed:
            return _of_scheduler(made_by, given, start, trial)

        return Peer("a scheduler of torch", parameters[1:], True, stepped)
    if names[:1] in (["step"], ["count"]) and not inspect.isclass(made_by):

        def called(given: Given, start: float, trial: Trial) -> Followed:
            return _of_function(lambda at: made_by(at, **given), trial)

        return Peer("a function of the step", parameters[1:], False, called)

    def made(given: Given, start: float, trial: Trial) -> Followed:
        return _of_function(_exactly(made_by, given), trial)

    return Peer("what makes a function of the step", parameters, False, made)


@dataclass(frozen=True)
class Followed:
    """Rates at the steps of a trial, and what is said where there are no more."""

    rates: Rates
    ends: str = ""


def _of_function(function: Callable[[int], Any], trial: Trial) -> Followed:
    if trial.metrics:
        raise TypeError("a function of the step is given no metric")
    if not callable(function):
        raise ReturnedError(function, "a function of the step")
    return _followed(trial.steps, lambda at: _number(function(at)))


def _number(rate: Any) -> float:
    """A rate as it is returned.

    Raises:
        ReturnedError: it is no number.
    """
    try:
        return float(np.asarray(rate))
    except (TypeError, ValueError) as error:
        raise ReturnedError(rate, "the rate at a step, a number") from error


def _followed(steps: Sequence[int], rate_at: Callable[[int], float]) -> Followed:
    """As far as it goes: what cannot give its first rate raises."""
    found: list[float] = []
    for at in steps:
        try:
            found.append(rate_at(at))
        except Exception as error:
            if not found:
                raise
            return Followed(tuple(found), f"at step {at}: {told(error)}")
    return Followed(tuple(found))


def _exactly(made_by: Any, given: Given) -> Any:
    """A function of the step, in float64 where its library can."""
    root = (getattr(made_by, "__module__", None) or "").partition(".")[0]
    if root == "optax":
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        import_module("jax").config.update("jax_enable_x64", True)
    if root == "keras":
        keras = import_module("keras")
        keras.config.set_floatx("float64")
        function = made_by(**given)
        return lambda at: keras.ops.convert_to_numpy(function(at))
    return made_by(**given)


def _of_scheduler(made_by: Any, given: Given, start: float, trial: Trial) -> Followed:
    """Stepped one by one, from the optimizer's rate on."""
    import torch

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(()))], lr=start, momentum=0.5)
    (group,) = optimizer.param_groups
    scheduler = made_by(optimizer, **given)
    taken = [p.name for p in parameters_of(scheduler.step)]
    is_told = taken[:1] == ["epoch"] and "t_in_epochs" in vars(scheduler)  # those of timm
    rates = [float(group["lr"])]

    def rate_at(step: int) -> float:
        for at in range(len(rates), step + 1):
            metric = trial.metrics[at - 1 : at]
            counted = (at,) if is_told or (metric and taken[:2] == ["epoch", "metric"]) else ()
            scheduler.step(*counted, *metric)
            rates.append(float(group["lr"]))
        return rates[step]

    return _followed(trial.steps, rate_at)
