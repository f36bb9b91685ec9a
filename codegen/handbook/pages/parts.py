"""What pages of optimizers, schedules and transforms have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent

from ....specs.language import Schedule, Spec, Transform, Update
from ..edition import Edition
from ..markdown import directive, environment, tabs
from ..material import Material
from ..page import Page
from ..proofs.relations import related, relations
from ..rules.excerpts import class_source
from ..rules.snippets import OWN_PACKAGE, Usage
from ..writer import Writer

STEP_METHODS = {"numpy": "_rule", "torch": "_loop"}
"""Of the generated optimizers: what computes one step."""


@dataclass(frozen=True)
class Section:
    """A part of a page under a title of its own."""

    title: str
    body: str


def equation_label(spec: Spec | Transform, update: Update) -> str:
    """What the equation of a quantity is linked by."""
    return f"eq-{spec.module}-{update.target.name}"


def page_link(spec: Spec) -> str:
    """The name of a spec, with a link to its page."""
    folder = "schedules" if isinstance(spec, Schedule) else "optimizers"
    return f"[{spec.name}](/{folder}/{spec.module}.md)"


def index_page(name: str, specs: Sequence[Spec], write: Writer) -> Page:
    """A page that lists the pages of its folder."""
    text = (
        environment({})
        .get_template("index.md.j2")
        .render(
            title=write.word("index"),
            about=write.word("index_about"),
            listed=[(s.name, s.module, write.summary(s)) for s in specs],
        )
    )
    return Page(name, text)


def python(source: str) -> str:
    """Code to be read; what runs as it stands is fenced by backticks instead."""
    return directive("code-block", "python", "\n" + source.rstrip())


def usage_section(usage: Usage, is_own: bool, write: Writer) -> str:
    """Whole programs, for each package."""
    note = write.word("usage_own", package=OWN_PACKAGE) + "\n\n" if is_own else ""
    programs = {"numpy": usage.numpy, "torch": usage.torch}
    fenced = {write.word(key): f"```python\n{text}```\n" for key, text in programs.items()}
    return note + tabs(fenced, "package")


def relations_section(spec: Spec | Transform, material: Material, edition: Edition) -> str:
    """What is proved and refuted of a spec, as a list; nothing where nothing is claimed."""
    found = [related(each, edition) for each in relations(spec, material.settled)]
    if not found:
        return ""
    listed = ("- " + indent(text, "  ").strip() + "\n" for text in found)
    return "\n".join([edition.words["claims"]["about"] + "\n", *listed])


def classes(code: Mapping[str, str], name: str, write: Writer) -> str:
    """The generated classes, by backend: folded, and only on the site, as they are long."""
    folded = [
        directive("dropdown", write.word("class", package=write.word(backend)), f"\n{shown}")
        for backend, source in code.items()
        for shown in [python(class_source(source, name))]
    ]
    return directive("only", "html", "\n" + "\n".join(folded))
