"""PyTorch, twice: tensors as expressions (loop), and lists of tensors in place (foreach)."""

from collections.abc import Mapping
from typing import ClassVar

from ...program import operations as ops
from ...program.allocate import Instruction
from ...program.infix import Form, Infix, call
from ...program.nodes import Apply, Name, Node, walk


class ScalarPrinter(Infix):
    """Scalars: Python floats, or 0-d tensors where the step or the rate is one."""

    functions: ClassVar[Mapping[ops.Operation, Form]] = {
        ops.SQRT: call("scalars.sqrt"),
        ops.EXP: call("scalars.exp"),
        ops.EXPM1: call("scalars.expm1"),
        ops.LOG: call("scalars.log"),
        ops.ABS: call("abs"),
        ops.SIGN: call("scalars.sign"),
        ops.MAX: call("scalars.maximum"),
        ops.MIN: call("scalars.minimum"),
        ops.CLIP: lambda x, low, high: f"scalars.minimum(scalars.maximum({x}, {low}), {high})",
        ops.ONE_MINUS_POW: call("scalars.one_minus_power"),
        ops.SELECT: lambda test, yes, no: f"({yes} if {test} else {no})",
    }


def _method(name: str) -> Form:
    def form(x: str, *rest: str) -> str:
        x = x if x.isidentifier() else f"({x})"
        return f"{x}.{name}({', '.join(rest)})"

    return form


class LoopPrinter(ScalarPrinter):
    """One tensor at a time, as expressions that read like the equations."""

    _on_tensors: ClassVar[dict[ops.Operation, Form]] = {
        ops.SQUARE: _method("square"),
        ops.SQRT: _method("sqrt"),
        ops.EXP: _method("exp"),
        ops.EXPM1: _method("expm1"),
        ops.LOG: _method("log"),
        ops.ABS: _method("abs"),
        ops.SIGN: call("scalars.sign"),
        ops.CLIP: _method("clamp"),
        ops.MAX: call("torch.maximum"),
        ops.MIN: call("torch.minimum"),
        ops.SELECT: call("torch.where"),
        ops.AND: lambda a, b: f"(({a}) & ({b}))",
        ops.OR: lambda a, b: f"(({a}) | ({b}))",
        ops.NOT: lambda a: f"~({a})",
        ops.NORM: call("norms.norm"),
        ops.MEAN: call("norms.mean"),
        ops.MATMUL: call("torch.matmul"),
        ops.TRANSPOSE: lambda x: f"{x}.mT" if x.isidentifier() else f"({x}).mT",
        ops.COPY: _method("clone"),
        ops.FILL: lambda value, like: f"(torch.zeros_like({like}) + {value})",
        ops.LIFT: lambda value, like: f"({like}.new_zeros(()) + {value})",
    }

    def form(self, node: Apply) -> Form | None:
        if node.on_host:
            return super().form(node)
        if node.op in (ops.MAX, ops.MIN) and any(a.on_host for a in node.args):
            return _one_sided(node)
        return self._on_tensors.get(node.op)


def _one_sided(node: Apply) -> Form:
    """A maximum or minimum with a scalar, which torch calls clamp."""
    bound = "min" if node.op is ops.MAX else "max"
    scalar = next(i for i, a in enumerate(node.args) if a.on_host)

    def form(*operands: str) -> str:
        return _method("clamp")(operands[1 - scalar], f"{bound}={operands[scalar]}")

    return form


class ForeachPrinter:
    """Lists of tensors, one call an instruction, in place where the allocation says so.

    Where torch has no call for a list, the list is written as a comprehension of what the
    loop does.
    """

    _calls: ClassVar[dict[ops.Operation, str]] = {
        ops.ADD: "add",
        ops.SUB: "sub",
        ops.MUL: "mul",
        ops.DIV: "div",
        ops.NEG: "neg",
        ops.POW: "pow",
        ops.SQRT: "sqrt",
        ops.EXP: "exp",
        ops.EXPM1: "expm1",
        ops.LOG: "log",
        ops.ABS: "abs",
        ops.MAX: "maximum",
        ops.MIN: "minimum",
        ops.SQUARE: "mul",
        ops.AXPY: "add",
        ops.ADDCMUL: "addcmul",
        ops.ADDCDIV: "addcdiv",
    }

    def __init__(self, renamed: Mapping[str, str] | None = None) -> None:
        self.scalar = ScalarPrinter(renamed)
        self._element = LoopPrinter(renamed)

    def __call__(self, step: Instruction) -> str:
        target = step.target
        if step.op is None:
            return self._moved(step, target)
        args = list(step.args)
        if step.op in ops.COMMUTATIVE and self._is_better_second(step):
            args.reverse()
        if step.op not in self._calls or not _is_list(args[0]) or not self._fits(step.op, args):
            return self._stored(step, target, self._comprehension(Apply(step.op, tuple(args))))
        operands = [self._operand(a) for a in args]
        if step.op is ops.SQUARE:
            operands *= 2
        if step.op is ops.AXPY:
            operands[2] = f"alpha={operands[2]}"
        call_ = f"torch._foreach_{self._calls[step.op]}"
        if step.into == operands[0]:
            done = f"{call_}_({', '.join(operands)})"
            return done if step.target == step.into else f"{done}\n{target} = {step.into}"
        return self._stored(step, target, f"{call_}({', '.join(operands)})")

    def _operand(self, node: Node) -> str:
        """A list by its name, or one number for each tensor of a list, or one for all."""
        if isinstance(node, Apply) and not node.on_host:
            return self._comprehension(node)
        return self.scalar(node)

    def _is_better_second(self, step: Instruction) -> bool:
        first, second = step.args
        if not _is_list(first):
            return True
        return isinstance(second, Name) and second.id == step.into

    def _fits(self, op: ops.Operation, args: list[Node]) -> bool:
        """Whether torch's call takes these operands: weights and scales must be floats."""
        if op in (ops.AXPY, ops.ADDCMUL, ops.ADDCDIV):
            *lists, weight = args
            return weight.on_host and all(map(_is_list, lists))
        return True

    def _moved(self, step: Instruction, target: str) -> str:
        (value,) = step.args
        if step.is_scalar:
            return f"{target} = {self._comprehension(value)}"
        source = self.scalar(value)
        if step.into is None:
            return f"{target} = {source}"
        if step.into == step.target:
            return f"torch._foreach_copy_({step.into}, {source})"
        return f"{target} = [x.clone() for x in {source}]"

    def _stored(self, step: Instruction, target: str, value: str) -> str:
        """The value as a new list, or copied into the slot it is meant for."""
        if step.into is not None and step.into == step.target and not _is_scratch(step.into):
            return f"torch._foreach_copy_({step.into}, {value})"
        return f"{target} = {value}"

    def _comprehension(self, value: Node) -> str:
        lists = sorted({n.id for n in walk(value) if isinstance(n, Name) and not n.on_host})
        text = self._element(value)
        if len(lists) == 1:
            return f"[{text} for {lists[0]} in {lists[0]}]"
        listed = ", ".join(lists)
        return f"[{text} for {listed} in zip({listed}, strict=True)]"


def _is_list(node: Node) -> bool:
    return not node.on_host


def _is_scratch(name: str) -> bool:
    return name.startswith("tmp")
