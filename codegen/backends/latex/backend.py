"""The LaTeX backend: a fragment for each optimizer, a package, and a document with them all."""

from collections.abc import Mapping, Sequence

from ....specs.language import Schedule, Spec
from .. import Entry
from ..rendering import Delimiters, environment
from .box import box
from .escape import code, escaped
from .printer import LatexPrinter
from .tables import arguments, states

# Jinja's own delimiters would be LaTeX groups and comments.
_DELIMITERS = Delimiters(
    block_start_string="<%",
    block_end_string="%>",
    variable_start_string="<<",
    variable_end_string=">>",
    comment_start_string="<#",
    comment_end_string="#>",
)
_TEMPLATES = environment(__name__.rpartition(".")[0], {}, _DELIMITERS)
_TEMPLATES.filters |= {"text": escaped, "code": code}


class LatexBackend:
    """Prints specs as LaTeX: algorithm boxes and tables, as a textbook sets them."""

    name = "latex"
    comment = "%"

    def files(self, spec: Spec) -> Mapping[str, str]:
        """The spec's fragment, to be read in by a document that uses steprule.sty.

        Raises:
            NotImplementedError: a node in the equations has no LaTeX form.
        """
        if isinstance(spec, Schedule):
            return {}
        printer = LatexPrinter(spec)
        fragment = _TEMPLATES.get_template("optimizer.tex.j2").render(
            spec=spec,
            box=box(spec, printer),
            arguments=arguments(spec, printer),
            states=states(spec, printer),
        )
        return {f"{spec.module}.tex": fragment}

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        """The package every fragment needs, and a document with all of them and contents."""
        optimizers = [e for e in entries if not e.is_schedule]
        return {
            name: _TEMPLATES.get_template(f"{name}.j2").render(entries=optimizers)
            for name in ("steprule.sty", "optimizers.tex")
        }


backend = LatexBackend()
