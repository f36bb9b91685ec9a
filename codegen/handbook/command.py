"""``steprule docs``: the handbook as a site, as a book, or as both."""

from importlib.util import find_spec
from pathlib import Path

import click

from ..console import fail, messages, progress, reported, say
from .contents import ordered
from .edition import ENGLISH, Edition, edition, languages
from .material import gathered
from .pages import all_pages
from .publishing.book import book, require_latex
from .publishing.build import BuildError
from .publishing.publish import publish_file, publish_folder, require_replaceable
from .publishing.site import site
from .publishing.workspace import fill, workspace

_STAGES = 2
"""Those before site and book."""

_TOOLS = (
    "filelock",
    "furo",
    "matplotlib",
    "myst_parser",
    "platformdirs",
    "sklearn",
    "sphinx",
    "sphinx-mathjax-offline",
    "sphinx_copybutton",
    "sphinx_design",
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
    help="What is not translated is in English.",
)
def docs_command(spec: tuple[str, ...], html: Path | None, pdf: Path | None, language: str) -> None:
    """Publish the handbook: every spec, derivation and proof; or the pages of each SPEC alone.

    Equations, code, pictures and verdicts are derived from the specs each time; what has not
    changed is not built again. An output is replaced when the new one is whole.
    """
    if html is None and pdf is None:
        raise click.UsageError("say what to write: --html DIR, --pdf FILE, or both")
    with reported():
        _require_documentation_tools()
        if html is not None:
            require_replaceable(html)
        try:
            if pdf is not None:
                require_latex(language)
            broken = _published(spec, html, pdf, edition(language))
        except BuildError as error:
            fail(f"error: {error}", status=1)
            return
    for target in (html, pdf):
        if target is not None:
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


def _published(
    references: tuple[str, ...], html: Path | None, pdf: Path | None, texts: Edition
) -> list[str]:
    """Everything, from specs to outputs; the names of claims that are not as expected."""
    with progress("handbook", _STAGES + (html is not None) + (pdf is not None)) as bar:
        task = bar.task_ids[0]

        def told(what: str) -> None:
            bar.update(task, description=what)

        def stage(what: str) -> None:
            bar.update(task, advance=1, description=what)

        with workspace(texts.language, references, lambda: told("waiting")) as space:
            with gathered(references, told) as material:
                stage("writing pages")
                pages = ordered(all_pages(material, texts), texts)
                stage("drawing pictures")
                fill(space, pages, told)
                broken = [name for name, s in material.settled.items() if not s.is_as_expected]
            if html is not None:
                stage("building the site")
                publish_folder(site(space, texts.language, told), html, lambda: told("waiting"))
            if pdf is not None:
                stage("building the book")
                publish_file(book(space, texts, told), pdf)
    return broken
