"""The pages of schedules: the formulas, the arguments, the code."""

from ....specs.language import Schedule
from ...backends.latex import LatexPrinter
from ...backends.latex.box import initial
from ...backends.latex.formulas import called
from ...backends.latex.tables import schedule_arguments, states
from ..edition import Edition
from ..markdown import code, directive, display, environment, figure, inline, tabs
from ..material import Material
from ..page import Page
from ..pictures.curves import rates
from ..pictures.shown import Shown
from ..rules.excerpts import method_source
from ..rules.peers import peers_table
from ..rules.snippets import OWN_PACKAGE, schedule_usage
from ..writer import Writer
from .parts import (
    Section,
    classes,
    equation_label,
    index_page,
    python,
    relations_section,
    usage_section,
)

_FOLDERS = {"numpy": "numpy/schedules", "torch": "torch/lr_scheduler"}
_RATE, _NEXT = "_rate", "_next"
"""Of the generated classes: what computes the rate of a step, or follows a metric."""

_TEMPLATES = environment({"display": display, "inline": inline, "code": code})


def schedule_pages(material: Material, edition: Edition) -> list[Page]:
    """A page for each schedule, and one that lists them; none where there is none."""
    if not material.schedules:
        return []
    write = Writer(edition, "schedules")
    pages = [_page(schedule, material, write) for schedule in material.schedules]
    return [index_page("schedules/index", material.schedules, write), *pages]


def _page(schedule: Schedule, material: Material, write: Writer) -> Page:
    code_of = {
        backend: material.code[f"{folder}/{schedule.module}.py"]
        for backend, folder in _FOLDERS.items()
    }
    method = _NEXT if schedule.takes_metric else _RATE
    steps = {
        write.word(backend): python(step)
        for backend, source in code_of.items()
        if (step := method_source(source, schedule.name, method))
    }
    curve = rates(schedule, write.edition)
    text = _TEMPLATES.get_template("spec.md.j2").render(
        spec=schedule,
        write=write,
        step=tabs({write.word("equations"): _formulas(schedule, write), **steps}),
        classes=classes(code_of, schedule.name, write),
        sections=_sections(schedule, material, curve, write),
    )
    return Page(f"schedules/{schedule.module}", text, [curve.picture] if curve else [])


def _sections(
    schedule: Schedule, material: Material, curve: Shown | None, write: Writer
) -> list[Section]:
    """The parts that each stand or fall away by themselves, in order."""
    printer = LatexPrinter(schedule)
    is_own = schedule.name not in material.builtin
    peers = "" if is_own else peers_table(schedule, material, write.edition)
    related = "" if is_own else relations_section(schedule, material, write.edition)
    usage = schedule_usage(schedule, OWN_PACKAGE if is_own else "steprule")
    found = {
        "pictures": figure(*curve) if curve else "",
        "arguments": write.arguments(schedule_arguments(schedule, printer)),
        "states": write.states(states(schedule, printer)) if schedule.states else "",
        "usage": usage_section(usage, is_own, write),
        "relations": related,
        "peers": peers,
    }
    return [Section(write.word(title), body) for title, body in found.items() if body]


def _formulas(schedule: Schedule, write: Writer) -> str:
    printer = LatexPrinter(schedule)
    body = _TEMPLATES.get_template("formulas.md.j2").render(
        schedule=schedule,
        equation=printer.equation,
        initial=initial(schedule, printer),
        momentum=_momentum(schedule, printer),
        called=called(schedule),
        constraints=[printer.condition(c.condition) for c in schedule.constraints],
        label=equation_label,
        write=write,
    )
    return directive("admonition", schedule.name, f":class: algorithm\n\n{body}")


def _momentum(schedule: Schedule, printer: LatexPrinter) -> str:
    """The condition, in math mode, under which the momentum is set."""
    when = schedule.momentum_when
    return "" if when is None else printer.condition(when)
