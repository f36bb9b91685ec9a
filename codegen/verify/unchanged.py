"""What was found right on this machine, and has not changed since.

A unit of work (a spec in a dtype) is known by a digest of all that the verdict depends on: what the
spec declares, the generated files that run it, the code that generates and verifies, and the
versions of the interpreter and libraries beneath. It is kept where ``generate`` keeps what it made.
"""

from collections.abc import Collection, Iterator

from ...specs.language import Optimizer, Spec, Transform
from ..files import cache as kept
from ..files.own import own_folder
from ..files.sources import sources_of_verdicts
from ..loading.fingerprint import fingerprint
from ..loading.load import builtin


def digest(spec: Spec | Transform, *more: str, without: Collection[str]) -> str:
    """What a verdict about a spec depends on.

    Args:
        spec: analysed.
        more: what else it does: the dtype and the device.
        without: what is absent, and so not verified.
    """
    declared = spec.rule if isinstance(spec, Transform) else spec
    parts = [fingerprint(declared), *more, *sorted(without), sources_of_verdicts()]
    return kept.digest(*parts, *_generated(spec))


def is_known(key: str) -> bool:
    """Whether what this is the digest of was found right before."""
    return kept.found(key) is True


def remember(key: str) -> None:
    """That what this is the digest of was found right; where nothing can be kept, not."""
    kept.keep(key, True)


def _generated(spec: Spec | Transform) -> Iterator[str]:
    """Of the built-in package, but for what is of other rules alone."""
    rules = {each.module for each in builtin().values()}
    others = rules - {spec.module} if isinstance(spec, Optimizer) else set[str]()
    package = own_folder()
    for path in sorted(package.rglob("*.py")):
        if path.stem not in others and "__pycache__" not in path.parts:
            yield f"{path.relative_to(package)} {kept.digest(path.read_bytes())}"
