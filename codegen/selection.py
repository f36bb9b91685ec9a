"""The specs a command works on."""

from collections.abc import Sequence

from ..specs.language import Spec
from .analysis import analyse
from .fingerprint import fingerprint
from .load import all_builtin, load


def selected(references: Sequence[str]) -> list[Spec]:
    """The specs named, or all built-in ones; validated, updates in an order they can run in.

    Raises:
        SpecError: one does not exist, does not import, or is not valid.
    """
    found = (
        [spec for reference in references for spec in load(reference)]
        if references
        else list(all_builtin().values())
    )
    analysed = [analyse(spec) for spec in found]
    # What is referred to twice, by name or by file, is one spec.
    return list({fingerprint(spec): spec for spec in analysed}.values())
