"""Statements as text: branches, and above each group of lines the equation it came from."""

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import indent
from typing import Any

from ..program.allocate import Choice, Instruction, Step
from ..program.forms import Printer
from ..program.nodes import Assign, Branch, Node, Statement, negation


@dataclass(frozen=True)
class Layout:
    """How a language writes a branch, an assignment and a comment; Python's.

    Without ``otherwise_if`` a branch within another's rest is written as any other.
    """

    branch: str = "if {}:"
    otherwise_if: str = ""
    otherwise: str = "else:"
    end: str = ""
    assignment: str = "{} = {}"
    comment: str = "# {}"


PYTHON = Layout(otherwise_if="elif {}:")


def assigned(printer: Printer, layout: Layout = PYTHON) -> Callable[[Assign], str]:
    """Prints assignments."""
    return lambda s: layout.assignment.format(printer.name(s.target.id), printer(s.value))


def block(
    steps: tuple[Step | Statement, ...],
    condition: Callable[[Node], str],
    statement: Callable[[Any], str],
    layout: Layout = PYTHON,
) -> str:
    """The lines of a program's body.

    Args:
        steps: statements of a program, or instructions of a listing.
        condition: prints the condition of a branch.
        statement: prints any other step, on one line or several.
        layout: of the language.
    """
    comment = Comments(steps)

    def lines(steps: tuple[Step | Statement, ...]) -> list[str]:
        found: list[str] = []
        for step in steps:
            if isinstance(step, Choice | Branch):
                found += [*branch(step, layout.branch), *([layout.end] if layout.end else [])]
            else:
                found += [layout.comment.format(text)] if (text := comment(step)) else []
                found.append(statement(step))
        return found

    def branch(step: Choice | Branch, opening: str) -> list[str]:
        if not step.then:
            return [opening.format(condition(negation(step.condition))), *inner(step.otherwise)]
        found = [opening.format(condition(step.condition)), *inner(step.then)]
        match step.otherwise:
            case ():
                return found
            case (Choice() | Branch() as only,) if layout.otherwise_if:
                return [*found, *branch(only, layout.otherwise_if)]
        return [*found, layout.otherwise, *inner(step.otherwise)]

    def inner(steps: tuple[Step | Statement, ...]) -> list[str]:
        return [indent("\n".join(lines(steps)), "    ")]

    return "\n".join(lines(steps))


class Comments:
    """The equation a line came from, said once, at the first of its lines."""

    def __init__(self, steps: tuple[Step | Statement, ...]) -> None:
        self._first: set[int] = set()
        self._visit(steps, "")

    def _visit(self, steps: tuple[Step | Statement, ...], previous: str) -> str:
        for step in steps:
            if isinstance(step, Choice | Branch):
                after = self._visit(step.then, previous)
                previous = self._visit(step.otherwise, after)
            elif step.equation and step.equation != previous:
                previous = step.equation
                self._first.add(id(step))
        return previous

    def __call__(self, step: Instruction | Assign) -> str:
        if id(step) not in self._first:
            return ""
        # A line stands for one case of an equation with cases: only its name helps there.
        name, _, value = step.equation.partition(" = ")
        return name if " if " in value else step.equation
