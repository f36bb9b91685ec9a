"""``steprule show`` and ``cost``: what is known of specs."""

import click
from rich.table import Table

from ...specs.language import Optimizer, Schedule, Spec, Transform
from ..backends import backends
from ..console import reported, show_code, show_table
from ..cost import BYTES, costs
from ..files.build import render
from ..loading.selection import selected, selected_with_transforms
from ..notation.text import text_of
from ..program.compiled import compiled
from ..program.listing import listing
from ..program.nodes import Program

_PYTHON = ("numpy", "torch")
"""The backends whose files are shown as Python."""


@click.command("cost")
@click.argument("spec", nargs=-1)
@click.option("--dtype", type=click.Choice([*BYTES]), default="float32", show_default=True)
@click.option(
    "--bandwidth",
    type=click.FloatRange(min=0, min_open=True),
    help="The bandwidth of the memory in GB/s, such as steprule bench measures for its limit; the "
    "least time for a million parameters is then shown.",
)
def cost_command(spec: tuple[str, ...], dtype: str, bandwidth: float | None) -> None:
    """Show what a step of each optimizer SPEC costs for each parameter.

    The cost is derived from the rule's program. Bytes are those of parameters, gradients and
    states, read and written once, or once in each pass of a rule that reduces tensors. Operations
    are those on elements. Each option that changes the cost has a line of its own.
    """
    with reported():
        rules = [compiled(s) for s in selected(spec) if isinstance(s, Optimizer)]
        counted = [rule for rule in rules if rule.has_kernel] or rules[:1]  # or says why not
        found = [each for rule in counted for each in costs(rule)]
    if not found:
        raise click.UsageError("only optimizers have a cost; name one, or none for all")
    table = Table("name", "with", box=None, pad_edge=False)
    for column in ("state bytes", "passes", "read", "written", "moved", "operations"):
        table.add_column(column, justify="right")
    if bandwidth:
        table.add_column("us per million", justify="right")
    for each in found:
        state, *moved = (
            str(n * BYTES[dtype]) for n in (each.states, each.read, each.written, each.moved)
        )
        cells = [state, str(each.passes), *moved, str(sum(each.operations.values()))]
        if bandwidth:
            cells.append(f"{each.seconds(1e6, bandwidth * 1e9, dtype) * 1e6:.3g}")
        table.add_row(each.spec, each.settings or "-", *cells)
    show_table(table)
    if left := ", ".join(rule.spec.name for rule in rules if not rule.has_kernel):
        click.echo(f"Without a kernel, whose passes are what is counted: {left}", err=True)


@click.command("show")
@click.argument("spec")
@click.option(
    "--as",
    "form",
    default="equations",
    show_default=True,
    metavar="FORM",
    help="equations, program, or a backend: numpy, torch, latex.",
)
def show_command(spec: str, form: str) -> None:
    """Show what SPEC is, or what is generated from it."""
    with reported():
        found = backends()
        if form not in ("equations", "program", *found):
            known = ", ".join(["equations", "program", *found])
            raise click.UsageError(f"--as {form} is not one of {known}")
        before, rules = selected_with_transforms((spec,))
        shown = [*before, *rules]
        for each in shown:
            rule = each.rule if isinstance(each, Transform) else each
            if form == "equations":
                text = text_of(rule)
                lines = [f"# {each.name}"] if len(shown) > 1 else []
                lines += [text.equation(u) for u in each.updates]
                outputs = () if isinstance(rule, Schedule) else rule.outputs
                lines += [f"# {i.name}[t] is {_HOW[i.is_random]}: {i.doc}" for i in rule.inputs]
                lines += [f"{o.name}[t] = {text.expression(o.value)}  # {o.doc}" for o in outputs]
                show_code("\n".join(lines) + "\n", "python")
            elif form == "program":
                show_code(listing(_program(rule)), "python")
            else:
                for text in render(each, found[form]).values():
                    show_code(text, "python" if form in _PYTHON else form)


_HOW = {False: "given", True: "drawn"}


def _program(spec: Spec) -> Program:
    if isinstance(spec, Schedule):
        return compiled(spec).function(*spec.results)
    return compiled(spec).program
