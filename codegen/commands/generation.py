"""What ``generate`` does where something may have changed, and how it is told."""

import shlex
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from ..backends import Backend, backends
from ..console import fail, note, progress, reported, say, show_code
from ..files.emit import Change, Plan, difference, require_folder, unified_diff
from ..files.together import are_ours, plan_all
from ..files.turns import turn
from ..files.unchanged import Run, remember
from ..files.write import write
from ..loading.reading import reading
from ..loading.selection import named
from . import readme


@dataclass(frozen=True)
class _Outcome:
    """What a run is to leave, how that differs from what is there, and what both follow from.

    Args:
        plan: what it is to leave.
        changes: how that differs from what is there.
        table: likewise of the table in the README, where a run is of all specs.
        backends: what both follow from, beside files that are read.
        read: those.
    """

    plan: Plan
    changes: Sequence[Change]
    table: Change | None
    backends: Mapping[str, Backend]
    read: Set[Path]


def generated(run: Run, *, own: bool) -> None:
    """Write what a run is to write, and say so.

    Args:
        run: what is run.
        own: it writes to the folder that it writes to if none is named.
    """
    with reported():
        require_folder(run.out)
        # What is planned depends on what others have left there.
        with turn(run.out, lambda: note(f"waiting for another run that writes to {run.out}")):
            outcome = _outcome(run)
            write(outcome.changes, run.out)
            if own and (table := outcome.table):
                readme.write(table)
            _remember(run, outcome)
    files, changes = len(outcome.plan.files), len(outcome.changes)
    removed = sum(change.planned is None for change in outcome.changes)
    if own and outcome.table:
        note("the table of optimizers in README.md is written anew")
    say(
        f"{files} files in {run.out}: {changes - removed} written, "
        f"{removed} removed, {files - changes + removed} unchanged"
    )


def checked(run: Run, *, own: bool) -> None:
    """Print what a run would change; the status says whether that is nothing.

    Args:
        run: what would be run.
        own: it would write to the folder that it writes to if none is named.
    """
    with reported():
        outcome = _outcome(run)
    changes = [*outcome.changes, *([outcome.table] if own and outcome.table else ())]
    for change in changes:
        show_code(unified_diff(change), "diff")
    if changes:
        command = ["steprule", "generate", *run.references]
        command += [] if own else ["--out", str(run.out)]
        fail(
            f"{len(changes)} generated files differ from their specs. To mend them, run: "
            f"{shlex.join(command)}",
            status=1,
        )
    _remember(run, outcome)
    say("every generated file is as its spec says")


def _outcome(run: Run) -> _Outcome:
    with reading() as read:
        specs = named(run.references)
    found = backends()
    with progress("generating", len(specs) + 1) as bar:

        def told(what: str) -> None:
            bar.update(bar.task_ids[0], advance=1, description=what)

        complete = not run.references
        plan = plan_all(specs, found, run.out, run.sources, complete=complete, progress=told)
    table = None if run.references else readme.difference(specs)
    return _Outcome(plan, difference(plan, run.out), table, found, read)


def _remember(run: Run, outcome: _Outcome) -> None:
    if are_ours(outcome.backends):
        remember(run, outcome.read, outcome.backends, len(outcome.plan.files))
