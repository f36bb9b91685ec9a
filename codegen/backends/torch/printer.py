"""PyTorch, twice: tensors as expressions (loop), and lists of tensors in place (foreach)."""

from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from typing import ClassVar

from ...oracle.meanings import AXES
from ...program import operations as ops
from ...program.allocate import Instruction
from ...program.forms import (
    ATOM,
    PYTHON,
    SUM,
    Form,
    Language,
    Printer,
    Table,
)
from ...program.naming import free
from ...program.nodes import ONE, Apply, Name, Node, apply, names, rebuild, walk
from ...program.turns import hands_over
from ..late import handed_over


def _of_python(node: Apply) -> str | Form | Node:
    """What Python writes."""
    entry = PYTHON[node.op]
    return entry(node) if callable(entry) else entry


def _chosen(node: Apply) -> str:
    """A choice; of what waits for totals the test may be Python's."""
    return "scalars.taken" if node.args[0].on_host else "torch.where"


def _clamped(bound: str) -> Callable[[Apply], str]:
    """A maximum or minimum, which torch calls clamp where one operand is a scalar."""

    def form(node: Apply) -> str:
        for tensor, scalar in ((0, 1), (1, 0)):
            if node.args[scalar].on_host:
                return f"{{{tensor}}}.clamp({bound}={{{scalar}}})"
        return "torch.maximum" if bound == "min" else "torch.minimum"

    return form


def _clipped(node: Apply) -> str:
    """What lies within bounds; torch takes two numbers or two tensors, of a tensor."""
    value, *bounds = node.args
    low, high = map(names, bounds)
    alike = low == high and len(low) <= 1
    return "{}.clamp({}, {})" if alike and not value.on_host else "scalars.clip"


def _never(*_: object) -> None:
    raise AssertionError("it is printed, and nothing else")


_ADDMM = ops.Operation("addmm", 5, ops.Kind.MATRIX, _never, typed=lambda axes: axes[0])


def _added(node: Apply) -> Node | str | Form:
    """A sum; where one of two matrices is a product, torch adds the other as it multiplies."""
    for x, product in (node.args, node.args[::-1]):
        (beta, x), (alpha, product) = _scaled(x), _scaled(product)
        if isinstance(product, Apply) and product.op is ops.MATMUL and _is_alike(x, product):
            return apply(_ADDMM, x, *product.args, beta, alpha)
    return _of_python(node)


def _is_alike(x: Node, y: Node) -> bool:
    return not x.on_host and x.type.axes == y.type.axes


def _scaled(node: Node) -> tuple[Node, Node]:
    """A number, and what it is multiplied with."""
    if isinstance(node, Apply) and node.op is ops.MUL and node.args[0].on_host:
        return node.args[0], node.args[1]
    return ONE, node


_SCALARS: Table = {
    **PYTHON,
    ops.SQRT: "scalars.sqrt",
    ops.EXP: "scalars.exp",
    ops.EXPM1: "scalars.expm1",
    ops.LOG: "scalars.log",
    ops.TANH: "scalars.tanh",
    ops.ERF: "scalars.erf",
    ops.ATAN2: "scalars.atan2",
    ops.COS: "scalars.cos",
    ops.SIN: "scalars.sin",
    ops.FLOOR: "scalars.floor",
    ops.PI: "math.pi",
    ops.ABS: "abs",
    ops.SIGN: "scalars.sign",
    ops.MAX: "scalars.maximum",
    ops.MIN: "scalars.minimum",
    ops.CLIP: "scalars.minimum(scalars.maximum({}, {}), {})",
    ops.ONE_MINUS_POW: "scalars.one_minus_power",
}
"""Python floats, or 0-d tensors where the step or the rate is one."""


def counting(counted: Set[str]) -> Language:
    """The language of the scalars of a step, some of which depend on the count of steps.

    Where that is a tensor, so is a condition on them. The host must not wait for it, and so for
    none of Python's own conditionals.
    """

    def of(lazily: str) -> Callable[[Apply], str | Form | Node]:
        def form(node: Apply) -> str | Form | Node:
            if names(node.args[0] if node.op is ops.SELECT else node) & counted:
                return lazily
            return _of_python(node)

        return form

    return Language(
        "torch's host",
        {
            **_SCALARS,
            ops.SELECT: of("scalars.chosen({0}, lambda: {1}, lambda: {2})"),
            ops.AND: of("scalars.both({0}, lambda: {1})"),
            ops.OR: of("scalars.either({0}, lambda: {1})"),
            ops.NOT: of("scalars.opposite({0})"),
        },
    )


