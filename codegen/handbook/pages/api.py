"""The reference of what a program imports: what classes have in common, each thing said once.

What a class has of its own stands on the page of its rule: how it is called, what its step is
given, its checkpoint, and what it refuses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from ....specs.language import Optimizer, Schedule, Schedules, Source
from ...analysis.matrices import needs_matrices
from ...backends.signature import arguments
from ..api.docstrings import described
from ..api.sources import annotation, class_of, constructor, read
from ..edition import Edition
from ..markdown import code, directive, table
from ..material import Material
from ..page import Page
from ..writer import Writer
from .described import class_entry, function_entry, methods, said
from .parts import page_link
from .signatures import generated, sparse

if TYPE_CHECKING:
    from griffe import Class, Parameter

_PACKAGE = __name__.partition(".")[0]
"""What generated packages lie in; of it nothing is generated."""


@dataclass(frozen=True)
class _Module:
    """A module that is imported from.

    Args:
        page: its page, and the prefix of its words.
        package: the package it is in.
        name: its name below ``steprule``.
        bases: the classes whose public methods all of its classes have, by the name under which
            they are spoken of; files are named from its folder.
        more: other classes and functions, by name, with their files.
    """

    page: str
    package: str
    name: str
    bases: tuple[tuple[str, str, str], ...]
    more: tuple[tuple[str, str], ...] = ()


_OPTIMIZER = (("Optimizer", "_optimizer", "Optimizer"), ("Optimizer", "_readable", "Readable"))
_MODULES = (
    _Module(
        "torch",
        "torch",
        "torch",
        _OPTIMIZER,
        (("groups", "_groups"), ("Mixed", "_mixed")),
    ),
    _Module(
        "torch-schedulers",
        "torch",
        "torch.lr_scheduler",
        (
            ("Scheduler", "_scheduler", "Scheduler"),
            ("MetricScheduler", "_metric_scheduler", "MetricScheduler"),
        ),
    ),
    _Module(
        "numpy",
        "numpy",
        "numpy",
        _OPTIMIZER,
    ),
    _Module(
        "numpy-schedules",
        "numpy",
        "numpy.schedules",
        (
            ("Schedule", "_schedule", "Schedule"),
            ("MetricSchedule", "_schedule", "MetricSchedule"),
        ),
    ),
)


def api_pages(material: Material, edition: Edition) -> list[Page]:
    """A page for each module, and one above them; none where specs were chosen."""
    if not material.is_complete:
        return []
    write = Writer(edition, "api")
    pages = [Page(f"api/{m.page}", _text(m, material, write)) for m in _MODULES]
    return [Page("api/index", _index(material, write)), *pages]


def _index(material: Material, write: Writer) -> str:
    own = {"__init__.py": (files(_PACKAGE) / "__init__.py").read_text(encoding="utf-8")}
    compile_ = read(own, "__init__.py").functions["compile"]
    rows = [
        [code(f"steprule.{m.name}"), f"[{write.word(f'{m.page}_title')}]({m.page}.md)"]
        for m in _MODULES
    ]
    rows.append([code("steprule.compile"), f"[{write.word('compile')}](#api-compile)"])
    parts = [
        f"# {write.word('index')}",
        write.word("index_about"),
        table([write.word("import"), write.word("holds")], rows),
        f"(api-compile)=\n## {write.word('compile')}",
        _module("steprule"),
        function_entry(compile_, "compile", material.code, "torch", write),
        f"## {write.word('classes')}",
        write.word("classes_about"),
        _classes(material, write),
    ]
    return "\n\n".join(parts) + "\n"


def _module(name: str) -> str:
    return directive("py:currentmodule", name, "")


def _classes(material: Material, write: Writer) -> str:
    """Every optimizer: what it takes the place of, what its step is given, what it can do."""
    keys = ("class", "peer", "given", "outputs", "fused", "sparse", "matrices")
    rows = [
        [
            page_link(spec),
            code(spec.peer) if spec.peer else "",
            write.joined([_given(spec, name, write) for name in _inputs(spec)]),
            write.joined([code(o.name) for o in spec.outputs]),
            _yes(bool(material.costs[spec.name]), write),
            sparse(spec, material, write),
            _yes(needs_matrices(spec), write),
        ]
        for spec in material.optimizers
    ]
    return table([write.word(key) for key in keys], rows)


def _inputs(spec: Optimizer) -> list[str]:
    return [i.name for i in spec.inputs if not i.is_random]


def _given(spec: Optimizer, name: str, write: Writer) -> str:
    source = next(i.source for i in spec.inputs if i.name == name)
    return write.word("closure") if source is Source.GRADIENT else code(name)


def _yes(holds: bool, write: Writer) -> str:
    return write.word("yes") if holds else ""


def _text(module: _Module, material: Material, write: Writer) -> str:
    return "\n\n".join(_parts(module, material, write)) + "\n"


def _parts(module: _Module, material: Material, write: Writer) -> Iterator[str]:
    yield f"# {write.word(f'{module.page}_title')}"
    yield write.word(f"{module.page}_about")
    yield f"## {write.word('arguments')}"
    yield write.word(f"{module.page}_arguments")
    yield from _constructor(module, material, write)
    yield _module(f"steprule.{module.name}")
    spoken_of = dict.fromkeys(name for name, _, _ in module.bases)
    for name in spoken_of:
        yield f"## {write.word(f'{module.page}_{name}')}"
        yield write.word(f"{module.page}_{name}_about")
        for own, file, base in module.bases:
            if own == name:
                cls = class_of(material.code, _file(module, file), base)
                yield methods(cls, name, material.code, module.package, write)
    yield f"## {write.word('checkpoints')}"
    yield write.word(f"{module.page}_checkpoints")
    for name, file in module.more:
        yield f"## {name}"
        found = read(material.code, _file(module, file))
        how = material.code, module.package, write
        if name in found.functions:
            yield function_entry(found.functions[name], name, *how)
        else:
            yield class_entry(found.classes[name], *how)


def _file(module: _Module, name: str) -> str:
    return f"{module.name.replace('.', '/')}/{name}.py"


def _constructor(module: _Module, material: Material, write: Writer) -> Iterator[str]:
    """The arguments that classes take beside their rules' own, and the errors of all."""
    base = described(_base(module, material).docstring)
    rows: dict[str, list[str]] = {}
    errors: dict[str, str] = {}
    specs = _made_of_none(material) if "." in module.name else material.optimizers
    classes = [(spec, generated(spec, module.package, material)) for spec in specs]
    # What is said of rules of one pass is said first.
    for spec, cls in sorted(classes, key=lambda each: "_is_whole" in each[1].members):
        others = [p for p in constructor(cls) if p.name not in _own(spec)]
        if rows and all(p.name in rows for p in others):
            continue
        about = described(cls.docstring)
        errors = {**about.raises, **errors}
        for p in others:
            text = base.arguments.get(p.name, about.arguments[p.name])
            rows.setdefault(p.name, _row(p, text, module, material, write))
    if rows:
        head = [write.word(k) for k in ("argument", "type", "default", "meaning")]
        yield table(head, list(rows.values()), is_stacked=True)
    yield write.word("raised")
    listed = {name: said(text, write) for name, text in {**errors, **base.raises}.items()}
    yield "\n".join(f"- {write.about(code(name), text)}" for name, text in listed.items())


def _made_of_none(material: Material) -> list[Schedule]:
    """The schedules that are not made of others, which need not be told an optimizer."""
    return [s for s in material.schedules if not any(isinstance(h, Schedules) for h in s.hyper)]


def _own(spec: Optimizer | Schedule) -> set[str]:
    """The arguments of a rule itself."""
    own = arguments(spec) if isinstance(spec, Optimizer) else spec.hyper
    return {each.name for each in own}


def _base(module: _Module, material: Material) -> "Class":
    _, file, name = module.bases[0]
    return class_of(material.code, _file(module, file), name)


def _row(
    p: "Parameter", text: str, module: _Module, material: Material, write: Writer
) -> list[str]:
    default = code(str(p.default)) if p.default is not None else write.word("required")
    kind = annotation(p, material.code, module.package).replace("|", r"\|")  # within a table
    return [code(p.name), code(kind), default, said(text, write)]
