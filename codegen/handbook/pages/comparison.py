"""Optimizers side by side: in numbers, family by family, and term by term."""

from collections.abc import Iterator, Mapping, Sequence

from sympy import Basic

from ....specs.language import Optimizer, Update
from ...backends.latex import LatexPrinter
from ...cost import Cost
from ...loading.families import by_family
from ..edition import Edition
from ..markdown import code, display, figure, folded, table
from ..material import Material
from ..page import Page
from ..pictures.drawn import is_drawn
from ..pictures.landscapes import LANDSCAPES
from ..pictures.paths import all_paths
from ..pictures.shown import Shown
from ..pictures.training import all_training
from ..rules.lineage import Stage, rules
from ..rules.roles import Role, divisors, is_corrected, roles
from ..rules.variants import plain, switches, usual
from ..writer import Writer
from .beside import stage_name
from .costs import in_bytes
from .parts import TEMPLATES, page_link


def comparison_page(material: Material, edition: Edition) -> list[Page]:
    """In numbers and pictures, and term by term; none where there are not two rules to compare."""
    if len(material.optimizers) < 2:
        return []
    write = Writer(edition, "comparison")
    pictures: list[Shown] = []
    if sum(map(is_drawn, material.optimizers)) > 1:
        pictures = [all_paths(landscape, material, edition) for landscape in LANDSCAPES]
        pictures.append(all_training(material, edition))
    text = TEMPLATES.get_template("comparison.md.j2").render(
        write=write,
        families=[folded(title, body) for title, body in _families(material, write)],
        pictures=[figure(*shown) for shown in pictures],
    )
    terms = _terms(rules(material.optimizers), write)
    by_terms = [f"# {write.word('terms_title')}", write.word("terms_about")]
    by_terms += [folded(title, body) for title, body in terms]
    return [
        Page("comparison", text, [shown.picture for shown in pictures]),
        Page("terms", "\n\n".join(by_terms) + "\n"),
    ]


def _families(material: Material, write: Writer) -> Iterator[tuple[str, str]]:
    """For each, its title and its rules in numbers."""
    keys = ("rule", "states", "moved", "operations", "momentum", "adaptive", "corrected")
    for family, its in by_family(material.optimizers).items():
        rows = [_numbers(spec, material.costs[spec.name], write) for spec in its]
        shown = table([write.word(key) for key in keys], rows, is_stacked=True)
        yield write.said(family.title), shown


def _numbers(spec: Optimizer, costs: Sequence[Cost], write: Writer) -> list[str]:
    first = next(iter(costs), None)
    none = write.word("none")
    default = plain(spec, usual(spec)).spec
    return [
        page_link(spec),
        str(len(default.states)),
        in_bytes(first.moved, write) if first else none,
        str(sum(first.operations.values())) if first else none,
        _has(Role.FIRST, spec, write),
        _has(Role.SECOND, spec, write),
        write.word("yes" if is_corrected(default) else "no"),
    ]


def _has(role: Role, spec: Optimizer, write: Writer) -> str:
    """Whether a rule has a part by default, or as one of its switches."""
    if role in roles(plain(spec, usual(spec)).spec).values():
        return write.word("yes")
    for switch in switches(spec):
        if role in roles(plain(spec, usual(spec) | {switch}).spec).values():
            return code(switch)
    return write.word("no")


def _terms(stages: Mapping[Stage, Optimizer], write: Writer) -> Iterator[tuple[str, str]]:
    """For each role, the rules that have it, with their equations; alike ones together."""
    parts = [(stage, spec, roles(spec)) for stage, spec in stages.items()]
    for role in Role:
        found = {
            stage: [_equation(spec, u) for u in spec.updates if part[u.target.name] is role]
            for stage, spec, part in parts
        }
        if any(found.values()):
            yield write.word(role.value), _alike(found)
    found = {stage: [_expression(r, e) for e in divisors(r)] for stage, r in stages.items()}
    if any(found.values()):
        yield write.word("denominator"), _alike(found)


def _alike(shown: Mapping[Stage, Sequence[str]]) -> str:
    """Each set of formulas, below all rules that have it."""
    having: dict[tuple[str, ...], list[str]] = {}
    for stage, formulas in shown.items():
        if formulas:
            having.setdefault(tuple(formulas), []).append(stage_name(stage))
    return "\n\n".join(
        "\n\n".join([", ".join(names), *(display([formula]) for formula in formulas)])
        for formulas, names in having.items()
    )


def _equation(spec: Optimizer, update: Update) -> str:
    return LatexPrinter(spec).equation(update)


def _expression(spec: Optimizer, e: Basic) -> str:
    return LatexPrinter(spec).expression(e)
