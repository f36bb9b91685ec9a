"""Collect the scalar factors of each product, so that a tensor is scaled once.

``lr * (m / c) / d`` with scalars lr and c becomes ``(lr / c) * (m / d)``: two operations on
tensors instead of three, and lr / c is computed on the host in float64. The tensors keep
the order in which the equation multiplies and divides them: another could leave the range of
floats on the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..nodes import ONE, Apply, Node, Program, apply, map_assignments
from ..operations import DIV, MUL


def collect_scalars(program: Program) -> Program:
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=_collect(a.value)))
    )


@dataclass(frozen=True)
class _Product:
    """Scalars in the numerator and the denominator, and the tensors without them."""

    above: tuple[Node, ...]
    below: tuple[Node, ...]
    tensor: Node

    def node(self) -> Node:
        if not self.above:
            # A lone divisor stays one: multiplying by its reciprocal would round twice.
            return apply(DIV, self.tensor, _product(self.below)) if self.below else self.tensor
        scale = _product(self.above)
        if self.below:
            scale = apply(DIV, scale, _product(self.below))
        if isinstance(self.tensor, Apply) and self.tensor.op is DIV and self.tensor.args[0] == ONE:
            return apply(DIV, scale, self.tensor.args[1])
        return apply(MUL, scale, self.tensor)


def _collect(node: Node) -> Node:
    if not isinstance(node, Apply):
        return node
    if node.is_tensor and node.op in (MUL, DIV):
        return _taken_apart(node).node()
    return Apply(node.op, tuple(_collect(a) for a in node.args))


def _taken_apart(node: Node) -> _Product:
    if not node.is_tensor:
        return _Product((node,) if node != ONE else (), (), ONE)
    if not (isinstance(node, Apply) and node.op in (MUL, DIV)):
        return _Product((), (), _collect(node))
    x, y = map(_taken_apart, node.args)
    if node.op is DIV:
        tensor = x.tensor if y.tensor == ONE else apply(DIV, x.tensor, y.tensor)
        return _Product(x.above + y.below, x.below + y.above, tensor)
    factors = [z.tensor for z in (x, y) if z.tensor != ONE]
    return _Product(x.above + y.above, x.below + y.below, _product(factors))


def _product(factors: Sequence[Node]) -> Node:
    node, *rest = factors or [ONE]
    for factor in rest:
        node = apply(MUL, node, factor)
    return node
