"""The page of what can happen to gradients before a rule sees them."""

from ....specs.language import Transform
from ...backends.latex import LatexPrinter
from ...backends.latex.tables import limit
from ...loading.load import transforms
from ..edition import Edition
from ..markdown import directive
from ..material import Material
from ..page import Page
from ..rules.snippets import transform_usage
from ..writer import Writer
from .parts import TEMPLATES, usage_section
from .related import relations_section


def gradients_page(material: Material, edition: Edition) -> list[Page]:
    """All transforms on one page; none where there is no rule they could serve."""
    if not material.optimizers:
        return []
    write = Writer(edition, "gradients")
    parts = [
        {
            "spec": each,
            "algorithm": _algorithm(each, write),
            "arguments": write.arguments(limit(each, LatexPrinter(each.rule))),
            "usage": usage_section(transform_usage(each), False, write),
            "relations": relations_section(each, material, edition),
        }
        for each in transforms().values()
    ]
    text = TEMPLATES.get_template("gradients.md.j2").render(parts=parts, write=write)
    return [Page("gradients", text)]


def _algorithm(transform: Transform, write: Writer) -> str:
    printer = LatexPrinter(transform.rule)
    body = TEMPLATES.get_template("transform.md.j2").render(
        transform=transform,
        limit=printer.expression(transform.hyper.symbol),
        result=printer.expression(transform.result),
        equation=printer.equation,
        write=write,
    )
    return directive("admonition", transform.name, f":class: algorithm\n\n{body}")
