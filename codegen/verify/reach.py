"""How large the numbers were that a result was made from: where its roundings happened.

The *reach* of a value is what its size would be if nothing on the way to it had cancelled,
carried to the result to first order: about 2 for ``x - y`` with x = 1 and y = 0.999, though
the difference is 0.001. It is the sum of magnitudes of the error analysis of sums. No
implementation in the same dtype can promise less than the ulps of its reach, so errors are
measured in those: what is left is the implementation's own. Results below the smallest
normal number round as if they were that large.

Reaches are needed to a digit or so. They are computed from the lowered program in extended
precision, for its range; the exact values come from the oracle.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from ..oracle.formats import Format
from ..program import operations as ops
from ..program.nodes import Absent, Apply, Assign, Constant, Name, Node, Program

Wide = np.longdouble
Pair: TypeAlias = tuple[Any, Any]
"""A value and its reach."""


def reaches(program: Program, values: Mapping[str, Any], form: Format) -> dict[str, Any]:
    """The reach of the new value of every slot that exists.

    Args:
        program: a spec's program as ``lower`` leaves it.
        values: hyperparameters, options, ``t``, ``first``, the gradient and every slot.
        form: the format of the tensors.

    Returns:
        Arrays of ``np.longdouble`` in the shape of the slot; NaN where that is what the
        values lead to.
    """
    evaluation = _Evaluation(form)
    with np.errstate(all="ignore"):
        environment: dict[str, Pair] = {
            name: (value, None) if isinstance(value, bool) else _leaf(value)
            for name, value in values.items()
        }
        for assign in program.body:
            assert isinstance(assign, Assign)
            environment[assign.target.id] = evaluation.pair(assign.value, environment)
    return {
        slot.name: environment[slot.new.id][1]
        for slot in program.slots
        if environment[slot.new.id][0] is not None
    }


def _leaf(value: Any) -> Pair:
    wide = np.asarray(value, dtype=Wide)
    return wide, np.abs(wide)


class _Evaluation:
    def __init__(self, form: Format) -> None:
        self._smallest = Wide(float(form.smallest_normal))

    def pair(self, node: Node, environment: Mapping[str, Pair]) -> Pair:
        match node:
            case Constant():
                return _leaf(float(node.value))
            case Name():
                return environment[node.id]
            case Absent():
                return None, None
            case Apply() if node.op is ops.SELECT and node.args[0].on_host:
                test, yes, no = node.args
                return self.pair(yes if self.pair(test, environment)[0] else no, environment)
            case Apply():
                pairs = [self.pair(a, environment) for a in node.args]
                value, reach = _combined(node.op, pairs)
                if reach is not None and not node.on_host:
                    reach = np.maximum(reach, self._smallest)
                return value, reach
        raise NotImplementedError(f"no reach for {type(node).__name__}")


def _combined(op: ops.Operation, pairs: list[Pair]) -> Pair:
    """The value of one operation and its reach, to first order."""
    (x, rx), *rest = pairs
    y, ry = rest[0] if rest else (x, rx)
    match op.name:
        case "add" | "sub":
            value = x + y if op is ops.ADD else x - y
            return value, rx + ry
        case "mul":
            return x * y, np.maximum(rx * np.abs(y), np.abs(x) * ry)
        case "div":
            return x / y, np.maximum(rx / np.abs(y), np.abs(x) * ry / y**2)
        case "square":
            return x * x, np.abs(x) * rx
        case "sqrt":
            root = np.sqrt(x)
            return root, np.maximum(root, np.minimum(rx / (2 * root), np.sqrt(rx)))
        case "neg" | "abs":
            return (-x if op is ops.NEG else np.abs(x)), rx
        case "max" | "min":
            value = np.maximum(x, y) if op is ops.MAX else np.minimum(x, y)
            return value, np.where(value == x, rx, ry)
        case "select":
            (no, r_no) = rest[1]
            return np.where(x, y, no), np.where(x, ry, r_no)
        case "norm":
            return np.sqrt(np.sum(x * x)), np.sqrt(np.sum(rx * rx))
        case "mean":
            return np.mean(x), np.mean(rx)
        case "matmul":
            return x @ y, np.maximum(rx @ np.abs(y), np.abs(x) @ ry)
        case "transpose":
            return x.mT, rx.mT
    value = _FUNCTIONS[op.name](*(value for value, _ in pairs))
    return value, np.abs(value) if value.dtype != bool else None


_FUNCTIONS = {
    "sign": np.sign,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "pow": np.power,
    "one_minus_power": lambda base, exponent: 1 - np.power(base, exponent),
    "clip": np.clip,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
}
