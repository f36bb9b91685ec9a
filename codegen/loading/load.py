"""Specs by name or by file: ``adam``, ``path/to/file.py``, ``path/to/file.py:name``."""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from ...specs import gradients, language, optimizers, schedules
from ...specs.language import Optimizer, Schedule, Spec, SpecError, Transform
from ..analysis import analyse_transform
from ..analysis.fault import short
from ..analysis.nearby import suggestion
from .declared import declared_in
from .executed import Executed, does_not_import, executed
from .packaged import own_module, path_and_name
from .peer import objection
from .stacks import is_stack, operators_of, stack

Kind = TypeVar("Kind", Optimizer, Schedule)
AnySpec = TypeVar("AnySpec", bound=Spec)


def builtin() -> dict[str, Optimizer]:
    """The optimizers of this package by name, in alphabetical order.

    Raises:
        SpecError: one of their files does not import, or two have the same name.
    """
    return discover(optimizers, Optimizer)


def builtin_schedules() -> dict[str, Schedule]:
    """The schedules of this package likewise."""
    return discover(schedules, Schedule)


def all_builtin() -> dict[str, Spec]:
    """Everything this package declares: the optimizers, then the schedules."""
    found: dict[str, Spec] = {**builtin()}
    _distinct([*builtin().items(), *builtin_schedules().items()])
    return found | builtin_schedules()


def builtin_files() -> set[str]:
    """The names of the files that declare built-in optimizers; none of them is imported."""
    names = (info.name for info in pkgutil.iter_modules(optimizers.__path__))
    return {name for name in names if not name.startswith("_")}


def builtin_like(spec: Optimizer) -> Optimizer | None:
    """The built-in optimizer of the same name, if there is one.

    Raises:
        SpecError: as :func:`builtin` does, where it is in no file of its name.
    """
    found = _in_its_own_file(spec.name)
    if isinstance(found, Optimizer) and found.name == spec.name:
        return found
    return builtin().get(spec.name)


def discover(package: ModuleType, kind: type[Kind]) -> dict[str, Kind]:
    """The specs of a kind bound to public names in the modules of a package, by name, sorted.

    Raises:
        SpecError: a module does not import, or two of them have the same name.
    """
    found: list[tuple[str, Kind]] = []
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        try:
            module = importlib.import_module(info.name)
        except Exception as error:  # whatever a spec file raises, its author wants the line
            found_at = importlib.util.find_spec(info.name)
            path = found_at.origin if found_at else None
            raise does_not_import(path or info.name, error) from error
        public = _public(vars(module)).values()
        found += [(info.name, spec) for spec in public if isinstance(spec, kind)]
    return {s.name: s for s in sorted(_distinct(found), key=lambda s: (s.name.lower(), s.name))}


def transforms() -> dict[str, Transform]:
    """What can happen to gradients before the rules of this package see them, by name, valid.

    Raises:
        SpecError: one is not valid.
    """
    return {each.name: analyse_transform(each) for each in declared_in(gradients, Transform)}


def load(reference: str) -> list[Spec]:
    """The specs a reference stands for, in the order of their file.

    Args:
        reference: the name of a built-in spec, in any case; a Python file, for all specs it
            makes; or a file and a name, ``file.py:name``, for the one spec bound to that
            name or called by it; or operators done to one of these (:mod:`.stacks`).

    Raises:
        SpecError: no such spec or file, or a file that does not import, holds no spec, or
            holds two of one name.
    """
    if is_stack(reference):
        return [stack(reference, load)]
    path, name = path_and_name(reference)
    if not path:
        return [_builtin_named(reference)]
    file = executed(path)
    if path != reference:
        found = [_named(path, name, file)]
    else:
        found = _all(path, file.own(_public(file.names), _imported_builtin()), file)
    return found if file.is_ours else with_peers(found)


def transforms_named(reference: str) -> list[Transform]:
    """The transforms that a reference stands for, by name or in files of this package, valid.

    Raises:
        SpecError: there is such a file, and it does not import.
    """
    path, name = path_and_name(reference)
    if not path:
        return [each for known, each in transforms().items() if known.lower() == reference.lower()]
    if own_module(path) is None:
        return []
    file = executed(path)
    made = file.own({n: x for n, x in file.names.items() if isinstance(x, Transform)}, ())
    found = {t.name: t for n, t in made.items() if path == reference or name in (n, t.name)}
    return [analyse_transform(each) for each in found.values()]


def _builtin_named(name: str) -> Spec:
    if (found := _in_its_own_file(name)) is not None:
        return found
    specs = all_builtin()
    for known, spec in specs.items():
        if known.lower() == name.lower():
            return spec
    if found := transforms_named(name):
        raise _no_rule(name, found)
    file = f"There is a file {name}.py here. " if Path(f"{name}.py").is_file() else ""
    raise SpecError(
        "unknown-spec",
        spec=name,
        where="name",
        problem=f"no built-in spec has this name{', which is a folder' * Path(name).is_dir()}",
        remedy=f"{file}{suggestion(name, specs)}`steprule list` has all there are; a file is "
        "path/to/file.py[:name]",
    )


