"""The command line: ``steprule generate | list | show | cost | verify | prove | bench | docs``.

Exit status: 0 for success, 1 where a check failed, 2 where the input is wrong.
"""

import shlex
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click
from rich.table import Table

from ..specs.language import Optimizer, Schedule, Spec, Transform
from .backends import backends
from .bench.command import bench_command
from .console import fail, note, progress, reported, say, show_code, show_table
from .cost import BYTES, costs
from .files.emit import Change, Plan, difference, plan, require_folder, unified_diff
from .files.turns import turn
from .files.write import write
from .handbook.command import docs_command
from .loading.load import all_builtin, transforms
from .loading.selection import selected, selected_with_transforms
from .notation.text import TextPrinter
from .program.compiled import CompiledRule, CompiledSchedule, compiled
from .program.listing import listing
from .program.nodes import Program
from .prove.command import prove_command
from .verify.command import verify_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="steprule")
def cli() -> None:
    """Optimizers and schedules declared once as equations; NumPy, PyTorch and LaTeX derived.

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
    with reported():
        _, specs = selected_with_transforms(spec)  # transforms are in the files all share
        found = backends()
        folder = out or _own_folder()

        def difference_found() -> tuple[Plan, list[Change]]:
            with progress("generating", len(specs) * len(found) + 1) as bar:
                planned = plan(
                    specs,
                    found,
                    folder,
                    complete=not spec,
                    progress=lambda what: bar.update(bar.task_ids[0], advance=1, description=what),
                )
            return planned, difference(planned, folder)

        if check:
            _report_check(difference_found()[1], spec, out)
            return
        require_folder(folder)
        # What is planned depends on what others have left there.
        with turn(folder, lambda: note(f"waiting for another run that writes to {folder}")):
            planned, changes = difference_found()
            write(changes, folder)
    removed = sum(change.planned is None for change in changes)
    say(
        f"{len(planned.files)} files in {folder}: {len(changes) - removed} written, "
        f"{removed} removed, {len(planned.files) - len(changes) + removed} unchanged"
    )


@cli.command()
@click.argument("spec", nargs=-1)
@click.option("--dtype", type=click.Choice([*BYTES]), default="float32", show_default=True)
@click.option(
    "--bandwidth",
    type=click.FloatRange(min=0, min_open=True),
    help="Of the memory, in GB/s, as steprule bench finds it for its limit, a pass in place; then "
    "the least time for a million parameters is shown.",
)
def cost(spec: tuple[str, ...], dtype: str, bandwidth: float | None) -> None:
    """What a step of each optimizer SPEC costs for each parameter, derived from its program.

    Bytes are those of parameters, gradients and states, each read and written once; operations
    are those on elements. What changes the cost has a line of its own.
    """
    with reported():
        rules = [s for s in selected(spec) if isinstance(s, Optimizer)]
        found = [each for rule in rules for each in costs(CompiledRule(rule))]
    if not found:
        raise click.UsageError("only optimizers have a cost; name one, or none for all")
    table = Table("name", "with", box=None, pad_edge=False)
    for column in ("state bytes", "read", "written", "moved", "operations"):
        table.add_column(column, justify="right")
    if bandwidth:
        table.add_column("us per million", justify="right")
    for each in found:
        numbers = each.states, each.read, each.written, each.moved
        cells = [str(n * BYTES[dtype]) for n in numbers] + [str(sum(each.operations.values()))]
        if bandwidth:
            cells.append(f"{each.seconds(1e6, bandwidth * 1e9, dtype) * 1e6:.3g}")
        table.add_row(each.spec, each.settings or "-", *cells)
    show_table(table)


@cli.command("list")
def list_() -> None:
    """List the built-in specs."""
    with reported():
        specs = [*all_builtin().values(), *transforms().values()]
    table = Table("name", "kind", "states", "in place of", "source", box=None, pad_edge=False)
    for spec in specs:
        kind = type(spec).__name__.lower()
        states = "" if isinstance(spec, Transform) else " ".join(s.name for s in spec.states)
        table.add_row(spec.name, kind, states or "-", spec.peer or "-", spec.source)
    show_table(table)


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
    with reported():
        found = backends()
        if form not in ("equations", "program", *found):
            known = ", ".join(["equations", "program", *found])
            raise click.UsageError(f"--as {form} is not one of {known}")
        before, rules = selected_with_transforms((spec,))
        for each in (*before, *rules):
            rule = each.rule if isinstance(each, Transform) else each
            if form == "equations":
                text = TextPrinter(rule)
                show_code("\n".join(text.equation(u) for u in each.updates) + "\n", "python")
            elif form == "program":
                show_code(listing(_compiled(rule)), "python")
            else:
                chosen = {form: found[form]}
                specs = [] if isinstance(each, Transform) else [each]
                planned = plan(specs, chosen, Path(), complete=False)
                own = {f"{form}/{name}" for name in found[form].files(compiled(each))}
                language = {"numpy": "python", "torch": "python"}.get(form, form)
                for path, text in planned.files.items():
                    if str(path) in own:
                        show_code(text, language)


def _compiled(spec: Spec) -> Program:
    if isinstance(spec, Schedule):
        return CompiledSchedule(spec).function(*spec.results)
    return CompiledRule(spec).program


def _own_folder() -> Path:
    """The folder of the package this one is installed in: ``generated`` in a checkout."""
    package = import_module(__name__.removesuffix(".codegen.cli"))
    return Path(next(iter(package.__path__)))


def _report_check(changes: Sequence[Change], spec: tuple[str, ...], out: Path | None) -> None:
    for change in changes:
        show_code(unified_diff(change), "diff")
    if changes:
        command = ["steprule", "generate", *spec, *(["--out", str(out)] if out else [])]
        fail(
            f"{len(changes)} generated files differ from their specs. To mend them, run: "
            f"{shlex.join(command)}",
            status=1,
        )
    say("every generated file is as its spec says")


cli.add_command(verify_command)
cli.add_command(prove_command)
cli.add_command(bench_command)
cli.add_command(docs_command)
