"""What every step of some cases starts from, and exactly what must come of it.

Cases of one configuration that begin with the same step are stepped together, as the tensors of one
optimizer: a rule that works on single elements is evaluated on all of their elements at once. A
rule that reduces is evaluated tensor by tensor, and a case stays by itself. One that goes over all
elements of all tensors is evaluated as if they were those of one, of some cases together too.

Each step starts from the correctly rounded results of the one before. Where a case has come to its
end before others, its tensors stay, at gradients of 0, and nobody looks at them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr, sympify

from ....specs.language import Optimizer, Source, Update
from ...oracle.factors import Factored
from ...oracle.formats import FORMATS, Format
from ...oracle.known import existing, inputs_read
from ...oracle.optimizers import Tensor, output, replay
from ...oracle.views import rank_of, shape_seen
from ..ulp import Expected, expected
from .cases import Case, Floats, first_states, inputs_given
from .clipped import Clipped
from .configurations import Configuration
from .drawn import drawn

_Exactly: TypeAlias = tuple[Mapping[str, Expected], Mapping[str, Factored]]
"""What must come of a step, and of what the factors are that it takes."""


@dataclass(frozen=True)
class Batch:
    """Cases that are stepped together, those that last longest first."""

    configuration: Configuration
    cases: tuple[Case, ...]

    @property
    def start(self) -> int:
        return self.cases[0].start

    @property
    def form(self) -> Format:
        return self.cases[0].form

    @property
    def steps(self) -> int:
        return len(self.cases[0].gradients)

    def live(self, index: int) -> int:
        """How many cases, from the first, have a step of that index."""
        return sum(index < len(case.gradients) for case in self.cases)

    def together(self, arrays: Sequence[Any]) -> Any:
        """The arrays of all cases as one; that of a case by itself in its shape."""
        return arrays[0] if len(self.cases) == 1 else np.concatenate([np.ravel(a) for a in arrays])


_TOGETHER = ("random", "scalar", "zero gradient")
"""The cases whose tensors make totals together, for as many steps as each has."""


def batches(
    spec: Optimizer,
    trials: Iterable[tuple[Configuration, Case]],
    *,
    elementwise: bool,
    sums_elements: bool = False,
) -> Iterator[list[Batch]]:
    """Everything a spec is tried on, by configuration and the states there are; in batches.

    Args:
        spec: an analysed spec.
        trials: those of a configuration follow one another.
        elementwise: whether cases can be evaluated together. Under a limit they cannot.
        sums_elements: whether all that is not is over the elements of all tensors.
    """
    for _, found in groupby(trials, key=lambda trial: id(trial[0])):
        tried = list(found)
        configuration = tried[0][0]
        cases = [case for _, case in tried]
        if not elementwise or configuration.limit:
            kept: dict[tuple[str, ...], list[Batch]] = {}
            for case in cases:
                shape, options = case.theta.shape, configuration.options
                found = existing(spec, shape, configuration.hyper, options)
                names = tuple(state.name for state in found)
                kept.setdefault(names, []).append(Batch(configuration, (case,)))
            yield from kept.values()
            few = tuple(replace(c, gradients=c.gradients[:2]) for c in cases if c.name in _TOGETHER)
            if sums_elements and not configuration.limit and len(few) > 1:
                yield [Batch(configuration, few)]
            continue
        by_start = {case.start: [c for c in cases if c.start == case.start] for case in cases}
        yield [
            Batch(configuration, tuple(sorted(each, key=lambda c: -len(c.gradients))))
            for each in by_start.values()
        ]


@dataclass(frozen=True)
class Step:
    """One step of the oracle: what goes in, and exactly what must come out.

    Args:
        t: its number.
        theta: the parameters of a batch together.
        states, gradient: tensors likewise, and scalars.
        inputs: what it is given beside that, of what it reads: tensors likewise, and numbers.
        live, tensors: how many elements, and tensors, from the first, are of cases with this step.
        is_alone: whether it is of a case by itself, in its shape.
        seen, rank: the shape that a parameter alone is seen in, and the most vectors of a basis.
        bounded: their gradient as the rule is given it; clipped, with how far it is off.
        bounded_inputs: likewise what of the inputs is clipped, too, or drawn.
        expected: what must come of them, by quantity; and what the outputs are before it.
        factored: of states that take a factor of a matrix in this step, what it is of.
        factors: those that some code has computed, and goes on with; none where that is the same.
        again: gives what must come of such factors, and what they then are of.
    """

    t: int
    theta: Floats
    states: Mapping[str, Floats | float]
    gradient: Floats
    inputs: Mapping[str, Floats | float]
    live: int
    tensors: int
    is_alone: bool
    seen: tuple[int, ...]
    rank: int = 1
    bounded: Any = None
    bounded_inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    expected: Mapping[str, Expected] = field(default_factory=dict[str, Expected])
    factored: Mapping[str, Factored] = field(default_factory=dict[str, Factored])
    factors: Mapping[str, Any] = field(default_factory=dict[str, Any])
    again: Callable[[Mapping[str, Any]], _Exactly] | None = None

    def by(self, factors: Mapping[str, Any]) -> "Step":
        """The same step of code that has computed these."""
        assert self.again
        exact, factored = self.again(factors)
        known = {**self.expected, **exact}
        return replace(self, expected=known, factored=factored, factors=factors)

    def alive(self, value: Any) -> Any:
        """The elements of cases that have this step, of an array of all."""
        return value if self.is_alone or np.ndim(value) == 0 else value[: self.live]

    def count(self, name: str) -> int:
        """How many results there are of a quantity: of a scalar, one a tensor."""
        known = self.expected[name].high
        return known.size if self.is_alone or known.ndim else self.tensors

    @property
    def lost(self) -> NDArray[np.bool_]:
        """Of the elements of live cases, those something stored of which is not finite."""
        lost = ~np.isfinite(self.alive(self.theta))
        for value in self.states.values():
            own = ~np.isfinite(self.alive(value))
            lost = lost | (own if _fits(own, lost) else own.any())  # each meets all of the others
        return np.ravel(lost)


def trajectory(spec: Optimizer, batch: Batch) -> Iterator[Step]:
    """The steps of a batch."""
    configuration, cases = batch.configuration, batch.cases
    spec = _without_what_is_off(spec, configuration)
    scalars = {s.name for s in spec.states if s.shape.is_number}
    theta = batch.together([case.theta for case in cases])
    first = [first_states(spec, case, configuration) for case in cases]
    states: dict[str, Any] = {
        name: value if name in scalars else batch.together([each[name] for each in first])
        for name, value in first[0].items()
    }
    seen = shape_seen(spec, theta.shape, configuration.hyper, configuration.options)
    for index in range(batch.steps):
        count = batch.live(index)
        live = sum(case.theta.size for case in cases[:count])
        gradients = [case.gradients[index] for case in cases[:count]]
        gradients += [np.zeros_like(case.theta) for case in cases[count:]]
        now = Step(
            batch.start + index,
            theta,
            states,
            batch.together(gradients),
            _inputs(spec, batch, index),
            live,
            count,
            len(cases) == 1,
            seen,
            rank_of(spec, configuration.hyper),
        )
        given = Clipped.of(now.alive(now.gradient), configuration.limit, batch.form)
        clipped = {
            i.name: Clipped.of(now.alive(now.inputs[i.name]), configuration.limit, batch.form)
            for i in spec.inputs
            if i.source is Source.GRADIENT and i.name in now.inputs
        }
        shapes = [case.theta.shape for case in cases[:count]]
        read = inputs_read(spec, now.t, configuration.hyper, configuration.options)
        like = np.shape(now.alive(theta))
        row = drawn(spec, read, shapes, now.t, batch.form)
        clipped |= {name: each.shaped(like) for name, each in row.items()}
        inputs: dict[str, Any] = {name: now.alive(value) for name, value in now.inputs.items()}
        inputs |= {name: each.exact for name, each in clipped.items()}
        tensor = Tensor(
            theta=now.alive(theta),
            gradient=cast(ArrayLike, given.exact),
            states={name: now.alive(value) for name, value in states.items()},
            hyper=configuration.hyper,
            options=configuration.options,
            inputs=inputs,
        )
        again = partial(_exactly, spec, tensor, now.t, batch.form, scalars)
        known, factored = again({})
        made = {} if configuration.limit else _outputs(spec, now, configuration, batch.form)
        bounded = {name: each.bounded for name, each in clipped.items()}
        yield replace(
            now,
            bounded=given.bounded,
            bounded_inputs=bounded,
            expected={**known, **made},
            factored=factored,
            again=again,
        )
        stored = {**states, "theta": theta}
        states = {
            name: float(x.nearest)
            if name in scalars
            else _stored(x, stored.get(name), theta, is_alone=now.is_alone)
            for name, x in known.items()
        }
        theta = states.pop("theta")


def _fits(own: Any, like: Any) -> bool:
    """Whether something meets another by element, and not as a matrix."""
    return all(n in (1, m) for n, m in zip(own.shape[::-1], like.shape[::-1], strict=False))


def _exactly(
    spec: Optimizer,
    tensor: Tensor,
    t: int,
    form: Format,
    scalars: Collection[str],
    factors: Mapping[str, Any],
) -> _Exactly:
    """What must come of a step, by these factors; by those that are not given, the oracle's."""
    exact, factored = replay(spec, tensor, t=t, form=form, factors=factors)
    known = {
        name: expected(x, FORMATS["float64"] if name in scalars else form)
        for name, x in exact.items()
    }
    return known, factored


