"""The table of what other libraries have under a spec's name, and where it differs."""

from collections.abc import Mapping

from ...specs.language import Spec
from ...specs.language.claims import Verdict
from ...specs.language.peers import Difference, Peer
from ...specs.peers import PEERS
from ..backends.latex import LatexPrinter
from ..backends.latex.numerals import scientific
from ..prove.prove import Settled
from .edition import Edition
from .markdown import code, inline, table
from .writer import Writer


def peers_of(spec: Spec) -> list[Peer]:
    """Those compared with a spec."""
    return [peer for peer in PEERS if peer.of == spec.name]


def peers_table(spec: Spec, settled: Mapping[str, Settled], edition: Edition) -> str:
    """One row a peer; nothing where there is none."""
    write = Writer(edition, "peers")
    printer = LatexPrinter(spec)
    rows = [
        [
            f"{code(peer.name)} ({peer.version})",
            _defaults(peer, write) or write.word("same"),
            "; ".join(_difference(d, printer, settled, write) for d in peer.differences)
            or write.word("same"),
        ]
        for peer in peers_of(spec)
    ]
    if not rows:
        return ""
    head = [write.word(key) for key in ("peer", "peer_defaults", "peer_differences")]
    return f"{write.word('peers_about')}\n\n{table(head, rows, 'LLL')}"


def _defaults(peer: Peer, write: Writer) -> str:
    shown = (
        f"{code(name)} {inline(scientific(value)) if value else write.word('required')}"
        for name, value in peer.defaults.items()
    )
    return ", ".join(shown)


def _difference(
    difference: Difference, printer: LatexPrinter, settled: Mapping[str, Settled], write: Writer
) -> str:
    text = write.said(difference.words)
    if difference.equations:
        text += ": " + ", ".join(inline(printer.equation(u)) for u in difference.equations)
    if difference.claim in settled:
        text += f" ({claim(settled[difference.claim], write)})"
    return text


def claim(settled: Settled, write: Writer) -> str:
    """A claim by its name, and what it came to."""
    verdicts = {Verdict.PROVED: "proved", Verdict.REFUTED: "refuted", Verdict.UNKNOWN: "unknown"}
    return write.word(verdicts[settled.verdict], claim=code(settled.claim.name))
