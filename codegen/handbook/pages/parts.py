"""What pages of optimizers, schedules and transforms have in common."""

from ....specs.language import Schedule, Spec, Transform, Update
from ..markdown import code, directive, display, environment, inline, tabs
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


def page_name(spec: Spec) -> str:
    """What the page of a spec is called in its folder, in which ``index`` is the list of all."""
    return f"{spec.module}-spec" if spec.module == "index" else spec.module


def page_link(spec: Spec) -> str:
    """The name of a spec, with a link to its page."""
    folder = "schedules" if isinstance(spec, Schedule) else "optimizers"
    return f"[{spec.name}](/{folder}/{page_name(spec)}.md)"


def python(source: str) -> str:
    """Code to be read; what runs as it stands is fenced by backticks instead."""
    return directive("code-block", "python", "\n" + source.rstrip())


def usage_section(usage: Usage, is_own: bool, write: Writer) -> str:
    """Whole programs, for each package."""
    note = write.word("usage_own", package=OWN_PACKAGE) + "\n\n" if is_own else ""
    programs = {"numpy": usage.numpy, "torch": usage.torch}
    fenced = {write.word(key): f"```python\n{text}```\n" for key, text in programs.items()}
    return note + tabs(fenced, "package")
