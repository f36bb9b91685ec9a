"""The arguments of an example, as a caption names them: ``lr = 0.1, mode = min``."""

from collections.abc import Mapping

from sympy import Lambda

from ....specs.language import Sample, Schedule, step
from ....specs.language.schedule import Exemplar
from ....specs.language.sequences import indexed
from .escape import code, escaped
from .numerals import scientific
from .printer import LatexPrinter


def given(schedule: Schedule, arguments: Mapping[str, Exemplar]) -> str:
    """The arguments and their values, separated by commas, as LaTeX for use in text."""
    printer = LatexPrinter(schedule, display=False)
    choices = {choice.name for choice in schedule.choices}
    said = (
        f"${code(name)} = {code(str(value))}$"
        if name in choices
        else _said(name, printer.names.of(name).tex, value, printer)
        for name, value in arguments.items()
    )
    return ", ".join(said)


def _said(name: str, symbol: str, value: Exemplar, printer: LatexPrinter) -> str:
    match value:
        case bool():
            return code(name) if value else f"not {code(name)}"
        case str():
            return f"${symbol} = {scientific(value)}$"
        case Lambda():
            formula = printer.expression(value(step))
            return f"${symbol}(k) = {formula}$"
        case Sample():
            inner = given(value.schedule, value.arguments)
            return f"${symbol} = {{}}$\\mbox{{{escaped(value.schedule.name)}}} ({inner})"
    if all(isinstance(entry, str) for entry in value):
        listed = ", ".join(scientific(str(entry)) for entry in value)
        return f"${symbol} = ({listed})$"
    entries = (_said(name, indexed(symbol, str(i)), x, printer) for i, x in enumerate(value))
    return ", ".join(entries)
