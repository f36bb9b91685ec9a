"""What was found of other libraries: their faults, and all audits, library by library."""

from itertools import groupby

from ...loading.audited import Audited, audited
from ..edition import Edition
from ..markdown import code, escaped, table
from ..material import Material
from ..page import Page
from ..rules.peers import shown, verdict
from ..writer import Writer


def elsewhere_page(material: Material, edition: Edition) -> list[Page]:
    """One page; none of specs that were chosen."""
    if not material.is_complete:
        return []
    write = Writer(edition, "peers")
    known = sorted((x for x in audited() if x.found), key=lambda x: (x.package, x.of, x.name))
    parts = [f"# {write.word('title')}", write.word("title_about")]
    faults = [x for x in known if x.fault]
    parts += [f"## {write.word('faults')}", write.word("faults_about")]
    parts += [f"### {code(x.name)}\n\n{_fault(x, write)}" for x in faults]
    for package, its in groupby(known, key=lambda x: x.package):
        found = [*its]
        versions = write.joined({x.version.rpartition(" ")[2]: "" for x in found})
        parts += [f"## {package}", write.word("versions", versions=versions), _table(found, write)]
    return [Page("elsewhere", "\n\n".join(parts) + "\n")]


def _fault(peer: Audited, write: Writer) -> str:
    """What is wrong, and the smallest numbers that show it."""
    said = escaped(write.edition.said(peer.fault))
    witness = shown(peer.witness, write)
    return write.word("fault", version=peer.version, fault=said, witness=witness).strip()


def _table(its: list[Audited], write: Writer) -> str:
    head = [write.word(k) for k in ("spec", "peer", "audited", "witness")]
    rows = [
        [
            code(x.of),
            code(x.name),
            verdict(x, write),
            shown(x.witness, write) or write.word("same"),
        ]
        for x in its
    ]
    return table(head, rows, is_stacked=True)
