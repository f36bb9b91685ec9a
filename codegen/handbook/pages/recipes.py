"""The programs of recipes: as they are in files, shown alike in every language."""

from collections.abc import Mapping

from ..markdown import tabs
from ..writer import Writer
from .parts import TEMPLATES

_FOLDER, _SUFFIX = "recipes/", ".py.j2"
_PACKAGES = ("torch", "numpy")


def recipes() -> Mapping[str, Mapping[str, str]]:
    """The programs by name, and each by what its file's name ends with.

    That is a package, PyTorch where nothing is said, or in what else a program is another.
    """
    found: dict[str, dict[str, str]] = {}
    for file in TEMPLATES.list_templates(filter_func=lambda name: name.startswith(_FOLDER)):
        name, _, variant = file.removeprefix(_FOLDER).removesuffix(_SUFFIX).partition("_")
        text = TEMPLATES.get_template(file).render()
        found.setdefault(name, {})[variant or "torch"] = text.strip() + "\n"
    return found


def recipe(programs: Mapping[str, str], write: Writer) -> str:
    """A program, or one for each package, or for whatever else they differ in."""
    fenced = {variant: f"```python\n{text}```\n" for variant, text in programs.items()}
    if len(fenced) == 1:
        return "".join(fenced.values())
    is_of_packages = fenced.keys() <= {*_PACKAGES}
    titles = {v: write.word(v) if is_of_packages else v for v in fenced}
    shown = {titles[variant]: text for variant, text in fenced.items()}
    return tabs(shown, "package" if is_of_packages else "")
