"""The names of our arguments -> those of theirs.

Guessed where they are the same, or common other names of the same thing; a tuple of ours may be
several arguments of theirs, and the other way round. What is not guessed is said by ``--map``.
"""

import ast
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter
from typing import Any

from ...specs.language import Optimizer
from ..analysis.nearby import suggestion
from ..backends.signature import Argument, arguments
from .adapters.run import GROUP
from .expressions import Expression, expression
from .target import refused
from .words import as_words, words_of

_OTHER_NAMES = {
    "lr": ("learning_rate",),
    "eps": ("epsilon",),
    "beta1": ("b1", "beta_1"),
    "beta2": ("b2", "beta_2"),
    "beta3": ("b3", "beta_3"),
}
_INDEXED = re.compile(r"([^\W\d]\w*)\[(\d+)\]")


@dataclass(frozen=True)
class Slot:
    """An argument of theirs, or a member of it where it is a tuple."""

    argument: str
    index: int | None = None

    def __str__(self) -> str:
        return self.argument if self.index is None else f"{self.argument}[{self.index}]"


@dataclass(frozen=True)
class Pairing:
    """How their arguments follow from ours.

    Args:
        spec: the rule.
        slots: where each hyperparameter goes, each option and each choice, by name.
        given: arguments of theirs that have the same value throughout, or one that follows from
            ours.
        states: the names that states of ours have there, and what a step is given.
        defaults: of their tuples, of which ours may have some members alone.
    """

    spec: Optimizer
    slots: Mapping[str, Slot]
    given: Mapping[str, Any]
    states: Mapping[str, str]
    defaults: Mapping[str, Sequence[Any]]

    @property
    def names(self) -> frozenset[str]:
        """The hyperparameters and options that theirs has."""
        flags = {n for n, (choice, _) in words_of(self.spec).items() if choice in self.slots}
        told = {name for x in self.given.values() if isinstance(x, Expression) for name in x.names}
        return frozenset(self.slots.keys() - {c.name for c in self.spec.choices} | flags | told)

    @property
    def rate(self) -> str:
        """The name of their learning rate, or nothing."""
        return str(self.slots["lr"]) if "lr" in self.slots else ""

    def theirs(self, hyper: Mapping[str, float], options: Mapping[str, bool]) -> dict[str, Any]:
        """Their arguments."""
        tuples: dict[str, dict[int, Any]] = {}
        values: dict[str, Any] = {
            h.name: int(hyper[h.name]) if h.is_whole else hyper[h.name]
            for h in self.spec.hyperparameters
        }
        ours = {**values, **options, **as_words(self.spec, options)}
        found = {n: x.of(ours) if isinstance(x, Expression) else x for n, x in self.given.items()}
        for name, slot in self.slots.items():
            value = ours[name]
            if slot.index is None:
                found[slot.argument] = value
            else:
                tuples.setdefault(slot.argument, {})[slot.index] = value
        for argument, members in tuples.items():
            default = self.defaults.get(argument, ())
            length = max(len(default), *(i + 1 for i in members))
            found[argument] = tuple(members.get(i, *default[i : i + 1]) for i in range(length))
        return found


