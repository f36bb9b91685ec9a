"""What arguments of an optimizer are that are left out."""

from collections.abc import Mapping
from typing import cast

from sympy import Basic

from ...specs.language import Optimizer, machine_epsilon
from .evaluate import Equations
from .exact import Number, exact
from .formats import Format
from .optimizers import Real


def left_out(spec: Optimizer, hyper: Mapping[str, Real], form: Format) -> dict[str, Number]:
    """What hyperparameters are where they are left out, of those that can be.

    Args:
        spec: the declarations.
        hyper: every hyperparameter by name, these among them.
        form: the format of the parameter.
    """
    known: dict[Basic, Number | bool] = {machine_epsilon: form.epsilon}
    known |= {h.symbol: exact(hyper[h.name]) for h in spec.hyperparameters}
    equations = Equations(spec.name, symbols=known)
    derived = ((h.name, h.derived) for h in spec.hyperparameters if h.derived is not None)
    return {name: cast(Number, equations.value(value)) for name, value in derived}
