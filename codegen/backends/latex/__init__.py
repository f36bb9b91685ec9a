"""The LaTeX backend, printed from the spec itself.

``printer`` turns expressions into formulas, with the names from ``notation``; ``box`` and
``tables`` arrange them; the templates hold the structure of the page.
"""

from .backend import LatexBackend, backend
from .printer import LatexPrinter, equation, expression

__all__ = ["LatexBackend", "LatexPrinter", "backend", "equation", "expression"]