def _inputs(spec: Optimizer, batch: Batch, index: int) -> dict[str, Floats | float]:
    """What a step is given beside the gradient; of cases that have ended, zeros."""
    count = batch.live(index)
    each = [inputs_given(spec, c, index, batch.configuration) for c in batch.cases[:count]]
    ended = [np.zeros_like(case.theta) for case in batch.cases[count:]]

    def together(name: str) -> Floats | float:
        values = [given[name] for given in each]
        return values[0] if isinstance(values[0], float) else batch.together([*values, *ended])

    return {name: together(name) for name in each[0]}


def _outputs(
    spec: Optimizer, now: Step, configuration: Configuration, form: Format
) -> dict[str, Expected]:
    """What the outputs must be of what a step is given, which an earlier step left."""
    states = {name: now.alive(value) for name, value in now.states.items()}
    return {
        o.name: expected(
            output(
                spec,
                o.name,
                t=now.t - 1,
                theta=now.alive(now.theta),
                states=states,
                hyper=configuration.hyper,
                options=configuration.options,
            ),
            form,
        )
        for o in spec.outputs
    }


def _stored(known: Expected, before: Floats | None, like: Floats, *, is_alone: bool) -> Floats:
    """What is stored after a step: correctly rounded; of cases that have ended what was before."""
    rounded = known.nearest.astype(known.form.storage)
    if is_alone or rounded.size == like.size:
        return rounded
    kept = np.zeros_like(like) if before is None else before
    return np.append(rounded, kept[rounded.size :])


def _without_what_is_off(spec: Optimizer, configuration: Configuration) -> Optimizer:
    """A hyperparameter that 0 switches off takes its terms with it: 0 times infinity is no NaN."""
    off = {
        h.symbol: sympify(0)
        for h in spec.hyperparameters
        if h.optional and not configuration.hyper[h.name]
    }
    if not off:
        return spec
    updates = [Update(u.target, cast(Expr, u.value.xreplace(off))) for u in spec.updates]
    outputs = [replace(o, value=cast(Expr, o.value.xreplace(off))) for o in spec.outputs]
    return replace(spec, updates=updates, outputs=outputs)
