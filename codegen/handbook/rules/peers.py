"""The table of what other libraries have under a spec's name, and where it differs."""

from functools import cache

from ....specs.language import Spec
from ....specs.language.peers import Difference, Peer
from ....specs.peers import PEERS
from ...audit.peers import Audited, audited
from ...backends.latex import LatexPrinter
from ...backends.latex.numerals import scientific
from ..edition import Edition
from ..markdown import code, escaped, inline, table
from ..material import Material
from ..proofs.claims import badge, link
from ..writer import Writer


def peers_of(spec: Spec) -> list[Peer]:
    """Those compared with a spec."""
    return [peer for peer in PEERS if peer.of == spec.name]


def peers_table(spec: Spec, material: Material, edition: Edition) -> str:
    """One row a peer; nothing where there is none."""
    write = Writer(edition, "peers")
    printer = LatexPrinter(spec)
    rows = [
        [
            code(peer.name) + (f" ({peer.version})" if peer.version else ""),
            _defaults(peer, write) or write.word("same"),
            "; ".join(_difference(d, printer, material, edition) for d in peer.differences)
            or write.word("same"),
            _audited(peer, write),
        ]
        for peer in peers_of(spec)
    ]
    if not rows:
        return ""
    head = [write.word(key) for key in ("peer", "defaults", "differences", "audited")]
    return f"{write.word('about')}\n\n{table(head, rows)}"


def _defaults(peer: Peer, write: Writer) -> str:
    shown = (
        f"{code(name)} {inline(scientific(value)) if value else write.word('required')}"
        for name, value in peer.defaults.items()
    )
    return ", ".join(shown)


def _audited(peer: Peer, write: Writer) -> str:
    """What came of stepping it beside the spec, in the version that it was of."""
    known = _known().get((peer.of, peer.name))
    if known is None or not known.found:
        return write.word("same")
    if known.found == "agrees":
        text = write.word("agrees", relative=inline(scientific(f"{known.relative:.0e}")))
    elif known.found == "parts":
        text = write.word("as_said" if known.declared else "more")
    else:
        text = write.word("rounds", format=known.found.rpartition(" ")[2])
    return f"{text} ({known.version})"


@cache
def _known() -> dict[tuple[str, str], Audited]:
    return {(each.of, each.name): each for each in audited()}


def _difference(
    difference: Difference, printer: LatexPrinter, material: Material, edition: Edition
) -> str:
    text = escaped(edition.said(difference.words))
    if difference.equations:
        text += ": " + ", ".join(inline(printer.equation(u)) for u in difference.equations)
    if difference.claim in material.settled:
        settled = material.settled[difference.claim]
        # Of specs that were chosen there are not all claims.
        name = link(settled.claim) if material.is_complete else code(settled.claim.name)
        text += f" ({badge(settled, edition)} {name})"
    return text
