"""Run the passes over a spec's program, each timed and counted; what comes of them is checked."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ...specs.language import Hyper, Optimizer, State
from .check import checker, held_against
from .effort import tensor_operations
from .lower import lower
from .nodes import Program, assignments
from .passes.branch import branch
from .passes.choose_forms import choose_forms
from .passes.clear_roots import clear_roots
from .passes.collect_scalars import collect_scalars
from .passes.confine import confine
from .passes.decide_late import decide_late
from .passes.fill import fill
from .passes.hoist import hoist
from .passes.inline import inline
from .passes.pair_roots import pair_roots
from .passes.prune import prune
from .passes.reuse_names import reuse_names
from .passes.share import share
from .passes.skip_optional import skip_optional
from .passes.split_roots import split_roots
from .stages import Stages, stages_of

Pass = Callable[[Program], Program]

PASSES: tuple[Pass, ...] = (
    skip_optional,
    inline,
    clear_roots,
    collect_scalars,
    pair_roots,
    choose_forms,
    share,
    hoist,
    confine,
    branch,
    prune,
    reuse_names,
    fill,
)


_NAMING = PASSES.index(reuse_names)
"""From where on a name may be assigned more than once."""


@dataclass(frozen=True)
class Report:
    """What one pass took and left.

    ``operations`` counts those on tensors in the text of the program, all branches together.
    """

    name: str
    seconds: float
    operations: int


IN_TURNS: tuple[Pass, ...] = (
    *PASSES[: PASSES.index(confine)],
    decide_late,
    *PASSES[PASSES.index(confine) :],
)
"""The passes for languages whose totals are numbers of the host."""


def compile_spec(spec: Optimizer) -> Program:
    """The program of an analysed spec, ready for the backends.

    Raises:
        RewriteError: a pass changed the program's meaning; a fault of this package.
    """
    return compile_with_reports(spec, PASSES)[0]


def compile_in_turns(spec: Optimizer) -> Program:
    """The same where what waits for totals decides which statements are carried out.

    Raises:
        RewriteError: as above.
    """
    return compile_with_reports(spec, IN_TURNS)[0]


def compile_stages(spec: Optimizer) -> Stages:
    """The stages of an analysed spec that is not elementwise.

    Raises:
        NotImplementedError: it has no stages, because it works on whole matrices.
        RewriteError: a pass changed the program's meaning; a fault of this package.
    """
    program = lower(spec)
    for rewrite in PASSES[:_NAMING]:
        program = rewrite(program)
    lows = {
        x.name: x.domain.low for x in (*spec.hyper, *spec.states) if isinstance(x, Hyper | State)
    }
    program = split_roots(program, {n for n, low in lows.items() if low is not None and low >= 0})
    stages = stages_of(program)
    checker(spec).check(stages.program, after="stages", run=stages.run)
    return stages


def compile_with_reports(spec: Optimizer, passes: Sequence[Pass]) -> tuple[Program, list[Report]]:
    """The program, and what each pass took and left, lowering included.

    Raises:
        RewriteError: a pass changed the program's meaning; a fault of this package.
    """
    reports: list[Report] = []

    def run(name: str, produce: Callable[[], Program]) -> Program:
        start = time.perf_counter()
        made = produce()
        seconds = time.perf_counter() - start
        operations = sum(tensor_operations(a.value) for a in assignments(made.body))
        reports.append(Report(name, seconds, operations))
        return made

    made = [run("lower", partial(lower, spec))]
    for rewrite in passes:
        made.append(run(rewrite.__name__, partial(rewrite, made[-1])))
    held_against(spec, {report.name: each for report, each in zip(reports, made, strict=True)})
    return made[-1], reports
