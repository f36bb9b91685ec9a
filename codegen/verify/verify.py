"""Hold every implementation of a spec against the oracle, beside the peer it stands in for.

For each dtype, configuration and case the oracle is run once, each step from the correctly
rounded result of the one before; every implementation takes the same steps from the same
values. An implementation passes where its error is at most 2 ulp, or at most its peer's.

What is not finite: where all that is stored is finite, a result must be what IEEE 754 makes
of the exact one, infinity for infinity and NaN for NaN. An element whose parameter or state
has already ceased to be finite is lost; there it is enough that nothing that should be
infinite or NaN comes out finite. (A lerp from an infinite moment gives NaN, in torch too.)
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...specs.language import Optimizer, Shape
from ..exact import is_finite
from .cases import Case, Configuration, configurations, first_states, inputs
from .engines import Floats, Implementation, Start, States
from .formats import FORMATS, Format, to_exact, to_floats
from .oracle import step
from .ulp import errors, scale_of

BOUND = 2.0
"""In ulp: what correct rounding of a few operations in a row amounts to."""


@dataclass(frozen=True)
class Error:
    """The worst error of one quantity in one implementation.

    Args:
        spec: the spec's name.
        backend: the implementation's.
        dtype: the parameter's.
        quantity: ``theta`` or a state.
        ours: the worst error, in ulp.
        theirs: the peer's worst error on the same inputs, None where there is no peer.
        failure: where ours exceeds both the bound and the peer's, in words; empty if nowhere.
    """

    spec: str
    backend: str
    dtype: str
    quantity: str
    ours: float
    theirs: float | None
    failure: str

    @property
    def passed(self) -> bool:
        return not self.failure


@dataclass(frozen=True)
class _Step:
    """One step of the oracle: what goes in, and exactly what must come out."""

    theta: Floats
    states: States
    gradient: Floats
    exact: dict[str, NDArray[np.object_]]


def verify(
    spec: Optimizer,
    implementations: list[Implementation],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Error]:
    """The worst error of every quantity in every implementation.

    Args:
        spec: an analysed spec.
        implementations: those of this spec.
        progress: told how many of how many runs are done.
    """
    worst: dict[tuple[str, str, str], Error] = {}
    dtypes = list(dict.fromkeys(i.dtype for i in implementations))
    runs = [(d, c, case) for d in dtypes for c in configurations(spec) for case in inputs(d)]
    for done, (dtype, configuration, case) in enumerate(runs):
        steps = list(_steps(spec, configuration, case))
        peers: dict[str, dict[str, float]] = {}
        for each in (i for i in implementations if i.dtype == dtype):
            ours = _worst(spec, each.start, configuration, case, steps)
            theirs = None
            if each.peer is not None:
                key = "foreach" if each.backend == "torch foreach" else "loop"
                if key not in peers:
                    peers[key] = _worst(spec, each.peer, configuration, case, steps)
                theirs = peers[key]
            for quantity, error in ours.items():
                found = _judged(spec, each, configuration, case, quantity, error, theirs)
                key_ = (each.backend, dtype, quantity)
                worst[key_] = _combined(worst.get(key_), found)
        progress(done + 1, len(runs))
    return list(worst.values())


def _steps(spec: Optimizer, configuration: Configuration, case: Case) -> Iterator[_Step]:
    theta, states = case.theta, first_states(spec, case, configuration)
    for t, gradient in enumerate(case.gradients, start=case.start):
        exact = step(
            spec,
            t=t,
            theta=theta,
            gradient=gradient,
            states=states,
            hyper=configuration.hyper,
            options=configuration.options,
        )
        yield _Step(theta, states, gradient, {n: to_exact(x) for n, x in exact.items()})
        rounded = {n: to_floats(x, _form(spec, n, case)) for n, x in exact.items()}
        theta = rounded.pop("theta")
        states = {n: x if x.shape or _is_tensor(spec, n) else float(x) for n, x in rounded.items()}


def _worst(
    spec: Optimizer, start: Start, configuration: Configuration, case: Case, steps: list[_Step]
) -> dict[str, float]:
    """The worst error of each quantity over the steps of one case."""
    engine = start(configuration, case.theta, steps[0].states, case.start)
    worst: dict[str, float] = {}
    for each in steps:
        engine.fill(each.theta, each.states)
        engine.step(each.gradient)
        computed = engine.read()
        lost = ~np.isfinite(each.theta)
        for value in each.states.values():
            lost = lost | ~np.isfinite(value)
        for name, exact in each.exact.items():
            old = each.theta if name == "theta" else each.states.get(name, 0.0)
            error = math.inf
            if name in computed:
                error = _error(computed[name], exact, old, lost, _form(spec, name, case))
            worst[name] = max(worst.get(name, 0.0), error)
    return worst


def _error(
    computed: Floats, exact: NDArray[np.object_], old: Floats | float, lost: Floats, form: Format
) -> float:
    """The worst error of one quantity after one step."""
    scale = scale_of(exact, np.broadcast_to(old, exact.shape))
    found = errors(computed, exact, scale, form)
    if found.shape == lost.shape:
        finite = np.isfinite(computed)
        expected = np.array([is_finite(x) for x in exact.ravel()], dtype=bool)
        expected = expected.reshape(exact.shape)
        found = np.where(lost, np.where(finite & ~expected, math.inf, 0.0), found)
    return float(found.max(initial=0.0))


def _judged(
    spec: Optimizer,
    implementation: Implementation,
    configuration: Configuration,
    case: Case,
    quantity: str,
    ours: float,
    theirs: dict[str, float] | None,
) -> Error:
    peer = None if theirs is None else theirs.get(quantity, math.inf)
    # Where exact intermediate values leave the dtype's range, only a peer sets a standard.
    fails = ours > BOUND and (not case.exceeds if peer is None else ours > peer)
    where = ""
    if fails:
        arguments = {**configuration.hyper, **configuration.options}
        listed = ", ".join(f"{name}={value}" for name, value in arguments.items())
        where = f"{ours:.3g} ulp in the case {case.name!r} with {listed}"
    return Error(
        spec.name, implementation.backend, implementation.dtype, quantity, ours, peer, where
    )


def _combined(a: Error | None, b: Error) -> Error:
    if a is None:
        return b
    theirs = None if a.theirs is None or b.theirs is None else max(a.theirs, b.theirs)
    return replace(a, ours=max(a.ours, b.ours), theirs=theirs, failure=a.failure or b.failure)


def _is_tensor(spec: Optimizer, name: str) -> bool:
    return all(s.name != name or s.shape is Shape.TENSOR for s in spec.states)


def _form(spec: Optimizer, name: str, case: Case) -> Format:
    """The format a quantity is kept in: scalars are float64 whatever the parameter is."""
    return case.form if _is_tensor(spec, name) else FORMATS["float64"]
