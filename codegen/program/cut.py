"""Cut a transform's program where all elements meet: a reduction, a scalar, an elementwise part.

A backend computes the reduction over the tensors first and the scalar from it. The elementwise
part then needs no other element, and can run block by block, or within an optimizer's own kernel.
"""

from dataclasses import dataclass, replace

from ...specs.language import Transform
from .check import checker
from .nodes import (
    Apply,
    Assign,
    Name,
    Node,
    Program,
    Slot,
    assignments,
    reads,
    rebuild,
    substitute,
    walk,
)
from .operations import GLOBAL_NORM, OVER_TENSORS, Kind, Operation
from .operations import NORM as NORM_OF
from .types import TENSOR, DType, Place, Type

NORM = Name("norm", Type(DType.REAL, (), Place.DEVICE))
"""The result of the reduction."""

OUT = Name("out", TENSOR)
"""The result of the elementwise part."""


@dataclass(frozen=True)
class Parts:
    """A transform in the order it is computed in.

    Args:
        reduction: what is taken of the gradient first; None where nothing is.
        scale: the number the elementwise part needs, from :data:`NORM` and the hyperparameter;
            None where it needs the hyperparameter itself.
        elementwise: from the gradient to :data:`OUT`, its one slot.
    """

    reduction: Operation | None
    scale: Assign | None
    elementwise: Program


def parts_of(transform: Transform, program: Program) -> Parts:
    """The parts of an analysed transform, of whose rule this is the program.

    Raises:
        NotImplementedError: it reduces twice, something else than the gradient, or to more than
            one number that the elements need; or it reads the parameter.
        RewriteError: a pass changed its meaning; a fault of this package.
    """
    (theta,) = program.slots
    known: dict[str, Node] = {theta.new.id: OUT}
    reductions: set[Apply] = set()
    tensors: list[Assign] = []
    scales: list[Assign] = []
    for each in (*program.host, *assignments(_reduced_at_once(program).body)):
        value = substitute(each.value, known)
        reductions |= {n for n in walk(value) if isinstance(n, Apply) and _reduces(n)}
        value = rebuild(value, lambda n: NORM if isinstance(n, Apply) and _reduces(n) else n)
        if each.target.is_tensor:
            target = OUT if each.target == theta.new else each.target
            tensors.append(replace(each, target=target, value=value))
        elif each.target.on_host:
            known[each.target.id] = value
        else:
            # To the elementwise part it is a number like others, computed before.
            scales.append(replace(each, value=value))
            known[each.target.id] = replace(each.target, type=replace(NORM.type, place=Place.HOST))
    elsewhere = any(r.args != (program.gradient,) for r in reductions)
    if len(reductions) > 1 or len(scales) > 1 or elsewhere or theta.name in reads(program.body):
        raise NotImplementedError(
            f"{transform.name} is not one norm of the gradient and one number from it"
        )
    parts = Parts(
        reduction=next((r.op for r in reductions), None),
        scale=scales[0] if scales else None,
        elementwise=replace(program, host=(), body=tuple(tensors), slots=(Slot(OUT, OUT),)),
    )
    checker(transform.rule).check(_joined(parts, program), after="cut")
    return parts


def _reduced_at_once(program: Program) -> Program:
    """The program with a norm over all tensors as one reduction, not as that of their norms."""
    known: dict[str, Node] = {}
    body: list[Assign] = []
    for each in assignments(program.body):
        value = substitute(each.value, known) if known else each.value
        if isinstance(value, Apply) and value.op is OVER_TENSORS["global_norm"]:
            (norm,) = value.args
            assert isinstance(norm, Apply)
            known[each.target.id] = Apply(GLOBAL_NORM, norm.args)
        elif isinstance(value, Apply) and value.op is NORM_OF:
            known[each.target.id] = value
        else:
            body.append(_beside(each, value))
    return program.with_body(tuple(body))


def _beside(assign: Assign, value: Node) -> Assign:
    """The assignment of a value that may have come to be beside the tensors."""
    target = assign.target
    if value.on_host or not target.on_host:
        return replace(assign, value=value)
    return replace(assign, target=replace(target, type=NORM.type), value=value)


def _joined(parts: Parts, program: Program) -> Program:
    """The program that was cut, put together again."""
    (theta,) = program.slots
    body: list[Assign] = []
    if parts.scale and parts.reduction:
        norm = Apply(parts.reduction, (program.gradient,))
        value = substitute(parts.scale.value, {NORM.id: norm})
        body.append(replace(parts.scale, value=value))
    for each in assignments(parts.elementwise.body):
        body.append(replace(each, target=theta.new) if each.target == OUT else each)
    return replace(program, host=(), body=tuple(body))


def _reduces(node: Apply) -> bool:
    return node.op.kind is Kind.REDUCTION
