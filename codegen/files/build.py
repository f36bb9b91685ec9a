"""From specs to the text of their files: rendered by every backend, stamped, formatted.

``build`` does so for some specs, ``render_shared`` for what all specs of a backend share.
"""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from jinja2 import TemplateError

from ...specs.language import Schedule, Spec, Transform
from ..backends import Backend, Entry
from ..loading.fingerprint import fingerprint
from ..program.compiled import marked
from .cache import digest
from .formatting import GenerationError, formatted, require_parses

_SHARED = "the specs"
"""What files follow from that are of no spec alone."""


@dataclass(frozen=True)
class Built:
    """A spec, by what of it stands in files.

    Args:
        name: the spec's.
        is_schedule: what kind it is of.
        fingerprint: of what it declares.
        files: the text of its files, by the backend and by the path in that's folder.
    """

    name: str
    is_schedule: bool
    fingerprint: str
    files: Mapping[str, Mapping[str, str]]

    @property
    def module(self) -> str:
        return self.name.lower()

    @property
    def entry(self) -> Entry:
        return Entry(self.name, self.module, self.is_schedule)


def build(specs: Sequence[Spec], backends: Mapping[str, Backend], mark: str = "") -> list[Built]:
    """The files of some analysed specs.

    Args:
        specs: analysed.
        backends: by name.
        mark: what the names of the files end with, to lie beside others of the same name.

    Raises:
        GenerationError: a template fails, or a generated file does not parse.
        NotImplementedError: a backend has no form for an operation; all three are named.
    """
    texts: dict[PurePosixPath, str] = {}
    for i, spec in enumerate(specs):
        for backend in backends.values():
            texts |= _rendered(spec, backend, PurePosixPath(str(i)), mark)
    # In one call: to start the formatter takes longer than to format.
    done = _formatted(texts, below=1)
    return [
        Built(
            spec.name,
            isinstance(spec, Schedule),
            fingerprint(spec),
            {name: _below(PurePosixPath(str(i), name), done) for name in backends},
        )
        for i, spec in enumerate(specs)
    ]


def render(spec: Spec | Transform, backend: Backend) -> dict[str, str]:
    """The files of an analysed spec in one backend; of a transform, those of all that show it.

    Raises:
        GenerationError: a template fails, or a generated file does not parse.
        NotImplementedError: the backend has no form for an operation; both are named.
    """
    texts = dict(_rendered(spec, backend, PurePosixPath()))
    return _below(PurePosixPath(backend.name), _formatted(texts))


def render_shared(
    backend: Backend, entries: Sequence[Entry], known: MutableMapping[str, str] | None = None
) -> dict[str, str]:
    """The files that all specs of a backend share.

    Args:
        backend: which.
        entries: the specs.
        known: what was formatted before, by digests of what it was; then, what is now.

    Raises:
        GenerationError: a template fails, or a generated file does not parse.
    """
    known = {} if known is None else known
    with _rendering(f"the shared files of {backend.name}"):
        rendered = backend.shared(entries)
    digests = {name: digest(name, text) for name, text in rendered.items()}
    new = {name: text for name, text in rendered.items() if digests[name] not in known}
    done = _formatted(dict(_stamped(new, _SHARED, backend, PurePosixPath())))
    for name, text in _below(PurePosixPath(backend.name), done).items():
        known[digests[name]] = text
    for gone in known.keys() - digests.values():
        del known[gone]
    return {name: known[each] for name, each in digests.items()}


def _rendered(
    spec: Spec | Transform, backend: Backend, folder: PurePosixPath, mark: str = ""
) -> Iterator[tuple[PurePosixPath, str]]:
    with _rendering(f"{spec.name} in {backend.name}"):
        rendered = backend.files(marked(spec, mark))
    stamp = _SHARED
    if not isinstance(spec, Transform):
        kind = "schedule" if isinstance(spec, Schedule) else "spec"
        stamp = f"the {kind} {spec.name}, {fingerprint(spec)}"
    return _stamped(rendered, stamp, backend, folder)


def _below(folder: PurePosixPath, texts: Mapping[PurePosixPath, str]) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): text
        for path, text in texts.items()
        if path.is_relative_to(folder)
    }


def _stamped(
    rendered: Mapping[str, str], source: str, backend: Backend, folder: PurePosixPath
) -> Iterator[tuple[PurePosixPath, str]]:
    """The files below a folder, with their first lines."""
    for name, text in rendered.items():
        path = PurePosixPath(backend.name, name)
        line = f"{backend.comment} Generated by steprule from {source}. Edit the spec instead."
        yield folder / path, f"{line}\n{text}"


def _formatted(texts: Mapping[PurePosixPath, str], below: int = 0) -> dict[PurePosixPath, str]:
    """The files, formatted; the formatter refuses what does not parse, and here it is said where.

    Args:
        texts: by path.
        below: the folders that paths begin with here alone.
    """
    try:
        return formatted(texts)
    except GenerationError:
        for path, text in texts.items():
            require_parses(PurePosixPath(*path.parts[below:]), text)
        raise


@contextmanager
def _rendering(what: str) -> Iterator[None]:
    try:
        yield
    except TemplateError as error:
        raise GenerationError(f"the template of {what} fails: {error}") from error
    except NotImplementedError as error:
        raise NotImplementedError(f"{what} cannot be generated: {error}") from error
