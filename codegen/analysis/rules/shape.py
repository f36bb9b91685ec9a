"""Tensors and scalars stand where they can."""

from collections.abc import Iterator

from sympy import Basic

from ....specs.language import GradientAt, Shape, Value, clip, theta
from ....specs.language.heads import Head
from ..fault import Fault
from ..occurrences import nodes
from ..subject import Subject

CODE = "shape"


def check(subject: Subject) -> Iterator[Fault]:
    shapes = {name: state.shape for name, state in subject.states.items()}
    shapes[theta.name] = Shape.TENSOR
    reduced: set[str] = set()
    for update in subject.updates:
        where, name = subject.equation(update), update.target.name
        for node in nodes(update.value):
            if misfit := _misfit(node, shapes):
                problem, remedy = misfit
                yield Fault(where, f"{problem}: {subject.text(node)}", remedy)
        shape = _shape(update.value, shapes)
        declared = shapes.setdefault(name, shape)
        if shape is not declared:
            article = {Shape.SCALAR: "a scalar", Shape.TENSOR: "a tensor"}
            yield Fault(
                where,
                f"{name} is {article[declared]}, and its equation gives {article[shape]}",
                _remedy(name, shape),
            )
        elif shape is Shape.SCALAR and _is_reduced(update.value, reduced):
            reduced.add(name)
            if name in subject.states:
                yield Fault(
                    where,
                    f"{name} is a number known before any tensor is, and its equation reduces one",
                    "Let it depend on hyperparameters, t and other such states alone; what is "
                    "reduced from a tensor can be an intermediate",
                )


def _misfit(node: Basic, shapes: dict[str, Shape]) -> tuple[str, str] | None:
    """What an operation cannot be applied to, and what to do instead."""
    if not isinstance(node, Head):
        return None
    name = type(node).__name__
    if isinstance(node, clip) and any(_is_tensor(a, shapes) for a in node.args[1:]):
        return "a bound of clip is a tensor", "Use Min and Max where the bounds are tensors"
    if node.category != "elementwise" and not all(_is_tensor(a, shapes) for a in node.args):
        return f"{name} is taken of a scalar", f"Leave {name} out: * and Abs work on scalars"
    return None


def _is_tensor(e: Basic, shapes: dict[str, Shape]) -> bool:
    return _shape(e, shapes) is Shape.TENSOR


def _shape(e: Basic, shapes: dict[str, Shape]) -> Shape:
    """The shape of an expression: a tensor if anything in it is, but for reductions."""
    if isinstance(e, GradientAt):
        return Shape.TENSOR
    if isinstance(e, Value):
        return shapes[e.name]
    if isinstance(e, Head) and e.category == "reduction":
        return Shape.SCALAR
    return Shape.TENSOR if any(_is_tensor(a, shapes) for a in e.args) else Shape.SCALAR


def _is_reduced(e: Basic, reduced: set[str]) -> bool:
    """Whether a scalar expression has to wait for a tensor."""
    return any(
        (isinstance(node, Head) and node.category == "reduction")
        or (isinstance(node, Value) and node.name in reduced)
        for node in nodes(e)
    )


def _remedy(name: str, shape: Shape) -> str:
    if name == theta.name:
        return "Let the step depend on theta[t - 1] or the gradient, element by element"
    if shape is Shape.TENSOR:
        return f"Declare State({name}, ..., shape=Shape.TENSOR)"
    return f"Declare State({name}, ..., shape=Shape.SCALAR)"
