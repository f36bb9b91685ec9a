"""What each pass takes, and the operations on tensors it leaves, for every built-in spec.

Run as a script: ``python tests/benchmarks/passes.py``. Times are the median of interleaved
repeats, with their spread; the first run, which fills SymPy's caches, is shown apart.
"""

from statistics import median

from rich.console import Console
from rich.table import Table
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import builtin
from steprule.codegen.program.compile import PASSES, compile_with_reports

REPEATS = 15


def main() -> None:
    specs = [analyse(spec) for spec in builtin().values()]
    runs = [[compile_with_reports(spec, PASSES)[1] for spec in specs] for _ in range(REPEATS)]
    table = Table("optimizer", "pass", box=None)
    for column in ("first ms", "median ms", "min", "max", "operations left"):
        table.add_column(column, justify="right")
    for i, spec in enumerate(specs):
        for j, report in enumerate(runs[0][i]):
            times = [run[i][j].seconds * 1e3 for run in runs]
            measured = (times[0], median(times[1:]), min(times[1:]), max(times[1:]))
            cells = [f"{t:.2f}" for t in measured]
            table.add_row(spec.name, report.name, *cells, str(report.operations))
    Console(width=100).print(table)
    worst = max(r.seconds for run in runs for reports in run for r in reports) * 1e3
    print(f"the longest single pass took {worst:.1f} ms")


if __name__ == "__main__":
    main()
