"""The arguments a spec is tried with. Deterministic, and for any :class:`Optimizer`."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
from sympy import Basic, Eq, Ne, Symbol

from ....specs.language import Hyper, Interval, Optimizer
from ...backends.signature import arguments
from ...backends.views import viewing
from ...oracle import omitted
from ...oracle.formats import Format
from ...oracle.known import allowed

_LEARNING_RATE = 0.5
"""Large, so that weight decay applied in the wrong place is seen."""

_SWITCHED_ON = (0.9, 0.25, 0.1, 0.05, 0.3, 0.7)
_WHOLE_ON = (3.0, 2.0, 5.0, 7.0)
"""What hyperparameters that can be 0 are otherwise: no two of a spec alike, where possible."""

_NEXT_TO_NOTHING = 2.0**-100
"""Far below every default, and in the range of float32."""

_MOST = 32
"""The most configurations tried of one spec; of more, enough to show every three choices."""

_MOST_ENUMERATED = 4096

Choice = tuple[bool, ...]


@dataclass(frozen=True)
class Configuration:
    """The arguments of a constructor, by name: hyperparameters, options, a limit of gradients.

    Hyperparameters that are left out have the value that they then follow from others. Those of
    views are tried on parameters that peers do not take. Those that are one more way to put choices
    together, which are met without, are tried where the text is run as it stands: a kernel would be
    compiled for each.
    """

    hyper: Mapping[str, float]
    options: Mapping[str, bool]
    limit: Mapping[str, float] = field(default_factory=dict[str, float])
    left_out: frozenset[str] = frozenset()
    is_of_views: bool = False
    is_one_more: bool = field(default=False, compare=False)


def settings(spec: Optimizer, configuration: Configuration) -> dict[str, Any]:
    """The constructor's arguments for a configuration."""
    given: dict[str, Any] = {}
    hyper = {**configuration.hyper, **dict.fromkeys(configuration.left_out)}
    for a in arguments(spec):
        if a.words:
            (given[a.name],) = (w for w, f in a.words.items() if configuration.options[f])
        elif a.is_option:
            given[a.name] = configuration.options[a.name]
        elif a.is_tuple:
            given[a.name] = tuple(hyper[h.name] for h in a.members)
        else:
            given[a.name] = hyper[a.name]
    return {**given, **configuration.limit}


def configurations(spec: Optimizer) -> list[Configuration]:
    """Every option off and on, every hyperparameter that can be switched off at 0 and not.

    The learning rate is large; all others have their defaults. What the spec's constraints
    forbid is left out; the defaults stay where they forbid everything else. Where that is too
    many, a few are taken such that every three choices found together in any of them are
    found in those few.
    """
    found = _all_allowed(spec)
    return [c for _, c in (found if len(found) <= _MOST else _thinned(found, 3))]


def pairs_of_options(spec: Optimizer) -> list[Configuration]:
    """As few as show every two choices that are found together in any."""
    return [c for _, c in _thinned(_all_allowed(spec), 2)]


def each_option(spec: Optimizer) -> list[Configuration]:
    """As few as show every choice that is found in any."""
    return [c for _, c in _thinned(_all_allowed(spec), 1)]


def _all_allowed(spec: Optimizer) -> list[tuple[Choice, Configuration]]:
    """What the constraints allow, with a large rate or else the default; the defaults at least."""
    defaults, large = _defaults(spec)
    found = _allowed(spec, defaults | large) or _allowed(spec, defaults)
    return found or [((), Configuration(defaults, spec.defaults))]


def left_out(spec: Optimizer, tried: Sequence[Configuration], form: Format) -> list[Configuration]:
    """The first and the last of some, with all that can be left out left out, in a format."""
    found: list[Configuration] = []
    for each in (tried[0], tried[-1]):
        derived = {name: float(x) for name, x in omitted.left_out(spec, each.hyper, form).items()}
        if derived:
            hyper = {**each.hyper, **derived}
            found.append(replace(each, hyper=hyper, left_out=frozenset(derived)))
    return found


def at_the_ends(spec: Optimizer) -> list[Configuration]:
    """Each hyperparameter at each end of its domain, or at the float nearest to an open one.

    Where an end is 0, at a number that is next to nothing as well.

    All others are at their defaults, but for the learning rate, which is large; what the spec's
    constraints forbid is left out.
    """
    defaults, large = _defaults(spec)
    options = spec.defaults
    found: list[Configuration] = []
    for h in _of_equations(spec):
        for end in _whole_ends(h.domain) if h.is_whole else _ends(h.domain):
            hyper = defaults | large | {h.name: end}
            if end != float(h.default) and allowed(spec, hyper, options):
                found.append(Configuration(hyper, options))
    return found


def _ends(domain: Interval) -> Iterator[float]:
    low, high = domain.low, domain.high
    if low is not None and not domain.low_open:
        yield float(low)
    if low == 0:
        yield _NEXT_TO_NOTHING
    if high is not None:
        yield float(np.nextafter(float(high), -math.inf)) if domain.high_open else float(high)


