"""What ``verify`` does where something is to be verified, and how it is told."""

import math
import multiprocessing
import os
import sys
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from rich.table import Table

from ...specs.language import Optimizer, Schedule, Spec, Transform
from ...specs.language.claims import Equivalence
from ..console import fail, progress, reported, say, show_table
from ..device import require_device
from ..loading.peer import objection
from ..loading.selection import selected_with_transforms
from ..program.compiled import compiled
from .elsewhere import Link, running
from .optimizers.clipping import verify_clipping
from .optimizers.forms import NEEDED, dtypes
from .optimizers.implementations import implementations
from .optimizers.starts import Package
from .optimizers.verify import trials, verify
from .package import generated
from .plain import on_one_thread
from .results import Result
from .schedules import engines as schedule_engines
from .schedules import verify as schedules
from .schedules.configurations import configurations
from .unchanged import digest, generated_files, is_known, remember


@dataclass(frozen=True)
class _Unit:
    """What is verified at once.

    Args:
        spec: analysed.
        dtype: that of the parameters.
        key: of the verdict.
    """

    spec: Spec | Transform
    dtype: str
    key: str

    @property
    def name(self) -> str:
        return self.spec.name


def verify_specs(
    references: Sequence[str],
    device: str,
    only: Collection[str],
    without: Collection[str],
    *,
    everything: bool,
) -> None:
    """Verify what is not known to be right, and say what was found; the status says whether it is.

    Args:
        references: the specs, as they are named.
        device: where torch runs.
        only: the dtypes of parameters; none for all.
        without: what is absent, of ``NEEDED``.
        everything: also what is known to be right.
    """
    with reported(), ExitStack() as packages:
        require_device(device)
        transforms, specs = selected_with_transforms(references)
        if device != "cpu":  # schedules are computed on the host, wherever the tensors are
            specs = [s for s in specs if isinstance(s, Optimizer)]
        tried = [d for d in dtypes(without) if d in only or not only]
        units = list(_units([*specs, *transforms], tried, device, without))
        changed = [u for u in units if everything or not is_known(u.key)]
        of_specs = {
            u.name: packages.enter_context(generated(u.spec))
            for u in {unit.name: unit for unit in changed}.values()
            if not isinstance(u.spec, Transform)
        }
        names = [s.name for s in specs] if device == "cpu" and not references else []
        results, replays = _verified_together(changed, of_specs, names, device, without)
    missing = _missing(changed, results)
    if results:
        show_table(_table(results, missing))
    for said in missing.values():
        say(f"{said}, and nothing of it was run beside what was generated")
    for name in sorted(without):
        extra = f'pip install "steprule[{NEEDED[name]}]"'
        say(f"{name} is not installed, and nothing that needs it was verified: {extra}")
    if len(changed) < len(units):
        kept = dict.fromkeys(u.name for u in units if u not in changed)
        say(
            f"not verified again, as nothing has changed since it was right here: "
            f"{', '.join(kept)}; --all verifies everything"
        )
    if results:
        _conclude(results)
    _conclude_replays(replays)
    failed = {(r.spec, r.dtype) for r in results if r.failure}
    for unit in changed:
        if (unit.name, unit.dtype) not in failed:
            remember(unit.key)


def _units(
    specs: Sequence[Spec | Transform], tried: Sequence[str], device: str, without: Collection[str]
) -> Iterator[_Unit]:
    files = generated_files()
    for each in specs:
        for dtype in ["float64"] if isinstance(each, Schedule) else tried:
            key = digest(each, dtype, device, without=without, files=files)
            yield _Unit(each, dtype, key)


Work = tuple[Sequence[_Unit], Mapping[str, Package], Sequence[str], str, Collection[str]]
"""The units, the packages their classes are in, the specs that refuted claims may be about, the
device, and what is absent."""

_inherited: tuple[Work, Link] | None = None


def _verified_together(
    units: Sequence[_Unit],
    packages: Mapping[str, Package],
    names: Sequence[str],
    device: str,
    without: Collection[str],
) -> tuple[list[Result], dict[str, bool]]:
    """What is found of all of them, in as many processes as there are processors."""
    if not units:
        return [], {}
    work = units, packages, names, device, without
    count = min(os.cpu_count() or 1, len(units))
    links = [Link() for _ in range(count)]
    # Forks have what is imported and compiled here; but no GPU's context survives a fork.
    context: Any = multiprocessing.get_context(
        "fork" if sys.platform == "linux" and device == "cpu" else "spawn"
    )
    runs = any(isinstance(u.spec, Optimizer) for u in units)
    with (
        ProcessPoolExecutor(count, context, _start, (work, links, context.Value("i", 0))) as pool,
        progress("verifying", len(units)) as bar,
    ):
        pending = {pool.submit(_verified, i): i for i in range(len(units))}
        replayed = pool.submit(_replays) if names else None
        with running(links) if runs else nullcontext():
            try:
                for future in as_completed(pending):
                    described = units[pending[future]].name
                    bar.update(bar.task_ids[0], advance=1, description=described)
                    future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            found = [result for future in pending for result in future.result()]
        return found, replayed.result() if replayed else {}


