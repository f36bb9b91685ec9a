"""Tables, in Markdown, of what ``steprule bench --json FILE`` found.

Run as a script: ``python tests/benchmarks/table.py FILE.json [FILE.json ...]``. Files of one
setting and one day are shown together, such as those of an optimizer each.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Entry = Mapping[str, Any]
"""A result: of one optimizer on one workload, by one contender."""

_FIRST = ("ours fused", "ours foreach", "torch fused", "torch foreach")
"""Contenders, as columns; others that ran come after them, and the limit last."""


def main(files: Sequence[str]) -> None:
    print(markdown(json.loads(Path(file).read_text()) for file in files), end="")


def markdown(documents: Iterable[Mapping[str, Any]]) -> str:
    """A line for every setting, and below it a table for every workload."""
    results: dict[str, list[Entry]] = {}
    for document in documents:
        results.setdefault(setting(document), []).extend(document["results"])
    parts: list[str] = []
    for line, found in results.items():
        parts.append(line)
        for workload in dict.fromkeys(r["workload"] for r in found):
            parts.append(f"### {workload}")
            parts.append("\n".join(table([r for r in found if r["workload"] == workload])))
    return "\n\n".join(parts) + "\n"


def setting(document: Mapping[str, Any]) -> str:
    """Where, when and how it was found."""
    machine = document["machine"]
    where = machine.get("accelerator") or f"{machine['processor']}, {document['threads']} threads"
    versions = ", ".join(f"{name} {version}" for name, version in document["versions"].items())
    return (
        f"{where}; {document['date'][:10]}; {versions}; {document['dtype']}, "
        f"{document['parameters']:,} parameters in the large tensors, "
        f"{document['repeats']} repeats. Milliseconds: median [quartiles]."
    )


def table(results: Sequence[Entry]) -> Iterator[str]:
    """The lines of one workload: a row for every optimizer, a column for every contender."""
    ran = list(dict.fromkeys(short(r["contender"]) for r in results))
    last = [name for name in ran if name == "limit"]
    columns = [name for name in _FIRST if name in ran]
    columns += [name for name in ran if name not in (*columns, "limit")] + last
    shares = [name for name in columns if name in ("ours fused", "torch fused") and last]
    heads = ["optimizer", *columns, *(f"{name}, of the limit" for name in shares)]
    yield _row([*heads, "ours fused / torch fused"])
    yield _row(["---", *["---:"] * len(heads)])
    for optimizer in dict.fromkeys(r["optimizer"] for r in results):
        found = {short(r["contender"]): r for r in results if r["optimizer"] == optimizer}
        ours, theirs, limit = (found.get(name) for name in ("ours fused", "torch fused", "limit"))
        yield _row(
            [
                optimizer,
                *(_times(found.get(name)) for name in columns),
                *(_quotient(limit, found.get(name), ".0%") for name in shares),
                _quotient(ours, theirs, ".3f"),
            ]
        )


def short(contender: str) -> str:
    """Its name, of which the library is a word."""
    for long, name in (
        ("steprule torch ", "ours "),
        ("steprule ", "ours "),
        ("torch.optim", "torch"),
    ):
        contender = contender.replace(long, name)
    return contender


def _times(result: Entry | None) -> str:
    if result is None:
        return "-"
    median, lower, upper = (digits(result[x] * 1e3) for x in ("median", "lower", "upper"))
    return f"{median} [{lower} {upper}]" + (" wrong" if result["wrong"] else "")


def _quotient(above: Entry | None, below: Entry | None, form: str) -> str:
    if not above or not below or above["wrong"] or below["wrong"]:
        return "-"
    return format(above["median"] / below["median"], form)


def digits(value: float) -> str:
    """Four digits: medians close to one another are told apart."""
    return f"{value:.0f}" if value >= 1000 else f"{value:#.4g}".removesuffix(".")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(sys.argv[1:])
