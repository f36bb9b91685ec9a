"""What came of the tests, in a few lines: what nobody expected first."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .run import Outcome

_LONGEST = 100


@dataclass(frozen=True)
class Summary:
    """The tests of one run, by what there is to say of them.

    Args:
        counts: how many passed, failed and were skipped.
        unexpected: failures without a reason, and pytest's word on each.
        known: failures by their reason.
        torch_too: failures of torch's own classes too.
        mended: tests that have a reason to fail, and passed.
    """

    counts: Mapping[str, int]
    unexpected: Mapping[str, str]
    known: Mapping[str, list[str]]
    torch_too: list[str]
    mended: list[str]

    def lines(self) -> Iterator[str]:
        run = self.counts["passed"] + self.counts["failed"]
        yield f"{run} run, {self.counts['passed']} passed, {self.counts['failed']} failed"
        yield f"{self.counts['skipped']} skipped by torch on this machine"
        yield from _listed("failed, and nobody knows why", self.unexpected)
        for reason, tests in self.known.items():
            yield from _listed(f"failed: {reason}", dict.fromkeys(tests, ""))
        yield from _listed("failed with torch's own classes too", dict.fromkeys(self.torch_too, ""))
        yield from _listed("passed, though known to fail", dict.fromkeys(self.mended, ""))


def summary(
    ours: Mapping[str, Outcome], torchs: Mapping[str, Outcome], reasons: Mapping[str, str]
) -> Summary:
    """What is to be said of a run with our classes, beside one with torch's."""
    failed = {name: outcome for name, outcome in ours.items() if outcome.result == "failed"}
    both = [name for name in failed if name in torchs and torchs[name].result == "failed"]
    known: dict[str, list[str]] = defaultdict(list)
    unexpected: dict[str, str] = {}
    for name, outcome in failed.items():
        if name in reasons:
            known[reasons[name]].append(name)
        elif name not in both:
            unexpected[name] = outcome.message
    mended = [name for name in reasons if name in ours and ours[name].result == "passed"]
    alone = [name for name in both if name not in reasons]
    counts = Counter(outcome.result for outcome in ours.values())
    return Summary(counts, unexpected, known, alone, mended)


def _listed(title: str, tests: Mapping[str, str]) -> Iterator[str]:
    if not tests:
        return
    yield f"\n{title}: {len(tests)}"
    for name, message in sorted(tests.items()):
        first = message.strip().partition("\n")[0][:_LONGEST]
        yield f"  {name}" + (f"\n      {first}" if first else "")
