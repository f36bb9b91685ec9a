"""What a rule changes in the one it grew out of, equation by equation."""

from collections.abc import Iterator, Sequence

from ....specs.language import Optimizer
from ...backends.latex import LatexPrinter
from ..edition import Edition
from ..markdown import code, directive, folded, inline, table, tall
from ..material import Material
from ..rules.differences import Compared, difference
from ..rules.lineage import Stage, own, rule
from ..rules.marked_printer import MarkedPrinter
from ..writer import Writer
from .parts import page_link


def beside_section(spec: Optimizer, material: Material, edition: Edition) -> str:
    """The body of the section; nothing where the handbook has none of those it grew out of."""
    pair = own(spec, material.optimizers)
    if pair is None:
        return ""
    before, after = (rule(stage, material.optimizers) for stage in pair)
    if before is None or after is None:
        return ""
    write = Writer(edition, "comparison")
    found = difference(before, after)
    rows = [row for each in found.equations for row in _rows(each, before, after, write)]
    old, new = LatexPrinter(before), LatexPrinter(after)
    renamed = [
        write.word(
            "renamed", old=inline(old.names.of(a.name).tex), new=inline(new.names.of(b.name).tex)
        )
        for a, b in found.renamed.items()
    ]
    equal = [
        inline(new.expression(each.after.target))
        for each in found.equations
        if each.kind == "equal" and each.after
    ]
    parts = [
        write.word("change", before=_linked(pair[0], material), after=stage_name(pair[1])),
        " ".join(renamed),
        _difference(rows, write),
        write.word("equal", equations=write.joined(equal)) if equal else "",
    ]
    return "\n\n".join(filter(None, parts))


def stage_name(stage: Stage) -> str:
    """A rule, with the last of the switches that are on."""
    return f"{stage.spec}{_with(stage)}"


def _with(stage: Stage) -> str:
    return f" {code(stage.on[-1])}" if stage.on else ""


def _linked(stage: Stage, material: Material) -> str:
    (spec,) = (s for s in material.optimizers if s.name == stage.spec)
    return page_link(spec) + _with(stage)


def _difference(rows: Sequence[Sequence[str]], write: Writer) -> str:
    if not rows:
        return ""
    body = table([write.word("what"), write.word("equations")], rows, is_stacked=True)
    return folded(write.word("terms"), directive("container", "difference", f"\n{body}"))


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
