"""What there is to say: specs, the code generated from them, and every claim, settled."""

import importlib
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType

from ...specs import optimizers
from ...specs.language import Optimizer, Schedule, Spec, SpecError
from ...specs.language.claims import Claim
from ..analysis import analyse
from ..backends import backends
from ..cost import Cost, costs
from ..files.emit import difference
from ..files.sources import sources
from ..files.together import plan_all
from ..files.write import write
from ..forks import shared_out
from ..loading.fingerprint import fingerprint
from ..loading.load import all_builtin
from ..loading.selection import analysed, declared
from ..program.compiled import compiled
from ..prove.discover import builtin_claims, claims_in
from ..prove.prove import Settled, prove

_FILE = re.compile(r"[^\s(),][^(),]*?\.py(?=[:,)\s]|$)")
"""A file in a reference, which may be within operators."""


@dataclass(frozen=True)
class Material:
    """All that pages are made of.

    Args:
        specs: those to be documented, analysed.
        builtin: the names of those that are the package's own, and can be imported from it.
        is_complete: nothing was chosen: the handbook has every spec, and its chapters.
        code: the files ``steprule generate`` makes of them, by path: ``numpy/adam.py``.
        module: imports a module of that code by its path: ``numpy.schedules``.
        settled: every built-in claim, and those of the files named, with its verdict, by name.
        own: the claims of the files named, by what the page of each is called.
        declarations: the files of the package's own optimizers, by their names without suffix.
    """

    specs: tuple[Spec, ...]
    builtin: frozenset[str]
    is_complete: bool
    code: Mapping[str, str]
    module: Callable[[str], ModuleType]
    settled: Mapping[str, Settled]
    declarations: Mapping[str, str] = field(default_factory=dict[str, str])
    own: Mapping[str, Sequence[Claim]] = field(default_factory=dict[str, Sequence[Claim]])

    @property
    def optimizers(self) -> tuple[Optimizer, ...]:
        return tuple(s for s in self.specs if isinstance(s, Optimizer))

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        return tuple(s for s in self.specs if isinstance(s, Schedule))

    @cached_property
    def costs(self) -> Mapping[str, Sequence[Cost]]:
        """What a step costs, by optimizer; nothing where it depends on shapes."""
        names = (spec.name for spec in self.optimizers)
        return dict(zip(names, shared_out(_costs, self.optimizers), strict=True))


def _costs(spec: Optimizer) -> Sequence[Cost]:
    rule = compiled(spec)
    return costs(rule) if rule.has_kernel else ()


@contextmanager
def gathered(
    references: Sequence[str], progress: Callable[[str], None] = lambda what: None
) -> Iterator[Material]:
    """The material on the specs named, or on all there are; its code can be imported within.

    Args:
        references: names of built-in specs, or files; none for everything.
        progress: told what is being done.

    Raises:
        SpecError: a spec does not exist, does not import, or is not valid.
        GenerationError: no code can be made of it.
    """
    found = declared(references)
    specs = analysed(found)
    names = {spec.module for spec in specs}
    builtin = [analyse(s) for s in all_builtin().values()]
    known = {fingerprint(s) for s in builtin}
    with tempfile.TemporaryDirectory(prefix="steprule_handbook_") as name:
        folder = Path(name)
        # A schedule may be made of others, and is drawn with them.
        planned = plan_all(
            [*(s for s, _ in found), *(s for s in all_builtin().values() if s.module not in names)],
            backends(),
            folder,
            sources(),
            complete=True,
            progress=progress,
        )
        write(difference(planned, folder), folder)
        settled: dict[str, Settled] = {}
        own = _own_claims(references)
        for claim in (*builtin_claims().values(), *(c for claims in own.values() for c in claims)):
            progress(claim.name)
            settled[claim.name] = prove(claim)
        sys.path.insert(0, str(folder.parent))
        try:
            importlib.invalidate_caches()
            yield Material(
                specs=tuple(specs),
                is_complete=not references,
                builtin=frozenset(s.name for s in specs if fingerprint(s) in known),
                code={path.as_posix(): text for path, text in planned.files.items()},
                module=lambda module: importlib.import_module(f"{folder.name}.{module}"),
                settled=settled,
                declarations=_declarations(),
                own=own,
            )
        finally:
            with suppress(ValueError):  # whoever else changes the path may have put an older back
                sys.path.remove(str(folder.parent))
            for module in [m for m in sys.modules if m.partition(".")[0] == folder.name]:
                del sys.modules[module]


def _own_claims(references: Sequence[str]) -> dict[str, list[Claim]]:
    """By what the page of each file is called; a claim stands on one page of them all.

    Raises:
        SpecError: two files make a claim of one name.
    """
    paths = {Path(p).resolve(): p for each in references for p in _FILE.findall(each)}
    found: dict[str, list[Claim]] = {}
    made_in: dict[str, str] = {}
    for file, path in paths.items():
        claims = [*claims_in(path).values()]
        for claim in claims:
            if (other := made_in.setdefault(claim.name, path)) != path:
                raise SpecError(
                    "same-name",
                    spec=path,
                    where=claim.name,
                    problem=f"a claim in {other} is called so, too",
                    remedy="Rename one",
                )
        if claims:
            found[f"of_{_told_apart(file, paths)}"] = claims
    return found


def _told_apart(file: Path, files: Iterable[Path]) -> str:
    """The name of a file without its suffix, behind as many folders as tell it from the others."""
    others = [other.parts for other in files if other != file]
    sizes = range(1, len(file.parts))
    needed = next((n for n in sizes if all(o[-n:] != file.parts[-n:] for o in others)), 1)
    return "/".join(file.with_suffix("").parts[-needed:])


def _declarations() -> dict[str, str]:
    (folder,) = optimizers.__path__
    return {file.stem: file.read_text(encoding="utf-8") for file in Path(folder).glob("*.py")}
