"""What expressions have a number for: their axes, and what they have to wait for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sympy import Basic

from ...specs.language import (
    Fact,
    GradientAt,
    Iterand,
    Shape,
    Value,
    eigenvectors,
    identity,
    iterate,
    leading,
    theta,
)
from ...specs.language.heads import Head
from ...specs.language.over_tensors import OverTensors
from ...specs.language.reductions import Reduction
from ...specs.language.shapes import (
    EACH,
    WHOLE,
    Axes,
    MisfitError,
    broadcast,
    narrowed,
    reduced,
)
from .axes import MATRICES
from .subject import Subject


@dataclass(frozen=True)
class Kind:
    """The shape of a value, and whether it has to wait for a tensor."""

    axes: Axes
    is_beside: bool
    fact: str = ""
    """What it depends on of a parameter's shape."""
    is_of_all: bool = False
    """Whether it waits for all tensors, and for none by itself: one number for the whole step."""

    def __str__(self) -> str:
        if self.is_of_all:
            return "one number for all tensors"
        words = {(): "a scalar", WHOLE: "a tensor", EACH: "one number a tensor"}
        return words.get(self.axes) or f"of shape ({', '.join(map(str, self.axes))})"

    @property
    def value(self) -> str:
        """What has it, in words."""
        return f"a value {self}" if str(self).startswith("of") else str(self)

    def fits(self, shape: Shape) -> bool:
        if shape.is_global:
            return not self.axes and (self.is_of_all or not self.is_beside)
        if shape == Shape.PER_TENSOR:
            return self.axes in ((), shape.axes)
        return self.axes == shape.axes and not (shape.on_host and self.is_beside)


Kinds: TypeAlias = Mapping[str, Kind]
"""Those of what has a name, by it."""


def declared_kinds(subject: Subject) -> dict[str, Kind]:
    """Those of the parameter, states and inputs."""
    shapes = {theta.name: Shape.TENSOR, **{n: s.shape for n, s in subject.states.items()}}
    kinds = {
        name: Kind(shape.axes, not shape.on_host, is_of_all=shape.is_global)
        for name, shape in shapes.items()
    }
    for given in subject.inputs.values():
        kinds[given.name] = Kind(WHOLE if given.is_tensor else (), given.is_tensor)
    return kinds


def within(e: Basic, kinds: Kinds) -> Iterator[tuple[Basic, Kinds]]:
    """All below the expression and it, with the kinds of what has a name there."""
    match e:
        case Value() | identity():
            pass
        case GradientAt():
            yield from within(e.point, kinds)
        case iterate():
            yield from within(e.rounds, kinds)
            yield from within(e.start, kinds)
            yield from within(e.result, of_round(e, kinds))
        case _:
            for argument in e.args:
                yield from within(argument, kinds)
    yield e, kinds


def operands(node: Basic) -> tuple[Basic, ...]:
    """What must be a tensor, of what a head is taken of that is no function of one element."""
    if not isinstance(node, Head) or node.category == "elementwise":
        return ()
    if isinstance(node, OverTensors | identity):
        return ()
    if isinstance(node, iterate):
        return (node.start,)
    counted = isinstance(node, Reduction | leading | eigenvectors)
    return node.args[:1] if counted else node.args


def of_round(e: iterate, kinds: Kinds) -> Kinds:
    """The kinds within a round, of which it is told what it starts from."""
    return {**kinds, _key(e.iterand): kind_of(e.start, kinds)}


def kind_of(e: Basic, kinds: Kinds) -> Kind:
    """The kind of an expression; of a misfit in it, which is told where it is, a tensor."""
    waits = {*_waits(e, kinds)}
    try:
        return Kind(axes_of(e, kinds), bool(waits), is_of_all=waits == {"all"})
    except MisfitError:
        return Kind(WHOLE, bool(waits))


def _key(iterand: Iterand) -> str:
    """No name that a series has."""
    return f"{iterand.name} ->"


def _waits(e: Basic, kinds: Kinds) -> Iterator[str]:
    """What an expression has to wait for: its tensor, all of them."""
    match e:
        case OverTensors():
            yield "all"
        case GradientAt() | identity():
            yield "tensor"
        case Value() | Iterand():
            kind = kinds.get(e.name if isinstance(e, Value) else _key(e))
            if kind and kind.is_beside:
                yield "all" if kind.is_of_all else "tensor"
        case _:
            for a in e.args:
                yield from _waits(a, kinds)


def fact_of(e: Basic, kinds: Kinds) -> str:
    """What a value depends on of a parameter's shape, or nothing."""
    if isinstance(e, OverTensors):
        return ""
    if isinstance(e, Reduction | leading | eigenvectors):
        return fact_of(e.args[0], kinds)  # its axes, and the number of columns, are none
    if isinstance(e, identity):
        return ""
    if isinstance(e, Fact):
        return e.name
    if isinstance(e, Value):
        return kinds[e.name].fact if e.lag == 0 else ""
    return next(filter(None, (fact_of(a, kinds) for a in e.args)), "")


def axes_of(e: Basic, kinds: Kinds) -> Axes:
    """The shape of an expression; a MisfitError is that of the expression itself."""
    match e:
        case GradientAt():
            return WHOLE
        case Value():
            return kinds[e.name].axes
        case Iterand():
            return kinds[_key(e)].axes
        case identity():
            return e.args * 2
        case iterate():
            start, given = kind_of(e.start, kinds).axes, kind_of(e.result, of_round(e, kinds)).axes
            if given != start:
                raise MisfitError(start, given)
            return start
        case OverTensors():
            return ()
        case Reduction():
            of = kind_of(e.args[0], kinds).axes
            return reduced(of, e.over) if e.over else ()
        case leading():
            return narrowed(kind_of(e.args[0], kinds).axes, e.args[1])
    operands = [kind_of(a, kinds).axes for a in e.args]
    return MATRICES.get(type(e), broadcast)(operands)
