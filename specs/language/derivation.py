"""A rule that is another with some lines changed: what is new stands for what has its name.

Stages: some options are decided (:meth:`.optimizer.Optimizer.specialize`), what is new is put in
the place of what was called alike, or behind it, and what nothing reads any more is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol, TypeVar, cast

from sympy import Basic, Symbol, sympify

from .arguments import Choice
from .declarations import Hyper, Option, State, Update
from .execution import execution_order
from .optimizer import Optimizer, without_aliases
from .symbols import Value, t, theta


class Named(Protocol):
    """What is declared under a name."""

    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


def derived(
    rule: Optimizer,
    name: str,
    *,
    summary: str,
    source: str = "",
    peer: str = "",
    options: Mapping[Symbol | str, bool] = MappingProxyType({}),
    defaults: Mapping[Symbol | str, str] = MappingProxyType({}),
    hyper: Sequence[Hyper | Option | Choice | str] = (),
    states: Sequence[State] = (),
    updates: Sequence[Update] = (),
) -> Optimizer:
    """A rule with some lines changed, as an optimizer of its own.

    What is given stands in the place of what has its name, or behind it all; what nothing
    reads any more vanishes: arguments, states, equations.

    Args:
        rule: the one that is changed; it may be made by operators.
        name: the class name in generated code.
        summary: one sentence.
        source: where the new rule was published; if nothing is said, that of the one changed.
        peer: what the new one is a drop-in for.
        options: which of the rule's are decided, by their symbols or names.
        defaults: other defaults, likewise.
        hyper: arguments; a name among them is one of the rule's, behind which those that follow
            stand. Those by keyword stand behind the others.
        states: states.
        updates: equations, each for what is on its left side.

    Raises:
        ValueError: an option or a default names nothing of the rule.
    """
    made = rule.specialize(
        name,
        options=options,
        defaults=defaults,
        summary=summary,
        source=source or rule.source,
        peer=peer,
    )
    targets = {u.target.name: u for u in updates}
    kept = [targets.pop(u.target.name, u) for u in made.updates]
    before = _declared(made)
    made = replace(
        made,
        hyper=sorted(_placed(made.hyper, hyper), key=lambda h: h.keyword),
        states=_over(made.states, states),
        # What is new is moved up to where it is read.
        updates=execution_order([*kept[:-1], *targets.values(), *kept[-1:]]),
    )
    made = replace(made, updates=without_aliases(made.updates, made.results))
    return _without(made, before - _read(made))


def _placed(
    old: Sequence[Hyper | Option | Choice], new: Sequence[Hyper | Option | Choice | str]
) -> list[Hyper | Option | Choice]:
    """The old arguments with the new ones: in the place of one's name, or where that is said."""
    found = {h.name: h for h in old}
    behind = len(found)
    for each in new:
        if isinstance(each, str):
            behind = [*found].index(each) + 1
        elif each.name in found:
            found[each.name] = each
        else:
            entries = [*found.items()]
            found = dict([*entries[:behind], (each.name, each), *entries[behind:]])
            behind += 1
    return [*found.values()]


def _over(old: Iterable[Entry], new: Iterable[Entry]) -> list[Entry]:
    """The old ones, each replaced by the new one of its name, then the other new ones."""
    entries = {each.name: each for each in old}
    return [*(entries | {each.name: each for each in new}).values()]


def _declared(rule: Optimizer) -> set[str]:
    """The names of all that a rule declares and computes."""
    entries = (*rule.hyper, *rule.states, *rule.inputs)
    return {*(each.name for each in entries), *(u.target.name for u in rule.updates)}


def _read(rule: Optimizer) -> set[str]:
    """The names of all that the step, or an output, depends on."""
    equations = {u.target.name: u.value for u in rule.updates}
    declared = {
        **{s.name: (s.when, sympify(s.init or 0)) for s in rule.states},
        **{i.name: (i.when,) for i in rule.inputs},
        **{h.name: (h.derived,) for h in rule.hyperparameters if h.derived is not None},
    }
    found = set[str]()
    pending = [
        theta[t],
        *(o.value for o in rule.outputs),
        *rule.view.symbols,
    ]
    while pending:
        e = pending.pop()
        names = {v.name for v in e.atoms(Value)} | _symbols(e)
        for name in names - found:
            found.add(name)
            pending += [equations[name]] if name in equations else []
            pending += declared.get(name, ())
    words = {c.name for c in rule.choices if found & {f.name for f in c.flags.values()}}
    return found | words


def _without(rule: Optimizer, idle: set[str]) -> Optimizer:
    """The rule without what has these names, and without constraints on it."""
    return replace(
        rule,
        hyper=[h for h in rule.hyper if h.name not in idle],
        states=[s for s in rule.states if s.name not in idle],
        inputs=[i for i in rule.inputs if i.name not in idle],
        updates=[u for u in rule.updates if u.target.name not in idle],
        constraints=[c for c in rule.constraints if not idle & _symbols(c.condition)],
    )


def _symbols(e: Basic) -> set[str]:
    return {cast(Symbol, symbol).name for symbol in e.free_symbols}
