"""The pages of schedules: the formulas, the arguments, the code."""

from collections.abc import Sequence

from ....specs.language import Schedule
from ...backends.latex import LatexPrinter
from ...backends.latex.box import initial
from ...backends.latex.formulas import called
from ...backends.latex.tables import schedule_arguments, states
from ..edition import Edition
from ..markdown import directive, figure, folded
from ..material import Material
from ..page import Page
from ..pictures.curves import rates, sparkline
from ..rules.snippets import schedule_usage
from ..rules.usual import usual
from ..writer import Writer
from .parts import TEMPLATES
from .signatures import FOLDERS, signatures
from .spec_pages import Content, plain_index, spec_pages

_RATE, _NEXT = "_rate", "_next"
"""Of the generated classes: what computes the rate of a step, or follows a metric."""


def schedule_pages(material: Material, edition: Edition) -> list[Page]:
    """A page for each schedule, and one that lists them; none where there is none."""
    return spec_pages("schedules", material.schedules, _index, _content, material, edition)


def _index(schedules: Sequence[Schedule], write: Writer) -> str:
    """A list of the pages, with the curve of each."""
    return plain_index(schedules, write, sparkline)


def _content(schedule: Schedule, material: Material, write: Writer) -> Content:
    printer = LatexPrinter(schedule)
    curve, folders = rates(schedule, write.edition), FOLDERS[Schedule]
    return Content(
        equations=_formulas(schedule, printer, write),
        files={backend: f"{folder}/{schedule.module}.py" for backend, folder in folders.items()},
        methods=dict.fromkeys(folders, (_NEXT if schedule.takes_metric else _RATE,)),
        before={
            "pictures": figure(*curve) if curve else "",
            "arguments": signatures(schedule, material, write)
            + "\n\n"
            + write.arguments(schedule_arguments(schedule, printer)),
        },
        usage=lambda package: schedule_usage(schedule, package),
        after={
            "states": write.states(states(schedule, printer)) if schedule.states else "",
        },
        pictures=[curve.picture] if curve else [],
    )


def _formulas(schedule: Schedule, printer: LatexPrinter, write: Writer) -> str:
    """Of a schedule with flags or words first what it is by default; all the rest is folded."""
    by_default = usual(schedule)
    every = _box(schedule, printer, write, is_labelled=True)
    if by_default is None:
        return every
    shown = _box(by_default, printer, write, is_labelled=False)
    return f"{shown}\n{folded(write.word('every'), every)}"


def _box(schedule: Schedule, printer: LatexPrinter, write: Writer, *, is_labelled: bool) -> str:
    body = TEMPLATES.get_template("formulas.md.j2").render(
        schedule=schedule,
        is_labelled=is_labelled,
        equation=printer.equation,
        initial=initial(schedule, printer),
        momentum=_momentum(schedule, printer),
        called=[write.word(key) for key in called(schedule)],
        constraints=[printer.condition(c.condition) for c in schedule.constraints],
        write=write,
    )
    title = schedule.name if is_labelled else write.word("by_default", name=schedule.name)
    return directive("admonition", title, f":class: algorithm\n\n{body}")


def _momentum(schedule: Schedule, printer: LatexPrinter) -> str:
    """The condition, in math mode, under which the momentum is set."""
    when = schedule.momentum_when
    return "" if when is None else printer.condition(when)
