"""What pages of optimizers, schedules and transforms have in common."""

from textwrap import indent

from ....specs.language import Operator, Schedule, Spec, Transform, Update
from ..edition import Edition
from ..markdown import code, directive, display, environment, inline, tabs
from ..material import Material
from ..proofs.relations import related, relations
from ..rules.snippets import OWN_PACKAGE, Usage
from ..writer import Writer

STEP_METHODS = {"numpy": ("_coefficients", "_rule"), "torch": ("_coefficients", "_loop")}
"""Of the generated optimizers: what computes one step, in the order of calls."""


def equation_label(spec: Spec | Transform, update: Update) -> str:
    """What the equation of a quantity is linked by."""
    return f"eq-{spec.module}-{update.target.name}"


TEMPLATES = environment(
    {"code": code, "display": display, "inline": inline, "label": equation_label}
)


def page_link(spec: Spec) -> str:
    """The name of a spec, with a link to its page."""
    folder = "schedules" if isinstance(spec, Schedule) else "optimizers"
    return f"[{spec.name}](/{folder}/{spec.module}.md)"


def python(source: str) -> str:
    """Code to be read; what runs as it stands is fenced by backticks instead."""
    return directive("code-block", "python", "\n" + source.rstrip())


def usage_section(usage: Usage, is_own: bool, write: Writer) -> str:
    """Whole programs, for each package."""
    note = write.word("usage_own", package=OWN_PACKAGE) + "\n\n" if is_own else ""
    programs = {"numpy": usage.numpy, "torch": usage.torch}
    fenced = {write.word(key): f"```python\n{text}```\n" for key, text in programs.items()}
    return note + tabs(fenced, "package")


def relations_section(
    spec: Spec | Transform | Operator, material: Material, edition: Edition
) -> str:
    """What is proved and refuted of a spec, as a list; nothing where nothing is claimed."""
    found = [related(each, edition) for each in relations(spec, material.settled)]
    if not found:
        return ""
    listed = ("- " + indent(text, "  ").strip() + "\n" for text in found)
    return "\n".join([edition.words["claims"]["about"] + "\n", *listed])
