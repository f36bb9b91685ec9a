"""When an intermediate can be computed: where the states exist that it reads.

A state that exists under a condition is read in a case of that condition; or by an intermediate
that itself is read only there, as by the state's own equation. That one is then computed there
alone.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from sympy import And, Basic, Not, Or, Symbol, false, true
from sympy.logic.boolalg import Boolean

from ...specs.language import Optimizer, Value, carried_out


def existence(spec: Optimizer) -> Mapping[str, Basic]:
    """The conditions of what does not always exist, states and intermediates, by name."""
    found: dict[str, Basic] = {s.name: s.when for s in spec.states if s.when != true}
    states = {s.name for s in spec.states}
    for update in carried_out(spec):
        if update.target.name not in states:
            needed = {
                cast(Boolean, w)
                for name, w in found.items()
                if _reads_without(spec, update.value, name, w)
            }
            if needed:
                found[update.target.name] = And(*needed)
    return found


def _reads_without(spec: Optimizer, value: Basic, name: str, when: Basic) -> bool:
    """Whether an expression reads what is called so, even where its condition fails."""
    elsewhere = (value.xreplace(c) for needed in _needed(when) for c in _failing(spec, needed))
    return any(v.name == name for e in elsewhere for v in e.atoms(Value))


def _needed(when: Basic) -> Iterator[Basic]:
    """The conditions that all must hold where one does."""
    for condition in And.make_args(when):
        match condition:
            case Not(args=(Or(args=either),)):
                yield from map(Not, either)
            case _:
                yield condition


def _failing(spec: Optimizer, condition: Basic) -> Iterator[Mapping[Basic, Basic]]:
    """What conditions are where one fails: it alone, or all of a choice of which it is a word."""
    word = condition.args[0] if isinstance(condition, Not) else condition
    choices = ({*choice.flags.values()} for choice in spec.choices)
    flags = next((each for each in choices if word in each), set[Symbol]())
    if not flags:
        yield {condition: false, Not(condition): true}
        return
    for chosen in {word} if isinstance(condition, Not) else flags - {word}:
        yield {flag: true if flag == chosen else false for flag in flags}
