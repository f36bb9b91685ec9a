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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import product
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr, sympify

from ....specs.language import Optimizer, Update
from ...oracle.formats import FORMATS, Format
from ...oracle.optimizers import step
from ...program.compiled import CompiledRule
from ...program.nodes import Program
from ...program.operations import Kind
from ...program.passes.expand import expand
from ..results import Result, Worst, told, worst
from ..ulp import Expected, expected
from .bounds import Bounds, bounds
from .cases import Case, first_states, inputs
from .clipped import Clipped, clippings
from .configurations import Configuration, at_the_ends, configurations
from .engines import Floats, Implementation, Start, States

_LIMIT = 0.5
"""Of the gradients of rules that clip: most exceed it."""

CLIPPED = "clipped"
"""Stands for all quantities of rules that clip, which are nearer to none than the others."""

AT_THE_ENDS = ("scalar", "zero gradient", "jumps")
"""The cases that hyperparameters at the ends of their domains are tried on."""


def trials(spec: Optimizer, dtype: str) -> list[tuple[Configuration, Case]]:
    """Everything a spec is tried on in a dtype."""
    cases = inputs(dtype)
    if Kind.MATRIX in CompiledRule(spec).program.kinds():
        cases = [case.of_matrices() for case in cases]
    few = [case for case in cases if case.name in AT_THE_ENDS]
    tried = configurations(spec)
    clipping = [replace(tried[0], limit={name: _LIMIT}) for name in clippings()]
    jumps = [case for case in cases if case.name == "jumps"]
    return [
        *product(tried, cases),
        *product(at_the_ends(spec), few),
        *product(clipping, jumps),
    ]


def verify(
    spec: Optimizer,
    implementations: Sequence[Implementation],
    trials: Iterable[tuple[Configuration, Case]],
) -> list[Result]:
    """The worst errors of every quantity in every implementation, over all trials.

    Args:
        spec: an analysed spec.
        implementations: those of this spec, all of one dtype.
        trials: of that dtype.
    """
    results: dict[tuple[str, str], Result] = {}
    program = expand(CompiledRule(spec).program)
    for configuration, case in trials:
        steps = list(_steps(spec, program, configuration, case))
        peers: dict[str, dict[str, Worst]] = {}
        for each in implementations:
            ours = _tried(each.start, each.computed(case.form), configuration, case, steps)
            if each.peer and each.peer_name not in peers and not configuration.limit:
                peers[each.peer_name] = _tried(each.peer, case.form, configuration, case, steps)
            beside = {} if configuration.limit else peers.get(each.peer_name, {})
            for quantity, found in ours.items():
                name = CLIPPED if configuration.limit else quantity
                one = Result(spec.name, each.backend, each.dtype, name, found, beside.get(quantity))
                key = (each.backend, name)
                results[key] = _combined(results[key], one) if key in results else one
    return list(results.values())


@dataclass(frozen=True)
class _Step:
    """One step of the oracle: what goes in, and exactly what must come out."""

    theta: Floats
    states: States
    gradient: Floats
    expected: Mapping[str, Expected]
    bounds: Callable[[Format], dict[str, Bounds]]
    """By the format that is computed in."""

    @cached_property
    def lost(self) -> NDArray[np.bool_]:
        """The elements something stored of which is not finite."""
        lost = ~np.isfinite(self.theta)
        for value in self.states.values():
            lost = lost | ~np.isfinite(value)
        return lost


