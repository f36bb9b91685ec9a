"""Both sides of an audit, with all that is needed to make them step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...specs.language import Optimizer
from .adapters.run import Adapter
from .arguments import Pairing
from .compare import Far, Parting, compared, parted_states
from .ours import course as our_course
from .theirs import EVALUATED, RaisedError
from .theirs import course as their_course
from .trial import Course, Moment, Trial


@dataclass(frozen=True)
class Sides:
    """A rule and another optimizer.

    Args:
        spec: the rule, analysed.
        adapter: makes the other step.
        pairing: how its arguments follow from the rule's.
    """

    spec: Optimizer
    adapter: Adapter
    pairing: Pairing

    def theirs(self, trial: Trial) -> Course:
        """The course of the other.

        Raises:
            RaisedError: it has raised an error.
        """
        return their_course(self.adapter, self.pairing, trial)

    def both(self, trial: Trial) -> "Compared":
        """What comes of a trial.

        Raises:
            RaisedError: the other has raised an error.
        """
        theirs = self.theirs(trial)
        ours = tuple(our_course(self.spec, trial))
        far, parting = compared(ours, theirs, trial.starts, trial.dtype)
        return Compared(trial, ours, theirs, far, parting)

    def parts(self, trial: Trial) -> Parting | None:
        """Where they part, with no step more than that; None too where one of them cannot."""
        try:
            theirs = self.theirs(trial)
            return compared(our_course(self.spec, trial), theirs, trial.starts, trial.dtype)[1]
        except (RaisedError, ValueError, ArithmeticError):
            return None

    def states(self, theirs: Course) -> Mapping[str, str]:
        """The states of ours that the other keeps too, with their names there."""
        there = theirs[-1].states if theirs else {}
        names = {s.name: self.pairing.states.get(s.name, "") for s in self.spec.states}
        for s in self.spec.states:
            known = (names[s.name], s.key, s.name)
            names[s.name] = next((n for n in known if n and n in there), "")
        if EVALUATED in there and len(self.spec.outputs) == 1:
            names[self.spec.outputs[0].name] = EVALUATED
        return {ours: name for ours, name in names.items() if name}

    def parted_states(self, found: "Compared") -> dict[str, int]:
        names = self.states(found.theirs)
        return parted_states(found.ours, found.theirs, names, found.trial.dtype)


@dataclass(frozen=True)
class Compared:
    """What comes of a trial on both sides."""

    trial: Trial
    ours: Sequence[Moment]
    theirs: Course
    far: Far
    parting: Parting | None

    @cached_property
    def relative(self) -> float:
        return self.parting.relative if self.parting else self.far.relative
