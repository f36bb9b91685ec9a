"""``steprule new``: a file to begin with, of a rule, a schedule or an operator of one's own.

What it holds is whole: it generates, verifies, and makes a claim that is proved.
"""

import re
from pathlib import Path

import click

from ...specs.language import SpecError
from ..analysis.reserved import class_objection
from ..backends.rendering import environment
from ..console import reported, say
from ..loading.neighbours import is_installed

_TEMPLATES = environment(__package__ or "", {})


@click.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--schedule",
    "kind",
    flag_value="schedule",
    help="A schedule of a learning rate in place of a rule.",
)
@click.option(
    "--operator",
    "kind",
    flag_value="operator",
    help="An operator, which makes rules of rules, in place of a rule.",
)
def new_command(file: Path, kind: str | None) -> None:
    """Write FILE, such as path/to/my_rule.py: a commented start for a rule of your own, MyRule.

    An existing file is not overwritten.
    """
    with reported():
        name = _class_name(file)
        text = _TEMPLATES.get_template(f"{kind or 'optimizer'}.py.j2").render(
            name=name, module=file.stem, file=file.name
        )
        _write(file, text)
    say(f"wrote {file}; try: steprule verify {file}")


def _class_name(file: Path) -> str:
    """The name of the class, from that of the file.

    Raises:
        SpecError: no class can have it, or the file is none of Python's.
    """
    if file.suffix != ".py":
        name = f"{_as_module(file.stem)}.py"
        raise _refusal(file, "a spec is a Python file", f"Call it {file.with_name(name)}")
    if is_installed(file.stem):
        problem = "it would stand before an installed module of this name"
        raise _refusal(file, problem, f"Call it {file.with_name(f'my_{file.name}')}")
    name = "".join(word[:1].upper() + word[1:] for word in file.stem.split("_"))
    if reason := class_objection(name) if name else "is no Python class name":
        problem = f"its class would be called {name or '_'}, which {reason}"
        raise _refusal(file, problem, f"Call it {file.with_name(_as_module(file.stem) + '.py')}")
    return name


def _as_module(stem: str) -> str:
    """A name like it that a class can have."""
    ascii_only = stem.encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-zA-Z0-9]+", "_", ascii_only).strip("_")
    name = "".join(word.capitalize() for word in words.split("_"))
    return words if name and not class_objection(name) else f"my_{words or 'rule'}"


def _write(file: Path, text: str) -> None:
    """Write a new file; it is there whole, or not at all."""
    if not file.parent.is_dir():
        raise _refusal(file, f"there is no folder {file.parent}", "Make it first")
    try:
        stream = file.open("x", encoding="utf-8")
    except FileExistsError as error:
        problem = "there is a file of this name, which is not overwritten"
        raise _refusal(file, problem, "Choose another name, or move it away") from error
    try:
        with stream:
            stream.write(text)
    except BaseException:
        file.unlink()
        raise


def _refusal(file: Path, problem: str, remedy: str) -> SpecError:
    return SpecError("new", spec=str(file), where="file", problem=problem, remedy=remedy)
