"""The command line: ``steprule generate | list | show | verify``.

Exit status: 0 for success, 1 where a check failed, 2 where the input is wrong.
"""

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.syntax import Syntax
from rich.table import Table

from ..specs.language import Optimizer, SpecError
from .analysis import analyse
from .backends import backends
from .emit import Change, GenerationError, difference, plan, unified_diff, write
from .load import builtin, load
from .program.compile import compile_spec
from .program.listing import listing
from .text import TextPrinter

output = Console()
messages = Console(stderr=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="steprule")
def cli() -> None:
    """Optimizers declared once as equations; NumPy, PyTorch and LaTeX derived from them.

    SPEC is a built-in name, such as adam, or path/to/file.py[:name].
    """


@cli.command()
@click.argument("spec", nargs=-1)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to; without it, the installed steprule's own.",
)
@click.option("--check", is_flag=True, help="Write nothing; print what would change.")
def generate(spec: tuple[str, ...], out: Path | None, check: bool) -> None:
    """Generate every backend of each SPEC, by default of all built-in ones."""
    if out is None and any(".py" in reference for reference in spec):
        raise click.UsageError("a spec from a file needs --out DIR to write to")
    with _reported():
        specs = _analysed(spec)
        found = backends()
        folder = out or _own_folder()
        with _progress("generating", len(specs) * len(found) + 1) as progress:
            task = progress.tasks[0].id
            planned = plan(
                specs,
                found,
                folder,
                complete=not spec,
                progress=lambda what: progress.update(task, advance=1, description=what),
            )
        changes = difference(planned, folder)
        if check:
            _report_check(changes, spec, out)
            return
        write(changes, folder)
    removed = sum(change.planned is None for change in changes)
    output.print(
        f"{len(planned.files)} files in {folder}: {len(changes) - removed} written, "
        f"{removed} removed, {len(planned.files) - len(changes) + removed} unchanged",
        highlight=False,
        soft_wrap=True,
    )


@cli.command("list")
def list_() -> None:
    """List the built-in specs."""
    with _reported():
        specs = builtin()
    table = Table("name", "states", "in place of", "source", box=None, pad_edge=False)
    for spec in specs.values():
        table.add_row(
            spec.name, " ".join(s.name for s in spec.states), spec.peer or "-", spec.source
        )
    output.print(table)


@cli.command()
@click.argument("spec")
@click.option(
    "--as",
    "form",
    default="equations",
    show_default=True,
    metavar="FORM",
    help="equations, program, or a backend: numpy, torch, latex.",
)
def show(spec: str, form: str) -> None:
    """Show what SPEC is, or what is generated from it."""
    with _reported():
        found = backends()
        if form not in ("equations", "program", *found):
            known = ", ".join(["equations", "program", *found])
            raise click.UsageError(f"--as {form} is not one of {known}")
        for each in _analysed((spec,)):
            if form == "equations":
                text = TextPrinter(each)
                _print("\n".join(text.equation(u) for u in each.updates) + "\n", "python")
            elif form == "program":
                _print(listing(compile_spec(each)), "python")
            else:
                chosen = {form: found[form]}
                planned = plan([each], chosen, Path(), complete=False)
                own = {f"{form}/{name}" for name in found[form].files(each)}
                language = {"numpy": "python", "torch": "python"}.get(form, form)
                for path, text in planned.files.items():
                    if str(path) in own:
                        _print(text, language)


def _analysed(references: Sequence[str]) -> list[Optimizer]:
    """The specs, validated, with their updates in an order they can run in."""
    found = (
        [spec for reference in references for spec in load(reference)]
        if references
        else list(builtin().values())
    )
    return [analyse(spec) for spec in dict.fromkeys(found)]


def _own_folder() -> Path:
    """The folder of the package this one is installed in: ``generated`` in a checkout."""
    package = import_module(__package__.rpartition(".")[0])
    return Path(next(iter(package.__path__)))


@contextmanager
def _reported() -> Iterator[None]:
    """Report a fault of the input as one message, without a traceback."""
    try:
        yield
    except SpecError as error:
        messages.print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except (GenerationError, NotImplementedError, OSError) as error:
        messages.print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _report_check(changes: Sequence[Change], spec: tuple[str, ...], out: Path | None) -> None:
    for change in changes:
        _print(unified_diff(change), "diff")
    if changes:
        command = ["steprule", "generate", *spec, *(["--out", str(out)] if out else [])]
        messages.print(
            f"{len(changes)} generated files differ from their specs. To mend them, run: "
            f"{shlex.join(command)}",
            style="red",
            highlight=False,
            soft_wrap=True,
        )
        sys.exit(1)
    output.print("every generated file is as its spec says", highlight=False)


def _progress(what: str, total: int) -> Progress:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=messages,
        transient=True,
    )
    progress.add_task(what, total=total)
    return progress


def _print(text: str, language: str) -> None:
    """Highlighted in a terminal, plain and unwrapped elsewhere."""
    if output.is_terminal:
        output.print(Syntax(text, language, background_color="default", word_wrap=False))
    else:
        output.file.write(text)
