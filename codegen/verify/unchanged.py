"""What was found right on this machine, and has not changed since.

A unit of work (a spec in a dtype) is known by a digest of all that the verdict depends on: what the
spec declares, the generated files that run it, the code that generates and verifies, and the
versions of the interpreter and libraries beneath. It is kept where ``generate`` keeps what it made.
"""

import platform
from collections.abc import Collection, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ...specs.language import Optimizer, Spec, Transform
from ..files import cache as kept
from ..loading.fingerprint import fingerprint
from ..loading.load import builtin

_ROOT = Path(__file__).parents[2]
_WITHOUT = ("bench", "handbook")
"""The rooms of the generator that no verdict depends on."""

_LIBRARIES = ("numpy", "torch", "numba", "triton", "sympy", "python-flint")


def digest(spec: Spec | Transform, *more: str, without: Collection[str]) -> str:
    """What a verdict about a spec depends on.

    Args:
        spec: analysed.
        more: what else it does: the dtype and the device.
        without: what is absent, and so not verified.
    """
    declared = spec.rule if isinstance(spec, Transform) else spec
    parts = [fingerprint(declared), *more, *sorted(without), _beneath(), _code()]
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
    package = _package()
    for path in sorted(package.rglob("*.py")):
        if path.stem not in others and "__pycache__" not in path.parts:
            yield f"{path.relative_to(package)} {kept.digest(path.read_bytes())}"


def _package() -> Path:
    import importlib

    found = importlib.import_module(__name__.partition(".")[0])
    return Path(str(found.__file__)).parent


@cache
def _beneath() -> str:
    """The machine, the interpreter and the libraries."""
    found = [platform.platform(), platform.python_version()]
    for library in _LIBRARIES:
        try:
            found.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            found.append(f"no {library}")
    return " ".join(found)


@cache
def _code() -> str:
    """Of the generator, and of the language that specs are written in."""
    specs = _ROOT / "specs"
    files = [*(_ROOT / "codegen").rglob("*.py"), *(_ROOT / "codegen").rglob("*.j2")]
    files += [*(specs / "language").glob("*.py"), *(specs / "claims").glob("*.py")]
    own = sorted(f for f in files if not set(_WITHOUT) & set(f.relative_to(_ROOT).parts))
    return kept.digest(*(f"{f.relative_to(_ROOT)} {kept.digest(f.read_bytes())}" for f in own))
