"""Ways to make steps of anybody's optimizer, each behind one small interface.

An adapter is made of a callable, once; what it gives steps some parameters. All values go in and
out as arrays of NumPy. A library is imported when there is something of it to step.
"""

import inspect
from functools import partial
from typing import Any

from ..wrapping import WRAPPED, parameters_of, takes_parameters
from .run import Adapter

OF_TORCH = ("a class of torch", "a function that makes an optimizer of torch")
"""The kinds of things whose parameters are torch's."""


def adapted(made_by: Any) -> tuple[str, Adapter, tuple[inspect.Parameter, ...]]:
    """How a callable is stepped.

    Returns:
        The kind of thing it is, an adapter, and what can be given to it beside what is stepped.

    Raises:
        TypeError: it is nothing that can be stepped; the text says what can.
    """
    parameters = parameters_of(made_by)
    names = [p.name for p in parameters]
    if inspect.isclass(made_by):
        roots = {base.__module__.partition(".")[0] for base in made_by.__mro__}
        if "keras" in roots:
            from .of_keras import KerasRun

            return "a class of Keras", partial(KerasRun, made_by), parameters
        updates = callable(getattr(made_by, "update", None)) and hasattr(made_by, "state_dict")
        if updates and not takes_parameters(names):
            from .of_numpy import NumpyRun

            return "a class of NumPy arrays", partial(NumpyRun, made_by), parameters
        if not callable(getattr(made_by, "step", None)):
            raise TypeError(
                "the class has neither step(), as torch's optimizers, nor update() and state_dict()"
            )
        if names and names[0] in WRAPPED:
            raise TypeError("it wraps an optimizer: name that too, as in module:Name(module:Base)")
        from .of_torch import TorchRun

        return OF_TORCH[0], partial(TorchRun, made_by), parameters[1:]
    if names[:3] == ["theta", "gradient", "state"]:
        from .of_functions import FunctionRun

        return "a function", partial(FunctionRun, made_by), parameters[3:]
    if takes_parameters(names):
        from .of_torch import TorchRun

        return OF_TORCH[1], partial(TorchRun, made_by), parameters[1:]
    if callable(made_by):
        from .of_optax import OptaxRun

        return "a factory of optax", partial(OptaxRun, made_by), parameters
    raise TypeError("it is no class and no function")
