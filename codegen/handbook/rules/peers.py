"""What audits found of other libraries, as lists: what has a rule's name there, and what it is."""

import re
from collections.abc import Iterator, Sequence

from ....specs.language import Spec
from ....specs.language.peers import Difference
from ....specs.peers import PEERS
from ...audit.again import ALL
from ...backends.latex import LatexPrinter
from ...backends.latex.numerals import scientific
from ...loading.audited import AGREES, Audited, audited
from ..edition import Edition
from ..markdown import code, escaped, folded, inline
from ..material import Material
from ..proofs.claims import badge, link
from ..writer import Writer


def peers_of(spec: Spec) -> list[Audited]:
    """Those audited against a spec."""
    return [each for each in audited() if each.of == spec.name and each.found]


def peers_list(spec: Spec, material: Material, edition: Edition) -> str:
    """One item a peer, which fits a phone and the book; nothing where there is none."""
    write = Writer(edition, "peers")
    printer = LatexPrinter(spec)
    items = [f"- {_item(peer, printer, material, write)}\n" for peer in peers_of(spec)]
    if not items:
        return ""
    return f"{write.word('about')}\n\n{folded(write.word('each'), ''.join(items))}"


def _item(peer: Audited, printer: LatexPrinter, material: Material, write: Writer) -> str:
    """What there is to say of it: what was found, then only what differs."""
    name = f"**{code(peer.name)}** ({peer.version.rpartition(' ')[2]})"
    found = write.about(name, verdict(peer, write))
    further = {
        "defaults": _other_arguments(peer, write),
        "differences": write.apart(_differences(peer, printer, material, write)),
        "witness": shown(peer.witness, write),
    }
    said = [write.about(write.word(key), text) for key, text in further.items() if text]
    return " ".join(write.word("sentence", text=text) for text in (found, *said))


_WITNESSES = {
    "witness_step": "from (?P<start>.+) by (?P<gradients>.+) to (?P<there>.+)",
    "witness_more": "at steps (?P<steps>.+) and (?P<more>[0-9]+) more, (?P<there>.+)",
    "witness_steps": "at steps (?P<steps>.+), (?P<there>.+)",
    "witness_alone": "at step (?P<step>.+) alone, (?P<there>.+)",
    "witness_on": "from step (?P<step>.+) on, (?P<there>.+)",
    "witness_every": "at every step, (?P<there>.+)",
}
"""What audits write of a difference, between the arguments and what is right."""


def shown(witness: str, write: Writer) -> str:
    """The smallest numbers that show a difference, in the edition's words; nothing of none."""
    settings, _, said = witness.partition(": ")
    numbers, _, here = said.rpartition(", not ")
    if settings == "defaults":
        settings = write.word("witness_defaults")
    for key, pattern in _WITNESSES.items():
        if found := re.fullmatch(pattern, numbers):
            text = write.word(key, settings=settings, here=here, **found.groupdict())
            return code(text)
    return code(witness) if witness else ""


def verdict(peer: Audited, write: Writer) -> str:
    """What came of stepping it beside the rule."""
    if peer.found == AGREES and not peer.relative:
        text = write.word("agrees_exactly")
    elif peer.found == AGREES:
        text = write.word("agrees", relative=inline(scientific(f"{peer.relative:.0e}")))
    elif peer.found.startswith("rounds"):
        text = write.word("rounds", format=peer.found.rpartition(" ")[2])
    elif peer.declared and not peer.undeclared:
        text = write.word("as_said")
    elif peer.declared and ALL not in peer.undeclared:
        text = write.word("but_with", names=write.joined([*map(code, peer.undeclared)]))
    elif peer.dialect:
        text = write.word("dialect", dialect=escaped(write.edition.said(peer.dialect)))
    else:
        text = write.word("parts")
    shapes = write.word("shapes", shapes=write.joined([*peer.shapes])) if peer.shapes else ""
    refused = write.word("refuses", what=code("; ".join(peer.refuses))) if peer.refuses else ""
    return text + shapes + refused


def _other_arguments(peer: Audited, write: Writer) -> str:
    """Defaults that are others, and what it has not."""
    shown = [
        f"{code(name)} {inline(scientific(value)) if _is_number(value) else code(value)}"
        if value
        else f"{code(name)} {write.word('required')}"
        for name, value in peer.defaults.items()
    ]
    if peer.lacks:
        shown.append(write.word("lacks", names=write.joined([*map(code, peer.lacks)])))
    return write.joined(shown)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _differences(
    peer: Audited, printer: LatexPrinter, material: Material, write: Writer
) -> Iterator[str]:
    """Those that are declared and found, and those that a claim alone says."""
    for each in _declared(peer):
        if each.words in peer.declared or not each.equations:
            yield _difference(each, printer, material, write)


def _declared(peer: Audited) -> Sequence[Difference]:
    return [d for p in PEERS if (p.of, p.name) == (peer.of, peer.name) for d in p.differences]


def _difference(
    difference: Difference, printer: LatexPrinter, material: Material, write: Writer
) -> str:
    text = write.said(difference.words)
    if difference.equations:
        shown = [inline(printer.equation(u)) for u in difference.equations]
        text = write.about(text, write.joined(shown))
    if difference.claim in material.settled:
        settled = material.settled[difference.claim]
        # Of specs that were chosen there are not all claims.
        name = link(settled.claim) if material.is_complete else code(settled.claim.name)
        text += f" ({badge(settled, write.edition)} {name})"
    return text
