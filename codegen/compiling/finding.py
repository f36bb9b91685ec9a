"""The modules of compiled classes, as Python's imports find them, in any process."""

from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location

from . import entries

LENGTH = 16
"""Of a mark, at the end of a module's name."""


def module_spec(name: str) -> ModuleSpec | None:
    """Where a module lies, ``steprule.torch.adamw_0123456789abcdef``; None if there is none.

    Raises:
        ModuleNotFoundError: the entry that it is of is not kept, or not whole, or of another
            version of this package.
    """
    package, _, stem = name.rpartition(".")
    entry = entries.find(stem[-LENGTH:])
    if entry is None:
        raise ModuleNotFoundError(
            f"{name} is what steprule.compile made, which is not in {entries.folder()} any more, "
            "or of another version of steprule: compile the rule again, and load a state_dict() "
            "into the class that comes of it",
            name=name,
        )
    file = entry.joinpath(*package.split(".")[1:], f"{stem}.py")
    return spec_from_file_location(name, file) if file.is_file() else None
