"""A spec -> dialects of it: other equations that go by the same name.

Some are declared, by what is known of peers (:mod:`steprule.specs.peers`). The others are what
people who write such a rule write otherwise: each takes the equations, and changes one thing
wherever it stands. Other rules, and other options of the same, are variants too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from sympy import Add, Basic, Expr, Integer, Mul, Piecewise, Pow, Rational, Symbol, sqrt

from ...specs.language import Optimizer, Series, SpecError, Update, grad, t, theta
from ...specs.language.peers import Difference
from ...specs.language.symbols import Value
from ...specs.peers import PEERS
from ..loading.stacks import operators

_HALF = Rational(1, 2)


@dataclass(frozen=True)
class Variant:
    """A rule beside the spec.

    Args:
        words: how it is told: what follows "it agrees with ".
        spec: its equations, in any order.
        options: options of the spec that are other than in a trial.
        hyper: hyperparameters likewise.
    """

    words: str
    spec: Optimizer
    options: Mapping[str, bool] = field(default_factory=dict[str, bool])
    hyper: Mapping[str, float] = field(default_factory=dict[str, float])


def variants(spec: Optimizer) -> Iterator[Variant]:
    """Variants of the equations, those that are declared first."""
    yield from _declared(spec)
    yield from rewritten(spec)
    yield from _by_operators(spec)


def rewritten(spec: Optimizer) -> Iterator[Variant]:
    """The equations with one thing changed."""
    for words, updates in _rewritten(spec):
        yield Variant(words, replace(spec, updates=updates))
    yield from _starts(spec)


def _declared(spec: Optimizer) -> Iterator[Variant]:
    for peer in PEERS:
        if peer.of.lower() == spec.name.lower():
            for each in peer.differences:
                if each.equations:
                    yield Variant(each.words, by_difference(spec, each))


def by_difference(spec: Optimizer, difference: Difference) -> Optimizer:
    """A spec with the equations of a peer in place of its own; what is new in them is 0."""
    own = {h.symbol for h in spec.hyperparameters} | {*spec.flags}
    changed: dict[Basic, Expr] = {}
    for update in difference.equations:
        new = {s: Integer(0) for s in update.value.free_symbols if _is_new(s, own)}
        changed[update.target] = cast(Expr, update.value.xreplace(new))
    states = [
        replace(s, init=changed[s.series[0]]) if s.series[0] in changed else s
        for s in (*spec.states, *difference.states)
    ]
    known = {u.target for u in spec.updates}
    updates = [Update(u.target, changed.get(u.target, u.value)) for u in spec.updates]
    updates += [Update(cast(Value, x), e) for x, e in changed.items() if x not in known]
    return replace(spec, states=states, updates=updates)


def _is_new(symbol: Basic, own: set[Symbol]) -> bool:
    return symbol not in own and getattr(symbol, "name", "").startswith("eps_")


def _rewritten(spec: Optimizer) -> Iterator[tuple[str, list[Update]]]:
    """The equations with one thing changed, and what."""
    numbers = [h.symbol for h in spec.hyperparameters]
    rates = [h.symbol for h in spec.hyperparameters if h.domain.high == 1]
    small = [x for x in numbers if x.name.startswith("eps")]
    for eps in small:
        yield f"{eps} under the root", _mapped(spec, lambda e, s=eps: _under(e, s, s))
        yield f"{eps}**2 under the root", _mapped(spec, lambda e, s=eps: _under(e, s, s**2))
        yield f"{eps} beside the root", _mapped(spec, lambda e, s=eps: _beside(e, s))
        yield f"no {eps}", _mapped(spec, lambda e, s=eps: e.xreplace({s: Integer(0)}))
    for beta in rates:
        power = beta**t
        one = f"1 - {beta}**t"
        yield (
            f"no correction by {one}",
            _mapped(spec, lambda e, p=power: e.xreplace({p: Integer(0)})),
        )
        for k in (1, -1):
            words = f"{beta}**(t {'+' if k > 0 else '-'} 1) in place of {beta}**t"
            yield (
                words,
                _mapped(spec, lambda e, p=power, b=beta, k=k: e.xreplace({p: b ** (t + k)})),
            )
    if len(rates) > 1:
        none = {b**t: Integer(0) for b in rates}
        yield "no correction for the start", _mapped(spec, lambda e: e.xreplace(none))
    for i, one in enumerate(rates):
        for other in rates[i + 1 :]:
            swap = {one: other, other: one}
            yield f"{one} and {other} exchanged", _mapped(spec, lambda e, s=swap: e.xreplace(s))
    yield from _complements(spec, rates)
    for update in spec.updates:
        for rate in rates:
            if update.value.has(1 - rate) and isinstance(update.value, Add):
                summed = update.value.xreplace({1 - rate: Integer(1)})
                words = f"{update.target} a sum, without the weight 1 - {rate}"
                yield words, _with(spec, update, summed)
    yield from _about_decay(spec)
    yield from _late(spec)
    yield "the gradient's sign turned", _mapped(spec, _turned)


def _complements(spec: Optimizer, rates: Iterable[Symbol]) -> Iterator[tuple[str, list[Update]]]:
    """1 - beta where there is beta: everywhere, in one equation, or where it is a mere factor."""
    for rate in rates:
        flip: dict[Basic, Basic] = {rate: 1 - rate}
        everywhere = [u for u in spec.updates if u.value.has(rate)]
        words = f"1 - {rate} in place of {rate}"
        yield words, _mapped(spec, lambda e, f=flip: e.xreplace(f))
        factors = [u for u in everywhere if not u.value.has(1 - rate) and not u.value.has(rate**t)]
        if 0 < len(factors) < len(everywhere):
            changed: dict[Basic, Basic] = {u.target: u.value.xreplace(flip) for u in factors}
            where = " and ".join(str(u.target) for u in factors)
            yield f"{words} in {where}", _replaced(spec, changed)
        for update in everywhere:
            yield f"{words} in {update.target}", _with(spec, update, update.value.xreplace(flip))


def _about_decay(spec: Optimizer) -> Iterator[tuple[str, list[Update]]]:
    """The places a weight decay can have."""
    decay = next((h.symbol for h in spec.hyperparameters if h.name == "weight_decay"), None)
    rate = next((h.symbol for h in spec.hyperparameters if h.name == "lr"), None)
    if decay is None:
        return
    none = _mapped(spec, lambda e: e.xreplace({decay: Integer(0)}))
    yield "no weight decay", none
    if rate is None:
        return
    new, old = theta[t], theta[t - 1]
    plain = replace(spec, updates=none)
    whole = next(u.value for u in plain.updates if u.target == new)
    asked = grad(old)
    yield (
        "weight decay that shrinks the parameter before the step",
        _replaced(plain, {new: whole - rate * decay * old}),
    )
    yield (
        "weight decay that shrinks the parameter after the step",
        _replaced(plain, {new: whole * (1 - rate * decay)}),
    )
    yield (
        "weight decay that divides the parameter after the step",
        _replaced(plain, {new: whole / (1 + rate * decay)}),
    )
    yield (
        "weight decay that is not multiplied by the rate",
        _replaced(plain, {new: whole - decay * old}),
    )
    yield (
        "weight decay in the gradient",
        _mapped(plain, lambda e: e.xreplace({asked: asked + decay * old})),
    )


def _late(spec: Optimizer) -> Iterator[tuple[str, list[Update]]]:
    """A state as it was before the step, where it is read as it is after it."""
    for state in spec.states:
        if state.init is None:
            continue
        now, before = state.series[t], state.series[t - 1]
        for update in spec.updates:
            if update.target != now and update.value.has(now):
                words = f"{before} in place of {now} in {update.target}"
                yield words, _with(spec, update, update.value.xreplace({now: before}))


def _starts(spec: Optimizer) -> Iterator[Variant]:
    """States that begin with the first value they are given, or at 1."""
    for state in spec.states:
        if state.init != 0:
            continue
        one = replace(state, init=Integer(1))
        ones = [one if s is state else s for s in spec.states]
        yield Variant(f"{state.series[0]} = 1", replace(spec, states=ones))
        for update in spec.updates:
            if update.target == state.series[t]:
                first = _first(update.value, state.series)
                if first is not None:
                    value = Piecewise((first, t < 2), (update.value, True))
                    words = f"{update.target} begun with its first value"
                    yield Variant(words, replace(spec, updates=_with(spec, update, value)))


def _first(value: Expr, series: Series) -> Expr | None:
    """What is averaged, of ``b*x[t-1] + (1 - b)*y``: y."""
    terms = Add.make_args(value)
    rest = [x for x in terms if not x.has(series[t - 1])]
    if len(rest) == len(terms) or not rest:
        return None
    weights = [f for x in terms if x.has(series[t - 1]) for f in Mul.make_args(x) if f.is_Symbol]
    whole = cast(Expr, Add(*rest))
    for weight in weights:
        if whole.has(1 - weight):
            return cast(Expr, whole.xreplace({1 - weight: Integer(1)}))
    return whole


def _by_operators(spec: Optimizer) -> Iterator[Variant]:
    known = operators()
    for name in ("nesterov", "amsgrad", "cautious"):
        try:
            yield Variant(f"{name}({spec.module})", known[name](spec))
        except SpecError:
            continue  # it cannot be done to this rule


def _mapped(spec: Optimizer, change: Callable[[Expr], Basic]) -> list[Update]:
    return [Update(u.target, cast(Expr, change(u.value))) for u in spec.updates]


def _with(spec: Optimizer, update: Update, value: Basic) -> list[Update]:
    return _replaced(spec, {update.target: value})


def _replaced(spec: Optimizer, changed: Mapping[Basic, Basic]) -> list[Update]:
    return [Update(u.target, cast(Expr, changed.get(u.target, u.value))) for u in spec.updates]


def _under(e: Expr, eps: Symbol, term: Expr) -> Basic:
    """``sqrt(x) + eps`` as ``sqrt(x + term)``."""

    def is_sum(x: Basic) -> bool:
        return isinstance(x, Add) and eps in x.args and any(map(_is_root, x.args))

    def moved(x: Basic) -> Basic:
        rest = [cast(Expr, a) for a in x.args if a != eps]
        roots = [a for a in rest if _is_root(a)]
        others = [a for a in rest if not _is_root(a)]
        return Add(sqrt(cast(Expr, roots[0].args[0]) + term), *roots[1:], *others)

    return e.replace(is_sum, moved)


def _beside(e: Expr, eps: Symbol) -> Basic:
    """``sqrt(x + eps)`` as ``sqrt(x) + eps``."""

    def is_root_of_sum(x: Basic) -> bool:
        return _is_root(x) and isinstance(x.args[0], Add) and eps in x.args[0].args

    return e.replace(is_root_of_sum, lambda x: sqrt(x.args[0] - eps) + eps)


def _is_root(x: Basic) -> bool:
    return isinstance(x, Pow) and x.args[1] == _HALF


def _turned(e: Expr) -> Basic:
    asked = grad(theta[t - 1])
    return e.xreplace({asked: -asked})
