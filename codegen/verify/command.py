"""``steprule verify``: every implementation against the oracle, as a table."""

import os
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib import import_module
from multiprocessing import get_context
from typing import TypeAlias

import click
from rich.table import Table

from ...specs.language import Optimizer, Schedule, Spec
from ...specs.language.claims import Equivalence
from ..console import fail, progress, reported, say, show_table
from ..device import require_device
from ..loading.selection import selected, selected_with_transforms
from ..prove.discover import builtin_claims
from ..prove.prove import prove
from . import schedule_engines, schedules
from .clipping import verify_clipping
from .implementations import NEEDED, absent, dtypes, implementations
from .package import generated
from .replays import Replay, emitted, replay_generated
from .verify import BOUND, BOUND_CLIPPED, BOUND_SCALED, Result, trials, verify

AnyResult: TypeAlias = Result | schedules.Result

_BOUNDS = (
    f"of optimizers within {BOUND:g} ulp, of clipping by a norm {BOUND_SCALED:g} (of rules that "
    f"clip {BOUND_CLIPPED:g}), or as near as the peer; of schedules within {schedules.BOUND:g}"
)


@click.command("verify")
@click.argument("spec", nargs=-1)
@click.option(
    "--device", default="cpu", show_default=True, help="Where torch runs; NumPy is left out off it."
)
@click.option(
    "--dtype",
    "only",
    multiple=True,
    type=click.Choice(dtypes()),
    help="Of parameters, instead of all; can be repeated. Schedules have float64 alone.",
)
def verify_command(spec: tuple[str, ...], device: str, only: tuple[str, ...]) -> None:
    """Hold the generated code of each SPEC against exact evaluation of its equations.

    The worst error of every state and parameter over all options, dtypes and edge inputs is
    shown in units in the last place, beside that of the class it stands in for. Of a schedule
    it is that of its rate, momentum and states over all kinds of arguments and steps. What needs
    torch or Numba, where they are not installed, is left out, which is said.
    """
    without = absent()
    with reported():
        transforms, specs = selected_with_transforms(spec)
        require_device(device)
        if device != "cpu":  # schedules are computed on the host, wherever the tensors are
            specs = [s for s in specs if isinstance(s, Optimizer)]
        references = {
            each.name: next((r for r in spec if ".py" in r and _holds(r, each.name)), each.name)
            for each in specs
        }
        tried = [d for d in dtypes(without) if d in only or not only]
        units = [
            *((references[s.name], s.name, dtype) for s in specs for dtype in _dtypes(s, tried)),
            *((s.name, s.name, dtype) for s in transforms for dtype in tried),
        ]
        results: list[AnyResult] = []
        with (
            progress("verifying", len(units)) as bar,
            # Spawned, because neither torch's threads nor a GPU's context survive a fork.
            ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool,
        ):
            pending = {pool.submit(_verified, *unit, device, without): unit for unit in units}
            for future in as_completed(pending):
                results += future.result()
                bar.update(bar.task_ids[0], advance=1, description=pending[future][1])
    order = [s.name for s in (*specs, *transforms)]
    results.sort(key=lambda r: order.index(r.spec))
    show_table(_table(results))
    for name in sorted(without):
        extra = f'pip install "steprule[{NEEDED[name]}]"'
        say(f"{name} is not installed, and nothing that needs it was verified: {extra}")
    _conclude(results)
    if device == "cpu":
        _conclude_replays(_replays([s.name for s in specs]))


def _replays(names: Sequence[str]) -> list[Replay]:
    """The refuted claims about these specs, through the generated NumPy code."""
    package = import_module(f"{__name__.partition('.')[0]}.numpy")
    claims = [
        c
        for c in builtin_claims().values()
        if isinstance(c, Equivalence) and {c.left.spec.name, c.right.spec.name} <= {*names}
    ]
    return [replay_generated(s, package) for s in emitted(map(prove, claims))]


def _conclude_replays(replays: list[Replay]) -> None:
    wrong = [r.settled.claim.name for r in replays if not r.agrees]
    if wrong:
        fail(f"the generated code does not part as the algebra says: {', '.join(wrong)}", status=1)
    if replays:
        say(f"{len(replays)} refutations part in the generated NumPy code as the algebra says")


def _holds(reference: str, name: str) -> bool:
    return any(found.name == name for found in selected((reference,)))


def _dtypes(spec: Spec, tried: Sequence[str]) -> Sequence[str]:
    return ["float64"] if isinstance(spec, Schedule) else tried


def _verified(
    reference: str, name: str, dtype: str, device: str, without: Collection[str]
) -> Sequence[AnyResult]:
    if "torch" not in without:
        import torch

        torch.set_num_threads(1)
    transforms, _ = selected_with_transforms((reference,))
    if transforms:
        return verify_clipping(transforms[0], dtype, device, without)
    (spec,) = (s for s in selected((reference,)) if s.name == name)
    with generated(spec) as package:
        if isinstance(spec, Schedule):
            found = schedule_engines.implementations(package, without)
            return schedules.verify(spec, found, beside_peer="torch" not in without)
        found = implementations(spec, package, device, dtype, without)
        return verify(spec, found, trials(spec, dtype))


def _table(results: Sequence[AnyResult]) -> Table:
    table = Table(box=None, pad_edge=False, caption_justify="left")
    for column in ("spec", "implementation", "dtype", "quantity"):
        table.add_column(column)
    for column in ("ulp", "peer's ulp", "beyond the range", "peer's"):
        table.add_column(column, justify="right")
    table.add_column("")
    for r in results:
        errors = (r.ours, r.theirs, r.beyond, r.theirs_beyond)
        cells = ["-" if e is None else _ulp(e.error) for e in errors]
        verdict = "[red]fails[/red]" if r.failure else "[green]ok[/green]"
        table.add_row(r.spec, r.backend, r.dtype, r.quantity, *cells, verdict)
    return table


def _ulp(error: float) -> str:
    return f"{error:.2f}" if error < 1000 else f"{error:.1g}"


def _conclude(results: Sequence[AnyResult]) -> None:
    failed = [r for r in results if r.failure]
    for r in failed:
        say(f"{r.spec}, {r.backend}, {r.dtype}, {r.quantity}: {r.failure}")
    if failed:
        fail(
            f"{len(failed)} of {len(results)} quantities are too far from the equations: {_BOUNDS}",
            status=1,
        )
    say(f"all {len(results)} quantities are near enough to the equations: {_BOUNDS}")