def _whole_ends(domain: Interval) -> Iterator[float]:
    """The least whole number, and the next."""
    low = Fraction(0) if domain.low is None else domain.low
    least = math.floor(low) + 1 if domain.low_open else math.ceil(low)
    yield from (float(n) for n in (least, least + 1) if contains(domain, float(n)))


def large_rate(spec: Optimizer) -> dict[str, float]:
    """The defaults of hyperparameters, with a large learning rate."""
    defaults, large = _defaults(spec)
    return defaults | large


def _of_equations(spec: Optimizer) -> list[Hyper]:
    """The hyperparameters that are read by more than the view."""
    of_view = viewing(spec)
    return [h for h in spec.hyperparameters if (h.argument or h.name) not in of_view]


def _defaults(spec: Optimizer) -> tuple[dict[str, float], dict[str, float]]:
    """The hyperparameters' defaults, and the learning rate that is tried instead."""
    defaults = {h.name: float(h.default) for h in spec.hyperparameters}
    large = {
        h.name: inside(h.domain, (_LEARNING_RATE, *_SWITCHED_ON))
        for h in spec.hyperparameters
        if h.name == "lr"
    }
    return defaults, large


def _allowed(spec: Optimizer, fixed: Mapping[str, float]) -> list[tuple[Choice, Configuration]]:
    """What the constraints allow, with the choices of off and on that led there."""
    switched = switched_on(spec, fixed)
    of_view = viewing(spec)
    still = {f.name for c in spec.choices if c.name in of_view for f in c.flags.values()}
    still |= {option.name for option in spec.options if option.name in of_view}
    flags = [option.name for option in spec.options if option.name not in still]
    found: list[tuple[Choice, Configuration]] = []
    for choice in _choices(len(switched) + len(flags)):
        on = dict(zip([*switched, *flags], choice, strict=True))
        hyper = dict(fixed) | {name: value if on[name] else 0.0 for name, value in switched.items()}
        options = spec.defaults | {name: on[name] for name in flags}
        if allowed(spec, hyper, options):
            found.append((choice, Configuration(hyper, options)))
    return found


def contains(domain: Interval, value: float) -> bool:
    """Whether a finite number lies in a domain."""
    x = Fraction(value)
    above = domain.low is None or (x > domain.low if domain.low_open else x >= domain.low)
    below = domain.high is None or (x < domain.high if domain.high_open else x <= domain.high)
    return above and below


def inside(domain: Interval, candidates: Iterable[float], taken: Collection[float] = ()) -> float:
    """The first candidate in a domain that is not taken, else a candidate moved into it.

    Candidates lie between 0 and 1.
    """
    candidates = tuple(candidates)
    low = domain.low if domain.low is not None else (domain.high or Fraction(0)) - 1
    high = domain.high if domain.high is not None else low + 1
    moved = [float(low + (high - low) * Fraction(x)) for x in candidates]
    possible = [x for x in (*candidates, *moved) if contains(domain, x)]
    return next((x for x in possible if x not in taken), possible[0])


def switched_on(spec: Optimizer, fixed: Mapping[str, float]) -> dict[str, float]:
    """The hyperparameters tried at 0 as well, with the value they otherwise have."""
    compared = _compared_with_zero(spec)
    values: dict[str, float] = {}
    for h in spec.hyperparameters:
        can_be_off = h.optional or h.symbol in compared or fixed[h.name] == 0
        if can_be_off and contains(h.domain, 0.0):
            taken = {*fixed.values(), *values.values()}
            on = _WHOLE_ON if h.is_whole else _SWITCHED_ON
            values[h.name] = fixed[h.name] or inside(h.domain, on, taken)
    return values


def _compared_with_zero(spec: Optimizer) -> set[Basic]:
    """The symbols that equations or declarations test for being 0."""
    expressions = [
        *(update.value for update in spec.updates),
        *(state.when for state in spec.states),
        *(constraint.condition for constraint in spec.constraints),
    ]
    tests = {test for e in expressions for test in e.atoms(Eq, Ne)}
    return {side for test in tests if 0 in test.args for side in test.atoms(Symbol)}


def _choices(count: int) -> Iterator[Choice]:
    """All choices of off and on; if they are very many, those at most three from an extreme."""
    if 2**count <= _MOST_ENUMERATED:
        yield from product((False, True), repeat=count)
        return
    for extreme in (False, True):
        for size in range(4):
            for changed in combinations(range(count), size):
                yield tuple((i in changed) != extreme for i in range(count))


def _thinned(
    found: list[tuple[Choice, Configuration]], together: int
) -> Iterator[tuple[Choice, Configuration]]:
    """Always the first that shows most choices together, so many of them, not seen before."""
    pending = {
        i: set(combinations(enumerate(c), min(together, len(c)))) for i, (c, _) in enumerate(found)
    }
    while pending:
        best = max(pending, key=lambda i: len(pending[i]))
        yield found[best]
        seen = pending[best]
        pending = {i: new for i, pairs in pending.items() if (new := pairs - seen)}
