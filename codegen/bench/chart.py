"""The picture of a bench: one panel an optimizer and workload, one bar a contender."""

import io
from collections.abc import Sequence

from .contenders import Family
from .measure import spread
from .race import Result
from .report import best, digits

_COLOURS = {
    Family.OURS.value: "#1f6fb2",
    Family.TORCH.value: "#e07b39",
    Family.LIBRARY.value: "#7a5195",
    Family.TEXTBOOK.value: "#9a9a9a",
}
_LIMIT = "#333333"


def picture(results: Sequence[Result], subtitle: str, suffix: str) -> bytes:
    """Bars of medians with whiskers from quartile to quartile; the limit is a line.

    Args:
        results: of all optimizers on all workloads.
        subtitle: where they were found.
        suffix: of the file it is for, ``.svg`` or ``.png``.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    optimizers = list(dict.fromkeys(r.optimizer for r in results))
    workloads = list(dict.fromkeys(r.workload for r in results))
    most = max(
        sum(r.optimizer == o and r.workload == w for r in results)
        for o in optimizers
        for w in workloads
    )
    height = len(optimizers) * (0.24 * most + 0.7)
    figure = Figure(figsize=(6 * len(workloads), height + 1.2), layout="constrained")
    panels = figure.subplots(len(optimizers), len(workloads), squeeze=False)
    for row, optimizer in enumerate(optimizers):
        for column, workload in enumerate(workloads):
            of_panel = [r for r in results if (r.optimizer, r.workload) == (optimizer, workload)]
            _panel(panels[row][column], of_panel, f"{optimizer}, {workload}")
    for panel in panels[-1]:
        panel.set_xlabel("milliseconds a step")
    known = [Patch(color=colour, label=name) for name, colour in _COLOURS.items()]
    limit = Line2D([], [], color=_LIMIT, linestyle="--", label="limit: a pass over the same bytes")
    figure.legend(handles=[*known, limit], loc="outside lower center", ncols=5, frameon=False)
    figure.suptitle(subtitle, fontsize="medium")
    stream = io.BytesIO()
    figure.savefig(stream, format=suffix.removeprefix("."), dpi=150)
    return stream.getvalue()


def _panel(panel: object, results: list[Result], title: str) -> None:
    from matplotlib.axes import Axes

    assert isinstance(panel, Axes)
    shown = [r for r in results if r.family in _COLOURS]
    spreads = [spread(r.samples) for r in shown]
    lengths = [s.median * 1e3 for s in spreads]
    bars = panel.barh(
        range(len(shown)),
        lengths,
        xerr=[
            [(s.median - s.lower) * 1e3 for s in spreads],
            [(s.upper - s.median) * 1e3 for s in spreads],
        ],
        color=[_COLOURS[r.family] for r in shown],
        error_kw={"elinewidth": 1, "ecolor": "#555555", "capsize": 2},
    )
    ends = [
        digits(x) + (" (wrong)" if r.wrong else "") for x, r in zip(lengths, shown, strict=True)
    ]
    labels = panel.bar_label(bars, ends, padding=4, fontsize="small")
    for label in labels:  # the line of the limit must not cross a number out
        label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
    panel.set_yticks(range(len(shown)), [r.contender for r in shown], fontsize="small")
    panel.invert_yaxis()
    panel.margins(x=0.15)
    panel.spines[["top", "right"]].set_visible(False)
    panel.set_title(title, fontsize="medium", loc="left")
    limit = best(results, Family.LIMIT)
    if limit:
        panel.axvline(limit * 1e3, color=_LIMIT, linestyle="--", linewidth=1)
