"""What the optimizer's template is filled with."""

from ....specs.language import Optimizer
from ...program.allocate import Listing
from ...program.nodes import Program
from ...program.operations import Kind
from ..python_class import Comments, class_context, unpacked_names
from ..signature import Argument, arguments
from .printer import HostPrinter


def context(spec: Optimizer, program: Program, listing: Listing) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``."""
    args = arguments(spec)
    held = {h.name: f"self.{h.name}" for h in spec.hyper if h.name != "lr"}
    shared = class_context(spec, program, HostPrinter(held))
    read = shared["read"]
    assert isinstance(read, set)
    return shared | {
        "annotation": _annotation,
        "steps": listing.steps,
        "scratch": listing.scratch,
        "comment": Comments(listing.steps),
        "unpacked": [line for a in args for line in _unpacked(a, read)],
        "blockwise": not program.kinds() & {Kind.REDUCTION, Kind.MATRIX},
        "has_lr": any(a.name == "lr" for a in args),
    }


def _annotation(a: Argument) -> str:
    if a.is_option:
        return "bool"
    if a.is_tuple:
        return f"tuple[{', '.join('float' for _ in a.members)}]"
    return "Rate" if a.name == "lr" else "float"


def _unpacked(a: Argument, read: set[str]) -> list[str]:
    if a.is_tuple:
        used = read & {h.name for h in a.members}
        return [f"{unpacked_names(a, read)} = self.{a.name}"] if used else []
    return [f"{a.name} = self.{a.name}"] if a.name in read and a.name != "lr" else []
