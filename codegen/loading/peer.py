"""Whether there is what a spec says that it is a drop-in for."""

import re
from importlib import import_module
from importlib.util import find_spec

_OPTIONAL = frozenset({"torch"})
"""What need not be installed to generate code for it."""


def objection(path: str) -> str:
    """Why nothing can be the peer of a path, ``torch.optim.Adam``; or nothing."""
    if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)+", path):
        return "is no import path of a class"
    module, _, name = path.rpartition(".")
    root = module.partition(".")[0]
    if find_spec(root) is None:
        return "" if root in _OPTIONAL else f"is not there: no module {root} is installed"
    try:
        found = import_module(module)
    except ImportError as error:
        return f"is not there: {error}"
    return "" if hasattr(found, name) else f"is not there: {module} has no {name}"
