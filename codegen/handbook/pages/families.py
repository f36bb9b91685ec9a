"""The list of optimizers: a table to find one by what it needs, then all of them by family."""

from collections.abc import Sequence

from ....specs.language import Optimizer
from ...loading.families import by_family
from ..markdown import capital, directive, folded, table
from ..rules.needs import Need, Room, needs, room
from ..writer import Writer
from .parts import page_link


def families_index(specs: Sequence[Optimizer], write: Writer) -> str:
    """The page."""
    parts = [f"# {write.word('index')}", write.word("index_about")]
    parts += [_heading("find", write), write.word("find_about"), _finder(specs, write)]
    head = [write.word(key) for key in ("rule", "short", "keeps", "besides")]
    parts.append(_heading("by_family", write))
    for family, its in by_family(specs).items():
        rows = [_row(spec, write) for spec in its]
        names = write.joined(spec.name for spec in its)
        title = write.about(write.said(family.title), names)
        parts.append(folded(title, table(head, rows, is_stacked=True)))
    return "\n\n".join(parts) + "\n"


def _heading(key: str, write: Writer) -> str:
    """Not of a section, as the pages of rules would be parts of it in the book."""
    return directive("rubric", write.word(key), ":heading-level: 2")


def _finder(specs: Sequence[Optimizer], write: Writer) -> str:
    """Who meets each need; a need that none has is left out."""
    met: dict[Room | Need, list[str]] = {each: [] for each in (*Room, *Need)}
    for spec in specs:
        for each in (room(spec), *needs(spec)):
            met[each].append(page_link(spec))
    rows = [[capital(_asked(each, write)), write.joined(found)] for each, found in met.items()]
    head = [write.word("need"), write.word("rules")]
    return table(head, [row for row in rows if row[1]], is_stacked=True)


def _row(spec: Optimizer, write: Writer) -> list[str]:
    besides = write.joined(_word(each, write) for each in needs(spec))
    return [page_link(spec), write.summary(spec), _word(room(spec), write), besides]


def _asked(each: Room | Need, write: Writer) -> str:
    said = _word(each, write)
    return write.word("keeps_room", room=said) if isinstance(each, Room) else said


def _word(each: Room | Need, write: Writer) -> str:
    kind = "room" if isinstance(each, Room) else "need"
    return write.word(f"{kind}_{each.value}")
