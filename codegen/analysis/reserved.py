"""Names that the language, Python or a backend needs for itself."""

import builtins
import keyword
import unicodedata

from ...specs.language import FACTS, Optimizer, Schedule, Spec, machine_epsilon
from .printed import folders, taken, taken_keys

LANGUAGE = frozenset({"t", "theta", "grad", machine_epsilon.name, *(f.name for f in FACTS)})

BACKENDS = frozenset(
    {
        # what printers write, and what the functions they write into are given
        *("np", "torch", "math", "tl", "numba", "triton", "numpy", "steprule", "one_minus_power"),
        *("params", "param", "grads", "gradient", "self", "cls", "state", "states", "step"),
        *("steps", "first", "scratch", "out", "block", "index", "size", "dtype", "device"),
        # arguments, and keys of parameter groups, that all torch optimizers share
        *("group", "groups", "closure", "loss", "initial_lr", "grad_scale", "found_inf"),
        *("foreach", "capturable", "differentiable", "fused", "param_names"),
        "seed",  # of random numbers, which an optimizer has
    }
)
"""Beside what templates say."""

SCHEDULES = frozenset({"swa_lr"})
"""Keys of parameter groups that schedules have as arguments, and so no optimizer can have."""

TRANSFORMS = frozenset({"clipvalue", "clipnorm", "global_clipnorm", "error_if_nonfinite"})
"""The arguments by which every optimizer's gradients are clipped: no rule can have its own."""

BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))

PREFIXES = ("_", "tmp")


def reserved(kind: type[Spec]) -> frozenset[str]:
    """The names of generated code that a spec of a kind would take from it."""
    of_groups = taken_keys() | SCHEDULES if kind is Optimizer else frozenset[str]()
    found = BACKENDS | taken(kind) | of_groups
    return frozenset(n for n in found if not (_of_python(n) or n in LANGUAGE or _is_private(n)))


def objection(name: str, kind: type[Spec]) -> str:
    """Why no argument, state or intermediate of a spec can have this name; or nothing."""
    if not name.isidentifier():
        return "is no Python identifier"
    if name != unicodedata.normalize("NFKC", name):
        return f"is {unicodedata.normalize('NFKC', name)!r} to Python, which writes it otherwise"
    if reason := _of_python(name):
        return reason
    if name in LANGUAGE:
        return "belongs to the language specs are written in"
    if name in reserved(kind):
        return "is a name generated code uses itself"
    if _is_private(name):
        return f"starts with {' or '.join(PREFIXES)}, as names in generated code do"
    return ""


def another(name: str, kind: type[Spec]) -> str:
    """A name much like one that is objected to, and free; or nothing."""
    longer = f"{name}_"
    return "" if objection(longer, kind) else longer


def _of_python(name: str) -> str:
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return "is a Python keyword"
    return "is the name of a Python builtin" if name in BUILTINS else ""


def _is_private(name: str) -> bool:
    return name.startswith(PREFIXES)


def class_objection(name: str) -> str:
    """Why no optimizer can have this name; or nothing."""
    if not name.isidentifier():
        return "is no Python class name"
    if not name.isascii():
        return "has letters other than A to Z, which names of files do not have on every system"
    if not name[0].isupper():
        return "does not start with a capital, and so would be its own module's name"
    if keyword.iskeyword(name) or keyword.iskeyword(name.lower()):
        return "is, or names a module that is, a Python keyword"
    if name in BUILTINS | taken(Optimizer) | taken(Schedule):
        return "is a class generated code uses itself"
    if name.lower() in folders():
        return f"would be a module beside the package {name.lower()}"
    return ""
