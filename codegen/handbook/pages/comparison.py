"""Optimizers side by side: in numbers, term by term, and by what each adds to another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sympy import Basic

from ....specs.language import Optimizer, Update
from ...backends.latex import LatexPrinter
from ...cost import Cost
from ..edition import Edition
from ..markdown import code, directive, figure, inline, table, tall
from ..material import Material
from ..page import Page
from ..pictures.drawn import is_drawn
from ..pictures.landscapes import LANDSCAPES
from ..pictures.paths import all_paths
from ..pictures.shown import Shown
from ..pictures.training import all_training
from ..rules.differences import Compared, difference
from ..rules.lineage import Stage, pairs, rules
from ..rules.marked_printer import MarkedPrinter
from ..rules.roles import Role, divisors, is_corrected, roles
from ..rules.variants import plain, switches, usual
from ..writer import Writer
from .costs import in_bytes
from .parts import TEMPLATES, page_link


@dataclass(frozen=True)
class _Change:
    """What one rule changes in another; ``rows`` is the table of equations, if any changes."""

    title: str
    renamed: Sequence[str]
    equal: Sequence[str]
    rows: str


def comparison_page(material: Material, edition: Edition) -> list[Page]:
    """One page; none where there are not two rules to compare."""
    if len(material.optimizers) < 2:
        return []
    write = Writer(edition, "comparison")
    pictures: list[Shown] = []
    if sum(map(is_drawn, material.optimizers)) > 1:
        pictures = [all_paths(landscape, material, edition) for landscape in LANDSCAPES]
        pictures.append(all_training(material, edition))
    stages = rules(material.optimizers)
    text = TEMPLATES.get_template("comparison.md.j2").render(
        write=write,
        summary=_summary(material, write),
        terms=list(_terms(stages, write)),
        changes=[_change(pair, stages, write) for pair in pairs(material.optimizers)],
        pictures=[figure(*shown) for shown in pictures],
    )
    return [Page("comparison", text, [shown.picture for shown in pictures])]


def _summary(material: Material, write: Writer) -> str:
    keys = ("rule", "states", "moved", "operations", "momentum", "adaptive", "corrected")
    rows = [_numbers(spec, material.costs[spec.name], write) for spec in material.optimizers]
    return table([write.word(key) for key in keys], rows)


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
    head = [write.word("rule"), write.word("equations")]
    for role in Role:
        rows = _alike(
            {
                stage: [_equation(spec, u) for u in spec.updates if part[u.target.name] is role]
                for stage, spec, part in parts
            },
            write,
        )
        if rows:
            yield write.word(role.value), table(head, rows)
    rows = _alike({s: [_expression(r, e) for e in divisors(r)] for s, r in stages.items()}, write)
    if rows:
        yield write.word("denominator"), table(head, rows)


def _alike(shown: Mapping[Stage, Sequence[str]], write: Writer) -> list[list[str]]:
    """A row for each set of formulas, with all rules that have it."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for stage, formulas in shown.items():
        if formulas:
            rows.setdefault(tuple(formulas), []).append(_name(stage))
    return [[", ".join(names), ", ".join(formulas)] for formulas, names in rows.items()]


def _equation(spec: Optimizer, update: Update) -> str:
    return tall(LatexPrinter(spec).equation(update))


def _expression(spec: Optimizer, e: Basic) -> str:
    return tall(LatexPrinter(spec).expression(e))


def _name(stage: Stage) -> str:
    """A rule, with the last of the switches that are on."""
    return f"{stage.spec} {code(stage.on[-1])}" if stage.on else stage.spec


def _change(pair: tuple[Stage, Stage], stages: Mapping[Stage, Optimizer], write: Writer) -> _Change:
    before, after = (stages[stage] for stage in pair)
    found = difference(before, after)
    rows = [row for each in found.equations for row in _rows(each, before, after, write)]
    old, new = LatexPrinter(before), LatexPrinter(after)
    return _Change(
        title=write.word("change", before=_name(pair[0]), after=_name(pair[1])),
        renamed=[
            write.word(
                "renamed",
                old=inline(old.names.of(a.name).tex),
                new=inline(new.names.of(b.name).tex),
            )
            for a, b in found.renamed.items()
        ],
        equal=[
            inline(new.expression(each.after.target))
            for each in found.equations
            if each.kind == "equal" and each.after
        ],
        rows=_difference(rows, write),
    )


def _difference(rows: Sequence[Sequence[str]], write: Writer) -> str:
    if not rows:
        return ""
    body = table([write.word("what"), write.word("equations")], rows)
    return directive("container", "difference", f"\n{body}")


def _rows(
    compared: Compared, before: Optimizer, after: Optimizer, write: Writer
) -> Iterator[list[str]]:
    """The equation as it was, and as it is, with what differs marked."""
    if compared.kind == "equal":
        return
    if compared.before:
        key = "from" if compared.after else "removed"
        old = MarkedPrinter(before, compared.gone).equation(compared.before)
        yield [write.word(key), tall(old)]
    if compared.after:
        key = "to" if compared.before else "added"
        new = MarkedPrinter(after, compared.new).equation(compared.after)
        yield [write.word(key), tall(new)]
