"""The programs of recipes: as they are in files, shown alike in every language."""

from collections.abc import Mapping

from ..markdown import tabs
from ..writer import Writer
from .parts import TEMPLATES

_FOLDER, _SUFFIX = "recipes/", ".py.j2"
_IN_NUMPY = "_numpy"
"""What the name of a file ends with that does in NumPy what another does in PyTorch."""


def recipes() -> Mapping[str, Mapping[str, str]]:
    """The programs by name, and each by package."""
    found: dict[str, dict[str, str]] = {}
    for file in TEMPLATES.list_templates(filter_func=lambda name: name.startswith(_FOLDER)):
        stem = file.removeprefix(_FOLDER).removesuffix(_SUFFIX)
        package = "numpy" if stem.endswith(_IN_NUMPY) else "torch"
        text = TEMPLATES.get_template(file).render()
        found.setdefault(stem.removesuffix(_IN_NUMPY), {})[package] = text.strip() + "\n"
    return found


def recipe(programs: Mapping[str, str], write: Writer) -> str:
    """A program, or one for each package."""
    shown = {write.word(package): f"```python\n{text}```\n" for package, text in programs.items()}
    return tabs(shown, "package") if len(shown) > 1 else "".join(shown.values())
