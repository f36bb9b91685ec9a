"""What the template of a kernel is filled with."""

from dataclasses import dataclass

from ...program import operations as ops
from ...program.compiled import CompiledRule
from ...program.forms import Language, Printer
from ...program.nodes import (
    Apply,
    Branch,
    Name,
    Node,
    Statement,
    apply,
    assignments,
    names,
    negation,
    walk,
)
from ..statements import assigned, block
from .printer import HOST, NUMBA


@dataclass(frozen=True)
class Column:
    """Memory a kernel goes through: the parameter, the gradient or a state.

    ``when`` is the condition under which it exists, empty for always.
    """

    name: str
    when: str = ""
    is_written: bool = True


def context(compiled: CompiledRule) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``.

    Every condition is an option that a kernel is compiled for; a loop with the branches left in
    it would often not be vectorised.
    """
    program, host = compiled.kernel, Printer(Language("Numba", HOST))
    theta, *states = program.tensor_slots
    whens = [s.when for s in states if s.when is not None]
    reached = _tests(program.body) | dict.fromkeys(whens)
    options = {test: _option(test, k) for k, test in enumerate(reached, start=1)}
    columns = [Column(theta.name), Column(program.gradient.id, is_written=False)]
    columns += [Column(s.name, options[s.when] if s.when is not None else "") for s in states]
    values = [a.value for a in assignments(program.body)]
    read = {n.id for v in values for n in walk(v) if isinstance(n, Name) and n.on_host}
    return {
        "spec": compiled.spec,
        "columns": columns,
        "scalars": sorted(read),
        "options": {name: host(_both(reached[test], test)) for test, name in options.items()},
        "tested": sorted({name for test in reached for name in names(test)}),
        "body": block(program.body, options.__getitem__, assigned(Printer(NUMBA))),
    }


def _option(test: Node, k: int) -> str:
    """A name for a condition; those of no spec start with an underscore."""
    match test:
        case Name(id=name):
            return name
        case Apply(op=ops.NE, args=(Name(id=name), _)):
            return f"_has_{name}"
    return f"_case{k}"


def _tests(body: tuple[Statement, ...], within: Node | None = None) -> dict[Node, Node | None]:
    """Every condition, and where it is asked: elsewhere it shall not tell two kernels apart."""
    found: dict[Node, Node | None] = {}
    for s in body:
        if isinstance(s, Branch):
            inner = _tests(s.then, _both(within, s.condition))
            inner |= _tests(s.otherwise, _both(within, negation(s.condition)))
            for test, where in ({s.condition: within} | inner).items():
                found[test] = where if found.get(test, where) == where else None
    return found


def _both(within: Node | None, test: Node) -> Node:
    return test if within is None else apply(ops.AND, within, test)