def _start(work: Work, links: Sequence[Link], count: Any) -> None:
    """Take a link that no other process has taken."""
    global _inherited
    with count.get_lock():
        _inherited = work, links[count.value]
        count.value += 1
    for link in links:
        link.sender.close()
        link.requests.cancel_join_thread()  # nobody takes what is left after a fault


def _verified(index: int) -> Sequence[Result]:
    assert _inherited
    (units, packages, _, device, without), link = _inherited
    spec, dtype = units[index].spec, units[index].dtype
    if isinstance(spec, Optimizer):
        rule, results = compiled(spec), list[Result]()
        for each in (rule, *rule.points.values()):
            found = implementations(each, packages[spec.name], device, dtype, without)
            results += verify(each, found, trials(each, dtype), link.run_all)
        return results
    if "torch" not in without:
        on_one_thread()
    if isinstance(spec, Transform):
        return verify_clipping(spec, dtype, device, without)
    found = schedule_engines.implementations(packages[spec.name], without)
    tried = configurations(spec)
    return schedules.verify(spec, found, tried, beside_peer="torch" not in without)


def _replays() -> dict[str, bool]:
    """Of refuted claims about these specs, one of them verified again: whether NumPy agrees."""
    # Imported here, where one process of several needs it, and those it is a fork of do not.
    from ..prove.discover import builtin_claims
    from ..prove.prove import prove
    from .optimizers.replays import emitted, replay_generated

    assert _inherited
    (units, _, names, _, _), _ = _inherited
    again = {unit.name for unit in units}
    package = import_module(f"{__name__.partition('.')[0]}.numpy")
    claims = [
        c
        for c in builtin_claims().values()
        if isinstance(c, Equivalence)
        and {c.left.spec.name, c.right.spec.name} <= {*names}
        and {c.left.spec.name, c.right.spec.name} & again
    ]
    replays = [replay_generated(s, package) for s in emitted(map(prove, claims))]
    return {each.settled.claim.name: each.agrees for each in replays}


def _conclude_replays(replays: Mapping[str, bool]) -> None:
    wrong = [name for name, agrees in replays.items() if not agrees]
    if wrong:
        fail(f"the generated code does not part as the algebra says: {', '.join(wrong)}", status=1)
    if replays:
        say(f"{len(replays)} refutations part in the generated NumPy code as the algebra says")


def _missing(units: Sequence[_Unit], results: Sequence[Result]) -> dict[str, str]:
    """By spec, what is said of a peer that could not be run as it is not there."""
    crashed = {r.spec for r in results if r.theirs and math.isinf(r.theirs.error)}
    peers = {u.name: u.spec.peer for u in units if u.name in crashed}
    return {n: f"{peer} {reason}" for n, peer in peers.items() if (reason := objection(peer))}


def _table(results: Sequence[Result], missing: Container[str]) -> Table:
    table = Table(box=None, pad_edge=False, caption_justify="left")
    for column in ("spec", "implementation", "dtype", "quantity"):
        table.add_column(column)
    for column in ("ulp", "bound", "peer's ulp"):
        table.add_column(column, justify="right")
    table.add_column("")
    for r in results:
        theirs = None if r.spec in missing else r.theirs
        errors = (r.ours.error, r.ours.bound, theirs and theirs.error)
        cells = ["-" if e is None else _ulp(e) for e in errors]
        verdict = "[red]fails[/red]" if r.failure else "[green]ok[/green]"
        table.add_row(r.spec, r.backend, r.dtype, r.quantity, *cells, verdict)
    return table


def _ulp(error: float) -> str:
    return f"{error:.2f}" if error < 1000 else f"{error:.1g}"


def _conclude(results: Sequence[Result]) -> None:
    failed = [r for r in results if r.failure]
    for r in failed:
        say(f"{r.spec}, {r.backend}, {r.dtype}, {r.quantity}: {r.failure}")
    if failed:
        fail(
            f"{len(failed)} of {len(results)} quantities are further from the equations than "
            "rounding explains",
            status=1,
        )
    say(f"all {len(results)} quantities are as near to the equations as rounding allows")
