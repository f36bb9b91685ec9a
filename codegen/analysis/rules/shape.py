"""Values have the shapes that operations need, and states those that are declared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sympy import Basic, Mod, cos, floor, sin

from ....specs.language import (
    Fact,
    GradientAt,
    Iterand,
    Shape,
    Update,
    Value,
    clip,
    eigenvectors,
    identity,
    iterate,
    leading,
    stored,
    theta,
)
from ....specs.language.heads import Head
from ....specs.language.occurrences import nodes
from ....specs.language.over_tensors import OverTensors
from ....specs.language.reductions import Reduction
from ....specs.language.shapes import (
    EACH,
    ONE,
    WHOLE,
    Axes,
    MisfitError,
    broadcast,
    narrowed,
    reduced,
)
from ..axes import MATRICES, misfit
from ..fault import Fault
from ..subject import Subject

CODE = "shape"


@dataclass(frozen=True)
class _Kind:
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


def check(subject: Subject) -> Iterator[Fault]:
    declared = {name: state.shape for name, state in subject.states.items()}
    declared[theta.name] = Shape.TENSOR
    kinds = {
        name: _Kind(shape.axes, not shape.on_host, is_of_all=shape.is_global)
        for name, shape in declared.items()
    }
    for given in subject.inputs.values():
        kinds[given.name] = _Kind(WHOLE if given.is_tensor else (), given.is_tensor)
    for update in subject.updates:
        where, name = subject.equation(update), update.target.name
        for node, known in _within(update.value, kinds):
            if found := _misfit(node, known) or _beyond_host(node, known):
                problem, remedy = found
                yield Fault(where, f"{problem}: {subject.text(node)}", remedy)
        kind = _kind(update.value, kinds)
        if name not in declared:
            kinds[name] = replace(kind, fact=_fact(update.value, kinds))
        elif declared[name].is_number and (fact := _fact(update.value, kinds)):
            yield Fault(
                where,
                f"{name} is one number for all tensors, and its equation reads {fact} of one",
                f"Declare State({name}, ..., shape=Shape.PER_TENSOR), or let it be an intermediate",
            )
        elif not kind.fits(declared[name]):
            yield Fault(
                where, *_unfitting(name, declared[name], kind, _beside_itself(update, kinds))
            )


def _within(e: Basic, kinds: Mapping[str, _Kind]) -> Iterator[tuple[Basic, Mapping[str, _Kind]]]:
    """All below the expression and it, with the kinds of what has a name there."""
    match e:
        case Value() | identity():
            pass
        case GradientAt():
            yield from _within(e.point, kinds)
        case iterate():
            yield from _within(e.rounds, kinds)
            yield from _within(e.start, kinds)
            yield from _within(e.result, _of_round(e, kinds))
        case _:
            for argument in e.args:
                yield from _within(argument, kinds)
    yield e, kinds


def _of_round(e: iterate, kinds: Mapping[str, _Kind]) -> Mapping[str, _Kind]:
    """The kinds within a round, of which it is told what it starts from."""
    return {**kinds, _key(e.iterand): _kind(e.start, kinds)}


def _key(iterand: Iterand) -> str:
    """No name that a series has."""
    return f"{iterand.name} ->"


def _beside_itself(update: Update, kinds: Mapping[str, _Kind]) -> _Kind:
    """What an equation gives but for the old value in it, whose shape may be the wrong one."""
    return _kind(update.value, {**kinds, update.target.name: _Kind((), is_beside=False)})


def _unfitting(name: str, shape: Shape, kind: _Kind, beside: _Kind) -> tuple[str, str]:
    """What is wrong with an equation's value, and what to do."""
    if shape.on_host and kind.is_of_all:
        return (
            f"{name} is a number known before any tensor is, and its equation goes over all",
            f"Declare State({name}, ..., shape=Shape.GLOBAL)",
        )
    if shape.on_host and not kind.axes:
        return (
            f"{name} is a number known before any tensor is, and its equation reduces one",
            f"Declare State({name}, ..., shape=Shape.PER_TENSOR), which each tensor has of its "
            "own; or let it be an intermediate",
        )
    declared = _Kind(shape.axes, is_beside=True, is_of_all=shape.is_global)
    problem = f"{name} is {declared}, and its equation gives {kind.value}"
    if name == theta.name:
        return problem, "Let the step depend on theta[t - 1] or the gradient, element by element"
    if shape.is_global:
        kind = replace(kind, axes=kind.axes or EACH)
        problem = f"{name} is {declared}, and its equation gives {kind.value}"
    if kind.axes == WHOLE and beside.axes not in (WHOLE, ()):
        kind = beside
    if kind.is_of_all:
        word = "Shape.GLOBAL"
    elif kind.axes in ((), EACH):
        word = "Shape.PER_TENSOR" if kind.is_beside else "Shape.SCALAR"
    elif kind.axes == WHOLE:
        word = "Shape.TENSOR"
    else:
        axes = [str(axis) for axis in kind.axes if axis != ONE]
        word = f"({', '.join(axes)})" if len(axes) > 1 else f"({axes[0]},)"
    remedy = f"Declare State({name}, ..., shape={word})"
    if shape.is_global:
        return problem, f"Take global_total, global_norm or global_amax of it. Or: {remedy}"
    if kind.axes[::-1] == shape.axes:
        return problem, "Transpose what it gives"
    return problem, remedy


