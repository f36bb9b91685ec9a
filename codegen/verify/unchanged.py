"""What was found right on this machine, and has not changed since.

A unit of work (a spec in a dtype) is known by a digest of all that the verdict depends on: what the
spec declares, the generated files that run it, the code that generates and verifies, and the
versions of the interpreter and libraries beneath. It is kept where ``generate`` keeps what it made.
"""

from collections.abc import Collection, Iterator, Sequence

from ...specs.language import Optimizer, Spec, Transform
from ..files import cache as kept
from ..files.own import own_folder
from ..files.sources import sources_of_verdicts
from ..loading.fingerprint import fingerprint
from ..loading.load import builtin_files


def digest(
    spec: Spec | Transform,
    *more: str,
    without: Collection[str],
    files: Sequence[tuple[str, str]],
) -> str:
    """What a verdict about a spec depends on.

    Args:
        spec: analysed.
        more: what else it does: the dtype and the device.
        without: what is absent, and so not verified.
        files: what :func:`generated_files` has found.
    """
    declared = spec.rule if isinstance(spec, Transform) else spec
    parts = [fingerprint(declared), *more, *sorted(without), sources_of_verdicts()]
    return kept.digest(*parts, *_read_by(spec, files))


def is_known(key: str) -> bool:
    """Whether what this is the digest of was found right before."""
    return kept.found(key) is True


def remember(key: str) -> None:
    """That what this is the digest of was found right; where nothing can be kept, not."""
    kept.keep(key, True)


def generated_files() -> list[tuple[str, str]]:
    """The stem of each file of the package, and its path with a digest of what it holds."""
    package = own_folder()
    paths = (path for path in sorted(package.rglob("*.py")) if "__pycache__" not in path.parts)
    return [(p.stem, f"{p.relative_to(package)} {kept.digest(p.read_bytes())}") for p in paths]


def _read_by(spec: Spec | Transform, files: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Of the built-in package, but for what is of other rules alone."""
    others = builtin_files() - {spec.module} if isinstance(spec, Optimizer) else set[str]()
    return (each for stem, each in files if stem not in others)
