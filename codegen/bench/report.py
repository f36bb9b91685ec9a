"""What a bench found: as a table, and as a document with everything in it."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from .contenders import Family
from .measure import spread
from .race import LeftOut, Result

_COLUMNS = ("median ms", "quartiles", "x steprule's best", "x torch's best", "of the limit", "GB/s")


def table(results: Sequence[Result]) -> Table:
    """The contenders of one optimizer on one workload, in milliseconds, the fastest first.

    The GB/s are those of the bytes a step must move, whatever else it moves besides.
    """
    first = results[0]
    shown = Table(
        title=f"{first.optimizer}, {first.workload}",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    shown.add_column("contender")
    for column in _COLUMNS:
        shown.add_column(column, justify="right")
    shown.add_column("")
    ours, theirs = best(results, Family.OURS), best(results, Family.TORCH)
    limit = best(results, Family.LIMIT)
    for result in sorted(results, key=median):
        s = spread(result.samples)
        shown.add_row(
            result.contender,
            digits(s.median * 1e3),
            f"{digits(s.lower * 1e3)} to {digits(s.upper * 1e3)}",
            _ratio(s.median, ours),
            _ratio(s.median, theirs),
            f"{limit / s.median:.0%}" if limit else "-",
            digits(result.bytes / s.median / 1e9) if result.bytes else "-",
            _verdict(result),
        )
    return shown


def median(result: Result) -> float:
    """Seconds a step."""
    return spread(result.samples).median


def best(results: Iterable[Result], family: Family) -> float | None:
    """The least median of a family's, among those that did the work; None if there is none."""
    found = fastest(results, family)
    return median(found) if found else None


def fastest(results: Iterable[Result], *families: Family) -> Result | None:
    """Of the results of some families, the one of the least median that did the work."""
    named = {family.value for family in families}
    return min((r for r in results if r.family in named and not r.wrong), key=median, default=None)


def document(
    results: Iterable[Result],
    *,
    setting: Mapping[str, Any],
    left_out: Iterable[LeftOut],
) -> str:
    """Everything as JSON: times in seconds, sizes in bytes, a deviation without bound as null.

    Args:
        results: of all optimizers on all workloads.
        setting: where, when and how they were found.
        left_out: contenders that did not run, and why.
    """
    found = {
        **setting,
        "left_out": [asdict(each) for each in left_out],
        "results": [_entry(r) for r in results],
    }
    return json.dumps(found, indent=1, allow_nan=False) + "\n"


def _entry(result: Result) -> dict[str, Any]:
    entry = asdict(result) | asdict(spread(result.samples)) | {"wrong": result.wrong}
    if result.deviation == math.inf:  # which JSON has no word for
        entry["deviation"] = None
    return entry


def digits(value: float) -> str:
    """Three digits, never as a power of ten."""
    return f"{value:.0f}" if value >= 100 else f"{value:#.3g}"


def _ratio(value: float, unit: float | None) -> str:
    return f"{value / unit:.2f}" if unit else "-"


def _verdict(result: Result) -> str:
    if result.deviation is None:
        return ""
    return "[red]wrong[/red]" if result.wrong else "[green]ok[/green]"
