"""Compute what only some steps read in those steps alone.

``ahead = ...`` before ``theta = select(t % k == 0, theta - lr*ahead, theta)`` becomes ``ahead =
select(t % k == 0, ..., absent)`` beside it, where both are under one ``if``. What several equations
read is computed under the conditions that all of them have in common, of those known on the host.

A choice between choices is turned inside out where the next statement is under the inner one's
condition, so that one ``if`` holds both. Nothing moves past the statement that overwrites a stored
value it reads. What waits for totals is read at every step: all tensors hand over their parts.

Numbers that cannot be computed in every step, as ``1/(1 - M)`` may not, are computed under the
conditions by which they are read, and are 0 in other steps. Of what waits for totals no condition
is asked that is known later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeGuard

from ....specs.language import FACTS
from ..guards import Path, guarded, known, paths
from ..nodes import (
    ZERO,
    Absent,
    Apply,
    Assign,
    Name,
    Node,
    Program,
    apply,
    is_host_select,
    names,
    negation,
    rebuild,
)
from ..operations import AND, SELECT, Kind
from .hoist import ordered


def confine(program: Program) -> Program:
    kept = {s.new.id for s in program.slots}
    overwrites = {s.new.id: s.old.id for s in program.slots}
    found: dict[str, list[Path]] = {}
    places = {a.target.id: k for k, a in enumerate(program.body) if isinstance(a, Assign)}
    asked = _Asked(program, kept)
    body: list[Assign] = []
    for assign in reversed(program.body):
        assert isinstance(assign, Assign)  # choices are not yet statements
        target, path = assign.target, ()
        value = assign.value
        if target.is_late and target.id not in kept and not _is_total(value):
            ways = found.get(target.id, [()])
            value = guarded(value, [_before(target.id, way, places) for way in ways])
        if not target.on_host and target.id not in kept:
            path = asked.path(target.id, found.get(target.id, []))
        if path:
            later = {a.target.id for a in body[_place(assign, body, overwrites) :]}
            path = tuple(c for c in path if not names(c) & later)
        value = _within(value, path)
        for name, way in _reads(value, path):
            found.setdefault(name, []).append(() if _is_total(value) else way)
        for test in reversed(path):
            value = apply(SELECT, test, value, Absent(value.type))
        at = _place(assign, body, overwrites) if path else 0
        if body[at:]:
            value = _turned(value, body[at].value)
        body.insert(at, replace(assign, value=value))
    return replace(program, body=tuple(body), host=_guarded(program.host, found, kept, {*places}))


def _before(target: str, path: Path, places: dict[str, int]) -> Path:
    """The conditions of a path that are known before a statement."""
    return tuple(c for c in path if all(places.get(name, -1) < places[target] for name in names(c)))


def _is_total(value: Node) -> bool:
    return isinstance(value, Apply) and value.op.kind is Kind.TOTAL


def _guarded(
    host: Sequence[Assign], found: dict[str, list[Path]], kept: set[str], later: set[str]
) -> tuple[Assign, ...]:
    """The assignments of the host, from last to first: under conditions by which each is read.

    Args:
        host: they.
        found: by name, the paths by which the tensors' statements read it; more are added.
        kept: the names of new values of states.
        later: the names that only the tensors' statements assign.
    """
    assigned: list[Assign] = []
    values = {a.target.id: a.value for a in host}
    for assign in reversed(host):
        name = assign.target.id
        value = assign.value
        unknown = {*later, *_following(name, values)}
        ways = [()] if name in kept else [_early(w, value, unknown) for w in found.get(name, [()])]
        if not all(_own_tests(value) & {*way} for way in ways):
            value = guarded(value, ways)
        for way in dict.fromkeys(ways):
            for read, further in _reads(value, way):
                found.setdefault(read, []).append(further)
        values[name] = value
        assigned.append(replace(assign, value=value))
    return ordered(reversed(assigned))


def _following(name: str, values: Mapping[str, Node]) -> set[str]:
    """The names that cannot be computed before another, and it: what asks for it, by any way."""
    found = {name}
    while more := {n for n, value in values.items() if n not in found and names(value) & found}:
        found |= more
    return found


def _early(path: Path, value: Node, later: set[str]) -> Path:
    """The path without what is known later, or by the shape of a parameter.

    That is kept where it is computed with.
    """
    facts = {fact.name for fact in FACTS}
    unasked = later if names(value) & facts else later | facts
    return tuple(c for c in path if not names(c) & unasked)


def _own_tests(value: Node) -> set[Node]:
    """The conditions that a number is computed under already."""
    if _is_choice(value) and value.args[2] == ZERO:
        return {*known(value.args[0], holds=True)} | _own_tests(value.args[1])
    return set()


class _Asked:
    """The conditions under which there are the inputs that values are made of."""

    def __init__(self, program: Program, kept: set[str]) -> None:
        self._meant: dict[str, Node] = {}
        for assign in program.host:
            value = assign.value
            if _is_choice(value) and value.args[2] == ZERO:  # which nothing reads
                value = value.args[1]
            self._meant[assign.target.id] = self._spelt(value)
        self._of = {
            i.name.id: {*self._meanings([i.when])} for i in program.inputs if i.when is not None
        }
        for assign in program.body:
            assert isinstance(assign, Assign)
            if assign.target.id not in kept:
                read = (self._of.get(name, set()) for name in names(assign.value))
                self._of[assign.target.id] = set[Node]().union(*read)

    def path(self, name: str, found: Sequence[Path]) -> Path:
        """The conditions that all ways to a value have in common.

        Of several that stand together in one choice all or none are taken, as two statements under
        the same choice are then in one branch; unless there are its inputs under some of them.
        """
        whole = _common(found)
        if self._of[name] <= {*self._meanings(whole)}:
            return whole
        return _common([tuple(part for c in way for part in _parts(c)) for way in found])

    def _meanings(self, tests: Sequence[Node]) -> Iterator[Node]:
        for test in tests:
            yield from map(self._spelt, _parts(test))

    def _spelt(self, node: Node) -> Node:
        """The node with what its numbers stand for."""
        return rebuild(node, lambda n: self._meant.get(n.id, n) if isinstance(n, Name) else n)


def _common(found: Sequence[Path]) -> Path:
    """The conditions on all of the paths, in the order of one."""
    first, *others = found or [()]
    return tuple(c for c in dict.fromkeys(first) if all(c in path for path in others))


def _parts(test: Node) -> Iterator[Node]:
    """The conditions that a condition is together."""
    if isinstance(test, Apply) and test.op is AND:
        for each in test.args:
            yield from _parts(each)
    else:
        yield test


def _within(node: Node, path: Path) -> Node:
    """The node where conditions hold: without the choices that they make."""
    if not isinstance(node, Apply):
        return node
    if _is_choice(node):
        test, yes, no = node.args
        if test in path:
            return _within(yes, path)
        if negation(test) in path:
            return _within(no, path)
    return Apply(node.op, tuple(_within(a, path) for a in node.args))


def _turned(value: Node, following: Node) -> Node:
    """A choice whose first side chooses by what the next statement chooses by, that one outside."""
    if not (_is_choice(value) and _is_choice(following)):
        return value
    test, yes, no = value.args
    if not _is_choice(yes) or yes.args[0] != following.args[0] or isinstance(no, Apply):
        return value
    outer, *sides = yes.args
    return apply(
        SELECT, outer, *(side if side == no else apply(SELECT, test, side, no) for side in sides)
    )


def _is_choice(node: Node) -> TypeGuard[Apply]:
    return is_host_select(node)


def _reads(node: Node, path: Path) -> Iterator[tuple[str, Path]]:
    """The names that a node reads, each by the conditions on its way."""
    if isinstance(node, Name):
        yield node.id, path
    elif isinstance(node, Apply):
        for argument, way in zip(node.args, paths(node, path), strict=True):
            yield from _reads(argument, way)


def _place(assign: Assign, later: Sequence[Assign], overwrites: dict[str, str]) -> int:
    """Before which of the later statements it is needed."""
    read = names(assign.value)
    for k, other in enumerate(later):
        if assign.target.id in names(other.value) or overwrites.get(other.target.id) in read:
            return k
    return len(later)
