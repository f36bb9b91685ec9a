"""The shape that a rule sees a parameter in, under exact arguments."""

from collections.abc import Mapping, Sequence

from sympy import Basic, Symbol, sympify

from ...specs.language import Optimizer, ndim
from ...specs.language.views import seen
from .evaluate import Equations
from .exact import Number, exact


def shape_seen(
    spec: Optimizer,
    shape: Sequence[int],
    hyper: Mapping[str, Number | float | int],
    options: Mapping[str, bool],
) -> tuple[int, ...]:
    """The shape that a parameter of a shape is seen in.

    Args:
        spec: the rule.
        shape: of the parameter.
        hyper: every hyperparameter by name.
        options: every option by name.

    Raises:
        ValueError: it does not consist of as many equal matrices.
    """
    if spec.view.is_plain:
        return tuple(shape)
    values: dict[Basic, Number | bool] = {o.flag: bool(options[o.name]) for o in spec.options}
    values |= {h.symbol: exact(hyper[h.name]) for h in spec.hyperparameters}
    equations = Equations(spec.name, symbols=values | {ndim: exact(len(shape))})
    parts = equations.value(sympify(spec.view.parts))
    return seen(shape, flat=equations.holds(spec.view.flat), parts=int(str(parts)))


def rank_of(spec: Optimizer, hyper: Mapping[str, Number | float | int]) -> int:
    """The largest length that a basis has."""
    rank = sympify(spec.view.rank)
    return int(str(exact(hyper[rank.name]) if isinstance(rank, Symbol) else rank))
