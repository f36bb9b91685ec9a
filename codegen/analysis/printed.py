"""The names that generated modules use for themselves, read off what they are made from.

What stands in a template outside its expressions, strings and comments stands in every module made
from it: a name of a spec's that is printed there too would be another thing of the same name. The
classes they derive from are in the runtime.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ...specs.language import Optimizer, Schedule, Spec

_CODEGEN = Path(__file__).parent.parent

_OF_ONE: dict[type[Spec], tuple[str, ...]] = {
    Optimizer: (
        *(f"backends/{b}/templates/optimizer.py.j2" for b in ("numba", "numpy", "torch", "triton")),
        *(f"backends/{b}/templates/stages.py.j2" for b in ("numba", "triton")),
        "backends/numba/templates/kernels.j2",
    ),
    Schedule: (
        "backends/numpy/templates/schedules/schedule.py.j2",
        "backends/torch/templates/lr_scheduler/scheduler.py.j2",
    ),
}
"""The templates of the modules of one spec."""

_BASES: dict[type[Spec], tuple[str, ...]] = {
    Optimizer: (
        "runtime/numpy/_optimizer.py",
        "runtime/numpy/_readable.py",
        "runtime/torch/_optimizer.py",
    ),
    Schedule: (
        "runtime/numpy/schedules/_schedule.py",
        "runtime/torch/lr_scheduler/_scheduler.py",
        "runtime/torch/lr_scheduler/_composition.py",
        "runtime/torch/lr_scheduler/_metric_scheduler.py",
    ),
}
"""Those of the classes it derives from."""

_SHARED = frozenset({"lr"})
"""What generated classes read, whatever rule it belongs to: a rule's own learning rate."""

_EXPRESSION = re.compile(r"\{#.*?#\}|\{%.*?%\}|(\{\{.*?\}\})", re.DOTALL)
_IMPORT = re.compile(r"^(?:from|import) .*", re.MULTILINE)
_STRING = re.compile(r'"([^"\n]*)"')
_TEXT = re.compile(r'"""(?:.|\n)*?"""|"[^"\n]*"|#.*')
_IDENTIFIER = re.compile(r"(?<![\w.\0])[A-Za-z_]\w*(?![\w\0])")
_MEMBER = re.compile(r"\bself\.([A-Za-z]\w*)|\b(?:def|class) ([A-Za-z]\w*)")
_KEY = re.compile(r'\bgroup\["(\w+)"\]')


@cache
def taken(kind: type[Spec]) -> frozenset[str]:
    """The names that no argument, state or intermediate of an optimizer or schedule can have."""
    found = {name for file in _OF_ONE[kind] for name in _IDENTIFIER.findall(_code(file))}
    for file in _BASES[kind]:
        found |= {name for names in _MEMBER.findall(_code(file)) for name in names if name}
    return frozenset(found) - _SHARED


@cache
def taken_keys() -> frozenset[str]:
    """The keys of parameter groups that are anybody's but a rule's."""
    common = {"lr", "momentum", "betas"}  # which schedules set where a rule has them
    return frozenset(k for text in _sources() for k in _KEY.findall(text)) - common


@cache
def folders() -> frozenset[str]:
    """The names of packages beside the modules of rules."""
    return frozenset(file.parent.name for file in _CODEGEN.glob("runtime/*/*/__init__.py"))


def _sources() -> Iterator[str]:
    templates, runtime = _CODEGEN / "backends/torch/templates", _CODEGEN / "runtime/torch"
    for file in sorted([*templates.rglob("*.py.j2"), *runtime.rglob("*.py")]):
        yield file.read_text(encoding="utf-8")


def _code(file: str) -> str:
    """A file without text; where an expression was, no name begins or ends.

    But what is imported under a condition is imported.
    """
    text = (_CODEGEN / file).read_text(encoding="utf-8")
    imports = "\n".join(
        _EXPRESSION.sub(lambda found: " ".join([*_STRING.findall(found[0]), ""]), line)
        for line in _IMPORT.findall(text)
    )
    bare = _EXPRESSION.sub(lambda found: "\0" if found[1] else "", text)
    return _TEXT.sub("", bare) + imports
