"""In which cases each equation is carried out: what the results of a step need, and the states.

Of every equation a table says it, made from the last to the first of them: an equation is carried
out where one is that reads it. So what is only read under a condition that all tensors answer alike
is only needed where that holds, and may be what is not defined elsewhere. That is more than a
convenience of this analysis: it holds for what is generated, which computes under a condition of
the host what nothing else reads (``program/passes/confine``), and where the condition is known only
when all tensors are, throws away what has been computed.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import or_

from sympy import Basic

from ...specs.language import Optimizer, Schedule, Update
from ...specs.language.occurrences import values
from .cases import Case, Distinction
from .distinctions import Distinctions
from .tables import Table, table


class Courses:
    """The courses that steps of a spec can take.

    Args:
        spec: the spec.
        ordered: its updates in execution order.
    """

    def __init__(self, spec: Optimizer | Schedule, ordered: Sequence[Update]) -> None:
        self.distinctions = Distinctions(spec, ordered)
        self._ordered = ordered
        self._states = {s.name: s for s in spec.states}
        self._results = {*spec.results}
        self._live: dict[str, Table[bool]] = {}
        self._readers: dict[str, list[Update]] = {}
        for update in ordered:
            for name in {v.name for v in values(update.value) if v.lag == 0}:
                self._readers.setdefault(name, []).append(update)
        for update in reversed(ordered):
            self._live[update.target.name] = self._table(update.target.name)

    def of(self, update: Update, *more: Basic | Iterable[Distinction]) -> Iterator[Case]:
        """The cases in which an equation is carried out.

        They settle what it is carried out by and what it asks for.

        Args:
            update: it.
            more: what else they are to settle: distinctions, or those within expressions.
        """
        settling = self.settled(update, *more)
        return (case for case in self.distinctions.cases(settling) if self.is_live(update, case))

    def settled(
        self, update: Update, *more: Basic | Iterable[Distinction]
    ) -> frozenset[Distinction]:
        """What those cases settle."""
        found = {*self._live[update.target.name].on} | self.distinctions.within(update.value)
        for each in more:
            found |= self.distinctions.within(each) if isinstance(each, Basic) else {*each}
        return self.distinctions.linked(found)

    def is_live(self, update: Update, case: Case) -> bool:
        """Whether an equation is carried out in a case, or may be, where that leaves it open."""
        return self._at(update.target.name, case)

    def _at(self, name: str, case: Case) -> bool:
        return self._live[name].at(case, or_, False)

    def _table(self, name: str) -> Table[bool]:
        readers = self._readers.get(name, [])
        if name in self._results and name not in self._states:
            return Table((), {(): True})
        deciding: set[Distinction] = set()
        if name in self._results:
            deciding |= self.distinctions.within(self._states[name].when)
        for reader in readers:
            deciding |= {*self._live[reader.target.name].on}
            deciding |= self.distinctions.deciding(reader.value)
        on = [d for d in self.distinctions.all if d in self.distinctions.linked(deciding)]
        return table(((c, self._is_needed(name, c)) for c in self.distinctions.cases(on)), on)

    def _is_needed(self, name: str, case: Case) -> bool:
        if name in self._results and case.exists(self._states[name]):
            return True
        return any(
            self._at(reader.target.name, case)
            and any(v.name == name and v.lag == 0 for v in case.reads(reader.value))
            for reader in self._readers.get(name, [])
        )
