"""The constructor of a generated optimizer: arguments, defaults, documentation, checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

from sympy import sympify

from ...specs.language import Choice, Hyper, Optimizer, Option, machine_epsilon
from ..program.forms import literal
from ..program.lower import lower_expression
from ..program.nodes import Apply, Node, apply, names, negation
from ..program.operations import AND, OR


@dataclass(frozen=True)
class Argument:
    """One argument, of one hyperparameter, a tuple of them, or an option.

    Args:
        name: its name.
        default: its default, as Python source.
        members: the hyperparameters it holds; empty for an option.
        is_tuple: the members come as a tuple.
        keyword: it can be passed by keyword only.
        doc: one sentence.
        words: of a choice, its words, and the name of the flag that each is; empty for all else.
    """

    name: str
    default: str
    members: tuple[Hyper, ...]
    is_tuple: bool
    keyword: bool
    doc: str
    words: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def flags(self) -> tuple[str, ...]:
        """The names of conditions that it decides."""
        return tuple(self.words.values()) if self.words else (self.name,) if self.is_option else ()

    @property
    def is_option(self) -> bool:
        return not self.members

    def label(self, member: Hyper) -> str:
        """How a message names a member: ``betas[0]``, or the argument itself."""
        return f"{self.name}[{self.members.index(member)}]" if self.is_tuple else self.name


def arguments(spec: Optimizer) -> tuple[Argument, ...]:
    """The constructor's arguments, in order."""

    def argument_of(h: Hyper | Option | Choice) -> str:
        return (h.argument or h.name) if isinstance(h, Hyper) else h.name

    found: list[Argument] = []
    for name, group in groupby(spec.hyper, key=argument_of):
        members = list(group)
        hyper = tuple(h for h in members if isinstance(h, Hyper))
        if isinstance(choice := members[0], Choice):
            named = ", ".join(f'``"{word}"``' for word in choice.words)
            doc = f"{choice.doc}: {named}" + ("; None for the first" if choice.omissible else "")
            default = "None" if choice.omissible else f'"{choice.default}"'
            words = {word: flag.name for word, flag in choice.flags.items()}
            found.append(Argument(name, default, (), False, choice.keyword, doc, words))
        elif isinstance(option := members[0], Option):
            found.append(Argument(name, str(option.default), (), False, option.keyword, option.doc))
        elif hyper[0].argument:
            default = f"({listed([_source(h) for h in hyper])})"
            doc = "; ".join(f"{h.name}, {_described(h)}" for h in hyper)
            found.append(Argument(name, default, hyper, True, hyper[0].keyword, doc))
        else:
            (h,) = hyper
            found.append(Argument(name, _source(h), hyper, False, h.keyword, _described(h)))
    # Keyword-only arguments stand last, in the order they were declared.
    return tuple(sorted(found, key=lambda a: a.keyword))


def listed(members: Sequence[str]) -> str:
    """The members of a tuple, without its brackets; Python tells one alone by its comma."""
    return f"{members[0]}," if len(members) == 1 else ", ".join(members)


def taken_apart(name: str, members: Sequence[str]) -> str:
    """The statement that gives the members of a tuple names."""
    left = listed(members)
    return f"({left}) = {name}" if len(members) == 1 else f"{left} = {name}"


def _described(h: Hyper) -> str:
    """What a hyperparameter is, what it can be, and what it is where it is left out."""
    bounded = h.domain.low is not None or h.domain.high is not None
    doc = f"{h.doc}, ``{h.domain.describe(h.name)}``" if bounded else h.doc
    if h.derived is None:
        return doc
    known = str(h.derived).replace(machine_epsilon.name, "the machine epsilon of the dtype")
    return f"{doc}; None for {known}"


def _source(h: Hyper) -> str:
    """A default as it was declared, unless Python would read an integer that no float is."""
    if h.derived is not None:
        return "None"
    whole = h.default.lstrip("+-").isdigit()
    return literal(Fraction(h.default)) if whole else h.default


def annotation(a: Argument, scalar: str) -> str:
    """The type of an argument whose numbers are of a type, unless they are whole."""
    if a.words:
        return "str | None"
    if a.is_option:
        return "bool"
    types = [
        ("int" if h.is_whole and not a.is_tuple else scalar)
        + (" | None" if h.derived is not None else "")
        for h in a.members
    ]
    return f"tuple[{', '.join(types)}]" if a.is_tuple else types[0]


def members(args: tuple[Argument, ...]) -> dict[str, str]:
    """Where each hyperparameter and option is found: ``betas[0]``, or under its own name."""
    found = {a.name: a.name for a in args if a.is_option and not a.words}
    return found | {h.name: a.label(h) for a in args for h in a.members}


def tests(args: tuple[Argument, ...], held: Callable[[str], str]) -> dict[str, str]:
    """How each word is asked for, by its flag's name.

    Args:
        args: the arguments.
        held: how an argument is written, given its name.
    """
    found: dict[str, str] = {}
    for a in args:
        for i, (word, flag) in enumerate(a.words.items()):
            among = f'in (None, "{word}")' if i == 0 else f'== "{word}"'
            found[flag] = f"({held(a.name)} {among})"
    return found


@dataclass(frozen=True)
class Check:
    """What arguments must not do together, as a condition, and the message where they do."""

    fails: Node
    message: str

    @property
    def reads(self) -> frozenset[str]:
        """The names of the arguments it is about."""
        return names(self.fails)


def checks(spec: Optimizer) -> tuple[Check, ...]:
    """What the arguments must meet together."""
    return tuple(
        Check(_opposite(lower_expression(spec, sympify(c.condition))), c.message)
        for c in spec.constraints
    )


def _opposite(condition: Node) -> Node:
    """The opposite of a condition, as a person would say it: ``a and not b``."""
    if isinstance(condition, Apply) and condition.op is OR:
        a, b = condition.args
        return apply(AND, _opposite(a), _opposite(b))
    return negation(condition)
