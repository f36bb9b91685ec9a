"""The pages of optimizers: the equations, and all that follows from them."""

from collections.abc import Sequence

from sympy import sympify

from ....specs.language import Optimizer, SpecError, State, t
from ...backends.latex import LatexPrinter
from ...backends.latex.box import box
from ...backends.latex.tables import arguments, states
from ...cost import BYTES, Cost, costs
from ..edition import Edition
from ..markdown import (
    code,
    directive,
    display,
    environment,
    equations,
    figure,
    grid,
    inline,
    table,
    tabs,
)
from ..material import Material
from ..page import Page
from ..pictures.landscapes import LANDSCAPES
from ..pictures.paths import path
from ..pictures.shown import Shown
from ..pictures.training import training
from ..rules.excerpts import method_source
from ..rules.peers import peers_table
from ..rules.snippets import OWN_PACKAGE, optimizer_usage
from ..rules.variants import Change, changes
from ..writer import Writer
from .parts import (
    STEP_METHODS,
    Section,
    classes,
    equation_label,
    index_page,
    python,
    relations_section,
    usage_section,
)

_DTYPE = "float32"


_TEMPLATES = environment({"display": display, "inline": inline, "code": code})


def optimizer_pages(material: Material, edition: Edition) -> list[Page]:
    """A page for each optimizer, and one that lists them; none where there is none."""
    if not material.optimizers:
        return []
    write = Writer(edition, "optimizers")
    pages = [_page(spec, material, write) for spec in material.optimizers]
    return [index_page("optimizers/index", material.optimizers, write), *pages]


def _page(spec: Optimizer, material: Material, write: Writer) -> Page:
    code_of = {backend: material.code[f"{backend}/{spec.module}.py"] for backend in STEP_METHODS}
    steps = {
        write.word(backend): python(step)
        for backend, source in code_of.items()
        if (step := method_source(source, spec.name, STEP_METHODS[backend]))
    }
    pictures = _pictures(spec, material, write.edition)
    text = _TEMPLATES.get_template("spec.md.j2").render(
        spec=spec,
        write=write,
        step=tabs({write.word("equations"): _algorithm(spec, write), **steps}),
        classes=classes(code_of, spec.name, write),
        sections=_sections(spec, material, pictures, write),
    )
    return Page(f"optimizers/{spec.module}", text, [shown.picture for shown in pictures])


def _pictures(spec: Optimizer, material: Material, edition: Edition) -> list[Shown]:
    """Its paths, and a network learning by it."""
    paths = [path(spec, landscape, material, edition) for landscape in LANDSCAPES]
    return [*paths, training(spec, material, edition)]


def _sections(
    spec: Optimizer, material: Material, pictures: Sequence[Shown], write: Writer
) -> list[Section]:
    """The parts that each stand or fall away by themselves, in order."""
    printer = LatexPrinter(spec)
    is_own = spec.name not in material.builtin
    peers = "" if is_own else peers_table(spec, material, write.edition)
    related = "" if is_own else relations_section(spec, material, write.edition)
    usage = optimizer_usage(spec, OWN_PACKAGE if is_own else "steprule")
    found = {
        "arguments": write.arguments(arguments(spec, printer)) if spec.hyper else "",
        "states": _states(spec, printer, write),
        "changes": _changes(spec, printer, write),
        "usage": usage_section(usage, is_own, write),
        "cost": _cost(spec, write),
        "pictures": f"{write.word('pictures_about')}\n\n{grid(figure(*p) for p in pictures)}",
        "relations": related,
        "peers": peers,
    }
    return [Section(write.word(title), body) for title, body in found.items() if body]


def _algorithm(spec: Optimizer, write: Writer) -> str:
    printer = LatexPrinter(spec)
    body = _TEMPLATES.get_template("algorithm.md.j2").render(
        spec=spec,
        box=box(spec, printer),
        equation=printer.equation,
        label=equation_label,
        write=write,
    )
    return directive("admonition", spec.name, f":class: algorithm\n\n{body}")


def _states(spec: Optimizer, printer: LatexPrinter, write: Writer) -> str:
    rows = states(spec, printer)
    if not spec.states:
        return write.word("state_none")
    return f"{write.word('states_about')}\n\n{write.states(rows)}"


def _changes(spec: Optimizer, printer: LatexPrinter, write: Writer) -> str:
    found = changes(spec)
    if not found:
        return ""
    docs = {h.name: write.said(h.doc) for h in spec.hyper}
    shown = [
        {
            "change": change,
            "doc": write.word("sentence", text=_capital(docs[change.switch])),
            "sides": _sides(change, printer),
            "added": [inline(printer.expression(s.series[t])) for s in change.added],
            "initial": [inline(_first(s, printer)) for s in change.initial],
        }
        for change in found
    ]
    return _TEMPLATES.get_template("changes.md.j2").render(changes=shown, write=write)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _first(state: State, printer: LatexPrinter) -> str:
    """Where a state starts, as an equation."""
    start = printer.expression(sympify(state.init))
    return f"{printer.expression(state.series[0])} = {start}"


def _sides(change: Change, printer: LatexPrinter) -> tuple[str, str]:
    """The equations without and with a switch, each aligned."""
    before, after = (
        [(printer.expression(u.target), printer.expression(u.value)) for u in side]
        for side in (change.before, change.after)
    )
    return equations(before), equations(after)


def _cost(spec: Optimizer, write: Writer) -> str:
    try:
        found = costs(spec)
    except SpecError:
        return ""
    head = ("setting", "read", "written", "moved", "state", "operations")
    rows = [_cost_row(cost, write) for cost in found]
    shown = table([write.word(h) for h in head], rows)
    return f"{write.word('cost_about')}\n\n{shown}"


def _cost_row(cost: Cost, write: Writer) -> list[str]:
    numbers = (cost.read, cost.written, cost.moved, cost.states)
    operations = ", ".join(f"{n} {code(op)}" for op, n in sorted(cost.operations.items()))
    return [
        code(cost.settings) if cost.settings else write.word("defaults"),
        *(write.word("bytes", count=n * BYTES[_DTYPE]) for n in numbers),
        f"{sum(cost.operations.values())}: {operations}",
    ]
