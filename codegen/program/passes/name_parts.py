"""Give a name to every reduction, and to what numbers are made of where elements meet them.

``theta - lr * norm(theta) / norm(u) * u`` reduces twice, and its elements need one number:
``norm_theta = norm(theta)``, ``norm_u = norm(u)``, ``theta_part = lr * norm_theta / norm_u``.
"""

from dataclasses import dataclass, replace

from ....specs.language.shapes import WHOLE
from ..naming import free, part_of
from ..nodes import (
    Apply,
    Assign,
    Branch,
    Name,
    Node,
    Program,
    Statement,
    all_names,
    assignments,
    names,
    rebuild,
    walk,
)
from ..operations import LIFT, Kind
from .group_factors import grouped


def name_parts(program: Program) -> Program:
    taken = all_names(program) | {slot.name for slot in program.slots}
    return program.with_body(tuple(_named(program.body, _Known({}, False, {}, taken))))


@dataclass(frozen=True)
class _Known:
    """Names that parts have.

    Args:
        reductions: those that are known where a statement stands.
        is_within: whether it stands on one side of a branch, where a value is one of several.
        others: everywhere; on either side of a branch a part has one name.
        taken: the names there are.
    """

    reductions: dict[Node, Name]
    is_within: bool
    others: dict[Node, Name]
    taken: set[str]

    def within(self) -> "_Known":
        """The same for one side of a branch."""
        return replace(self, reductions=dict(self.reductions), is_within=True)


def is_small(node: Node) -> bool:
    """Whether it is of tensors, and not of their elements: a number a tensor, a row, a column."""
    return not node.on_host and node.type.axes != WHOLE


def reduces(node: Node) -> bool:
    """Whether elements, or numbers of rows or columns, meet in it."""
    return isinstance(node, Apply) and node.op.kind is Kind.REDUCTION and node.op is not LIFT


def _named(body: tuple[Statement, ...], known: _Known) -> list[Statement]:
    found: list[Statement] = []
    for s in body:
        if isinstance(s, Assign):
            parts = _Parts(s, known, found)
            found.append(replace(s, value=parts.whole()))
            continue
        own = {a.target.id for a in assignments((s,))}
        for node, assign in _in_every_case(s).items():
            if not names(node) & own:  # known before, and needed whichever way it goes
                _Parts(assign, known, found).reduction(node)
        then = _named(s.then, known.within())
        otherwise = _named(s.otherwise, known.within())
        found.append(Branch(s.condition, tuple(then), tuple(otherwise)))
    return found


@dataclass
class _Parts:
    """The parts of a value, assigned to names of their own."""

    assign: Assign
    known: _Known
    before: list[Statement]

    def whole(self) -> Node:
        """What is left of the value."""
        value = self.assign.value
        if reduces(value) and isinstance(value, Apply) and not self.known.is_within:
            (of,) = value.args
            value = Apply(value.op, (rebuild(of, self.reduction),))
            if value in self.known.reductions:
                return self.known.reductions[value]
            self.known.reductions[value] = self.assign.target
            return Apply(value.op, (self._operand(value.args[0]),))
        return self._in_elements(rebuild(value, self.reduction))

    def reduction(self, node: Node) -> Node:
        """The name of a reduction; anything else as it is."""
        if not (reduces(node) and isinstance(node, Apply)):
            return node
        known = self.known.reductions
        if node not in known:
            (of,) = node.args
            name = Name(free(_stem(node), self.known.taken), node.type)
            self.known.taken.add(name.id)
            self._assign(name, Apply(node.op, (self._operand(of),)))
            known[node] = name
        return known[node]

    def _operand(self, node: Node) -> Node:
        """What is reduced: of elements anything, of numbers of lines what has a name."""
        return self._part(node) if is_small(node) else self._in_elements(node)

    def _in_elements(self, node: Node) -> Node:
        """What is computed of each element, with names for the largest parts that are not."""
        node = grouped(node)
        if not isinstance(node, Apply) or node.on_host or is_small(node):
            return node
        return Apply(node.op, tuple(map(self._part, node.args)))

    def _part(self, node: Node) -> Node:
        if not (isinstance(node, Apply) and is_small(node)):
            return self._in_elements(node)
        names = self.known.others
        if node not in names:
            names[node] = part_of(self.assign.target, node, self.known.taken)
        self._assign(names[node], node)
        return names[node]

    def _assign(self, name: Name, value: Node) -> None:
        self.before.append(Assign(name, value, self.assign.equation))


def _stem(reduction: Apply) -> str:
    """A name that says what it is of."""
    (of,) = reduction.args
    what = reduction.op.name.partition("_over_")[0]
    return f"{what}_{of.id.removesuffix('[t]')}" if isinstance(of, Name) else what


def _in_every_case(statement: Statement) -> dict[Node, Assign]:
    """The innermost reductions that are taken whichever way a branch goes."""
    if isinstance(statement, Branch):
        then, otherwise = (
            {node: assign for s in side for node, assign in _in_every_case(s).items()}
            for side in (statement.then, statement.otherwise)
        )
        return {node: assign for node, assign in then.items() if node in otherwise}
    found = {n for n in walk(statement.value) if isinstance(n, Apply) and reduces(n)}
    innermost = (n for n in found if not any(reduces(x) for a in n.args for x in walk(a)))
    return dict.fromkeys(innermost, statement)