def _steps(
    spec: Optimizer, program: Program, configuration: Configuration, case: Case
) -> Iterator[_Step]:
    # A hyperparameter that 0 switches off takes its terms with it: 0 times infinity is no NaN.
    off = {
        h.symbol: sympify(0)
        for h in spec.hyperparameters
        if h.optional and not configuration.hyper[h.name]
    }
    if off:
        updates = [Update(u.target, cast(Expr, u.value.xreplace(off))) for u in spec.updates]
        spec = replace(spec, updates=updates)
    theta, states = case.theta, first_states(spec, case, configuration)
    settings: dict[str, Any] = {**configuration.hyper, **configuration.options}
    for t, gradient in enumerate(case.gradients, start=case.start):
        given = Clipped.of(gradient, configuration.limit, case.form)
        exact = step(
            spec,
            t=t,
            theta=theta,
            gradient=cast(ArrayLike, given.exact),
            states=states,
            hyper=configuration.hyper,
            options=configuration.options,
        )
        known = {n: expected(x, _form(spec, n, case)) for n, x in exact.items()}
        values = settings | {"theta": theta, **states, "grad": given.bounded}
        values |= {"t": t, "first": t == 1}
        yield _Step(theta, states, gradient, known, _bounds(program, values, case.form))
        rounded = {n: x.nearest.astype(x.form.storage) for n, x in known.items()}
        theta = rounded.pop("theta")
        states = {n: x if x.shape or _is_tensor(spec, n) else float(x) for n, x in rounded.items()}


def _bounds(
    program: Program, values: Mapping[str, Any], stored: Format
) -> Callable[[Format], dict[str, Bounds]]:
    known: dict[str, dict[str, Bounds]] = {}

    def by(computed: Format) -> dict[str, Bounds]:
        if computed.name not in known:
            known[computed.name] = bounds(program, values, stored, computed)
        return known[computed.name]

    return by


def _tried(
    start: Start, computed: Format, configuration: Configuration, case: Case, steps: list[_Step]
) -> dict[str, Worst]:
    """The worst of each quantity over the steps of one case; infinite of what crashes."""
    where = _described(configuration, case)
    try:
        found = _run(start, configuration, case, steps)
    except Exception as error:  # whatever generated code may raise is its failure
        crash = Worst(math.inf, 0.0, f"{where}: {told(error)}")
        return dict.fromkeys(steps[0].expected, crash)
    met: dict[str, Worst] = {}
    for each, results in zip(steps, found, strict=True):
        allowed = each.bounds(computed)
        for name, known in each.expected.items():
            one = Worst(math.inf, 0.0, where)
            if name in results:
                one = _compared(results[name], known, allowed[name], each.lost, where)
            met[name] = met.get(name, one).or_(one)
    return met


def _run(
    start: Start, configuration: Configuration, case: Case, steps: list[_Step]
) -> list[dict[str, Floats]]:
    """What an implementation makes of each of the steps."""
    engine = start(configuration, case.theta, steps[0].states, case.start)
    found: list[dict[str, Floats]] = []
    for each in steps:
        engine.fill(each.theta, each.states)
        engine.step(each.gradient)
        found.append(engine.read())
    return found


def _compared(
    computed: Floats, known: Expected, allowed: Bounds, lost: NDArray[np.bool_], where: str
) -> Worst:
    """The worst of one quantity after one step."""
    distance, off = known.distance(computed), allowed.off
    if distance.shape == lost.shape and lost.any():
        revived = np.isfinite(computed) & ~np.isfinite(known.nearest)
        distance = np.where(lost, np.where(revived, math.inf, 0.0), distance)
        off = np.where(lost, 0.0, off)
    return worst(distance, off, known, where, partial(allowed.is_saturated, computed))


def _described(configuration: Configuration, case: Case) -> str:
    arguments = {**configuration.hyper, **configuration.options, **configuration.limit}
    listed = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return f"in the case {case.name!r} with {listed}"


def _combined(a: Result, b: Result) -> Result:
    theirs = a.theirs.or_(b.theirs) if a.theirs and b.theirs else a.theirs or b.theirs
    return replace(a, ours=a.ours.or_(b.ours), theirs=theirs)


def _is_tensor(spec: Optimizer, name: str) -> bool:
    return all(s.name != name or not s.shape.on_host for s in spec.states)


def _form(spec: Optimizer, name: str, case: Case) -> Format:
    """The format a quantity is kept in: scalars are float64 whatever the parameter is."""
    return case.form if _is_tensor(spec, name) else FORMATS["float64"]
