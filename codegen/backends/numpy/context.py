"""What the optimizer's template is filled with."""

from ....specs.language import Optimizer
from ...program.allocate import Listing
from ...program.nodes import Program
from ..kernel import kernel_scalars
from ..python_class import Comments, class_context, names_read, unpacked_names
from ..signature import Argument, arguments, members
from .printer import HostPrinter


def context(
    spec: Optimizer, program: Program, listing: Listing, kernel: Program
) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``.

    Args:
        spec: an analysed spec.
        program: its program in three-address form, which ``listing`` gives buffers to.
        listing: what is printed of it.
        kernel: the program that the compiled kernel is printed from.
    """
    args = arguments(spec)
    held = {name: f"self.{where}" for name, where in members(args).items() if name != "lr"}
    read = names_read(program)
    return class_context(spec, program, HostPrinter(held)) | {
        "annotation": _annotation,
        "steps": listing.steps,
        "scratch": listing.scratch,
        "comment": Comments(listing.steps),
        "unpacked": [line for a in args for line in _unpacked(a, read)],
        "kernel": kernel_scalars(kernel) if kernel.is_elementwise else None,
        "has_lr": any(a.name == "lr" for a in args),
    }


def _annotation(a: Argument) -> str:
    if a.is_option:
        return "bool"
    if a.is_tuple:
        return f"tuple[{', '.join('float' for _ in a.members)}]"
    return "Rate" if a.name == "lr" else "float"


def _unpacked(a: Argument, read: set[str]) -> list[str]:
    """Hyperparameters as Python floats: NumPy's scalars would promote float32 arrays."""
    if a.is_tuple:
        used = read & {h.name for h in a.members}
        return [f"{unpacked_names(a, read)} = map(float, self.{a.name})"] if used else []
    if a.name not in read or a.name == "lr":
        return []
    held = f"self.{a.name}"
    return [f"{a.name} = {held if a.is_option else f'float({held})'}"]
