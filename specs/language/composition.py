"""How an operator is done to a rule: from the equations of both to those of one rule.

First the operator's defaults become those asked for, and its names others than the rule's
(:mod:`.naming`). Then the rule is rewritten, part by part: what it descends by, its averages, its
step, where that leads, when it is taken, and what it moves. Each of these takes a rule and gives
one whose equations read what the operator gives, and what stands for the parts in the operator's
equations. In the end all is put together, the operator's arguments last and by keyword.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from sympy import And, Basic, Dummy, Expr, Piecewise, true
from sympy.logic.boolalg import Boolean

from .alteration import Alteration
from .arguments import Choice
from .averages import momentum_of, second_moment_of, square_of
from .companions import sources, taken_apart, together
from .declarations import Hyper, Option, Update
from .errors import SpecError
from .execution import execution_order
from .inputs import Input, Source
from .naming import fresh, names, settled
from .occurrences import counts_steps
from .optimizer import Optimizer
from .over_tensors import OverTensors
from .parts import (
    GRADIENT,
    NEW,
    OLD,
    NoPartError,
    added,
    direction,
    forgetting,
    gradient,
    gradient_of,
    kept,
    momentum,
    rate,
    second_moment,
    second_weight,
    squared,
    squares,
    step_of,
    stepped,
)
from .rewriting import adding, changed, counted_by, reading, with_more, with_names
from .shapes import Shape
from .symbols import Series, Value, grad, t


def composed(
    operator: Alteration, rule: Optimizer, name: str, settings: Mapping[str, object]
) -> Optimizer:
    """The rule that an operator makes of another; see :meth:`.operator.Operator.__call__`."""
    if not isinstance(rule, Optimizer):
        raise SpecError(
            "operator",
            spec=operator.name,
            where=operator.name,
            problem=f"it is done to a {type(rule).__name__}, which is no Optimizer",
            remedy=f"Give it a rule: {operator.name}(adamw)",
        )
    rules, settings = taken_apart(operator, settings)
    own = settled(operator, rule, settings)
    try:
        both = rule
        for argument, other in rules.items():
            both = together(both, other, argument, own.beside[argument])
        name = name or "".join((own.title, rule.name, *(other.name for other in rules.values())))
        made = _Composition(own, names(both) | names(own)).of(both, name)
    except NoPartError as error:
        raise SpecError(
            "operator",
            spec=f"{operator.name}({rule.name})",
            where=operator.name,
            problem=f"it cannot be done to {rule.name}: {error}",
            remedy="Do it before other operators are done, or to another rule",
        ) from error
    adds = own.adds.format(**{argument: other.name for argument, other in rules.items()})
    found = replace(
        made,
        summary=f"{name}: {rule.name} with {adds}.",
        source=f"{own.source}; over {rule.name}: {rule.source}{sources([*rules.values()])}",
    )
    object.__setattr__(found, "made_by", (operator.name, rule))
    return found


_ACCENTS = ("hat", "tilde", "dot", "check")
"""What is written over the name of a value that has become another."""

Rewritten = tuple[Optimizer, dict[Basic, Basic]]
"""A rule, and what stands for the parts that were looked up."""


@dataclass(frozen=True)
class _Composition:
    """An operator, and the names that are taken."""

    own: Alteration
    taken: set[str]

    def of(self, rule: Optimizer, name: str) -> Optimizer:
        own, made = self._without_clock(rule), rule
        parts: dict[Basic, Basic] = {}
        for rewrite in (self.gradient, self.averages, self.step, self.hold, self.lead, self.move):
            made, found = rewrite(made)
            parts |= found
        updates = [Update(u.target, cast(Expr, u.value.xreplace(parts))) for u in own.updates]
        outputs = [replace(o, value=cast(Expr, o.value.xreplace(parts))) for o in own.outputs]
        is_counted = own.when != true or any(counts_steps(u.value) for u in own.updates)
        return replace(
            made,
            name=name,
            peer="",
            lineage=(rule.name, *rule.lineage),
            step_key=rule.step_key or ("step" if is_counted else ""),
            hyper=_arguments(rule.hyper, own.hyper),
            states=(*made.states, *own.states),
            updates=execution_order((*made.updates, *updates)),
            inputs=(*made.inputs, *own.inputs),
            outputs=(*made.outputs, *outputs),
            constraints=(*rule.constraints, *own.constraints),
        )

    def _without_clock(self, rule: Optimizer) -> Alteration:
        """The operator without what counts the steps of a rule that asks for no count."""
        own = self.own
        if any(counts_steps(u.value) for u in rule.updates):
            return own
        read = {
            v.name for u in own.updates for v in u.value.atoms(Value) if v.name != u.target.name
        }
        read |= {
            v.name for e in (own.when, *(o.value for o in own.outputs)) for v in e.atoms(Value)
        }
        counting = {v.name for v in own.clock.atoms(Value)} - read
        return replace(
            own,
            states=[s for s in own.states if s.name not in counting],
            updates=[u for u in own.updates if u.target.name not in counting],
        )

    def gradient(self, rule: Optimizer) -> Rewritten:
        """What the rule descends by."""
        descended = gradient_of(rule)
        if grad in self.own.gives:
            return self._loss_gradient(rule, descended)
        if gradient in self.own.gives:
            rule = reading(rule, descended, self.own.gives[gradient])
        return rule, {gradient[t]: descended}

    def _loss_gradient(self, rule: Optimizer, descended: Expr) -> Rewritten:
        """Another gradient of the loss; that at the parameter, with its sign, for the operator."""
        signed = [u for u in rule.updates if u.target == descended]
        rule = reading(rule, GRADIENT, self.own.gives[grad])
        if not signed or not self._reads(gradient):
            return rule, {gradient[t]: GRADIENT}
        first = self._named("gdot", "gcheck")
        return with_more(rule, Update(first, signed[0].value)), {gradient[t]: first}

    def averages(self, rule: Optimizer) -> Rewritten:
        """Its averages of gradients, and of their squares."""
        found: dict[Basic, Basic] = {}
        if self._reads(momentum, forgetting, added):
            average = momentum_of(rule)
            found |= {
                momentum[t]: average.series[t],
                forgetting[t]: average.forgetting,
                added[t]: average.added,
            }
        if self._reads(second_moment, squares, squared, second_weight):
            average = second_moment_of(rule)
            found |= {second_moment[t]: average.series[t], squares[t]: average.added}
            if self._reads(squared, second_weight):
                found[squared[t]], found[second_weight[t]] = square_of(average)
            if squares in self.own.gives:
                rule = adding(rule, average, self.own.gives[squares])
        for part in (momentum, second_moment):
            if part in self.own.gives:
                rule = reading(rule, cast(Expr, found[part[t]]), self.own.gives[part])
        return rule, found

    def step(self, rule: Optimizer) -> Rewritten:
        """Its step: what it keeps of the parameter, and what it takes from that."""
        if not self._reads(kept, rate, direction):
            return rule, {}
        parted = step_of(rule)
        named: list[Update] = []

        def value(e: Expr, *wanted: str) -> Expr:
            if isinstance(e, Value):
                return e
            named.append(Update(self._named(*wanted), e))
            return named[-1].target

        moved, base = parted.direction, parted.kept
        if self._reads(direction):
            moved = value(moved, "u", "d", "delta")
        if self._reads(kept):
            base = value(base, "thetabar", "thetacheck")
        leads = self.own.gives.get(kept, base) - parted.rate * self.own.gives.get(direction, moved)
        rule = with_more(changed(rule, lambda x, e: leads if x == NEW else e), *named)
        return rule, {kept[t]: base, rate[t]: parted.rate, direction[t]: moved}

    def hold(self, rule: Optimizer) -> Rewritten:
        """When it is taken: at other steps all that the rule keeps stays what it was."""
        when = self.own.when
        if when == true:
            return rule, {}
        kept = {s.series[t]: s.series[t - 1] for s in rule.states} | {NEW: OLD}
        rule = changed(
            counted_by(rule, self.own.clock),
            lambda x, e: Piecewise((e, when), (kept[x], True)) if x in kept else e,
        )
        inputs = [replace(i, when=self._read_when(i)) for i in rule.inputs]
        # What the first of its steps makes has to be there before that, to be kept.
        states = [replace(s, init=0) if s.init is None else s for s in rule.states]
        if any(u.value.has(OverTensors) for u in self.own.updates if self.own.when.has(u.target)):
            # Whether a number of the host stays what it was is known when all tensors are.
            states = [
                replace(s, shape=Shape.GLOBAL) if s.shape == Shape.SCALAR else s for s in states
            ]
        return replace(rule, states=states, inputs=inputs), {}

    def _read_when(self, given: Input) -> Basic:
        """When the rule reads what it is given, in steps that are taken only now and then.

        Raises:
            NoPartError: that goes by a count of steps which tensors decide; or it is of one batch,
                and the gradient of several.
        """
        if gradient in self.own.gives and given.source in (Source.LOSS, Source.GRADIENT):
            what = "the loss" if given.source is Source.LOSS else "a gradient elsewhere"
            raise NoPartError(f"it is given {what}, which is of the last batch alone")
        counted = given.when.xreplace({t: self.own.clock})
        if not self.own.when.atoms(Value):
            return And(cast(Boolean, self.own.when), cast(Boolean, counted))
        if counted.atoms(Value):
            raise NoPartError(
                f"it is given {given.name} at some steps, and which of them are taken is known too "
                "late to ask for it"
            )
        return given.when

    def lead(self, rule: Optimizer) -> Rewritten:
        """Where its step leads, where that is for the operator to say."""
        if not self.own.leads:
            return rule, {stepped[t]: NEW}
        moves = self.own.moves
        if moves is None or any(u.target == moves[t] for u in self.own.updates):
            there = self._named(*(f"theta{mark}" for mark in _ACCENTS))
        else:
            there = moves[t]
        return with_names(rule, {NEW: there}), {stepped[t]: there}

    def move(self, rule: Optimizer) -> Rewritten:
        """What it moves, where that is not the parameter."""
        if self.own.moves is None:
            return rule, {}
        at = Dummy(real=True)
        moved: dict[Basic, Basic] = {OLD: self.own.moves[t - 1], NEW: self.own.moves[t]}

        def other(e: Expr) -> Expr:
            return cast(Expr, e.xreplace({GRADIENT: at}).xreplace(moved).xreplace({at: GRADIENT}))

        return changed(rule, lambda _, e: other(e)), {}

    def _reads(self, *parts: Series) -> bool:
        values = {p[t] for p in parts}
        return any(p in self.own.gives for p in parts) or any(
            u.value.atoms(Value) & values for u in self.own.updates
        )

    def _named(self, *wanted: str) -> Value:
        return Series(fresh(wanted, self.taken))[t]


def _arguments(
    first: Sequence[Hyper | Option | Choice], more: Sequence[Hyper | Option | Choice]
) -> list[Hyper | Option | Choice]:
    """The arguments of a rule, then those of an operator, which are given by keyword."""
    chosen = [h for h in more if isinstance(h, Choice)]
    keyword = [replace(h, keyword=True) for h in more if not isinstance(h, Choice)]
    position = [h for h in first if isinstance(h, Choice) or not h.keyword]
    rest = [h for h in first if h not in position]
    return [*position, *chosen, *rest, *keyword]
