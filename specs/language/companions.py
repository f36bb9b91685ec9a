"""A rule beside another, of the same gradients: what an operator takes that asks for two rules.

Both are of one learning rate and one sign of the gradient, and start from the parameter as it is.
What else they call alike gets the name of the argument, before its own, in the second one's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from sympy import Expr

from .alteration import Alteration
from .arguments import Choice
from .declarations import Hyper, Option, Update
from .errors import SpecError
from .naming import fresh, names, renamed
from .occurrences import values
from .optimizer import Optimizer
from .parts import NEW, NoPartError
from .symbols import Series, t, theta

_SHARED = ("lr", "maximize")
"""The arguments that are of both."""


def taken_apart(
    operator: Alteration, settings: Mapping[str, object]
) -> tuple[dict[str, Optimizer], dict[str, object]]:
    """The rules among the settings, and the others.

    Raises:
        SpecError: a rule is missing, or it is none.
    """
    rules: dict[str, Optimizer] = {}
    for argument in operator.beside:
        given = settings.get(argument)
        if not isinstance(given, Optimizer):
            raise SpecError(
                "operator",
                spec=operator.name,
                where=argument,
                problem="it is done to one rule and takes another, which is "
                + ("not given" if given is None else f"{given!r}, no Optimizer"),
                remedy=f"Give it both: {operator.name}(adamw, {argument}=sgd)",
            )
        rules[argument] = given
    return rules, {name: value for name, value in settings.items() if name not in rules}


def together(rule: Optimizer, other: Optimizer, argument: str, leads: Series) -> Optimizer:
    """A rule that takes the steps of one, and knows where another would lead.

    Args:
        rule: the one.
        other: the other.
        argument: what it is given as.
        leads: the name of where it would lead.

    Raises:
        NoPartError: the other one sees its parameters by a view of its own.
    """
    if other.view != Optimizer.view:
        raise NoPartError(f"{other.name} sees parameters by a view of its own")
    taken = names(rule) | {leads.name}
    kept = _alike(rule, other)
    clashing = sorted((names(other) - kept - {theta.name}) & taken)
    arguments = {h.argument for h in rule.hyper if isinstance(h, Hyper) and h.argument}
    taken |= names(other) | arguments
    new = {name: fresh([f"{argument}_{name}"], taken) for name in clashing}
    for h in other.hyper:
        if isinstance(h, Hyper) and h.argument in arguments:
            new.setdefault(h.argument, fresh([f"{argument}_{h.argument}"], taken))
    keys = {s.key for s in rule.states}
    again = [s.key for s in other.states if s.key in keys]
    own = renamed(other, new, {key: fresh([f"{argument}_{key}"], keys) for key in again})
    given = {NEW: leads[t]}
    updates = [
        Update(given.get(u.target, u.target), cast(Expr, u.value.xreplace(given)))
        for u in own.updates
        if u.target.name not in kept
    ]
    return replace(
        rule,
        step_key=rule.step_key or other.step_key,
        hyper=(*rule.hyper, *(_by_keyword(h) for h in own.hyper if h.name not in kept)),
        states=(*rule.states, *own.states),
        updates=(*rule.updates, *updates),
        inputs=(*rule.inputs, *own.inputs),
        outputs=(*rule.outputs, *own.outputs),
        constraints=(*rule.constraints, *own.constraints),
    )


def _alike(rule: Optimizer, other: Optimizer) -> set[str]:
    """The arguments that are of both, and what both compute alike of these."""
    arguments = {h.name for h in rule.hyper} & {h.name for h in other.hyper} & {*_SHARED}
    found = set(arguments)
    given = {h.name for h in other.hyper}
    own = {u.target: u.value for u in rule.updates if u.target.name not in rule.results}
    for update in other.updates:
        x, value = update.target, update.value
        read = {v.name for v in values(value)} | {str(s) for s in value.free_symbols} & given
        if own.get(x) == value and read - {theta.name} <= found:
            found.add(x.name)
    return found


def _by_keyword(h: Hyper | Option | Choice) -> Hyper | Option | Choice:
    return replace(h, keyword=True)


def sources(rules: Sequence[Optimizer]) -> str:
    """What a source says of rules that are taken beside one."""
    return "".join(f"; {rule.name}: {rule.source}" for rule in rules)
