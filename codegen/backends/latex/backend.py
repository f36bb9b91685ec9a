"""The LaTeX backend: a fragment for each spec, a package, and documents with all of a kind."""

from collections.abc import Mapping, Sequence

from ....specs.language import Schedule, Spec, Transform
from ...load import transforms
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

    def files(self, spec: Spec | Transform) -> Mapping[str, str]:
        """The spec's fragment, to be read in by a document that uses steprule.sty.

        Raises:
            NotImplementedError: a node in the equations has no LaTeX form.
        """
        if isinstance(spec, Transform):
            return _transform(spec)
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
        """The package every fragment needs, the transforms, and documents with all of them."""
        before = [*transforms().values()]
        rules = [e for e in entries if not e.is_schedule]
        package, document = map(_TEMPLATES.get_template, ("steprule.sty.j2", "optimizers.tex.j2"))
        files = {
            "steprule.sty": package.render(),
            "optimizers.tex": document.render(title="Step rules", entries=rules),
            "gradients.tex": document.render(title="Gradients before the rule", entries=before),
        }
        for each in before:
            files |= self.files(each)
        return files


def _transform(spec: Transform) -> Mapping[str, str]:
    printer = LatexPrinter(spec.rule)
    fragment = _TEMPLATES.get_template("transform.tex.j2").render(
        spec=spec,
        limit=printer.expression(spec.hyper.symbol),
        equations=[printer.equation(update) for update in spec.updates],
        result=printer.expression(spec.result),
        arguments=arguments(spec.rule, printer),
    )
    return {f"{spec.module}.tex": fragment}


backend = LatexBackend()
