"""What is kept of audits of other libraries: ``specs/peers/audited.toml``.

It says how each peer is audited (arguments by other names, what is set and what is held), and what
was found, in which version. ``steprule audit --peers`` writes it anew for what is installed
(:mod:`steprule.codegen.audit.again`); the handbook tells from it where libraries part.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ... import specs

FILE = Path(specs.__path__[0]) / "peers" / "audited.toml"

AGREES, PARTS = "agrees", "parts"


@dataclass(frozen=True)
class Audited:
    """How a peer is audited, and what was found.

    Args:
        name: its path; of what wraps, with what it wraps in brackets.
        of: the spec it is held against, or a stack.
        map: as ``--map`` takes it.
        set: as ``--set`` does.
        hold: as ``--with`` does.
        shapes: of the parameters, as ``--shape`` takes them; all, where none is said.
        dtype: of the parameters; float64, if it is not said.
        fault: that it is a fault, and by what: what its own source says.
        version: the package, and its version; empty where it was not audited.
        found: ``agrees``, ``parts``, or ``rounds to`` and a format.
        relative: how far it was from the spec where it agrees, of the way.
        declared: the differences that are declared of it, whose equations it agrees with.
        dialect: what else it agrees with, where none is declared.
        undeclared: arguments with which it parts from what is declared too; all, if it says so.
        defaults: where they are not the spec's, by our names; empty where one has to be given.
        lacks: arguments of the spec that it has not.
        refuses: parameters that it does not take, and what it raises an error for.
        witness: where it parts, in one line.
    """

    name: str
    of: str
    map: Sequence[str] = ()
    set: Sequence[str] = ()
    hold: Sequence[str] = ()
    shapes: Sequence[str] = ()
    dtype: str = ""
    fault: str = ""
    version: str = ""
    found: str = ""
    relative: float = 0.0
    declared: Sequence[str] = ()
    dialect: str = ""
    undeclared: Sequence[str] = ()
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])
    lacks: Sequence[str] = ()
    refuses: Sequence[str] = ()
    witness: str = ""

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]

    @property
    def is_installed(self) -> bool:
        """Whether its package is here."""
        return find_spec(self.package) is not None

    @property
    def is_understood(self) -> bool:
        """Whether it agrees with the spec, or with something that is known, or but for rounding."""
        told = bool(self.dialect or self.declared) and not self.undeclared
        return self.found == AGREES or self.found.startswith("rounds") or told


def read(text: str) -> list[Audited]:
    """What is kept, of the text of the file."""
    return [Audited(**each) for each in tomllib.loads(text).get("peer", [])]


@cache
def audited() -> tuple[Audited, ...]:
    """What is kept of all peers."""
    return tuple(read(FILE.read_text()))


def written(known: Sequence[Audited]) -> str:
    """The text that :func:`read` takes."""
    lines = ["# How peers are audited, and what `steprule audit --peers` found of them.\n"]
    for each in known:
        lines.append("\n[[peer]]\n")
        for key, value in vars(each).items():
            if value:
                lines.append(f"{key} = {_toml(value)}\n")
    return "".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(x)}" for key, x in value.items()) + " }"
    return json.dumps(list(value) if isinstance(value, tuple | list) else value)