def _misfit(node: Basic, kinds: Mapping[str, _Kind]) -> tuple[str, str] | None:
    """What an operation cannot be applied to, and what to do instead."""
    if isinstance(node, clip) and any(_kind(a, kinds).axes for a in node.args[1:]):
        return "a bound of clip is a tensor", "Use Min and Max where the bounds are tensors"
    if isinstance(node, stored) and len(_kind(node.args[0], kinds).axes) != 2:
        return "stored is taken of a scalar", "Leave stored out: scalars are kept in float64"
    if isinstance(node, iterate):
        rounds = _kind(node.rounds, kinds)
        if rounds.axes or rounds.is_beside or not node.rounds.is_integer:
            return (
                "the rounds of iterate are no whole number that is known before any tensor is",
                "Give a number, or a hyperparameter made with counts",
            )
        if any(isinstance(n, OverTensors) for n in nodes(node.result)):
            return (
                "a round of iterate goes over all tensors",
                "Give what goes over them an equation of its own, and read that",
            )
    if isinstance(node, OverTensors):
        kind = _kind(node.args[0], kinds)
        if not _fact(node.args[0], kinds) and (kind.is_of_all or not kind.is_beside):
            name = type(node).__name__
            return f"{name} is taken of one number for all tensors", (
                f"Leave {name} out: it goes over a number for each element, or for each tensor"
            )
    elif isinstance(node, Head) and node.category != "elementwise":
        operands = _operands(node)
        if not all(len(_kind(a, kinds).axes) == 2 for a in operands):
            name = type(node).__name__
            return f"{name} is taken of a scalar", f"Leave {name} out: * and Abs work on scalars"
    try:
        _axes(node, kinds)
    except MisfitError as found:
        return _beside(node, found)
    return None


def _operands(node: Head) -> tuple[Basic, ...]:
    """Those that must be tensors."""
    if isinstance(node, identity):
        return ()
    if isinstance(node, iterate):
        return (node.start,)
    counted = isinstance(node, Reduction | leading | eigenvectors)
    return node.args[:1] if counted else node.args


def _beyond_host(node: Basic, kinds: Mapping[str, _Kind]) -> tuple[str, str] | None:
    """What a function of numbers of the host is wrongly taken of, and what to do instead."""
    if not isinstance(node, floor | cos | sin | Mod):
        return None
    kind = _kind(node, kinds)
    if not kind.is_beside or (kind.is_of_all and not kind.axes):
        return None
    name = type(node).__name__
    of = kind.value if kind.axes else "what is reduced from a tensor"
    return f"{name} is taken of {of}", (
        f"Take {name} of numbers that are one for all tensors: t, hyperparameters and scalar "
        "states, and what goes over all of them"
    )


def _beside(node: Basic, found: MisfitError) -> tuple[str, str]:
    one, other = (_Kind(axes, is_beside=True).value for axes in (found.one, found.other))
    return misfit(node, one, other, ", ".join(map(str, found.other)))


def _kind(e: Basic, kinds: Mapping[str, _Kind]) -> _Kind:
    """The kind of an expression; of a misfit in it, which is told where it is, a tensor."""
    waits = {*_waits(e, kinds)}
    try:
        return _Kind(_axes(e, kinds), bool(waits), is_of_all=waits == {"all"})
    except MisfitError:
        return _Kind(WHOLE, bool(waits))


def _waits(e: Basic, kinds: Mapping[str, _Kind]) -> Iterator[str]:
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


def _fact(e: Basic, kinds: Mapping[str, _Kind]) -> str:
    """What a value depends on of a parameter's shape, or nothing."""
    if isinstance(e, OverTensors):
        return ""
    if isinstance(e, Reduction | leading | eigenvectors):
        return _fact(e.args[0], kinds)  # its axes, and the number of columns, are none
    if isinstance(e, identity):
        return ""
    if isinstance(e, Fact):
        return e.name
    if isinstance(e, Value):
        return kinds[e.name].fact if e.lag == 0 else ""
    return next(filter(None, (_fact(a, kinds) for a in e.args)), "")


def _axes(e: Basic, kinds: Mapping[str, _Kind]) -> Axes:
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
            start, given = _kind(e.start, kinds).axes, _kind(e.result, _of_round(e, kinds)).axes
            if given != start:
                raise MisfitError(start, given)
            return start
        case OverTensors():
            return ()
        case Reduction():
            of = _kind(e.args[0], kinds).axes
            return reduced(of, e.over) if e.over else ()
        case leading():
            return narrowed(_kind(e.args[0], kinds).axes, e.args[1])
    operands = [_kind(a, kinds).axes for a in e.args]
    return MATRICES.get(type(e), broadcast)(operands)
