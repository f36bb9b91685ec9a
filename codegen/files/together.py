"""Many specs built: those that did not change from the cache, the others on all cores.

Stages: each spec is looked up under what its files follow from (``declared``, and the digest of
``sources``). What is not found is analysed and built, some specs at a time, by processes that are
forks of this one: they hold the specs already, and import nothing. Where a process cannot build
something, this one does so itself, so that a fault is raised here as it would be without any other.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from typing import Any

from ...specs.language import Spec
from ..analysis import analyse
from ..backends import Backend, Entry
from .build import Built, build, render_shared
from .cache import Memory
from .declared import declared

_AT_A_TIME = 4
"""Specs: the formatter is started once for them, and no process is left with much more than others.
"""

_inherited: tuple[Sequence[Spec], Mapping[str, Backend]] = (), {}


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
    for part, built in _built(specs, backends, _parts(missing)):
        for i, each in zip(part, built, strict=True):
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


def _parts(missing: Sequence[int]) -> list[Sequence[int]]:
    return [missing[at : at + _AT_A_TIME] for at in range(0, len(missing), _AT_A_TIME)]


def _built(
    specs: Sequence[Spec], backends: Mapping[str, Backend], parts: Sequence[Sequence[int]]
) -> Iterator[tuple[Sequence[int], list[Built]]]:
    count = min(len(parts), len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1)
    with _processes(count, specs, backends) if count > 1 else nullcontext() as executor:
        pending = [executor.submit(_part, part) if executor else None for part in parts]
        for part, future in zip(parts, pending, strict=True):
            try:
                built = future.result() if future else None
            except BrokenProcessPool:  # a process was killed, as for want of memory
                built = None
            yield (
                part,
                build([analyse(specs[i]) for i in part], backends) if built is None else built,
            )


@contextmanager
def _processes(
    count: int, specs: Sequence[Spec], backends: Mapping[str, Backend]
) -> Iterator[Executor]:
    executor = ProcessPoolExecutor(
        count, multiprocessing.get_context("fork"), _start, (specs, backends)
    )
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _start(*inherited: Any) -> None:
    """In a process of its own, which its parent ends: Ctrl-C is for that."""
    global _inherited
    _inherited = inherited  # type: ignore[assignment]
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _part(part: Sequence[int]) -> list[Built] | None:
    """None if there is a fault: whoever asks for it makes it again, and has the fault itself."""
    specs, backends = _inherited
    try:
        return build([analyse(specs[i]) for i in part], backends)
    except Exception:
        return None
