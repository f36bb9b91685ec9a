"""Audits of the peers that the handbook names, kept beside what is declared of them.

``specs/peers/audited.toml`` says how each is audited (its arguments by other names, what is set
and what is held), and what was found, in which version. ``steprule audit --peers`` writes it anew
for what is installed. Two things are asked of each: whether it agrees with the spec; and, where it
does not, whether it agrees with the spec that has the declared equations in place of its own, so
that what is declared is all there is to it.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ... import specs
from ...specs.language import Optimizer, SpecError
from ...specs.language.peers import Peer
from ...specs.peers import PEERS
from ..analysis import analyse
from ..loading.load import load
from .arguments import held_of
from .audit import Audit, audit
from .variants import by_difference

FILE = Path(specs.__path__[0]) / "peers" / "audited.toml"


@dataclass(frozen=True)
class Audited:
    """How a peer is audited, and what was found.

    Args:
        of: the spec it is held against.
        name: its path.
        map: as ``--map`` takes it.
        set: as ``--set`` does.
        hold: as ``--with`` does.
        version: the package, and its version; empty where it was not audited.
        found: ``agrees``, ``parts``, or ``rounds to`` and a format.
        relative: how far it was from the spec where it agrees, of the way.
        declared: whether it agrees with the equations that are declared of it.
        witness: where it parts, in one line.
    """

    of: str
    name: str
    map: Sequence[str] = ()
    set: Sequence[str] = ()
    hold: Sequence[str] = ()
    version: str = ""
    found: str = ""
    relative: float = 0.0
    declared: bool = True
    witness: str = ""


def audited(text: str | None = None) -> list[Audited]:
    """What is kept of all peers."""
    known = tomllib.loads(FILE.read_text() if text is None else text)
    return [Audited(name=name, **each) for name, each in known.items()]


def written(known: Sequence[Audited]) -> str:
    """The file that :func:`audited` reads."""
    lines = ["# How peers are audited, and what `steprule audit --peers` found of them.\n"]
    for each in known:
        lines.append(f"\n[{json.dumps(each.name)}]\n")
        for key, value in vars(each).items():
            if key != "name" and (value or key in ("of", "declared")):
                lines.append(f"{key} = {_toml(value)}\n")
    return "".join(lines)


def is_installed(known: Audited) -> bool:
    """Whether the package of a peer is here."""
    return find_spec(known.name.partition(".")[0]) is not None


def again(known: Audited, **how: Any) -> Audited:
    """What is found of a peer now.

    Args:
        known: how it is audited.
        how: other arguments of :func:`audit`.

    Raises:
        SpecError: it cannot be audited so.
    """
    (spec,) = load(known.of)
    assert isinstance(spec, Optimizer)
    found = _audited(analyse(spec), known, how)
    told = replace(known, version=found.version, relative=0.0, witness="", declared=True)
    if found.agrees:
        return replace(told, found="agrees", relative=float(f"{found.far.relative:.1g}"))
    verdict = f"rounds to {found.rounds}" if found.rounds else "parts"
    is_all = bool(found.rounds) or _is_as_declared(spec, known, how)
    return replace(told, found=verdict, declared=is_all, witness=_witness(found))


def _is_as_declared(spec: Optimizer, known: Audited, how: Mapping[str, Any]) -> bool:
    """Whether a peer agrees with the declared equations, or but for its rounding."""
    try:
        found = _audited(declared_of(spec, known.name), known, how)
    except SpecError:  # as they stand, the equations are of some options alone
        return False
    return found.agrees or bool(found.rounds)


def declared_of(spec: Optimizer, name: str) -> Optimizer:
    """A spec with the equations that are declared of a peer in place of its own."""
    for difference in (d for p in _peers(spec, name) for d in p.differences if d.equations):
        spec = by_difference(spec, difference)
    return spec


def _peers(spec: Optimizer, name: str) -> Iterator[Peer]:
    return (p for p in PEERS if p.of == spec.name and p.name == name)


def _audited(spec: Optimizer, known: Audited, how: Mapping[str, Any]) -> Audit:
    held = dict(held_of(text, known.name) for text in known.hold)
    return audit(
        spec, known.name, maps=known.map, sets=known.set, held=held, names_dialect=False, **how
    )


def _witness(found: Audit) -> str:
    """Arguments, gradients and the last parameters, in one line."""
    if found.witness is None:
        return f"raises {found.refusals[0].said}"
    trial, both = found.witness.found.trial, found.witness.found
    settings = ", ".join(f"{n}={x!r}" for n, x in found.witness.matters.items())
    start = [x.tolist() for x in trial.starts]
    gradients = [g.tolist() for each in trial.gradients for g in each]
    ours = [x.tolist() for x in both.ours[-1].theta]
    theirs = [x.tolist() for x in both.theirs[-1].theta]
    return f"{settings}: from {start} by {gradients} to {theirs}, not {ours}"


def _toml(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)
