"""Choose, among forms equal in exact arithmetic, the one that is right wherever the equation is.

- ``1 - base**exponent`` on the host is ``one_minus_power``, free of cancellation.
- ``s*x**2`` for a scalar s is ``(s*x)*x``: the square alone overflows, or loses its digits to
  underflow, where the product does not.

An average ``w*a + (1 - w)*b`` stays the sum of two products that it is. Shorter forms, such as
a + (1 - w)(b - a), lose b where the weight of a is small and a is large, overflow in the
difference, and turn one infinity into NaN.
"""

from dataclasses import replace
from typing import TypeGuard

from ..nodes import ONE, Apply, Node, Program, apply, map_assignments, rebuild
from ..operations import MUL, ONE_MINUS_POW, POW, SQUARE, SUB, Operation


def choose_forms(program: Program) -> Program:
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _choose)))
    )


def _choose(node: Node) -> Node:
    match node:
        case Apply(op, (one, power)) if op is SUB and one == ONE:
            if node.on_host and _is(power, POW):
                return apply(ONE_MINUS_POW, *power.args)
        case Apply(op, (scale, square)) if op is MUL and scale.on_host:
            if _is(square, SQUARE) and square.is_tensor:
                (x,) = square.args
                return apply(MUL, apply(MUL, scale, x), x)
    return node


def _is(node: Node, op: Operation) -> TypeGuard[Apply]:
    return isinstance(node, Apply) and node.op is op
