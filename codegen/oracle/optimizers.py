"""The truth: a spec's equations evaluated as they stand, on exact numbers.

The SymPy trees are walked directly. Nothing here shares code with the program that backends
print, so that a mistake there cannot hide here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from sympy import Basic, sympify

from ...specs.language import Optimizer, Series, Shape, SpecError, State, basis, theta
from ...specs.language import t as step_symbol
from .arrays import Array, Quantity, spread
from .evaluate import Equations
from .exact import Number, exact
from .factors import Factored
from .formats import COARSEST, Format, to_exact
from .given import GradientOf, gradient_of, quantity_of
from .known import Real, existing_by, symbols_of
from .views import shape_seen


def step(
    spec: Optimizer,
    *,
    t: int,
    theta: ArrayLike,
    gradient: ArrayLike | GradientOf,
    states: Mapping[str, ArrayLike | Real],
    hyper: Mapping[str, Real],
    options: Mapping[str, bool],
    inputs: Mapping[str, ArrayLike | Real] | None = None,
    form: Format = COARSEST,
) -> dict[str, Array | Number]:
    """One step of an optimizer.

    Floats stand for the numbers they are: a hyperparameter of 0.9 is the double next to it.

    Args:
        spec: the equations.
        t: the step, counted from 1.
        theta: the parameter before the step, floats or exact numbers.
        gradient: the gradient at ``theta``, or a function that gives it at any point.
        states: every state there is before the step, by the name of its series.
        hyper: every hyperparameter by name.
        options: every option by name.
        inputs: every input that the step reads, by the name of its series.
        form: the format that ``theta`` is stored in, and what the equations round to it.

    Returns:
        The new ``"theta"`` and the new value of every state that exists, by name: object
        arrays of exact numbers in the shape of ``theta``, numbers for scalar states.

    Raises:
        ValueError: a hyperparameter or option is missing or unknown.
        SpecError: the equations read what has no value.
    """
    tensor = Tensor(theta, gradient, states, hyper, options, inputs or {})
    return replay(spec, tensor, t=t, form=form)[0]


@dataclass(frozen=True)
class Tensor:
    """A parameter before a step, and what is its own.

    Args:
        theta: floats or exact numbers.
        gradient: the gradient at ``theta``, or a function that gives it at any point.
        states: its states before the step, by the name of their series.
        hyper: every hyperparameter of its group by name.
        options: every option of its group by name.
        inputs: every input that the step reads, by the name of its series.
    """

    theta: ArrayLike
    gradient: ArrayLike | GradientOf
    states: Mapping[str, ArrayLike | Real]
    hyper: Mapping[str, Real]
    options: Mapping[str, bool]
    inputs: Mapping[str, ArrayLike | Real] = field(default_factory=dict[str, ArrayLike | Real])


def replay(
    spec: Optimizer,
    tensor: Tensor,
    *,
    t: int,
    form: Format = COARSEST,
    factors: Mapping[str, ArrayLike] | None = None,
) -> tuple[dict[str, Array | Number], Mapping[str, Factored]]:
    """One step of a tensor by itself, by factors that someone else has computed.

    Args:
        spec: the equations.
        tensor: the parameter, and what is its own.
        t: the step, counted from 1.
        form: as :func:`step` takes it.
        factors: of decompositions, by the name of the state that takes one; the oracle's own for
            those that are not given.

    Returns:
        What :func:`step` gives, and of each state that takes a factor in this step what it is of.

    Raises:
        ValueError, SpecError: as :func:`step` raises them.
    """
    given = {name: to_exact(x) for name, x in (factors or {}).items()}
    ((equations, symbols),) = _equations(spec, [tensor], t, {}, form, given)
    return _new(spec, equations, symbols, np.shape(tensor.theta)), equations.factored


def steps(
    spec: Optimizer,
    tensors: Sequence[Tensor],
    *,
    t: int,
    shared: Mapping[str, Real],
    form: Format = COARSEST,
) -> list[dict[str, Array | Number]]:
    """One step of the tensors that an optimizer has together.

    Args:
        spec: the equations.
        tensors: at least one. Of what stands in the equations of numbers for all of them, the
            hyperparameters are those of the first.
        t: the step, counted from 1.
        shared: the states there are that are one for all tensors, by the name of the series.
        form: as :func:`step` takes it.

    Returns:
        For each tensor what :func:`step` gives. What is one for all is the same in each.

    Raises:
        ValueError, SpecError: as :func:`step` raises them.
    """
    made = _equations(spec, tensors, t, shared, form, {})
    return [
        _new(spec, equations, symbols, np.shape(tensor.theta))
        for (equations, symbols), tensor in zip(made, tensors, strict=True)
    ]


def _equations(
    spec: Optimizer,
    tensors: Sequence[Tensor],
    t: int,
    shared: Mapping[str, Real],
    form: Format,
    given: Mapping[str, Array],
) -> list[tuple[Equations, dict[Basic, Number | bool]]]:
    """The equations of each tensor, and the symbols in them."""
    together: list[Equations] = []
    everything: list[dict[Basic, Number | bool]] = []
    reduced = {s.name for s in spec.states if not s.shape.is_whole}
    for tensor in tensors:
        own = np.shape(tensor.theta)
        seen = shape_seen(spec, own, tensor.hyper, tensor.options)
        point = to_exact(tensor.theta).reshape(seen)
        symbols = symbols_of(spec, tensor.hyper, tensor.options, own, form)
        everything.append(symbols)
        stored = {
            name: quantity_of(value, None if name in reduced else seen)
            for name, value in {**tensor.states, **shared}.items()
        }
        equations = Equations(
            spec.name,
            symbols=symbols | {step_symbol: exact(t)},
            stored={"theta": point} | stored,
            updates={update.target: update.value for update in spec.updates},
            gradient=gradient_of(tensor.gradient, point, own),
            known={Series(n)[step_symbol]: quantity_of(x, seen) for n, x in tensor.inputs.items()},
            together=together,
            form=form,
            shape=point.shape,
            shared={s.name for s in spec.states if s.shape.is_global},
            given=given,
        )
        together.append(equations)
    return [*zip(together, everything, strict=True)]


def _new(
    spec: Optimizer,
    equations: Equations,
    symbols: Mapping[Basic, Number | bool],
    shape: tuple[int, ...],
) -> dict[str, Array | Number]:
    """The new parameter, and the new values of the states that exist."""
    now = spread(equations.value(_theta_now), equations.shape)
    new: dict[str, Array | Number] = {"theta": now.reshape(shape)}
    for state in existing_by(spec, symbols):
        value = equations.value(state.series[step_symbol])
        new[state.name] = _shaped(spec, state, value, shape, equations.shape, symbols)
    return new


def initial(
    spec: Optimizer, start: ArrayLike, hyper: Mapping[str, Real], options: Mapping[str, bool]
) -> dict[str, Array | Number]:
    """The states before the first step, but for those the first step's equations give.

    Args:
        spec: the equations.
        start: the parameter before the first step, floats or exact numbers.
        hyper: every hyperparameter by name.
        options: every option by name.
    """
    point = to_exact(start)
    symbols = symbols_of(spec, hyper, options, point.shape)
    shapes = point.shape, shape_seen(spec, point.shape, hyper, options)
    known: dict[Basic, Quantity] = {_theta_first: point.reshape(shapes[1])}
    equations = Equations(spec.name, symbols=symbols, known=known)
    return {
        state.name: _shaped(spec, state, equations.value(sympify(state.init)), *shapes, symbols)
        for state in existing_by(spec, symbols)
        if state.init is not None
    }


def output(
    spec: Optimizer,
    name: str,
    *,
    t: int,
    theta: ArrayLike,
    states: Mapping[str, ArrayLike | Real],
    hyper: Mapping[str, Real],
    options: Mapping[str, bool],
) -> Array:
    """An output after some steps.

    Args:
        spec: the equations.
        name: of the output.
        t: the steps taken; before the first one it is the parameter.
        theta: the parameter, floats or exact numbers.
        states: every state there is, by the name of its series.
        hyper: every hyperparameter by name.
        options: every option by name.

    Returns:
        An object array of exact numbers in the shape of ``theta``.

    Raises:
        KeyError: there is no such output.
        ValueError, SpecError: as :func:`step` raises them.
    """
    value = {o.name: o.value for o in spec.outputs}[name]
    point = to_exact(theta)
    if t == 0:
        return point
    seen = shape_seen(spec, point.shape, hyper, options)
    reduced = {s.name for s in spec.states if not s.shape.is_whole}
    shapes = {name: None if name in reduced else seen for name in states}
    stored = {"theta": point.reshape(seen)}
    stored |= {name: quantity_of(x, shapes[name]) for name, x in states.items()}
    known: dict[Basic, Quantity] = {Series(n)[step_symbol]: x for n, x in stored.items()}
    symbols = symbols_of(spec, hyper, options, point.shape) | {step_symbol: exact(t)}
    equations = Equations(spec.name, symbols=symbols, known=known)
    return spread(equations.value(value), seen).reshape(point.shape)


_theta_now = theta[step_symbol]
_theta_first = theta[0]


def _shaped(
    spec: Optimizer,
    state: State,
    value: Quantity,
    shape: tuple[int, ...],
    seen: tuple[int, ...],
    symbols: Mapping[Basic, Number | bool],
) -> Array | Number:
    """The value of a state of a parameter of a shape, which is seen in another."""
    if isinstance(value, np.ndarray) and value.size == 1 and state.shape == Shape.PER_TENSOR:
        value = value.item()
    lengths = state.shape.lengths(seen, int(str(symbols[basis])))
    if isinstance(value, np.ndarray) and (state.shape.is_number or value.shape != lengths):
        raise SpecError(
            "shape",
            spec=spec.name,
            where=f"state {state.name}",
            problem=f"it is declared {state.shape} and takes a value of shape {value.shape}",
            remedy="Reduce the tensor to that shape, or declare the state otherwise",
        )
    if state.shape.is_number:
        return value
    found = spread(value, lengths)
    return found.reshape(shape) if state.shape.is_whole else found
