"""Remove what nothing reads."""

from dataclasses import replace

from ..nodes import Assign, Branch, Program, Statement, names, reads


def prune(program: Program) -> Program:
    results = {s.new.id for s in program.slots}
    body = _prune(program.body, results)
    live = results | reads(body)
    host: list[Assign] = []
    for assign in reversed(program.host):
        if assign.target.id in live:
            host.insert(0, assign)
            live |= names(assign.value)
    return replace(program, host=tuple(host), body=body)


def _prune(statements: tuple[Statement, ...], live_out: set[str]) -> tuple[Statement, ...]:
    live = set(live_out)
    kept: list[Statement] = []
    for statement in reversed(statements):
        if isinstance(statement, Branch):
            then = _prune(statement.then, live)
            otherwise = _prune(statement.otherwise, live)
            if then or otherwise:
                statement = Branch(statement.condition, then, otherwise)
                live |= reads((statement,))
                kept.insert(0, statement)
        elif statement.target.id in live:
            live |= names(statement.value)
            kept.insert(0, statement)
    return tuple(kept)
