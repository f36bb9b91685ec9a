"""Many specs built: those that did not change from the cache, the others on all cores.

Stages: each spec is looked up under what its files follow from (``declared``, and the digest of
``sources``). What is not found is analysed and built, some specs at a time, by forks of this
process.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from ...specs.language import Spec
from ..analysis import analyse
from ..backends import Backend, Entry
from ..forks import shared_out
from .build import Built, build, render_shared
from .cache import Memory
from .declared import declared
from .emit import Plan, planned
from .sources import Sources, sources

_CODEGEN = __name__.rpartition(".files.")[0]

_AT_A_TIME = 4
"""Specs: the formatter is started once for them, and no process is left with much more than others.
"""


def plan_all(
    specs: Sequence[Spec],
    backends: Mapping[str, Backend],
    out: Path,
    before: Sources,
    *,
    complete: bool,
    progress: Callable[[str], None] = lambda what: None,
) -> Plan:
    """All files of specs as :func:`.emit.plan` plans them, with what earlier runs have made.

    Args:
        specs: as they are declared.
        backends: by name.
        out: the output folder.
        before: the digests of what the files follow from, as this run began.
        complete: the specs are all there are.
        progress: told the name of each spec that is built, and of what follows.

    Raises:
        SpecError: a spec is not valid, or two would write the same files.
        GenerationError: a template fails, or a generated file does not parse.
        NotImplementedError: a backend has no form for an operation; all three are named.
    """
    memory = Memory(before.generator if are_ours(backends) else "")
    built = build_all(specs, backends, memory, progress)
    progress("what all share")
    plan = planned(built, backends, out, complete=complete, shared=partial(shared, memory))
    if sources() == before:  # nobody wrote to them meanwhile
        memory.save()
    return plan


def are_ours(backends: Mapping[str, Backend]) -> bool:
    """Whether all are of this package: of others it is not known what their files follow from."""
    return all(type(each).__module__.startswith(f"{_CODEGEN}.") for each in backends.values())


def build_all(
    specs: Sequence[Spec],
    backends: Mapping[str, Backend],
    memory: Memory,
    progress: Callable[[str], None] = lambda what: None,
) -> list[Built]:
    """The files of specs, each once, in the order of the specs.

    Args:
        specs: as they are declared.
        backends: by name.
        memory: of what earlier runs have built by a generator like this one.
        progress: told the name of each spec that is built.

    Raises:
        SpecError: a spec is not valid.
        GenerationError: a template fails, or a generated file does not parse.
        NotImplementedError: a backend has no form for an operation; all three are named.
    """
    texts = [_text(spec, backends) for spec in specs]
    known = [memory.of(*text) if text else None for text in texts]
    found = [each and Built(**each) for each in known]
    missing = [i for i, each in enumerate(found) if each is None]
    for i, each in _built(specs, backends, missing):
        found[i] = each
        if text := texts[i]:
            memory.add(asdict(each), *text)
        progress(specs[i].name)
    # What is referred to twice, by name or by file, is one spec.
    return list({each.fingerprint: each for each in found if each}.values())


def shared(memory: Memory, backend: Backend, entries: Sequence[Entry]) -> Mapping[str, str]:
    """The files that all specs of a backend share.

    Raises:
        GenerationError: a template fails, or a generated file does not parse.
    """
    named = "shared", backend.name, *map(repr, entries)
    files = memory.of(*named)
    if files is None:
        # All but those that list the specs are as they were for others.
        formatted = dict(memory.of("formatted", backend.name) or {})
        files = render_shared(backend, entries, formatted)
        memory.add(formatted, "formatted", backend.name)
        memory.add(files, *named)
    return files


def _text(spec: Spec, backends: Mapping[str, Backend]) -> tuple[str, ...]:
    """What the files of a spec follow from beside the generator; nothing if that is not known."""
    try:
        return "spec", *sorted(backends), declared(spec)
    except (TypeError, AttributeError):  # where it is not valid either, the analysis says so
        return ()


def _built(
    specs: Sequence[Spec], backends: Mapping[str, Backend], missing: Sequence[int]
) -> Iterator[tuple[int, Built]]:
    parts = [missing[at : at + _AT_A_TIME] for at in range(0, len(missing), _AT_A_TIME)]

    def of(part: Sequence[int]) -> list[Built]:
        return build([analyse(specs[i]) for i in part], backends)

    for part, built in zip(parts, shared_out(of, parts), strict=True):
        yield from zip(part, built, strict=True)
