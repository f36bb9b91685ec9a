"""The command."""

import importlib.util
import sys
from pathlib import Path

import click

from .known import TABLE, reasons
from .report import summary
from .run import files, run

_NEEDED = ("expecttest", "pytest", "xdist")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-n", "--processes", default=2, show_default=True, help="Tests to run at once.")
@click.option("-k", "--tests", default="", help="Only tests of these names, as pytest's -k has it.")
@click.option("--baseline/--no-baseline", default=True, help="Run torch's own classes too.")
def main(folder: Path, processes: int, tests: str, baseline: bool) -> None:
    """Run torch's tests in FOLDER with our classes; 1 if a failure has no known reason."""
    if missing := [name for name in _NEEDED if importlib.util.find_spec(name) is None]:
        raise click.ClickException(f"{', '.join(missing)} missing: pip install 'steprule[test]'")
    folder = folder.resolve()
    if not files(folder):
        raise click.ClickException(f"{folder} has neither test_optim.py nor optim/test_*.py")
    ours = run(folder, swapped=True, processes=processes, chosen=tests)
    torchs = run(folder, swapped=False, processes=processes, chosen=tests) if baseline else {}
    found = summary(ours, torchs, reasons(TABLE.read_text()))
    for line in found.lines():
        click.echo(line)
    sys.exit(1 if found.unexpected else 0)


if __name__ == "__main__":
    main()
