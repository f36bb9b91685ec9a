"""How a parameter is seen is known from its number of axes and the arguments, and makes sense."""

from collections.abc import Iterator

from sympy import Integer, Symbol, sympify

from ....specs.language import FACTS, Axis, Hyper, Optimizer, machine_epsilon, ndim
from ....specs.language.occurrences import nodes
from ..fault import Fault
from ..matrices import goes_along_axes
from ..subject import Subject

CODE = "view"


def check(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    if not isinstance(spec, Optimizer) or spec.view.is_plain:
        return
    if not goes_along_axes(spec):
        yield Fault(
            "view",
            "no equation and no state is along rows or cols, which a view says what they are",
            "Leave the view out",
        )
    yield from _known(subject)
    numbers = ("parts", spec.view.parts, "matrices"), ("rank", spec.view.rank, "vectors")
    for name, number, of in numbers:
        if not (isinstance(number, Integer) and number >= 1) and not _counts(spec, number):
            yield Fault(
                f"{name} of the view",
                f"{subject.text(sympify(number))} is no number of {of}",
                "Give a whole number from 1 on, or a hyperparameter made with counts, of the "
                "domain AT_LEAST_ONE",
            )


def _known(subject: Subject) -> Iterator[Fault]:
    """What a view reads that is not known where a parameter is yet to be seen."""
    unknown = {*FACTS, machine_epsilon} - {ndim}
    for where, expression in subject.view_parts():
        for node in sorted((n for n in nodes(expression) if isinstance(n, Symbol)), key=str):
            if node in unknown:
                what = "what the view makes" if isinstance(node, Axis) else "not known to a view"
                yield Fault(
                    where,
                    f"{node} is {what} of a parameter",
                    "Use ndim, options and hyperparameters",
                )
            elif node.name == "lr":
                yield Fault(
                    where,
                    "how a parameter is seen depends on lr, which may change from step to step",
                    "Use another hyperparameter, or an option",
                )


def _counts(spec: Optimizer, number: object) -> bool:
    """Whether it is a hyperparameter that is always a whole number from 1 on."""
    found = [h for h in spec.hyper if isinstance(h, Hyper) and h.symbol == number]
    lows = [h.domain.low for h in found if h.is_whole]
    return any(low is not None and low >= 1 for low in lows)
