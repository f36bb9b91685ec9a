"""When an element without a gradient stays as it is, and its states do: sparse gradients may then
leave out what they do not name.

The program is evaluated with a gradient of zero and some hyperparameters at zero, some options
decided, by the laws of zero alone. Nothing is tried with numbers: what is not seen to stay is said
to move.
"""

from collections.abc import Iterator, Mapping, Set
from itertools import combinations, product

from ...specs.language import Interval, Optimizer
from .fold import fold
from .lower import lower
from .nodes import ZERO, Absent, Apply, Assign, Constant, Name, Node, Program, names, rebuild
from .operations import ABS, AND, EQ, ERF, NE, NOT, OR, SELECT, SIGN, SQRT, TANH

Setting = Mapping[str, bool]
"""Options that are on or off, and hyperparameters that are 0: those are True."""

_MOST = 3
"""Hyperparameters and options decided together."""


def at_rest(spec: Optimizer) -> list[Setting]:
    """The least that must be set for a zero gradient to change nothing; empty if nothing will do.

    Args:
        spec: an analysed spec.
    """
    program = lower(spec)
    if not program.is_elementwise:
        return []  # what an element becomes depends on the others
    if program.tensor_inputs:
        return []  # which have rows of their own
    options = {o.name for o in spec.options}
    moved = _moved(program, {}, options)
    # Nothing but what is read can make a difference. Most rules have something, an average say,
    # that few read by themselves, and that no setting of those holds still.
    for each, new in sorted(moved.items(), key=lambda item: len(names(item[1]))):
        if all(each in _moved(program, s, options) for s in _settings(spec, names(new))):
            return []
    found: list[Setting] = []
    for setting in _settings(spec, frozenset[str]().union(*map(names, moved.values()))):
        if not any(known.items() <= setting.items() for known in found) and not _moved(
            program, setting, options
        ):
            found.append(setting)
    return found


def _settings(spec: Optimizer, among: Set[str]) -> Iterator[Setting]:
    """Those of few before those of more. A rate of zero is no setting: schedules pass it."""
    numbers = [h for h in spec.hyperparameters if h.name in among and h.name != "lr"]
    zeros = [h.name for h in numbers if _may_be_zero(h.domain)]
    options = [o.name for o in spec.options if o.name in among]
    for count in range(_MOST + 1):
        for chosen in combinations((*zeros, *options), count):
            for values in product(*([True] if n in zeros else [False, True] for n in chosen)):
                yield dict(zip(chosen, values, strict=True))


def _may_be_zero(domain: Interval) -> bool:
    low, high = domain.low, domain.high
    above = low is None or low < 0 or (low == 0 and not domain.low_open)
    return above and (high is None or high > 0 or (high == 0 and not domain.high_open))


def _moved(program: Program, setting: Setting, options: Set[str]) -> dict[str, Node]:
    """What the parameter and the states become that are not seen to stay as they are, by name."""
    values: dict[str, Node] = {program.gradient.id: ZERO}
    values |= {name: ZERO for name in setting if name not in options}
    decided = {name: on for name, on in setting.items() if name in options}
    for statement in (*program.host, *program.body):
        if not isinstance(statement, Assign):
            raise NotImplementedError("a program has branches only after passes")
        values[statement.target.id] = _value(statement.value, values, decided)
    made = ((slot, values[slot.new.id]) for slot in program.tensor_slots)
    return {s.name: new for s, new in made if not isinstance(new, Absent) and new != s.old}


def _value(node: Node, values: Mapping[str, Node], decided: Setting) -> Node:
    def simpler(n: Node) -> Node:
        if isinstance(n, Name):
            return values.get(n.id, n)
        if isinstance(n, Apply) and n.op is SELECT:
            chosen = _truth(n.args[0], decided)
            if chosen is not None:
                return n.args[1] if chosen else n.args[2]
        if isinstance(n, Apply) and n.op in (SQRT, ABS, SIGN, TANH, ERF) and n.args[0] == ZERO:
            return ZERO
        return fold(n)

    return rebuild(node, simpler)


def _truth(condition: Node, decided: Setting) -> bool | None:
    """Whether a condition holds; None if that is not known."""
    match condition:
        case Name(name, _):
            return decided.get(name)
        case Apply(op, (inner,)) if op is NOT:
            truth = _truth(inner, decided)
            return None if truth is None else not truth
        case Apply(op, (a, b)) if op in (AND, OR):
            truths = _truth(a, decided), _truth(b, decided)
            if (op is OR) in truths:
                return op is OR
            return None if None in truths else op is AND
        case Apply(op, (Constant(a), Constant(b))) if op in (EQ, NE):
            return (a == b) == (op is EQ)
        case _:
            return None
