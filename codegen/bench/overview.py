"""Optimizers in one table: the fused step of each beside the limit and beside libraries.

``is_shown``  which contenders there is need of.
``overview``  all results -> a line for each optimizer.
``told``      what they come to together.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from rich.table import Table

from .contenders import Contender, Family
from .measure import spread
from .race import Result
from .report import digits, fastest, median

FUSED, NUMBA, LIMIT = "steprule torch fused", "steprule numba", "limit"
SHARE = 0.9
"""Of the limit, what a fused step is to reach."""

_THEIRS = (Family.TORCH, Family.LIBRARY)


def is_shown(contender: Contender) -> bool:
    return contender.name in (FUSED, NUMBA, LIMIT) or contender.family in _THEIRS


def overview(results: Iterable[Result]) -> Table:
    """A line for each optimizer: milliseconds, and ratios of steps of the same repeat."""
    shown = Table(box=None, pad_edge=False)
    shown.add_column("optimizer")
    for column in ("limit ms", "fused ms", "limit / fused", "limit / numba"):
        shown.add_column(column, justify="right")
    shown.add_column("fastest elsewhere")
    for column in ("ms", "fused / theirs"):
        shown.add_column(column, justify="right")
    for name, of in _by_optimizer(results).items():
        theirs = fastest(of.values(), *_THEIRS)
        shown.add_row(
            name,
            _milliseconds(of.get(LIMIT)),
            _milliseconds(of.get(FUSED)),
            _ratio(of.get(LIMIT), of.get(FUSED)),
            _ratio(of.get(LIMIT), of.get(NUMBA)),
            theirs.contender if theirs else "-",
            _milliseconds(theirs),
            _ratio(of.get(FUSED), theirs),
        )
    return shown


def told(results: Iterable[Result]) -> list[str]:
    """How many reach their share of the limit, and which are slower than elsewhere; sentences."""
    fused = {n: of for n, of in _by_optimizer(results).items() if FUSED in of}
    shares = {n: _median(of[LIMIT], of[FUSED]) for n, of in fused.items() if LIMIT in of}
    reaching = sum(share >= SHARE for share in shares.values())
    lines = [f"{reaching} of {len(shares)} fused steps reach {SHARE:g} of the limit"]
    both = {n: (of[FUSED], t) for n, of in fused.items() if (t := fastest(of.values(), *_THEIRS))}
    slower = [n for n, (ours, theirs) in both.items() if _median(ours, theirs) > 1]
    count = f"{len(both)} that {'is' if len(both) == 1 else 'are'} elsewhere too"
    are = f"{len(slower) or 'none'} {'are' if len(slower) > 1 else 'is'} slower than there"
    named = f": {', '.join(slower)}" if slower else ""
    return [*lines, f"of {count}, {are}{named}"]


def _by_optimizer(results: Iterable[Result]) -> Mapping[str, dict[str, Result]]:
    """Those that did the work, by contender."""
    found: dict[str, dict[str, Result]] = {}
    for result in results:
        of = found.setdefault(result.optimizer, {})
        if not result.wrong:
            of[result.contender] = result
    return found


def _milliseconds(result: Result | None) -> str:
    return digits(median(result) * 1e3) if result else "-"


def _ratio(above: Result | None, below: Result | None) -> str:
    """The median, and the quartiles."""
    if not above or not below:
        return "-"
    s = spread(_ratios(above, below))
    return f"{s.median:.2f} [{s.lower:.2f} {s.upper:.2f}]"


def _median(above: Result, below: Result) -> float:
    return spread(_ratios(above, below)).median


def _ratios(above: Result, below: Result) -> Sequence[float]:
    """Of the two steps of each repeat, which were taken one soon after the other."""
    return [*(np.array(above.samples) / np.array(below.samples))]
