"""``steprule generate``: whether anything is to be done is found out before the generator is there.

The generator, SymPy above all, takes longer to import than it takes to see that nothing changed.
"""

import time
from pathlib import Path

import click

from ..files.own import own_folder
from ..files.unchanged import begun, unchanged
from ..loading.packaged import own_module, path_and_name


@click.command("generate")
@click.argument("spec", nargs=-1)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to; without it, the installed steprule's own.",
)
@click.option("--check", is_flag=True, help="Write nothing; print what would change.")
def generate_command(spec: tuple[str, ...], out: Path | None, check: bool) -> None:
    """Generate every backend of each SPEC, by default of all built-in ones."""
    if out is None and any(map(_is_elsewhere, spec)):
        raise click.UsageError("a spec from a file needs --out DIR to write to")
    started = time.time_ns()
    run = begun(spec, out or own_folder(), started)
    if count := unchanged(run):
        click.echo(
            "every generated file is as its spec says"
            if check
            else f"{count} files in {run.out}: 0 written, 0 removed, {count} unchanged"
        )
        return
    from .generation import checked, generated

    if check:
        checked(run, own=out is None)
    else:
        generated(run, own=out is None)


def _is_elsewhere(reference: str) -> bool:
    """Whether it is of a file that is none of this package's own."""
    path, _ = path_and_name(reference)
    return ".py" in reference and own_module(path) is None
