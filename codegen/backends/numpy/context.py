"""What the optimizer's template is filled with."""

from ...program.allocate import Listing
from ...program.batches import factorises
from ...program.compiled import CompiledRule
from ...program.forms import Printer
from ...program.nodes import Program
from ...program.turns import Turns
from ..late import late_context, met_late
from ..python_class import class_context, passes
from ..scalars import host_names, of_step, scalars
from ..signature import Argument, annotation, arguments, members, tests
from ..statements import assigned, block
from .printer import HOST, LATE, NumpyPrinter
from .unchosen import apart


def context(
    compiled: CompiledRule, turns: Turns, program: Program, listing: Listing
) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``.

    Args:
        compiled: the rule.
        turns: its program.
        program: that of tensors in three-address form, which ``listing`` gives buffers to.
        listing: what is printed of it.
    """
    spec = compiled.spec
    args = arguments(spec)
    held = {name: f"self.{where}" for name, where in members(args).items() if name != "lr"}
    held |= tests(args, lambda name: f"self.{name}")
    met = {*host_names(program), *(host_names(compiled.kernel) if compiled.has_kernel else ())}
    met |= met_late(turns)
    printer = NumpyPrinter(of_step(met))
    late = late_context(turns, args, assigned(Printer(LATE, of_step(met))))
    found = class_context(spec, turns.whole, Printer(HOST, held), _held) | late
    slots = [s.old.id for s in program.tensor_slots]
    return found | {
        "module": compiled.module,
        "points": compiled.points,
        "annotation": _annotation,
        "annotated": _settled,
        "scalars": scalars(turns.whole, args, met, HOST, first="t == 1"),
        "body": block(apart(listing.steps, slots), printer.scalar, printer),
        "scratch": listing.scratch,
        "has_lr": any(a.name == "lr" for a in args),
        "has_kernel": compiled.has_kernel,
        "no_kernel": compiled.no_kernel,
        "is_whole": not compiled.program.is_elementwise,
        "factorises": factorises(compiled.program),
        "passes": passes(compiled),
    }


def _settled(a: Argument) -> str:
    """Of an argument in a step, where it may have been a function that gives it."""
    return annotation(a, "float")


def _held(name: str, default: str) -> str:
    return f"self.{name}"


def _annotation(a: Argument) -> str:
    return annotation(a, "Number")
