r"""Equations in which some parts are marked, as ``\changed{...}``."""

from sympy import Basic

from ....specs.language import Spec
from ...backends.latex import LatexPrinter


class MarkedPrinter(LatexPrinter):
    """Prints the expressions of one spec, and marks those it is given.

    Args:
        spec: whose notation and reading order are used.
        marks: the expressions to be marked wherever they stand.
    """

    def __init__(self, spec: Spec, marks: frozenset[Basic], *, display: bool = True) -> None:
        super().__init__(spec, display=display)
        self._marks = marks
        self._inline = MarkedPrinter(spec, marks, display=False) if display else self
        self._unmarked = LatexPrinter(spec, display=display)

    def _print(self, e: Basic) -> tuple[str, int]:
        if e not in self._marks:
            return super()._print(e)
        # A mark within a mark would say nothing more.
        text, binding = self._unmarked._print(e)
        return rf"\changed{{{text}}}", binding
