"""The LaTeX backend: a fragment for each spec, a package, and documents with them all."""

from collections.abc import Mapping, Sequence
from importlib.resources import files

from ....specs.language import Optimizer, Transform
from ...loading.load import transforms
from ...program.compiled import Compiled, CompiledRule, CompiledSchedule, CompiledTransform
from .. import Entry
from ..rendering import LATEX_DELIMITERS, environment
from .box import box, initial
from .cells import latex
from .escape import code, escaped
from .formulas import formulas, meanings, momentum
from .picture import picture
from .printer import LatexPrinter
from .tables import arguments, inputs, outputs, schedule_arguments, states

_STYLE = files("steprule.codegen.runtime") / "latex" / "steprule.sty"
_TEMPLATES = environment(__name__.rpartition(".")[0], {}, LATEX_DELIMITERS)
_TEMPLATES.filters |= {"text": escaped, "code": code, "cell": latex}


class LatexBackend:
    """Prints specs as LaTeX: formulas, algorithm boxes, tables and curves, as textbooks do."""

    name = "latex"
    comment = "%"

    def files(self, compiled: Compiled) -> Mapping[str, str]:
        """The spec's fragment, to be read in by a document that uses steprule.sty.

        Raises:
            NotImplementedError: a node in the equations has no LaTeX form.
            SpecError: a schedule cannot be drawn for its example.
        """
        name = f"{compiled.spec.module}.tex"
        match compiled:
            case CompiledRule():
                return {name: _optimizer(compiled.spec)}
            case CompiledSchedule():
                return {f"schedules/{name}": _schedule(compiled)}
            case CompiledTransform():
                return {name: _transform(compiled.spec)}

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        """The package every fragment needs, the transforms, and documents with all of a kind."""
        before = [*transforms().values()]
        kinds = {
            "optimizers.tex": ("Step rules", "", [e for e in entries if not e.is_schedule]),
            "gradients.tex": ("Gradients before the rule", "", before),
            "schedules.tex": (
                "Learning-rate schedules",
                "schedules/",
                [e for e in entries if e.is_schedule],
            ),
        }
        document = _TEMPLATES.get_template("document.tex.j2")
        found = {"steprule.sty": _STYLE.read_text(encoding="utf-8")} | {
            name: document.render(title=title, folder=folder, entries=listed)
            for name, (title, folder, listed) in kinds.items()
            if listed
        }
        for each in before:
            found[f"{each.module}.tex"] = _transform(each)
        return found


def _optimizer(spec: Optimizer) -> str:
    printer = LatexPrinter(spec)
    return _TEMPLATES.get_template("optimizer.tex.j2").render(
        spec=spec,
        box=box(spec, printer),
        equation=printer.equation,
        arguments=arguments(spec, printer),
        states=states(spec, printer),
        inputs=inputs(spec, printer),
        outputs=outputs(spec, printer),
    )


def _transform(spec: Transform) -> str:
    printer = LatexPrinter(spec.rule)
    return _TEMPLATES.get_template("transform.tex.j2").render(
        spec=spec,
        limit=printer.expression(spec.hyper.symbol),
        equations=[printer.equation(update) for update in spec.updates],
        result=printer.expression(spec.result),
        arguments=arguments(spec.rule, printer),
    )


def _schedule(compiled: CompiledSchedule) -> str:
    schedule = compiled.spec
    printer = LatexPrinter(schedule)
    return _TEMPLATES.get_template("schedule.tex.j2").render(
        schedule=schedule,
        formulas=formulas(schedule, printer),
        momentum=momentum(schedule, printer),
        meanings=meanings(schedule),
        initial=[latex(cell).strip("$") for cell in initial(schedule, printer)],
        equations=[printer.equation(u) for u in schedule.updates],
        constraints=[f"${printer.condition(c.condition)}$" for c in schedule.constraints],
        picture=picture(compiled, printer),
        arguments=schedule_arguments(schedule, printer),
        states=states(schedule, printer),
    )


backend = LatexBackend()
