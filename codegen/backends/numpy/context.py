"""What the optimizer's template is filled with."""

from ....specs.language import Optimizer
from ...program.allocate import Listing
from ...program.forms import Printer
from ...program.nodes import Program
from ..python_class import class_context
from ..scalars import host_names, of_step, scalars
from ..signature import Argument, arguments, members
from ..statements import block
from .printer import HOST, NumpyPrinter


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
    met = {*host_names(program), *(host_names(kernel) if kernel.is_elementwise else ())}
    printer = NumpyPrinter(of_step(met))
    return class_context(spec, program, Printer(HOST, held)) | {
        "annotation": _annotation,
        "annotated": _settled,
        "scalars": scalars(program, args, met, HOST, first="t == 1"),
        "body": block(listing.steps, printer.scalar, printer),
        "scratch": listing.scratch,
        "has_lr": any(a.name == "lr" for a in args),
        "has_kernel": kernel.is_elementwise,
    }


def _settled(a: Argument) -> str:
    """Of the rate of a step, where there is a function that gives it."""
    return "float" if a.name == "lr" else _annotation(a)


def _annotation(a: Argument) -> str:
    if a.is_option:
        return "bool"
    if a.is_tuple:
        return f"tuple[{', '.join('float' for _ in a.members)}]"
    return "Rate" if a.name == "lr" else "float"
