"""The pages of optimizers: the equations, and all that follows from them."""

from collections.abc import Callable, Sequence

from sympy import sympify

from ....specs.language import Optimizer, State, Update, t
from ...backends.latex import LatexPrinter
from ...backends.latex.box import Box, box
from ...backends.latex.tables import arguments, inputs, outputs
from ...cost import Cost
from ...loading.stacks import operators
from ..edition import Edition
from ..markdown import (
    capital,
    code,
    directive,
    equations,
    escaped,
    figure,
    folded,
    grid,
    inline,
    table,
)
from ..material import Material
from ..page import Page
from ..pictures.drawn import is_drawn
from ..pictures.paths import paths
from ..pictures.shown import Shown
from ..pictures.training import training
from ..proofs.relations import relations, subjects
from ..rules.snippets import optimizer_usage
from ..rules.variants import Change, changes
from ..writer import Writer
from .beside import beside_section
from .costs import in_bytes
from .families import families_index
from .parts import STEP_METHODS, TEMPLATES, equation_label
from .signatures import checkpoint, signatures, taken
from .spec_pages import Content, spec_pages
from .tuning import measured, tuning


def optimizer_pages(material: Material, edition: Edition) -> list[Page]:
    """A page for each optimizer, and one that lists them; none where there is none."""
    return spec_pages(
        "optimizers", material.optimizers, families_index, _content, material, edition
    )


def _content(spec: Optimizer, material: Material, write: Writer) -> Content:
    printer = LatexPrinter(spec)
    pictures = _pictures(spec, material, write.edition)
    tried = measured(spec, material, write)
    return Content(
        equations=algorithm(spec, printer, write),
        files={backend: f"{backend}/{spec.module}.py" for backend in STEP_METHODS},
        methods=STEP_METHODS,
        before={"arguments": _arguments(spec, printer, material, write)},
        usage=lambda package: optimizer_usage(spec, package),
        after={
            "states": _states(spec, printer, material, write),
            "inputs": _inputs(spec, printer, write),
            "outputs": _outputs(spec, printer, write),
            "changes": _changes(spec, printer, write),
            "taken": taken(spec, material, write),
            "tuning": tuning(spec, material, tried, write),
            "beside": beside_section(spec, material, write.edition),
            "cost": _cost(material.costs[spec.name], write),
            "pictures": _shown(pictures, write),
            "operators": _operators(spec, material, write),
        },
        pictures=[shown.picture for shown in (*tried, *pictures)],
    )


def _pictures(spec: Optimizer, material: Material, edition: Edition) -> list[Shown]:
    """Its paths, and a network learning by it; none of a rule that there are none of."""
    if not is_drawn(spec):
        return []
    return [paths(spec, material, edition), training(spec, material, edition)]


def _shown(pictures: list[Shown], write: Writer) -> str:
    if not pictures:
        return ""
    return f"{write.word('pictures_about')}\n\n{grid(figure(*p) for p in pictures)}"


def algorithm(
    spec: Optimizer,
    printer: LatexPrinter,
    write: Writer,
    label: Callable[[Optimizer, Update], str] = equation_label,
) -> str:
    """One step, in a box; a label of an equation is what it can be linked by."""
    found = box(spec, printer)
    body = TEMPLATES.get_template("algorithm.md.j2").render(
        spec=spec,
        box=found,
        given=_given(found, write),
        equation=printer.equation,
        label=label,
        write=write,
    )
    return directive("admonition", spec.name, f":class: algorithm\n\n{body}")


def _given(found: Box, write: Writer) -> str:
    named = {
        "hyperparameters": write.listed(found.hyperparameters),
        "options": write.listed(found.options),
        "matrices": write.cell(found.matrices),
        "provided": write.listed(found.constraints),
    }
    objective = write.word("objective", f="$f$", theta="$\\theta_0$", T="$T$")
    listed = [f"{write.word(key)} {names}" for key, names in named.items() if names]
    return write.apart([objective, *listed])


def _arguments(spec: Optimizer, printer: LatexPrinter, material: Material, write: Writer) -> str:
    called = signatures(spec, material, write)
    if not spec.hyper:
        return called
    return f"{write.arguments(arguments(spec, printer))}\n\n{folded(write.word('calls'), called)}"


def _states(spec: Optimizer, printer: LatexPrinter, material: Material, write: Writer) -> str:
    about = write.word("states_about" if spec.states else "state_none")
    return f"{about}\n\n{checkpoint(spec, printer, write)}"


def _inputs(spec: Optimizer, printer: LatexPrinter, write: Writer) -> str:
    rows = inputs(spec, printer)
    return f"{write.word('inputs_about')}\n\n{write.inputs(rows)}" if rows else ""


def _outputs(spec: Optimizer, printer: LatexPrinter, write: Writer) -> str:
    rows = outputs(spec, printer)
    return f"{write.word('outputs_about')}\n\n{write.outputs(rows)}" if rows else ""


def _changes(spec: Optimizer, printer: LatexPrinter, write: Writer) -> str:
    found = changes(spec)
    if not found:
        return ""
    docs = {h.name: write.said(h.doc) for h in spec.hyper}
    shown = [
        {
            "change": change,
            "doc": write.word("sentence", text=capital(docs[change.switch])),
            "sides": _sides(change, printer),
            "added": [inline(printer.expression(s.series[t])) for s in change.added],
            "initial": [inline(_first(s, printer)) for s in change.initial],
        }
        for change in found
    ]
    return TEMPLATES.get_template("changes.md.j2").render(changes=shown, write=write)


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


def _operators(spec: Optimizer, material: Material, write: Writer) -> str:
    """That there are operators, and which of them claims relate it to; links to their pages."""
    if not material.is_complete:
        return ""
    claimed = {name for each in relations(spec, material.settled) for name in subjects(each.claim)}
    links = [f"[{escaped(n)}](/operators/{n}.md)" for n in operators() if n in claimed]
    said = [write.word("operators_about", module=spec.module)]
    said += [write.word("operators_claimed", links=write.joined(links))] if links else []
    return "\n\n".join(said)


def _cost(found: Sequence[Cost], write: Writer) -> str:
    if not found:
        return ""
    head = ("setting", "read", "written", "moved", "state", "operations")
    rows = [_cost_row(cost, write) for cost in found]
    shown = table([write.word(h) for h in head], rows, is_stacked=True)
    return f"{write.word('cost_about')}\n\n{shown}"


def _cost_row(cost: Cost, write: Writer) -> list[str]:
    numbers = (cost.read, cost.written, cost.moved, cost.states)
    operations = ", ".join(f"{n} {code(op)}" for op, n in sorted(cost.operations.items()))
    return [
        code(cost.settings) if cost.settings else write.word("defaults"),
        *(in_bytes(n, write) for n in numbers),
        f"{sum(cost.operations.values())}: {operations}",
    ]
