"""A claim's derivation on a page."""

from ..prove.derivation import derivation
from ..prove.prove import Settled
from .edition import Edition
from .markdown import directive


def derived(settled: Settled, edition: Edition) -> str:
    """The claim, what it is about, and the algebra or the witness that settles it."""
    return directive("code-block", "text", derivation(settled))
