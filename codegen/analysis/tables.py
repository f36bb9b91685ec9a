"""What a value is in each case, by no more distinctions than it depends on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from .cases import Case, Distinction

Entry = TypeVar("Entry")
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Table(Generic[Entry]):
    """Entries by the choices of some distinctions.

    Args:
        on: the distinctions.
        entries: by what is chosen of each; those of cases that cannot be are missing.
    """

    on: tuple[Distinction, ...]
    entries: Mapping[Key, Entry]

    def at(self, case: Case, join: Callable[[Entry, Entry], Entry], nothing: Entry) -> Entry:
        """The entry of a case; what all are joined to that may be, where it leaves some open."""
        settled = case.settled
        if all(d in settled for d in self.on):
            return self.entries.get(tuple(settled[d] for d in self.on), nothing)
        open_ = object()
        wanted = [settled.get(d, open_) for d in self.on]
        found = [
            entry
            for key, entry in self.entries.items()
            if all(w is open_ or w == k for w, k in zip(wanted, key, strict=True))
        ]
        return reduce(join, found) if found else nothing


def table(entries: Iterable[tuple[Case, Entry]], on: Iterable[Distinction]) -> Table[Entry]:
    """The table of some cases that settle distinctions, without those that make no difference."""
    kept = (*on,)
    known: dict[Key, Entry] = {
        tuple(case.settled[d] for d in kept): entry for case, entry in entries
    }
    for distinction in reversed(kept):
        at = kept.index(distinction)
        fewer: dict[Key, Entry] = {}
        for key, entry in known.items():
            if fewer.setdefault(key[:at] + key[at + 1 :], entry) != entry:
                break
        else:
            known, kept = fewer, kept[:at] + kept[at + 1 :]
    return Table(kept, known)
