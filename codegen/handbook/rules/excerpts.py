"""Pieces of code: of a spec, and of a generated class."""

import ast
import re
from collections.abc import Sequence
from textwrap import dedent


def class_source(source: str, name: str) -> str:
    """The class alone."""
    return _segment(source, _class(source, name))


def methods_source(source: str, name: str, methods: Sequence[str]) -> str:
    """Methods of a class, those that it has, without the class's margin."""
    return "\n".join(filter(None, (method_source(source, name, method) for method in methods)))


def method_source(source: str, name: str, method: str) -> str:
    """A method of a class, without the class's margin; nothing where the class has none.

    What it returns is left out where that is no name but much to read.
    """
    for node in _class(source, name).body:
        if isinstance(node, ast.FunctionDef) and node.name == method:
            *_, last = node.body
            if last.lineno != last.end_lineno and len(node.body) > 1:
                node.end_lineno = last.lineno - 1
            return _segment(source, node).rstrip() + "\n"
    return ""


def declaration_source(source: str, quantity: str) -> str:
    """Of a spec's file, the equation of a quantity; nothing where none is declared in it."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Name(id="Update"),
                args=[ast.Subscript(value=ast.Name(id=name)), *_],
            ) if name == quantity:
                return ast.unparse(node) + "\n"
            case _:
                pass
    return ""


def lines_source(source: str, quantity: str) -> str:
    """The lines that compute a quantity, under the comment that says so."""
    found = re.search(
        rf"^ *# {quantity}\[t\].*\n((?: *[^ #].*\n)*?)(?= *(?:#|if |\Z))", source, re.MULTILINE
    )
    return dedent(found[1]) if found else ""


def _class(source: str, name: str) -> ast.ClassDef:
    return next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == name
    )


def _segment(source: str, node: ast.ClassDef | ast.FunctionDef) -> str:
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return dedent("".join(source.splitlines(keepends=True)[first - 1 : node.end_lineno]))
