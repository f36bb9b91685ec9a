"""Hold every implementation of a spec against the oracle, beside the peer it stands in for.

For each dtype, configuration and case the oracle is run once, each step from the correctly
rounded result of the one before; every implementation takes the same steps from the same
values. An implementation passes where its worst error is at most 2 ulp, or at most half a one
above its peer's. The unit is the ulp at the ``reach`` of the result: of the terms that the
equation itself sums, with these arguments. That two of them cancel counts against nobody; a stored
value that the equation multiplies by 0, or by what makes it small, excuses nothing.

Code that fails to run is wrong too: its quantities are infinitely far off.

What is not finite: where all that is stored is finite, a result must be what IEEE 754 makes
of the exact one, infinity for infinity and NaN for NaN. An element whose parameter or state
has already ceased to be finite is lost; there it is enough that nothing that should be
infinite or NaN comes out finite.
"""

import math
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr, sympify

from ...specs.language import Optimizer, Shape, Update
from ..loading.load import transforms
from ..oracle.exact import is_finite
from ..oracle.formats import FORMATS, Format, to_exact, to_floats
from ..oracle.optimizers import step, transformed
from ..program.lower import lower
from ..program.operations import Kind
from .cases import Case, first_states, inputs
from .configurations import Configuration, at_the_ends, configurations
from .engines import Floats, Implementation, Start, States
from .reach import reaches
from .ulp import errors

BOUND = 2.0
"""In ulp: what correct rounding of a few operations in a row amounts to."""

UNFUSED = 0.5
"""In ulp, granted beyond the peer's error: an average is two products and their sum here, each
rounded, where the kernels of torch's in-place forms multiply and add with one rounding."""

BOUND_OF_SUMS = 5.0
"""In ulp: what it amounts to where the elements of a tensor are summed, and sums of them again."""

BOUND_SCALED = 5.0
"""In ulp, of a gradient clipped by a norm: the roundings of a sum of squares, its root, a sum, a
quotient and a product follow one another. Each is up to an ulp of the result, and the root halves
the first."""

BOUND_BEYOND = 32.0
"""In ulp, where exact intermediate values leave the dtype's range: five bits. A subnormal
moment keeps few bits, and dividing by eps amplifies the loss of one more."""


@dataclass(frozen=True)
class Worst:
    """A largest error, in ulp, and where it was met."""

    error: float = 0.0
    where: str = ""

    def or_(self, other: "Worst") -> "Worst":
        return other if other.error > self.error else self


@dataclass(frozen=True)
class Result:
    """The worst errors of one quantity in one implementation, in ulp.

    Args:
        spec: the spec's name.
        backend: the implementation's.
        dtype: the parameter's.
        quantity: ``theta`` or a state.
        ours: where all exact intermediate values are within the dtype's range.
        theirs: the peer's on the same inputs; None where there is no peer.
        beyond: where some are not.
        theirs_beyond: the peer's there.
        bound: what an error within the range may be, whatever the peer's is.
    """

    spec: str
    backend: str
    dtype: str
    quantity: str
    ours: Worst
    theirs: Worst | None
    beyond: Worst
    theirs_beyond: Worst | None
    bound: float = BOUND

    @property
    def failure(self) -> str:
        """What is wrong, and where; empty if nothing is."""
        near = self.theirs.error + UNFUSED if self.theirs else 0.0
        if self.ours.error > max(self.bound, near):
            return f"{self.ours.error:.3g} ulp {self.ours.where}"
        if self.theirs_beyond and self.beyond.error > max(BOUND_BEYOND, self.theirs_beyond.error):
            return f"{self.beyond.error:.3g} ulp {self.beyond.where}"
        return ""


@dataclass(frozen=True)
class _Step:
    """One step of the oracle: what goes in, and exactly what must come out."""

    theta: Floats
    states: States
    gradient: Floats
    exact: dict[str, NDArray[np.object_]]
    scale: dict[str, NDArray[np.object_]]
    """The magnitude whose ulp is the unit of each quantity's error."""


_LIMIT = 0.5
"""Of the gradients of rules that clip: most exceed it."""

CLIPPED = "clipped"
"""Stands for all quantities of rules that clip, which are nearer to none than the others."""

BOUND_CLIPPED = BOUND + 2 * BOUND_SCALED
"""In ulp: a square of a gradient that is scaled has its error twice."""

AT_THE_ENDS = ("scalar", "zero gradient", "jumps")
"""The cases that hyperparameters at the ends of their domains are tried on."""


def trials(spec: Optimizer, dtype: str) -> list[tuple[Configuration, Case]]:
    """Everything a spec is tried on in a dtype."""
    cases = inputs(dtype)
    if lower(spec).kinds() & {Kind.MATRIX}:
        cases = [case.of_matrices() for case in cases]
    few = [case for case in cases if case.name in AT_THE_ENDS]
    tried = configurations(spec)
    clipping = [replace(tried[0], limit={c.hyper.name: _LIMIT}) for c in transforms().values()]
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
    bound = BOUND_OF_SUMS if lower(spec).kinds() & {Kind.REDUCTION, Kind.MATRIX} else BOUND
    for configuration, case in trials:
        steps = list(_steps(spec, configuration, case))
        peers: dict[str, dict[str, Worst]] = {}
        for each in implementations:
            ours = _tried(spec, each.start, configuration, case, steps)
            if each.peer and each.peer_name not in peers and not configuration.limit:
                peers[each.peer_name] = _tried(spec, each.peer, configuration, case, steps)
            for quantity, worst in ours.items():
                if configuration.limit:
                    one = _result(spec, each, CLIPPED, worst, None, case.exceeds)
                    one = replace(one, bound=max(BOUND_CLIPPED, bound))
                else:
                    theirs = peers[each.peer_name][quantity] if each.peer is not None else None
                    one = _result(spec, each, quantity, worst, theirs, case.exceeds)
                    one = replace(one, bound=bound)
                key = (each.backend, one.quantity)
                results[key] = _combined(results[key], one) if key in results else one
    return list(results.values())


