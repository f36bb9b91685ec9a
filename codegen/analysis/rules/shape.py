"""Values have the shapes that operations need, and states those that are declared."""

from collections.abc import Iterator
from dataclasses import replace

from sympy import Basic, Mod, cos, floor, sin

from ....specs.language import (
    Shape,
    Update,
    clip,
    iterate,
    stored,
    theta,
)
from ....specs.language.occurrences import nodes
from ....specs.language.over_tensors import OverTensors
from ....specs.language.shapes import (
    EACH,
    ONE,
    WHOLE,
    MisfitError,
)
from ..axes import misfit
from ..fault import Fault
from ..shapes import Kind, Kinds, axes_of, declared_kinds, fact_of, kind_of, operands, within
from ..subject import Subject

CODE = "shape"


def check(subject: Subject) -> Iterator[Fault]:
    declared = {name: state.shape for name, state in subject.states.items()}
    declared[theta.name] = Shape.TENSOR
    kinds = declared_kinds(subject)
    for update in subject.updates:
        where, name = subject.equation(update), update.target.name
        for node, known in within(update.value, kinds):
            if found := _misfit(node, known) or _beyond_host(node, known):
                problem, remedy = found
                yield Fault(where, f"{problem}: {subject.text(node)}", remedy)
        kind = kind_of(update.value, kinds)
        if name not in declared:
            kinds[name] = replace(kind, fact=fact_of(update.value, kinds))
        elif declared[name].is_number and (fact := fact_of(update.value, kinds)):
            yield Fault(
                where,
                f"{name} is one number for all tensors, and its equation reads {fact} of one",
                f"Declare State({name}, ..., shape=Shape.PER_TENSOR), or let it be an intermediate",
            )
        elif not kind.fits(declared[name]):
            yield Fault(
                where, *_unfitting(name, declared[name], kind, _beside_itself(update, kinds))
            )


def _beside_itself(update: Update, kinds: Kinds) -> Kind:
    """What an equation gives but for the old value in it, whose shape may be the wrong one."""
    return kind_of(update.value, {**kinds, update.target.name: Kind((), is_beside=False)})


def _unfitting(name: str, shape: Shape, kind: Kind, beside: Kind) -> tuple[str, str]:
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
    declared = Kind(shape.axes, is_beside=True, is_of_all=shape.is_global)
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


def _misfit(node: Basic, kinds: Kinds) -> tuple[str, str] | None:
    """What an operation cannot be applied to, and what to do instead."""
    if isinstance(node, clip) and any(kind_of(a, kinds).axes for a in node.args[1:]):
        return "a bound of clip is a tensor", "Use Min and Max where the bounds are tensors"
    if isinstance(node, stored) and len(kind_of(node.args[0], kinds).axes) != 2:
        return "stored is taken of a scalar", "Leave stored out: scalars are kept in float64"
    if isinstance(node, iterate):
        rounds = kind_of(node.rounds, kinds)
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
        kind = kind_of(node.args[0], kinds)
        if not fact_of(node.args[0], kinds) and (kind.is_of_all or not kind.is_beside):
            name = type(node).__name__
            return f"{name} is taken of one number for all tensors", (
                f"Leave {name} out: it goes over a number for each element, or for each tensor"
            )
    elif any(len(kind_of(a, kinds).axes) != 2 for a in operands(node)):
        name = type(node).__name__
        return f"{name} is taken of a scalar", f"Leave {name} out: * and Abs work on scalars"
    try:
        axes_of(node, kinds)
    except MisfitError as found:
        return _beside(node, found)
    return None


def _beyond_host(node: Basic, kinds: Kinds) -> tuple[str, str] | None:
    """What a function of numbers of the host is wrongly taken of, and what to do instead."""
    if not isinstance(node, floor | cos | sin | Mod):
        return None
    kind = kind_of(node, kinds)
    if not kind.is_beside or (kind.is_of_all and not kind.axes):
        return None
    name = type(node).__name__
    of = kind.value if kind.axes else "what is reduced from a tensor"
    return f"{name} is taken of {of}", (
        f"Take {name} of numbers that are one for all tensors: t, hyperparameters and scalar "
        "states, and what goes over all of them"
    )


def _beside(node: Basic, found: MisfitError) -> tuple[str, str]:
    one, other = (Kind(axes, is_beside=True).value for axes in (found.one, found.other))
    return misfit(node, one, other, ", ".join(map(str, found.other)))
