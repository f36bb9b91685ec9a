"""What is known of an optimizer and its parameter before a step: symbols, and what they decide."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from sympy import Basic

from ...specs.language import FACTS, Input, Optimizer, State
from ...specs.language import t as step_symbol
from ...specs.language.shapes import facts, machine_epsilon
from .evaluate import Equations
from .exact import Number, exact
from .formats import COARSEST, Format
from .views import rank_of, shape_seen

Real: TypeAlias = Number | float | int


def existing(
    spec: Optimizer,
    shape: Sequence[int],
    hyper: Mapping[str, Real],
    options: Mapping[str, bool],
) -> tuple[State, ...]:
    """The states whose ``when`` holds for a parameter of a shape."""
    return existing_by(spec, symbols_of(spec, hyper, options, shape))


def inputs_read(
    spec: Optimizer, t: int, hyper: Mapping[str, Real], options: Mapping[str, bool]
) -> tuple[Input, ...]:
    """The inputs whose ``when`` holds in step t."""
    symbols = symbols_of(spec, hyper, options, ()) | {step_symbol: exact(t)}
    equations = Equations(spec.name, symbols=symbols)
    return tuple(each for each in spec.inputs if equations.holds(each.when))


def allowed(spec: Optimizer, hyper: Mapping[str, Real], options: Mapping[str, bool]) -> bool:
    """Whether hyperparameters and options meet the spec's constraints."""
    equations = Equations(spec.name, symbols=symbols_of(spec, hyper, options, ()))
    return spec.chooses(options) and all(equations.holds(c.condition) for c in spec.constraints)


def existing_by(spec: Optimizer, symbols: Mapping[Basic, Number | bool]) -> tuple[State, ...]:
    """The states whose ``when`` holds by the values of symbols."""
    equations = Equations(spec.name, symbols=symbols)
    return tuple(state for state in spec.states if equations.holds(state.when))


def symbols_of(
    spec: Optimizer,
    hyper: Mapping[str, Real],
    options: Mapping[str, bool],
    shape: Sequence[int],
    form: Format = COARSEST,
) -> dict[Basic, Number | bool]:
    """The values of hyperparameters and options by symbol, and of what shape and format say."""
    for kind, declared, given in (
        ("hyperparameters", {h.name for h in spec.hyperparameters}, set(hyper)),
        ("options", {o.name for o in spec.options}, set(options)),
    ):
        if declared != given:
            raise ValueError(f"{spec.name} has the {kind} {sorted(declared)}, not {sorted(given)}")
    values: dict[Basic, Number | bool] = {o.flag: bool(options[o.name]) for o in spec.options}
    lengths = facts(shape, shape_seen(spec, shape, hyper, options), rank_of(spec, hyper))
    values |= {fact: exact(lengths[fact.name]) for fact in FACTS}
    values[machine_epsilon] = form.epsilon
    return values | {h.symbol: exact(hyper[h.name]) for h in spec.hyperparameters}
