"""``steprule docs``: the handbook as a site or a book, its short book, or all for the web."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click
from rich.progress import Progress

from ..console import fail, messages, progress, reported, say
from .contents import ordered
from .edition import ENGLISH, Edition, edition, languages
from .material import Material, gathered
from .pages import all_pages
from .publishing.book import book, require_latex
from .publishing.build import BuildError
from .publishing.publish import publish_file, publish_folder, require_replaceable
from .publishing.site import site
from .publishing.web import BOOK, SHORT, add, publication, staging, write_root
from .publishing.workspace import Workspace, fill, workspace
from .short import short_pages

_STAGES = 2
"""Those of a language before its site and its book."""

_TOOLS = (
    "brotli",
    "filelock",
    "fontTools",
    "furo",
    "griffe",
    "math_core",
    "matplotlib",
    "myst_parser",
    "platformdirs",
    "sklearn",
    "sphinx",
    "sphinx_copybutton",
    "sphinx_design",
    "ziamath",
)


@click.command("docs")
@click.argument("spec", nargs=-1)
@click.option(
    "--html",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the site to this folder.",
)
@click.option(
    "--pdf",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the handbook as one book to this file, a reference; needs LaTeX.",
)
@click.option(
    "--book",
    "short",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the derivations, a short book, to this file; needs LaTeX.",
)
@click.option(
    "--language",
    type=click.Choice(languages()),
    default=ENGLISH,
    show_default=True,
    help="Of --html, --pdf and --book. What is not translated is in English.",
)
@click.option(
    "--web",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write all languages, sites and books, to this folder, as it is put on the web.",
)
def docs_command(
    spec: tuple[str, ...],
    html: Path | None,
    pdf: Path | None,
    short: Path | None,
    language: str,
    web: Path | None,
) -> None:
    """Publish the handbook: every spec, derivation and proof; or the pages of each SPEC alone.

    Equations, code, pictures and verdicts are derived from the specs each time; what has not
    changed is not built again. An output is replaced when the new one is whole.
    """
    targets = [target for target in (html, pdf, short, web) if target is not None]
    if not targets:
        raise click.UsageError("say what to write: --html DIR, --pdf FILE, --book FILE, --web DIR")
    if short is not None and spec:
        raise click.UsageError("the short book is about no SPEC: say --book FILE alone")
    with reported():
        _require_documentation_tools()
        for folder in (html, web):
            if folder is not None:
                require_replaceable(folder)
        try:
            for each in languages() if web is not None else [language]:
                if any(target is not None for target in (web, pdf, short)):
                    require_latex(each)
            one = _One(edition(language), html, pdf, short)
            broken = _published(spec, one, web)
        except BuildError as error:
            fail(f"error: {error}", status=1)
            return
    for target in targets:
        say(f"wrote {target}")
    if broken:
        messages.print(
            f"claims that are not as their authors expect, and are shown so: {', '.join(broken)}",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )


def _require_documentation_tools() -> None:
    missing = [name for name in _TOOLS if find_spec(name) is None]
    if missing:
        fail(
            f"error: the handbook needs {', '.join(missing)}: pip install 'steprule[docs]'",
            status=1,
        )


class _Report:
    """What is done, on the bar."""

    def __init__(self, bar: Progress) -> None:
        self._bar, self._task = bar, bar.task_ids[0]

    def told(self, what: str) -> None:
        self._bar.update(self._task, description=what)

    def stage(self, what: str) -> None:
        self._bar.update(self._task, advance=1, description=what)

    def waiting(self) -> None:
        self.told("waiting")


@dataclass(frozen=True)
class _One:
    """What is asked for in one language: files, a folder of its site."""

    texts: Edition
    html: Path | None
    pdf: Path | None
    short: Path | None

    @property
    def stages(self) -> int:
        """How many there are on the way to it."""
        whole = (self.html is not None) + (self.pdf is not None)
        return bool(whole) * _STAGES + whole + (self.short is not None)


def _published(references: Sequence[str], one: _One, web: Path | None) -> list[str]:
    """Everything, from specs to outputs; the names of claims that are not as expected."""
    whole = len(languages()) if web is not None else 0
    with progress("handbook", one.stages + whole * (_STAGES + 3)) as bar:
        report = _Report(bar)
        with gathered(references, report.told) as material:
            _write_one(references, material, one, report)
            if web is not None:
                _write_all(references, material, web, report)
            return [name for name, s in material.settled.items() if not s.is_as_expected]


def _write_one(references: Sequence[str], material: Material, one: _One, report: _Report) -> None:
    if one.html is not None or one.pdf is not None:
        with _sources(references, material, one.texts, report) as space:
            if one.html is not None:
                report.stage("building the site")
                publish_folder(site(space, one.texts, report.told), one.html, report.waiting)
            if one.pdf is not None:
                report.stage("building the book")
                publish_file(_reference(space, one.texts, report), one.pdf)
    if one.short is not None:
        with _short(material, one.texts, report) as made:
            publish_file(made, one.short)


def _write_all(
    references: Sequence[str], material: Material, folder: Path, report: _Report
) -> None:
    every = list(map(edition, languages()))
    said = publication(every, folder, has_short=not references)
    with staging() as staged:
        for texts in every:
            with _sources(references, material, texts, report) as space:
                report.stage("building the site")
                add(site(space, texts, report.told, said), staged / texts.language)
                report.stage("building the book")
                add(_reference(space, texts, report), staged / texts.language / BOOK)
            if said.has_short:
                with _short(material, texts, report) as made:
                    add(made, staged / texts.language / SHORT)
        write_root(staged, said, folder)
        publish_folder(staged, folder, report.waiting)


def _reference(space: Workspace, texts: Edition, report: _Report) -> Path:
    """The file of the whole handbook as a book."""
    return book(space, texts, texts.words["contents"]["title"], report.told)


@contextmanager
def _short(material: Material, texts: Edition, report: _Report) -> Iterator[Path]:
    """The file of the short book."""
    report.stage("building the short book")
    with workspace(texts.language, ["the short book"], report.waiting) as space:
        fill(space, ordered(short_pages(material, texts), texts), report.told)
        yield book(space, texts, texts.words["short"]["title"], report.told, is_short=True)


@contextmanager
def _sources(
    references: Sequence[str], material: Material, texts: Edition, report: _Report
) -> Iterator[Workspace]:
    """The sources of one language, up to date."""
    with workspace(texts.language, references, report.waiting) as space:
        report.stage("writing pages")
        pages = ordered(all_pages(material, texts), texts)
        report.stage("drawing pictures")
        fill(space, pages, report.told)
        yield space
