"""What a class has of its own: how it is called, its checkpoint, what it takes and refuses."""

from ast import literal_eval
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ....specs.language import Optimizer, Schedule, Source, Spec, State
from ...analysis.matrices import needs_matrices
from ...backends.latex import LatexPrinter
from ...backends.latex.tables import states
from ..api.sources import call, class_of, constructor
from ..markdown import code, escaped, table, tabs
from ..material import Material
from ..writer import Writer
from .parts import python

if TYPE_CHECKING:
    from griffe import Class

FOLDERS = {
    Optimizer: {"numpy": "numpy", "torch": "torch"},
    Schedule: {"numpy": "numpy/schedules", "torch": "torch/lr_scheduler"},
}
"""Where classes are, by package."""


def generated(spec: Spec, package: str, material: Material) -> "Class":
    """The class that is generated of a spec."""
    kind = Schedule if isinstance(spec, Schedule) else Optimizer
    return class_of(material.code, f"{FOLDERS[kind][package]}/{spec.module}.py", spec.name)


def signatures(spec: Spec, material: Material, write: Writer) -> str:
    """How the class is called in each package."""
    words = Writer(write.edition, "api")
    shown = {
        write.word(package): python(
            call(spec.name, constructor(generated(spec, package, material)), material.code, package)
        )
        for package in ("numpy", "torch")
    }
    kind = "schedule" if isinstance(spec, Schedule) else "optimizer"
    about = [words.word(f"{kind}_signatures")] if material.is_complete else []
    return "\n\n".join([tabs(shown, "package"), *about])


def checkpoint(spec: Optimizer, printer: LatexPrinter, write: Writer) -> str:
    """What is kept between steps, by its keys in the checkpoints of both packages."""
    words = Writer(write.edition, "api")
    in_numpy = [*map(_numpy_key, spec.states), code("step")]
    rows = [
        [write.cell(row.symbol), write.cell(row.key), key]
        + [write.cell(cell) for cell in (row.shape, row.exists, row.initial)]
        for row, key in zip(states(spec, printer), in_numpy, strict=False)
    ]
    none = words.word("none")
    always, scalar = words.word("always"), words.word("scalar")
    if not spec.step_key:
        rows.append(["$t$", none, code("step"), scalar, always, "$0$"])
    if any(i.is_random for i in spec.inputs):
        rows.append([none, code("seed"), code("seed"), words.word("number"), always, code("seed")])
    head = [words.word(k) for k in ("symbol", "in_torch", "in_numpy", "shape", "exists", "initial")]
    return table(head, rows, is_stacked=True)


def _numpy_key(state: State) -> str:
    return code(state.name if state.shape.is_number else f"{state.name}/...")


def sparse(spec: Optimizer, material: Material, write: Writer) -> str:
    """When sparse gradients are taken: yes, where something is set, or nothing for never."""
    where = _sparse_where(generated(spec, "torch", material))
    if where is None:
        return ""
    return write.word("sparse_where", condition=code(where)) if where else write.word("yes")


def _sparse_where(found: "Class") -> str | None:
    """The condition under which they are taken: empty where they always are, None for never."""
    if "_takes_sparse" not in found.members:
        return None
    return _declared(found, "_sparse_where") or ""


def taken(spec: Optimizer, material: Material, write: Writer) -> str:
    """What the class takes and refuses, as a list."""
    return "\n".join(f"- {each}" for each in _taken(spec, material, Writer(write.edition, "api")))


def _taken(spec: Optimizer, material: Material, write: Writer) -> Iterator[str]:
    found, costs = generated(spec, "torch", material), material.costs[spec.name]
    if costs:
        passes = costs[0].passes
        yield write.word("kernel" if passes == 1 else "kernels", passes=passes)
    else:
        yield write.word("no_kernel")
    if needs_matrices(spec):
        yield write.word("only_matrices")
    where = _sparse_where(found)
    key = "sparse_refused" if where is None else "sparse_if" if where else "sparse_taken"
    yield write.word(key, condition=code(where or ""))
    yield write.word("complex_refused" if _sees_axes(found) else "complex_taken")
    if agreed := _declared(found, "_agreed"):
        names = dict.fromkeys(argument for argument, _ in agreed.values())
        yield write.word("agreed", names=write.joined(map(code, names)))
    if any(i.source is Source.GRADIENT for i in spec.inputs):
        yield write.word("alone")
    if spec.constraints:
        listed = write.apart([escaped(write.edition.said(c.message)) for c in spec.constraints])
        yield write.word("constraints", messages=listed)


def _sees_axes(found: "Class") -> bool:
    """Whether a rule works on the axes of tensors, of which complex ones have one more."""
    has_axes = any(len(axes) > 1 for axes in (_declared(found, "_axes") or {}).values())
    return bool(_declared(found, "_on_matrices")) or has_axes or "_view" in found.members


def _declared(found: "Class", name: str) -> Any:
    """A table of a class; nothing where it has none of this name."""
    member = found.attributes.get(name)
    return literal_eval(str(member.value)) if member else None
