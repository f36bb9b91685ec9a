"""What other libraries have, by the names that users write for a library or a module of one."""

from collections.abc import Container

from ...specs.language import SpecError
from ..analysis.nearby import suggestion
from .audited import Audited, audited

_ALSO = {
    "tf.keras": "keras",
    "tensorflow.keras": "keras",
    "tf": "keras",
    "tensorflow": "keras",
    "torch_optimi": "optimi",
    "dog_optimizer": "dog",
}
"""Where a library is reached by another name than its own, or is installed by it."""


def within(library: str, rules: Container[str], *, where: str) -> list[Audited]:
    """What a library, or a module of one, has of some rules.

    Args:
        library: its name: ``torch``, ``torch.optim``, ``tf.keras``, in any case.
        rules: the names of the rules.
        where: what it was given as.

    Raises:
        SpecError: it has none; what there is, is listed.
    """
    peers = [peer for peer in audited() if peer.of in rules]
    path = _path(library)
    found = [peer for peer in peers if f"{peer.name.lower()}.".startswith(f"{path}.")]
    if path and found:
        return found
    known = sorted({peer.package for peer in peers})
    modules = {peer.name.rpartition(".")[0] for peer in peers}
    raise SpecError(
        "unknown-library",
        spec=library or repr(library),
        where=where,
        problem="no rule is known to be in a library of this name",
        remedy=f"{suggestion(library, modules.union(known, _ALSO))}There are {', '.join(known)}, "
        "and their modules, such as torch.optim",
    )


def _path(library: str) -> str:
    """The path that its classes have here."""
    path = library.lower().replace("-", "_").strip(". ")
    for other, own in _ALSO.items():
        if f"{path}.".startswith(f"{other}."):
            return own + path[len(other) :]
    return path
