"""How a rule sees a parameter, as the templates of classes in Python say it."""

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Basic, Symbol, false, sympify, true

from ...specs.language import Choice, Hyper, Optimizer, Option
from ..notation.text import text_of
from ..program.forms import Printer
from ..program.lower import lower_expression
from .signature import Argument, members, tests


@dataclass(frozen=True)
class ViewText:
    """A view, as text.

    Args:
        flat: the condition under which the rows are the first axis, as Python.
        parts: of how many matrices one consists, as Python.
        rank: how long a basis is at most, as Python; empty where there is none.
        arguments: those that say so, and nothing else.
        described: in words.
    """

    flat: str
    parts: str
    rank: str
    arguments: tuple[str, ...]
    described: str


def viewing(spec: Optimizer) -> tuple[str, ...]:
    """The arguments that a view depends on, and nothing else does, in order."""
    declared = [x for s in spec.states for x in (s.when, s.init) if x is not None]
    declared += [i.when for i in spec.inputs] + [o.value for o in spec.outputs]
    declared += [c.condition for c in spec.constraints]
    declared += [h.derived for h in spec.hyperparameters if h.derived is not None]
    declared += [u.value for u in spec.updates]
    read = {s for e in declared for s in sympify(e).free_symbols}
    seen = spec.view.symbols - read
    return tuple(h.name for h in spec.hyper if _symbols(h) & seen and not _symbols(h) & read)


def _symbols(argument: Hyper | Option | Choice) -> set[Symbol]:
    match argument:
        case Hyper():
            return {argument.symbol}
        case Option():
            return {argument.flag}
    return {*argument.flags.values()}


def view_as_text(
    spec: Optimizer, attribute: Printer, args: tuple[Argument, ...], held: Callable[[str, str], str]
) -> ViewText | None:
    """The view of an analysed spec; None where it is of the last two axes.

    Args:
        spec: the spec.
        attribute: prints hyperparameters as the class holds them.
        args: its arguments.
        held: how one that nothing else depends on is written, given its name and default.
    """
    if spec.view.is_plain:
        return None
    own = tuple(a for a in args if a.name in viewing(spec))
    where = {name: held(name, a.default) for a in own for name in members((a,))}
    where |= tests(own, lambda name: held(name, "None"))
    host = attribute.beside(where)
    flat, parts = spec.view.flat, sympify(spec.view.parts)
    settled = {true: "True", false: "False"}

    def whole(e: Basic) -> str:
        number = host(lower_expression(spec, e))
        return f"int({number})" if isinstance(e, Symbol) else number

    return ViewText(
        flat=settled[flat] if flat in settled else host(lower_expression(spec, flat)),
        parts=whole(parts),
        rank="" if spec.view.rank == 1 else whole(sympify(spec.view.rank)),
        arguments=tuple(a.name for a in own),
        described=described(spec),
    )


def described(spec: Optimizer) -> str:
    """A view in words, for a reader of the generated class."""
    text, view = text_of(spec), spec.view
    last = "the last two, behind a batch"
    if view.flat == false:
        axes = f"its rows and columns are {last}"
    elif view.flat == true:
        axes = "its rows are its first axis, and its columns all others together"
    else:
        when = text.condition(view.flat)
        axes = (
            f"where ``{when}``, its rows are its first axis, and its columns all others together; "
            f"else they are {last}"
        )
    found = [f"Of a parameter of two axes or more, {axes}"]
    if view.parts != 1:
        parts = text.expression(sympify(view.parts))
        found.append(
            f"the rows are those of ``{parts}`` equal matrices, one below the other, which are a "
            "batch"
        )
    if view.rank != 1:
        rank = text.expression(sympify(view.rank))
        found.append(f"a basis has ``{rank}`` vectors, or as many as there are rows or columns")
    return "; ".join(found)