def _no_rule(reference: str, found: Sequence[Transform]) -> SpecError:
    return SpecError(
        "kind",
        spec=reference,
        where="spec",
        problem="it is what happens to gradients before a rule sees them, and no rule",
        remedy=f"Every optimizer takes it, as the argument {found[0].hyper.name}",
    )


def _in_its_own_file(name: str) -> Spec | None:
    """The built-in optimizer of a name that its file has too: then no other file is imported."""
    if name.lower() not in builtin_files():
        return None
    try:
        module = importlib.import_module(f"{optimizers.__name__}.{name.lower()}")
    except Exception:  # which is said, with its line, when all are imported
        return None
    public = _public(vars(module)).values()
    return next((spec for spec in public if spec.module == name.lower()), None)


def _imported_builtin() -> set[int]:
    """Those of this package, by identity, that a file may have imported to build on."""
    folders = tuple(f"{package.__name__}." for package in (optimizers, schedules))
    modules = [module for name, module in sys.modules.items() if name.startswith(folders)]
    return {id(value) for module in modules for value in vars(module).values()}


def _all(path: str, public: Mapping[str, Spec], file: Executed) -> list[Spec]:
    made = [(f"{path}:{name}", spec) for name, spec in public.items()]
    if not made:
        raise _no_spec(path, file)
    return _distinct(made)


def _no_spec(path: str, file: Executed) -> SpecError:
    if before := transforms_named(path):
        return _no_rule(path, before)
    problem = "it makes no Optimizer and no Schedule"
    remedy = "Bind one to a name without a leading underscore: name = Optimizer(...)"
    if operator := next(iter(operators_of(file)), ""):
        remedy = f"An operator is done to a rule: {path}:{operator}(adamw)"
    kinds = {Optimizer.__name__: Optimizer, Schedule.__name__: Schedule}
    for found in map(type, file.names.values()):
        if found is not kinds.get(found.__name__, found):
            problem = f"its {found.__name__} is of {found.__module__}, and not of this steprule"
            remedy = f"Import from {language.__name__}, or run the steprule that the file is of"
    return SpecError("no-spec", spec=path, where="file", problem=problem, remedy=remedy)


def _named(path: str, name: str, file: Executed) -> Spec:
    public = _public(file.names)
    if name in public:
        return public[name]
    called = {id(s): s for s in public.values() if s.name.lower() == name.lower()}
    if len(called) == 1:
        return next(iter(called.values()))
    if called:
        raise _same_name(path, name, [k for k, s in public.items() if id(s) in called])
    if before := transforms_named(f"{path}:{name}"):
        raise _no_rule(name, before)
    known = dict.fromkeys([*public, *(s.name for s in public.values())])
    holds = f"The file holds {', '.join(public)}" if public else "The file holds no spec"
    if name in operators_of(file):
        holds = f"It is an operator, which is done to a rule: {path}:{name}(adamw)"
    raise SpecError(
        "unknown-spec",
        spec=path,
        where="name",
        problem=f"no spec in the file is bound to or named {name!r}",
        remedy=f"{suggestion(name, known)}{holds}",
    )


def _public(namespace: Mapping[str, object]) -> dict[str, Spec]:
    """The specs bound to names without a leading underscore.

    Raises:
        SpecError: one has a name that is no text, or a peer that is not there.
    """
    found = {
        name: value
        for name, value in namespace.items()
        if isinstance(value, Optimizer | Schedule) and not name.startswith("_")
    }
    for bound, spec in found.items():
        if not isinstance(spec.name, str):
            raise SpecError(
                "kind",
                spec=bound,
                where="name",
                problem=f"{short(spec.name)} is of type {type(spec.name).__name__}, not text",
                remedy='Give it the name of a class, such as "Adam"',
            )
    return found


def with_peers(specs: list[Spec]) -> list[Spec]:
    """Specs of somebody's own. That built-in ones have their peers is tested, not looked up.

    Raises:
        SpecError: one has a peer that is not there.
    """
    for spec in specs:
        if isinstance(spec.peer, str) and spec.peer and (reason := objection(spec.peer)):
            raise SpecError(
                "peer",
                spec=spec.name,
                where="peer",
                problem=f"{spec.peer} {reason}",
                remedy='Give the import path of what it is a drop-in for, or ""',
            )
    return specs


def _distinct(found: Iterable[tuple[str, AnySpec]]) -> list[AnySpec]:
    """The specs, each once; their names, by which files are called, must differ."""
    places: dict[str, str] = {}
    distinct: dict[int, AnySpec] = {}
    for place, spec in found:
        if id(spec) in distinct:
            continue
        if spec.module in places:
            raise _same_name(place, spec.name, [places[spec.module], place])
        places[spec.module] = place
        distinct[id(spec)] = spec
    return list(distinct.values())


def _same_name(where: str, name: str, places: Iterable[str]) -> SpecError:
    return SpecError(
        "same-name",
        spec=name,
        where=where,
        problem=f"{' and '.join(places)} are specs of one name (upper and lower case aside)",
        remedy="Rename one, or give the one you do not mean a leading underscore",
    )
