"""A source file -> its mutants: the same text with one operator, number or word of it changed."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import get_operator, operator_names
from parso.python.tree import Keyword

from .subjects import ROOT, Subject

Position = tuple[tuple[int, int], tuple[int, int]]


class DropStatement(Operator):
    """Leaves out an assignment or a call: in-place arithmetic is nothing else."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        if node.type in ("expr_stmt", "atom_expr") and node.parent.type == "simple_stmt":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Keyword:
        return Keyword("pass", node.start_pos, prefix=node.get_first_leaf().prefix)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("x *= 2", "pass"),)


_LEFT_OUT = ("/NoOp", "/RemoveDecorator", "Shift", "_BitOr", "_BitAnd", "_BitXor")
"""What leaves the text as it is, changes declarations, or cannot be computed of real numbers."""

OPERATORS: dict[str, Operator] = {"drop-statement": DropStatement()} | {
    name: get_operator(name)()
    for name in operator_names()
    if not get_operator(name).arguments() and not name.endswith(_LEFT_OUT)
}


@dataclass(frozen=True)
class Mutant:
    """A file, from the repository's root, and the text it has instead of its own."""

    subject: Subject
    file: Path
    text: str

    def __str__(self) -> str:
        before = (ROOT / self.file).read_text().splitlines()
        lines = unified_diff(before, self.text.splitlines(), lineterm="", n=1)
        return "\n".join([str(self.file), *list(lines)[2:]])


def draw(subject: Subject, chance: random.Random) -> Mutant:
    """One mutant of a part: any place of it is as likely as any other, then any change there."""
    files = subject.sources()
    sizes = [(ROOT / file).stat().st_size for file in files]
    while True:
        (file,) = chance.choices(files, sizes)
        source = (ROOT / file).read_text()
        places = _places(source)
        if not places:
            continue
        operator, occurrence = chance.choice(places[chance.choice([*places])])
        text = mutate_code(source, OPERATORS[operator], occurrence)
        if text is not None and _compiles(text):
            return Mutant(subject, file, text)


def _places(source: str) -> dict[Position, list[tuple[str, int]]]:
    """Where a file can be changed, and by which occurrence of which operator."""
    tree = get_ast(source)
    types = {id(node) for typed in _annotations(tree) for node in ast_nodes(typed)}
    counts: Counter[str] = Counter()
    places: dict[Position, list[tuple[str, int]]] = {}
    for node in ast_nodes(tree):
        for name, operator in OPERATORS.items():
            for position in operator.mutation_positions(node):
                if id(node) not in types:
                    places.setdefault(position, []).append((name, counts[name]))
                counts[name] += 1
    return places


def _annotations(tree: Any) -> Iterator[Any]:
    """What only a reader and a type checker see: annotations, what type aliases stand for.

    And the stars of parameters, which operators on numbers take for their own.
    """
    for node in ast_nodes(tree):
        if node.type == "parameters":
            yield from (part for part in node.children if part.type == "operator")
        if node.type in ("param", "funcdef") and node.annotation is not None:
            yield node.annotation
        elif node.type == "annassign":
            alias = node.children[1].get_code(include_prefix=False) == "TypeAlias"
            yield node if alias else node.children[1]


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True