def _steps(spec: Optimizer, configuration: Configuration, case: Case) -> Iterator[_Step]:
    # A hyperparameter that 0 switches off takes its terms with it: 0 times infinity is no NaN.
    off = {
        h.symbol: sympify(0)
        for h in spec.hyperparameters
        if h.optional and not configuration.hyper[h.name]
    }
    spec = replace(
        spec, updates=[Update(u.target, cast(Expr, u.value.xreplace(off))) for u in spec.updates]
    )
    program = lower(spec)
    theta, states = case.theta, first_states(spec, case, configuration)
    settings: dict[str, Any] = {**configuration.hyper, **configuration.options}
    for t, gradient in enumerate(case.gradients, start=case.start):
        given = _clipped(gradient, configuration)
        exact = step(
            spec,
            t=t,
            theta=theta,
            gradient=given,
            states=states,
            hyper=configuration.hyper,
            options=configuration.options,
        )
        old: dict[str, Any] = {"theta": theta, **states}
        seen = to_floats(to_exact(given), FORMATS["float64"])
        values = settings | old | {"grad": seen, "t": t, "first": t == 1}
        reach = reaches(program, values, case.form)
        with np.errstate(over="ignore"):  # what exceeds float64 sets no scale
            scale = {n: np.asarray(reach[n]) for n in exact}
        yield _Step(theta, states, gradient, {n: to_exact(x) for n, x in exact.items()}, scale)
        rounded = {n: to_floats(x, _form(spec, n, case)) for n, x in exact.items()}
        theta = rounded.pop("theta")
        states = {n: x if x.shape or _is_tensor(spec, n) else float(x) for n, x in rounded.items()}


def _clipped(gradient: Floats, configuration: Configuration) -> ArrayLike:
    """What a rule is given of a gradient, exactly."""
    for transform in transforms().values():
        if transform.hyper.name in configuration.limit:
            return transformed(transform, [gradient], configuration.limit)[0]
    return gradient


def _tried(
    spec: Optimizer, start: Start, configuration: Configuration, case: Case, steps: list[_Step]
) -> dict[str, Worst]:
    """The worst error of each quantity over the steps of one case; infinite of what crashes."""
    where = _described(configuration, case)
    try:
        computed = _computed(start, configuration, case, steps)
    except Exception as error:  # whatever generated code may raise is its failure
        crash = Worst(math.inf, f"{where}: {told(error)}")
        return dict.fromkeys(steps[0].exact, crash)
    worst: dict[str, float] = {}
    for each, found in zip(steps, computed, strict=True):
        lost = ~np.isfinite(each.theta)
        for value in each.states.values():
            lost = lost | ~np.isfinite(value)
        for name, exact in each.exact.items():
            error = math.inf
            if name in found:
                form = _form(spec, name, case)
                error = _error(found[name], exact, each.scale[name], lost, form)
            worst[name] = max(worst.get(name, 0.0), error)
    return {name: Worst(error, where) for name, error in worst.items()}


def _computed(
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


def told(error: Exception) -> str:
    """An exception as one line, with where it was raised."""
    *_, last = traceback.extract_tb(error.__traceback__)
    said = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {said} ({Path(last.filename).name}, line {last.lineno})"


def _error(
    computed: Floats,
    exact: NDArray[np.object_],
    scale: NDArray[np.object_],
    lost: NDArray[np.bool_],
    form: Format,
) -> float:
    """The worst error of one quantity after one step."""
    found = errors(computed, exact, scale, form)
    if found.shape == lost.shape:
        finite = np.isfinite(computed)
        expected = np.array([is_finite(x) for x in exact.ravel()], dtype=bool)
        expected = expected.reshape(exact.shape)
        found = np.where(lost, np.where(finite & ~expected, math.inf, 0.0), found)
    return float(found.max(initial=0.0))


def _described(configuration: Configuration, case: Case) -> str:
    arguments = {**configuration.hyper, **configuration.options, **configuration.limit}
    listed = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return f"in the case {case.name!r} with {listed}"


def _result(
    spec: Optimizer,
    i: Implementation,
    quantity: str,
    ours: Worst,
    theirs: Worst | None,
    beyond: bool,
) -> Result:
    none = None if theirs is None else Worst()
    if beyond:
        return Result(spec.name, i.backend, i.dtype, quantity, Worst(), none, ours, theirs)
    return Result(spec.name, i.backend, i.dtype, quantity, ours, theirs, Worst(), none)


def _combined(a: Result, b: Result) -> Result:
    def worse(x: Worst | None, y: Worst | None) -> Worst | None:
        return None if x is None or y is None else x.or_(y)

    return replace(
        a,
        ours=a.ours.or_(b.ours),
        theirs=worse(a.theirs, b.theirs),
        beyond=a.beyond.or_(b.beyond),
        theirs_beyond=worse(a.theirs_beyond, b.theirs_beyond),
    )


def _is_tensor(spec: Optimizer, name: str) -> bool:
    return all(s.name != name or s.shape is Shape.TENSOR for s in spec.states)


def _form(spec: Optimizer, name: str, case: Case) -> Format:
    """The format a quantity is kept in: scalars are float64 whatever the parameter is."""
    return case.form if _is_tensor(spec, name) else FORMATS["float64"]
