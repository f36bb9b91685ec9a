"""The table of optimizers in a checkout's README, which ``generate`` keeps as the specs are."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ...specs.language import Optimizer, Spec
from ..files.emit import Change
from ..files.own import own_folder
from ..files.whole import fill, replacing
from ..loading.families import by_family

_TABLE = re.compile(r"(<!-- optimizers: .*? -->\n).*?(<!-- end of optimizers -->)", re.DOTALL)


def own_readme() -> Path:
    """Where it lies, beside the generated packages; it need not exist."""
    return own_folder().parent / "README.md"


def difference(specs: Sequence[Spec]) -> Change | None:
    """What is to become of it, if anything is."""
    file = own_readme()
    present = file.read_text(encoding="utf-8") if file.is_file() else ""
    planned = rewritten(present, specs)
    return None if planned == present else Change(PurePosixPath(file.name), present, planned)


def write(change: Change) -> None:
    """Make the change.

    Raises:
        OSError: the file cannot be written; it is as it was.
    """
    file = own_readme()
    with replacing(file) as new:
        fill(new, (change.planned or "").encode(), file)


def rewritten(text: str, specs: Sequence[Spec]) -> str:
    """A README with the table of the optimizers among some specs, if it has a place for one."""
    table = "\n".join(_rows([s for s in specs if isinstance(s, Optimizer)]))
    return _TABLE.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text)


def _rows(rules: Sequence[Optimizer]) -> list[str]:
    """A row for each family, folded beneath their number."""
    rows = [
        f"| {family.title} | {', '.join(rule.name for rule in its)} |"
        for family, its in by_family(rules).items()
    ]
    summary = f"<details><summary>{len(rules)} optimizers, by family</summary>"
    return [summary, "", "| Family | Optimizers |", "|---|---|", *rows, "", "</details>"]
