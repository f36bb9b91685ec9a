"""``steprule docs``: the handbook as a site, as a book, or as all that is put on the web."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
from .publishing.web import BOOK, add, publication, staging, write_root
from .publishing.workspace import Workspace, fill, workspace

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
    help="Write the book to this file; needs LaTeX.",
)
@click.option(
    "--language",
    type=click.Choice(languages()),
    default=ENGLISH,
    show_default=True,
    help="Of --html and --pdf. What is not translated is in English.",
)
@click.option(
    "--web",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write all languages, sites and books, to this folder, as it is put on the web.",
)
def docs_command(
    spec: tuple[str, ...], html: Path | None, pdf: Path | None, language: str, web: Path | None
) -> None:
    """Publish the handbook: every spec, derivation and proof; or the pages of each SPEC alone.

    Equations, code, pictures and verdicts are derived from the specs each time; what has not
    changed is not built again. An output is replaced when the new one is whole.
    """
    targets = [target for target in (html, pdf, web) if target is not None]
    if not targets:
        raise click.UsageError("say what to write: --html DIR, --pdf FILE, --web DIR")
    with reported():
        _require_documentation_tools()
        for folder in (html, web):
            if folder is not None:
                require_replaceable(folder)
        try:
            for each in languages() if web is not None else [language]:
                if web is not None or pdf is not None:
                    require_latex(each)
            broken = _published(spec, html, pdf, language, web)
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


def _published(
    references: Sequence[str], html: Path | None, pdf: Path | None, language: str, web: Path | None
) -> list[str]:
    """Everything, from specs to outputs; the names of claims that are not as expected."""
    alone = (html is not None) + (pdf is not None)
    whole = len(languages()) if web is not None else 0
    stages = bool(alone) * _STAGES + alone + whole * (_STAGES + 2)
    with progress("handbook", stages) as bar:
        report = _Report(bar)
        with gathered(references, report.told) as material:
            if alone:
                _write_one(references, material, edition(language), html, pdf, report)
            if web is not None:
                _write_all(references, material, web, report)
            return [name for name, s in material.settled.items() if not s.is_as_expected]


def _write_one(
    references: Sequence[str],
    material: Material,
    texts: Edition,
    html: Path | None,
    pdf: Path | None,
    report: _Report,
) -> None:
    with _sources(references, material, texts, report) as space:
        if html is not None:
            report.stage("building the site")
            publish_folder(site(space, texts, report.told), html, report.waiting)
        if pdf is not None:
            report.stage("building the book")
            publish_file(book(space, texts, report.told), pdf)


def _write_all(
    references: Sequence[str], material: Material, folder: Path, report: _Report
) -> None:
    every = list(map(edition, languages()))
    said = publication(every, folder)
    with staging() as staged:
        for texts in every:
            with _sources(references, material, texts, report) as space:
                report.stage("building the site")
                add(site(space, texts, report.told, said), staged / texts.language)
                report.stage("building the book")
                add(book(space, texts, report.told), staged / texts.language / BOOK)
        write_root(staged, said, folder)
        publish_folder(staged, folder, report.waiting)


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