def pairing(
    spec: Optimizer,
    parameters: Sequence[Parameter],
    maps: Sequence[str],
    sets: Sequence[str],
    reference: str,
) -> Pairing:
    """How their arguments follow from ours.

    Args:
        spec: the rule.
        parameters: what their optimizer can be given.
        maps: ``ours=theirs``, beside what is guessed; of a tuple ``betas=b1,b2``, and
            ``beta1=betas[0]`` into one; ``ours=`` for what theirs has not. Of states alike.
        sets: ``theirs=value``, or an expression in our arguments; ``group.name=value`` of a
            group of torch's parameters.
        reference: their name, for messages.

    Raises:
        SpecError: an argument is named that one of the two has not, or theirs needs another.
    """
    there = {p.name: p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)

    def known(name: str, text: str) -> str:
        if name in there or takes_any or name.startswith(GROUP):
            return name
        raise refused(
            reference,
            text,
            f"their optimizer has no argument {name}",
            f"{suggestion(name, there)}It has {', '.join(there) or 'none'}",
        )

    slots: dict[str, Slot] = {}
    for argument in arguments(spec):
        slots |= _guessed(argument, there)
    states: dict[str, str] = {}
    members = _members(spec)
    single = {n for ns in members.values() for n in ns}
    given = dict(setting(text, known, single, reference) for text in sets)
    names = {*(s.name for s in spec.states), *(i.name for i in spec.inputs)}
    for text in maps:
        ours, equals, theirs = (part.strip() for part in text.partition("="))
        if not equals:
            raise refused(reference, text, "it is no ours=theirs", "Write it as in betas=b1,b2")
        if ours in members:
            slots = {n: s for n, s in slots.items() if n not in members[ours]}
            slots |= _mapped(members[ours], theirs, lambda n, t=text: known(n, t), reference, text)
        elif ours in names:
            states[ours] = theirs
        else:
            raise refused(
                reference,
                text,
                f"{spec.name} has no argument, state or input {ours}",
                f"{suggestion(ours, [*members, *names])}It has {', '.join([*members, *names])}",
            )
    slots = {name: slot for name, slot in slots.items() if slot.argument not in given}
    taken = {slot.argument for slot in slots.values()} | given.keys()
    taken |= {states.get(i.name, i.name) for i in spec.inputs}  # which are given at each step
    for name, p in there.items():
        if p.default is p.empty and name not in taken:
            raise refused(
                reference,
                name,
                "their optimizer needs this argument",
                f"Say which of ours it is, --map OURS={name}, or give it, --set {name}=VALUE",
            )
    tuples = {n: p.default for n, p in there.items() if isinstance(p.default, tuple | list)}
    return Pairing(spec, slots, given, states, tuples)


def _guessed(argument: Argument, there: Mapping[str, Any]) -> dict[str, Slot]:
    """Where an argument of ours goes whose name theirs has, or another of its names."""
    if not argument.is_tuple:
        member = argument.members[0].name if argument.members else argument.name
        for name in (argument.name, *_OTHER_NAMES.get(argument.name, ())):
            if name in there:
                return {member: Slot(name)}
        return {}
    if argument.name in there:
        return {h.name: Slot(argument.name, i) for i, h in enumerate(argument.members)}
    found: dict[str, Slot] = {}
    for h in argument.members:
        for name in (h.name, *_OTHER_NAMES.get(h.name, ())):
            if name in there:
                found[h.name] = Slot(name)
                break
    return found


def _members(spec: Optimizer) -> dict[str, tuple[str, ...]]:
    """What each name of ours stands for: an argument for its members, a member for itself."""
    found: dict[str, tuple[str, ...]] = {h.name: (h.name,) for h in spec.hyperparameters}
    for a in arguments(spec):
        found[a.name] = tuple(h.name for h in a.members) or (a.name,)
    return found


def _mapped(
    members: tuple[str, ...], theirs: str, known: Any, reference: str, text: str
) -> dict[str, Slot]:
    if not theirs:
        return {}
    named = [part.strip() for part in theirs.split(",")]
    slots: list[Slot] = []
    for each in named:
        match = _INDEXED.fullmatch(each)
        name, index = (match[1], int(match[2])) if match else (each, None)
        slots.append(Slot(known(name), index))
    if len(slots) == 1 and len(members) > 1:
        slots = [Slot(slots[0].argument, i) for i in range(len(members))]
    if len(slots) != len(members):
        raise refused(
            reference,
            text,
            f"{len(members)} numbers are given to {len(slots)} arguments",
            f"Name as many as there are of {', '.join(members)}, or one that takes a tuple",
        )
    return dict(zip(members, slots, strict=True))


def setting(
    text: str, known: Callable[[str, str], str], ours: Collection[str], reference: str
) -> tuple[str, Any]:
    """``theirs=value``, taken apart: the value, or an expression in our arguments.

    Raises:
        SpecError: it is no such thing, or there is no such argument.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        raise refused(reference, text, "it is no name=value", "Write it as in eps_root=0")
    return known(name, text), expression(value, ours) or literal(value)


def held_of(text: str, reference: str) -> tuple[str, float | bool | str]:
    """``ours=value`` that is held, taken apart: a number, a truth value, or else a word.

    Raises:
        SpecError: it is no such thing.
    """
    name, found = word_of(text, reference)
    if isinstance(found, bool):
        return name, found
    return name, float(found) if isinstance(found, int | float) else str(found)


def word_of(text: str, reference: str) -> tuple[str, Any]:
    """``ours=value`` that is held, of any kind of value.

    Raises:
        SpecError: it is no such thing.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        raise refused(reference, text, "it is no name=value", "Write it as in T_max=20")
    return name, literal(value)


def literal(text: str) -> Any:
    """A value as Python writes it; any other text is a word."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
