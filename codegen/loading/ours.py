"""Which specs are the package's own: one of somebody's own may have the name of one."""

from collections.abc import Mapping
from functools import cache

from ...specs.language import Spec
from ..analysis import analyse
from .fingerprint import fingerprint
from .load import all_builtin


def is_builtin(spec: Spec) -> bool:
    """Whether a spec is the built-in one of its name."""
    known = _builtin().get(spec.name)
    return known is not None and fingerprint(analyse(known)) == fingerprint(analyse(spec))


@cache
def _builtin() -> Mapping[str, Spec]:
    return all_builtin()