TORCH = Language(
    "torch",
    _SCALARS,
    {
        **PYTHON,
        ops.SQUARE: "{}.square()",
        ops.SQRT: "{}.sqrt()",
        ops.EXP: "{}.exp()",
        ops.EXPM1: "{}.expm1()",
        ops.LOG: "{}.log()",
        ops.TANH: "{}.tanh()",
        ops.ERF: "{}.erf()",
        ops.ATAN2: "scalars.atan2",
        ops.STORED: "storage.stored({}, step.storage)",
        ops.ABS: "{}.abs()",
        ops.SIGN: "scalars.sign",
        ops.CLIP: _clipped,
        ops.MAX: _clamped("min"),
        ops.MIN: _clamped("max"),
        ops.SELECT: _chosen,
        ops.AND: "(({}) & ({}))",
        ops.OR: "(({}) | ({}))",
        ops.NOT: "~({})",
        ops.NORM: "norms.norm",
        ops.MEAN: "norms.mean",
        ops.TOTAL: "along.total",
        ops.AMAX: "along.amax",
        **{op: f"along.{name}({{}}, {op.axes})" for (name, _), op in ops.ALONG.items()},
        ops.MATMUL: "torch.matmul",
        ops.TRANSPOSE: "{}.mT",
        ops.TRACE: "matrices.trace",
        **{op: f"matrices.identity({{}}, {AXES[axis]})" for axis, op in ops.IDENTITY.items()},
        **{op: f"matrices.{op}" for op in ops.DECOMPOSITIONS},
        **{op: f"matrices.{op}" for op in (ops.LOWER, ops.SOLVE)},
        **dict.fromkeys(ops.LEADING.values(), "matrices.leading"),
        ops.COPY: "{}.clone()",
        ops.FILL: "(torch.zeros_like({1}) + {0})",
        ops.LIFT: Form("({1}.new_zeros(()) + {0})", operands=(SUM, ATOM)),
    },
    calls=True,
)
"""One tensor at a time, as expressions that read like the equations."""

ROUNDS = replace(
    TORCH,
    elements={
        **(TORCH.elements or {}),
        ops.ADD: _added,
        _ADDMM: "matrices.addmm({}, {}, {}, beta={}, alpha={})",
    },
)
"""What is repeated, where sums of products are most of the work."""


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
        ops.TANH: "tanh",
        ops.ERF: "erf",
        ops.ABS: "abs",
        ops.MAX: "maximum",
        ops.MIN: "minimum",
        ops.SQUARE: "mul",
        ops.AXPY: "add",
        ops.ADDCMUL: "addcmul",
        ops.ADDCDIV: "addcdiv",
    }

    def __init__(self, renamed: Mapping[str, str] | None = None) -> None:
        self.scalar = Printer(TORCH, renamed)

    def __call__(self, step: Instruction) -> str:
        target = step.target
        if step.op is None and hands_over(step.args[0]):
            return handed_over(self.scalar, step.args[0])
        if step.op is None:
            return self._moved(step, target)
        args = list(step.args)
        if step.op in ops.COMMUTATIVE and self._is_better_second(step):
            args.reverse()
        if step.op not in self._calls or not _is_list(args[0]) or not self._fits(step.op, args):
            return self._stored(step, target, self._comprehension(Apply(step.op, tuple(args))))
        operands = [self._operand(a) for a in args]
        if step.op is ops.SQUARE:
            if not isinstance(args[0], Name):
                return self._stored(step, target, self._comprehension(Apply(step.op, tuple(args))))
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
        if step.is_scalar and not isinstance(value, Name):
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
        """A list of what is computed of each entry of others; norms are taken of all at once."""
        if isinstance(value, Apply) and value.op is ops.NORM and isinstance(value.args[0], Name):
            return f"norms.each({value.args[0].id})"
        value, each = _with_names_for_norms(value)
        lists = sorted({n.id for n in walk(value) if isinstance(n, Name) and not n.on_host})
        text = self.scalar(value)
        sources = [each.get(name, name) for name in lists]
        if len(lists) == 1:
            return f"[{text} for {lists[0]} in {sources[0]}]"
        return f"[{text} for {', '.join(lists)} in zip({', '.join(sources)}, strict=True)]"


def _with_names_for_norms(value: Node) -> tuple[Node, dict[str, str]]:
    """A value that reads norms by names, and by name the list that they are in."""
    taken, each = set(names(value)), dict[str, str]()

    def named(node: Node) -> Node:
        if not (isinstance(node, Apply) and node.op is ops.NORM):
            return node
        (operand,) = node.args
        if not isinstance(operand, Name):
            return node
        name = free(f"norm_of_{operand.id}", taken)
        each[name] = f"norms.each({operand.id})"
        return Name(name, node.type)

    return rebuild(value, named), each


def _is_list(node: Node) -> bool:
    return not node.on_host


def _is_scratch(name: str) -> bool:
    return name.startswith("tmp")
