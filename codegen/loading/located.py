"""Where in its file a spec has a fault: a rule of the analysis knows the spec, and no file."""

import ast
import re
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path

from ...specs.language import SpecError

_EQUATION = re.compile(r"^(?:the equation of |iterate in )?(\w+)\[(?:t|step)\b")
_DECLARED = re.compile(r"\b(hyperparameter|option|choice|state|input|output) (\w+)")
_MADE = re.compile(r"(Hyper|Option|Choice|State|Input|Output)\((?:Series\()?'?(\w+)")
_MAKERS = {"hyperparameter": "Hyper"}
_NAMING = {"hyperparameters", "counts", "flags", "states", "intermediates", "inputs"}


def located(error: SpecError, path: str) -> SpecError:
    """The same error, which says the file too, and the line where that can be told.

    Args:
        error: what a rule of the analysis found.
        path: the file that the spec is of.
    """
    with tokenize.open(path) as source:
        module = ast.parse(source.read())
    done = [s for s in module.body if not isinstance(s, ast.FunctionDef | ast.ClassDef)]
    made = [statement for statement in done if _names(statement, error.spec)]
    line = next(_lines(made, error.where, _series(module)), made[0].lineno if made else 0)
    place = f"{Path(path).name}, line {line}" if line else Path(path).name
    return SpecError(
        error.code,
        spec=error.spec,
        where=f"{place}: {error.where}",
        problem=error.problem,
        remedy=error.remedy,
    )


def _names(statement: ast.stmt, spec: str) -> bool:
    """Whether a spec's name stands in a statement, as it does in the one that makes it."""
    return any(isinstance(n, ast.Constant) and n.value == spec for n in ast.walk(statement))


def _lines(made: list[ast.stmt], where: str, series: Mapping[str, str]) -> Iterator[int]:
    """Those of the equation or declaration, in the order of the file."""
    if equation := _EQUATION.match(where):
        maker, name = "Update", equation[1]
    elif found := _MADE.search(where) or _DECLARED.search(where):
        maker, name = _MAKERS.get(found[1], found[1].capitalize()), found[2]
    else:
        return
    calls = [n for statement in made for n in ast.walk(statement) if isinstance(n, ast.Call)]
    for call in sorted(calls, key=lambda n: (n.lineno, n.col_offset)):
        if call.args and ast.unparse(call.func) == maker:
            first = call.args[0]
            of = ast.unparse(first.value if isinstance(first, ast.Subscript) else first)
            if name in (series.get(of, of), of.strip("'")):
                yield call.lineno


def _series(module: ast.Module) -> dict[str, str]:
    """What is called what in equations, by the names that the file has for it."""
    found: dict[str, str] = {}
    for n in ast.walk(module):
        if not (isinstance(n, ast.Assign) and isinstance(n.value, ast.Call) and n.value.args):
            continue
        text, target = n.value.args[0], n.targets[0]
        if not (isinstance(text, ast.Constant) and isinstance(target, ast.Tuple | ast.List)):
            continue
        if ast.unparse(n.value.func) in _NAMING:
            names = str(text.value).replace(",", " ").split()
            found |= zip(map(ast.unparse, target.elts), names, strict=False)
    return found
