"""The pages of operators: their equations, in terms of the parts that every rule has."""

from ....specs.language import Operator, Optimizer, SpecError, t
from ...backends.latex import LatexPrinter
from ...backends.latex.tables import arguments, inputs, outputs, states
from ...loading.load import builtin
from ...loading.stacks import operators
from ..edition import Edition
from ..markdown import capital, code, directive, display, escaped, inline
from ..material import Material
from ..page import Page
from ..writer import Writer
from .optimizers import algorithm
from .parts import TEMPLATES, page_link, python
from .related import relations_section

_SHOWN_ON = ("AdamW", "SGD")
"""The rules that an operator is shown on: the first that has the parts it takes."""


def operator_pages(material: Material, edition: Edition) -> list[Page]:
    """A page for each operator, and one that lists them; none where specs were chosen."""
    if not material.is_complete:
        return []
    write = Writer(edition, "operators")
    found = operators()
    index = TEMPLATES.get_template("operators_index.md.j2").render(
        operators=[
            write.about(f"[{escaped(o.name)}]({o.name}.md)", capital(_adds(o, write)))
            for o in found.values()
        ],
        write=write,
    )
    pages = [Page(f"operators/{o.name}", _text(o, material, write)) for o in found.values()]
    return [Page("operators/index", index), *pages]


def _text(operator: Operator, material: Material, write: Writer) -> str:
    rule = _as_rule(operator)
    printer = LatexPrinter(rule)
    shown = _shown_on(operator)
    sections = {
        "arguments": write.arguments(arguments(rule, printer)) if rule.hyper else "",
        "states": write.states(states(rule, printer)) if rule.states else "",
        "inputs": write.inputs(inputs(rule, printer)) if rule.inputs else "",
        "outputs": write.outputs(outputs(rule, printer)) if rule.outputs else "",
        "relations": relations_section(operator, material, write.edition),
    }
    return TEMPLATES.get_template("operator.md.j2").render(
        operator=operator,
        adds=_adds(operator, write),
        equations=_equations(operator, printer, write),
        call=shown and _call(operator, shown[0]),
        on=shown and write.word("on", rule=page_link(shown[0])),
        step=shown and _algorithm(shown[1], write.edition),
        example=shown and python(_example(operator, shown[0])),
        sections={key: text for key, text in sections.items() if text},
        write=write,
    )


def _as_rule(operator: Operator) -> Optimizer:
    """What it declares, as a rule's tables and equations are printed."""
    return Optimizer(
        operator.title,
        summary=operator.adds,
        source=operator.source,
        hyper=operator.hyper,
        states=operator.states,
        updates=operator.updates,
        inputs=operator.inputs,
        outputs=operator.outputs,
        step_key="",
    )


def _equations(operator: Operator, printer: LatexPrinter, write: Writer) -> str:
    """Its equations, and what the rule goes on with, in a box."""
    lines = [display([printer.equation(update)]) for update in operator.updates]
    for part, new in operator.gives.items():
        value = inline(printer.expression(new))
        lines.append(write.word("gives", part=code(part.name), value=value) + "\n")
    if operator.moves is not None:
        state = inline(printer.expression(operator.moves[t]))
        lines.append(write.word("moves", state=state) + "\n")
    if operator.when != True:  # noqa: E712, SymPy's is another object
        condition = inline(printer.expression(operator.when))
        lines.append(write.word("steps", condition=condition) + "\n")
    return directive("admonition", operator.name, ":class: algorithm\n\n" + "\n".join(lines))


def _shown_on(operator: Operator) -> tuple[Optimizer, Optimizer] | None:
    """A rule, and what it makes of it; where it takes others, with SGD for them."""
    for name in _SHOWN_ON:
        try:
            rule = builtin()[name]
            return rule, operator(rule, name="", **_beside(operator))
        except SpecError:
            continue
    return None


def _algorithm(made: Optimizer, edition: Edition) -> str:
    """One step of it; what has pages of its own is not linked to here."""
    return algorithm(made, LatexPrinter(made), Writer(edition, "optimizers"), lambda *_: "")


def _beside(operator: Operator) -> dict[str, Optimizer]:
    return {name: builtin()["SGD"] for name in operator.beside}


def _call(operator: Operator, base: Optimizer) -> str:
    others = [f"{name}={rule.module}" for name, rule in _beside(operator).items()]
    return f"{operator.name}({', '.join([base.module, *others])})"


def _example(operator: Operator, base: Optimizer) -> str:
    modules = dict.fromkeys([base.module, *(rule.module for rule in _beside(operator).values())])
    return (
        f"from steprule.specs.operators import {operator.name}\n"
        + "".join(f"from steprule.specs.optimizers.{name} import {name}\n" for name in modules)
        + f"\nrule = {_call(operator, base)}\n"
    )


def _adds(operator: Operator, write: Writer) -> str:
    """What it adds, the rules that it takes beside by their arguments' names."""
    said = write.edition.said(operator.adds)
    return escaped(said.format(**{name: name for name in operator.beside}))
