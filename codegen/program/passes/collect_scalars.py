"""Collect the scalar factors of each product, so that a tensor is scaled once.

``lr * (m / c) / d`` with scalars lr and c becomes ``(lr / c) * (m / d)``: two operations on
tensors instead of three, and lr / c is computed on the host in float64.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..nodes import ONE, Apply, Node, Program, apply, map_assignments
from ..operations import DIV, MUL


def collect_scalars(program: Program) -> Program:
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=_collect(a.value)))
    )


@dataclass
class _Factors:
    scalars: tuple[list[Node], list[Node]] = field(default_factory=lambda: ([], []))
    tensors: tuple[list[Node], list[Node]] = field(default_factory=lambda: ([], []))

    def gather(self, node: Node, below: bool) -> None:
        if node.is_tensor and isinstance(node, Apply) and node.op in (MUL, DIV):
            self.gather(node.args[0], below)
            self.gather(node.args[1], below if node.op is MUL else not below)
        elif node != ONE:
            side = self.tensors if node.is_tensor else self.scalars
            side[below].append(_collect(node))


def _collect(node: Node) -> Node:
    if not isinstance(node, Apply):
        return node
    if not (node.is_tensor and node.op in (MUL, DIV)):
        return Apply(node.op, tuple(_collect(a) for a in node.args))
    factors = _Factors()
    factors.gather(node, below=False)
    above, below = factors.scalars
    tensor = _quotient(*factors.tensors)
    if above:
        return apply(MUL, _quotient(above, below), tensor)
    # A lone divisor stays one: multiplying by its reciprocal would round twice.
    return apply(DIV, tensor, _product(below)) if below else tensor


def _quotient(above: Sequence[Node], below: Sequence[Node]) -> Node:
    return apply(DIV, _product(above), _product(below)) if below else _product(above)


def _product(factors: Sequence[Node]) -> Node:
    if not factors:
        return ONE
    node, *rest = sorted(factors, key=lambda f: not f.on_host)
    for factor in rest:
        node = apply(MUL, node, factor)
    return node
