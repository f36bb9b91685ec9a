"""The command: draw mutants, run their tests on several processes, print the survivors."""

import argparse
import random
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from .mutants import Mutant, draw
from .subjects import SUBJECTS, Subject
from .trial import Copy

LONGEST = 3600.0
"""Seconds that tests of what is not mutated may take."""


def main() -> int:
    arguments = _arguments()
    chosen = [each for each in SUBJECTS if not arguments.part or each.name in arguments.part]
    chance = random.Random(arguments.seed)
    mutants = [draw(chosen[k % len(chosen)], chance) for k in range(arguments.count)]
    with tempfile.TemporaryDirectory() as folder:
        copies: Queue[Copy] = Queue()
        for k in range(arguments.processes):
            copies.put(Copy(Path(folder, str(k))))

        def usual(subject: Subject) -> float:
            copy = copies.get()
            outcome = copy.tests(subject, LONGEST)
            copies.put(copy)
            if outcome.noticed:
                sys.exit(f"the tests of {subject.name} fail without a mutant: {outcome.words}")
            return outcome.seconds

        def settle(mutant: Mutant) -> str:
            copy = copies.get()
            with copy.holding(mutant):
                # Twice the time, as others may be at work, and some to import and compile.
                outcome = copy.tests(mutant.subject, 2 * seconds[mutant.subject] + 60)
                verdict = "killed" if outcome.noticed else "survived"
                if not outcome.noticed and mutant.file.parts[0] == "codegen":
                    outcome = copy.check(LONGEST)
                    verdict = "told by bytes alone" if outcome.noticed else "survived"
            copies.put(copy)
            shown = f"{outcome.words}\n" if verdict == "killed" and not arguments.all else mutant
            print(f"{verdict}, {outcome.seconds:.0f} s: {mutant.file}: {shown}", flush=True)
            return verdict

        with ThreadPoolExecutor(arguments.processes) as pool:
            used = list(dict.fromkeys(mutant.subject for mutant in mutants))
            seconds = dict(zip(used, pool.map(usual, used), strict=True))
            verdicts = list(pool.map(settle, mutants))
    for subject in used:
        counts = Counter(
            verdict
            for mutant, verdict in zip(mutants, verdicts, strict=True)
            if mutant.subject is subject
        )
        print(f"{subject.name}: " + ", ".join(f"{n} {verdict}" for verdict, n in counts.items()))
    return 1 if "survived" in verdicts else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="how many mutants are drawn")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--processes", type=int, default=2, help="how many run at a time")
    parser.add_argument("--all", action="store_true", help="show the mutants that are killed too")
    names = [subject.name for subject in SUBJECTS]
    parser.add_argument("--part", action="append", choices=names, help="mutate this part alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
