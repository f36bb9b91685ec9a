"""Pages of specs, as optimizers and schedules both have them: one for each, and their index."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ....specs.language import Optimizer, Schedule, Spec
from ..edition import Edition
from ..markdown import directive, folded
from ..material import Material
from ..page import Page, Picture
from ..rules.excerpts import class_source, methods_source
from ..rules.peers import peers_list
from ..rules.snippets import OWN_PACKAGE, Usage
from ..rules.written import written
from ..writer import Writer
from .parts import TEMPLATES, page_name, python, usage_section
from .related import relations_section

_Kind = TypeVar("_Kind", Optimizer, Schedule)


@dataclass(frozen=True)
class Content:
    """What a page has that others have not.

    Args:
        equations: one step, in a box.
        files: the generated ones, by backend.
        methods: of the classes in them, what computes one step, in the order of calls.
        before: the sections before the programs, by the keys of their titles. Each stands or falls
            away by itself: an empty one is left out.
        usage: the programs, as they import from a package.
        after: the sections after the code.
        pictures: those in the sections.
    """

    equations: str
    files: Mapping[str, str]
    methods: Mapping[str, Sequence[str]]
    before: Mapping[str, str]
    usage: Callable[[str], Usage]
    after: Mapping[str, str]
    pictures: Sequence[Picture]


@dataclass(frozen=True)
class _Section:
    title: str
    body: str


def spec_pages(
    folder: str,
    specs: Sequence[_Kind],
    index: Callable[[Sequence[_Kind], Writer], str],
    content: Callable[[_Kind, Material, Writer], Content],
    material: Material,
    edition: Edition,
) -> list[Page]:
    """The index first; none at all where there is no spec.

    Args:
        folder: of the pages; their words have its name too.
        specs: those that have a page.
        index: writes the page that lists them.
        content: what a page has of its own.
        material: what pages are made of.
        edition: the language.
    """
    if not specs:
        return []
    write = Writer(edition, folder)
    pages = [
        Page(f"{folder}/{page_name(spec)}", _text(spec, found, material, write), found.pictures)
        for spec in specs
        for found in [content(spec, material, write)]
    ]
    return [Page(f"{folder}/index", index(specs, write)), *pages]


def plain_index(
    specs: Sequence[_Kind], write: Writer, picture: Callable[[_Kind], str] = lambda spec: ""
) -> str:
    """A list of the pages in a folder, each perhaps behind a picture, and no more."""
    return TEMPLATES.get_template("index.md.j2").render(
        title=write.word("index"),
        about=write.word("index_about"),
        listed=[f"{picture(s)} {_in_short(s, write)}".lstrip() for s in specs],
    )


def _in_short(spec: Spec, write: Writer) -> str:
    return write.about(f"[{spec.name}]({page_name(spec)}.md)", write.summary(spec))


def _text(spec: Spec, content: Content, material: Material, write: Writer) -> str:
    return TEMPLATES.get_template("spec.md.j2").render(
        spec=spec,
        write=write,
        step=content.equations,
        sections=_sections(spec, content, material, write),
    )


def _code(spec: Spec, content: Content, material: Material, write: Writer) -> str:
    """As one would write it, and folded what is generated, of which the book has no classes."""
    code = {backend: material.code[file] for backend, file in content.files.items()}
    short = written(spec) if isinstance(spec, Optimizer) else ""
    steps = [
        folded(write.word("generated_step", package=write.word(backend)), python(step))
        for backend, source in code.items()
        if (step := methods_source(source, spec.name, content.methods[backend]))
    ]
    classes = [
        folded(write.word("class", package=write.word(backend)), python(shown))
        for backend, source in code.items()
        for shown in [class_source(source, spec.name)]
    ]
    parts = [
        *([write.word("written_about"), python(short)] if short else []),
        *([write.word("code_about"), *steps] if steps else []),
        directive("only", "html", "\n" + "\n".join(classes)),
    ]
    return "\n\n".join(parts)


def _sections(spec: Spec, content: Content, material: Material, write: Writer) -> list[_Section]:
    """First what is looked up, then the code, then what is particular.

    Of a spec of one's own there are no peers, and no claims but one's own.
    """
    is_own = spec.name not in material.builtin
    usage = content.usage(OWN_PACKAGE if is_own else "steprule")
    found = {
        **content.before,
        "usage": usage_section(usage, is_own, write),
        "code": _code(spec, content, material, write),
        **content.after,
        "relations": relations_section(spec, material, write.edition),
        "peers": "" if is_own else peers_list(spec, material, write.edition),
    }
    return [_Section(write.word(title), body) for title, body in found.items() if body]
