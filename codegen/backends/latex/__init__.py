"""The LaTeX backend, printed from the spec itself.

``printer`` turns expressions into formulas, with the names from ``notation`` and ``words``;
``box`` and ``tables`` arrange them, for schedules ``formulas``, and ``picture`` draws a
schedule's curve; the templates hold the structure of the page.
"""

from .backend import LatexBackend, backend
from .printer import LatexPrinter, equation, expression

__all__ = ["LatexBackend", "LatexPrinter", "backend", "equation", "expression"]
