"""Hold every implementation of a spec against the oracle, beside the peer it stands in for.

For each dtype, configuration and case the oracle is run once, each step from the correctly
rounded result of the one before; every implementation takes the same steps from the same
values. It passes where every result is as near to the exact one as the roundings of the program
explain (``bounds``): that terms cancel counts against nobody, and a stored value that the equation
multiplies by 0, or by what makes it small, excuses nothing. The peer's errors are shown beside.

Code that fails to run is wrong too: its quantities are infinitely far off.

What is not finite: where all that is stored is finite, a result must be what IEEE 754 makes
of the exact one, infinity for infinity and NaN for NaN, or what it makes of the program where a
number on the way exceeds the largest of the dtype. An element whose parameter or state has already
ceased to be finite is lost; there it is enough that nothing that should be infinite or NaN comes
out finite.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise, product
from typing import Any

import numpy as np

from ....specs.language import Shape, machine_epsilon
from ...analysis.matrices import needs_matrices
from ...oracle.formats import FORMATS, Format
from ...program.compiled import CompiledRule
from ...program.passes.expand import expand
from ...program.passes.in_full import in_full
from ...program.turns import turns
from ..results import Result, Worst, worst
from ..ulp import Doubles, Expected
from .allowance import Allowance, allowances
from .cases import Case, from_zero, inputs
from .clipped import clippings
from .configurations import (
    Configuration,
    at_the_ends,
    configurations,
    each_option,
    left_out,
    pairs_of_options,
    settings,
)
from .engines import Implementation
from .factors import are_read_at_once, judged, takers
from .running import Course, Crash, Moment, Request, Rows, RunAll, here
from .trajectory import Batch, Step, batches, trajectory
from .views import of_views

_LIMIT = 0.5
"""Of the gradients of rules that clip: most exceed it."""

CLIPPED = "clipped"
"""Stands for all quantities of rules that clip, which are nearer to none than the others."""

SMALL = ("scalar", "zero gradient", "jumps")
"""The cases that are tried wherever there are many settings: hyperparameters at the ends of their
domains, options in all ways together."""

ALL_TOGETHER = "float32"
"""The dtype in which options are tried in all ways together: that which every backend has."""


def trials(rule: CompiledRule, dtype: str) -> list[tuple[Configuration, Case]]:
    """Everything a spec is tried on in a dtype.

    Options choose between lines of code, which no dtype has of its own: what they choose is
    settled before a tensor is seen, and one text is run, or compiled, for each dtype. So whether
    the right lines run under each set of options is found in one dtype, on few cases; and how each
    line rounds, beside each other one, in all dtypes and cases, where every pair of choices is
    met. Where equations read the dtype, each set is tried in each. A kernel is compiled for each
    set, which takes seconds: those have pairs alone, and in other dtypes each choice by itself.
    """
    spec, cases = rule.spec, inputs(dtype)
    if rule.program.facts and not needs_matrices(spec):  # it may differ by the shape
        cases = [*cases, *(case.of_matrices() for case in cases)]
    elif needs_matrices(spec):
        cases = [case.of_matrices() for case in cases]
    few = [case for case in cases if case.name in SMALL]
    ends = [*few, from_zero(dtype)] if needs_matrices(spec) else few
    tried = pairs = pairs_of_options(spec)
    kernels = each_option(spec)
    if dtype == ALL_TOGETHER or machine_epsilon.name in rule.program.read:
        tried, kernels = configurations(spec), pairs
    tried, pairs = (
        [replace(each, is_one_more=each not in kernels) for each in some] for some in (tried, pairs)
    )
    clipping = [replace(tried[0], limit={name: _LIMIT}) for name in clippings()]
    jumps = [case for case in cases if case.name == "jumps"]
    return [
        *product(pairs, cases),
        *product([each for each in tried if each not in pairs], few),
        *product(at_the_ends(spec), ends),
        *product(clipping, jumps),
        *product(left_out(spec, pairs, FORMATS[dtype]), ends),
        *of_views(spec, inputs(dtype)),
    ]


def verify(
    rule: CompiledRule,
    implementations: Sequence[Implementation],
    trials: Iterable[tuple[Configuration, Case]],
    run_all: RunAll = here,
) -> list[Result]:
    """The worst errors of every quantity in every implementation, over all trials.

    Args:
        rule: an analysed spec, compiled.
        implementations: those of this spec, all of one dtype.
        trials: of that dtype; those of one configuration follow one another.
        run_all: runs the implementations.
    """
    results: dict[tuple[str, str], Result] = {}
    program = expand(rule.program)
    elementwise = program.is_elementwise
    peers = {i.peer_name: i.peer for i in implementations if i.peer}
    asked: deque[tuple[_Truth, list[Implementation]]] = deque()

    def requests() -> Iterator[Request]:
        how = {"elementwise": elementwise, "sums_elements": turns(rule.program).sums_elements}
        for tried in batches(rule.spec, trials, **how):
            truth = _Truth(rule, tried)
            is_one_more = truth.configuration.is_one_more
            taking = [i for i in implementations if not (is_one_more and i.compiles)]
            asked.append((truth, taking))
            starts = [i.start for i in taking]
            is_beside = not (truth.limited or truth.configuration.is_of_views)
            starts += [*peers.values()] if is_beside else []
            yield Request(starts, truth.arguments, truth.courses)

    for answers in run_all(requests()):
        truth, taking = asked.popleft()
        beside = {
            name: truth.errors(found, truth.form, is_peer=True)
            for name, found in zip(peers, answers[len(taking) :], strict=False)  # or none
        }
        for each, found in zip(taking, answers, strict=False):
            theirs = beside.get(each.peer_name, {})
            how = each.computed(truth.form), each.coarsens
            for quantity, error in truth.errors(found, *how).items():
                name = CLIPPED if truth.limited else quantity
                one = Result(
                    rule.spec.name, each.backend, each.dtype, name, error, theirs.get(quantity)
                )
                key = (each.backend, name)
                results[key] = _combined(results[key], one) if key in results else one
    return list(results.values())


class _Truth:
    """What must come of one configuration, beside which implementations are held."""

    def __init__(self, rule: CompiledRule, tried: Sequence[Batch]) -> None:
        self.configuration = tried[0].configuration
        self.limited = bool(self.configuration.limit)
        self.form = tried[0].form
        self.arguments = settings(rule.spec, self.configuration)
        self._shapes = {"theta": Shape.TENSOR, **{s.name: s.shape for s in rule.spec.states}}
        coarse = expand(rule.program)
        self._programs = {True: coarse, False: in_full(coarse)}
        self._batches = [(b, list(trajectory(rule.spec, b))) for b in tried]
        self.courses = [_course(b, steps) for b, steps in self._batches]
        self._takers = takers(rule.spec)
        self._are_read_at_once = are_read_at_once(rule.spec)
        self._outputs = rule.outputs
        self._shapes |= dict.fromkeys(self._outputs, Shape.TENSOR)
        self._take([step for _, steps in self._batches for step in steps])

    def _take(self, steps: Sequence[Step]) -> None:
        """Hold what is found against these steps."""
        self._steps = steps
        self._allowed: dict[tuple[Format, bool], dict[str, Allowance]] = {}
        self._expected = {
            name: _in_a_row([(s.expected[name], s.count(name)) for s in self._steps])
            for name in self._steps[0].expected
        }
        self._lost = np.concatenate([step.lost for step in self._steps])

    def errors(
        self,
        found: Rows | Crash,
        computed: Format,
        coarsens: bool = False,
        *,
        is_peer: bool = False,
    ) -> dict[str, Worst]:
        """The worst of each quantity over all steps of all cases; infinite of what crashes.

        A peer has no outputs.
        """
        how = computed, coarsens
        if isinstance(found, Crash):
            cases = self._batches[found.course][0].cases
            one = cases if found.tensor is None else [cases[found.tensor]]
            where = f"{_described(self.configuration, *one)}: {found.said}"
            return dict.fromkeys(self._expected, Worst(math.inf, 0.0, where))
        if self._are_read_at_once:
            self._take([*self._by_factors(found)])
        if how not in self._allowed:
            values = {**self.configuration.hyper, **self.configuration.options}
            values[machine_epsilon.name] = float(self.form.epsilon)
            program = self._programs[coarsens]
            self._allowed[how] = allowances(program, values, self._steps, self.form, computed)
            for name in self._outputs.keys() & self._expected.keys():
                self._allowed[how][name] = self._allowed_of_output(name, values, computed)
        return {
            name: self._compared(name, found, self._allowed[how][name], computed)
            for name in self._expected
            if not (is_peer and name in self._outputs)
        }

    def _allowed_of_output(
        self, name: str, values: Mapping[str, Any], computed: Format
    ) -> Allowance:
        """Of what is read before each step; before the first one that is the parameter itself."""
        counts = [step.count(name) for step in self._steps]
        ends = np.cumsum(counts)
        later = [i for i, step in enumerate(self._steps) if step.t > 1]
        off = np.zeros(ends[-1])
        if not later:
            return Allowance(off, [])
        steps = [_read(self._steps[i], name) for i in later]
        found = allowances(self._outputs[name], values, steps, self.form, computed)["theta"]
        places = np.concatenate([np.arange(ends[i] - counts[i], ends[i]) for i in later])
        off[places] = found.off
        return Allowance(off, [(places[own], each) for own, each in found.parts])

    def _by_factors(self, found: Rows) -> Iterator[Step]:
        """The steps as they go on from the factors that were found."""
        for i, step in enumerate(self._steps):
            taken = {
                name: np.reshape(found[name][self._places(name)[i]], of.shape)
                for name, of in step.factored.items()
                if name in found and found[name].size == self._expected[name].high.size
            }
            finite = {name: x for name, x in taken.items() if np.isfinite(x).all()}
            yield step.by(finite) if finite else step

    def _places(self, name: str) -> list[slice]:
        """Where the results of each step are in a row."""
        ends = np.cumsum([0, *(step.count(name) for step in self._steps)])
        return [slice(*each) for each in pairwise(ends)]

    def _compared(self, name: str, found: Rows, allowed: Allowance, computed: Format) -> Worst:
        """The worst of one quantity."""
        known, shape, results = self._expected[name], self._shapes[name], found.get(name)
        if results is None or results.size != known.high.size:
            cases = [case for batch, _ in self._batches for case in batch.cases]
            return Worst(math.inf, 0.0, _described(self.configuration, *cases))
        distance, off = known.distance(results), allowed.off
        if name in self._takers:
            distance, off = self._judged(name, results, distance, off, computed)
        if shape == Shape.TENSOR and self._lost.any():
            revived = np.isfinite(results) & ~np.isfinite(known.nearest)
            distance = np.where(self._lost, np.where(revived, math.inf, 0.0), distance)
            off = np.where(self._lost, 0.0, off)
        where = partial(self._where, name)
        return worst(distance, off, known, where, partial(allowed.is_saturated, results))

    def _judged(
        self, name: str, results: Any, distance: Doubles, off: Any, computed: Format
    ) -> tuple[Doubles, Doubles]:
        """How far results are off, and may be, where they are factors: from what these satisfy."""
        distance, off = distance.copy(), np.array(off)
        for place, step in zip(self._places(name), self._steps, strict=True):
            if (of := step.factored.get(name)) is not None:
                shape = of.shape
                each = results[place].reshape(shape), of, off[place].reshape(shape)
                one, other = judged(*each, self.form, computed)
                distance[place], off[place] = one.ravel(), other.ravel()
        return distance, off

    def _where(self, name: str, at: tuple[Any, ...]) -> str:
        """Which case the result in a place is of."""
        place = int(at[0])
        for batch, steps in self._batches:
            for step in steps:
                for case in batch.cases[: step.tensors]:
                    each = 1 if self._shapes[name].is_number else case.theta.size
                    place -= step.count(name) if step.is_alone else each
                    if place < 0:
                        return _described(self.configuration, case)
        raise IndexError(f"there is no result {at}")


def _course(batch: Batch, steps: Sequence[Step]) -> Course:
    moments = [Moment(s.theta, s.states, s.gradient, s.tensors, s.inputs) for s in steps]
    return Course([case.theta.shape for case in batch.cases], batch.start, moments)


def _read(step: Step, output: str) -> Step:
    """The step of the rule that has an output for its new parameter."""
    return replace(step, t=step.t - 1, expected={"theta": step.expected[output]})


def _in_a_row(parts: Sequence[tuple[Expected, int]]) -> Expected:
    """The exact values of all steps, each with how many there are."""

    def row(of: str) -> Doubles:
        return np.concatenate([np.broadcast_to(np.ravel(vars(x)[of]), n) for x, n in parts])

    return Expected(parts[0][0].form, row("high"), row("low"), row("nearest"))


def _described(configuration: Configuration, *cases: Case) -> str:
    arguments = {**configuration.hyper, **configuration.options, **configuration.limit}
    listed = ", ".join(f"{name}={value}" for name, value in arguments.items())
    named = " and ".join(repr(case.name) for case in cases)
    return f"in the {'case' if len(cases) == 1 else 'cases'} {named} with {listed}"


def _combined(a: Result, b: Result) -> Result:
    theirs = a.theirs.or_(b.theirs) if a.theirs and b.theirs else a.theirs or b.theirs
    return replace(a, ours=a.ours.or_(b.ours), theirs=theirs)
