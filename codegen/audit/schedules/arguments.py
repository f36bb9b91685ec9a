"""The names of our arguments -> those of theirs.

Arguments of a schedule that another is made of are those of the whole, behind the name of the one:
``scheduler_T_max``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter
from typing import Any

from ....specs.language import Function, Schedule
from ...analysis.nearby import suggestion
from ...oracle.arguments import Bound
from ..arguments import setting
from ..expressions import Expression
from ..target import refused
from .bounds import flat

_OTHER_NAMES = {
    "lr": ("initial_learning_rate", "init_value", "learning_rate", "base_lr", "value", "max_lr"),
    "T_max": ("t_max", "decay_steps", "t_initial", "num_training_steps"),
    "eta_min": ("end_value", "min_lr", "lr_min", "end_learning_rate"),
    "gamma": ("decay_rate",),
    "step_size": ("decay_t", "transition_steps"),
    "milestones": ("boundaries", "decay_t"),
    "decay_steps": ("transition_steps",),
    "total_iters": ("transition_steps", "decay_steps", "t_initial"),
    "T_0": ("first_decay_steps", "t_initial"),
    "T_mult": ("t_mul", "cycle_mul"),
    "power": ("exponent",),
    "warmup_steps": ("num_warmup_steps", "warmup_t"),
    "stable_steps": ("num_stable_steps",),
    "decay": ("decay_rate",),
    "patience": ("patience_t",),
    "cooldown": ("cooldown_t",),
    "factor": ("decay_rate",),
}


@dataclass(frozen=True)
class Pairing:
    """How their arguments follow from ours.

    Args:
        names: their names, by ours.
        given: arguments of theirs that have one value throughout, or follow from ours.
    """

    names: Mapping[str, str]
    given: Mapping[str, Any]

    @property
    def told(self) -> frozenset[str]:
        """Our arguments that theirs hears of."""
        read = (x.names for x in self.given.values() if isinstance(x, Expression))
        return frozenset(self.names).union(*read)

    def theirs(self, bound: Bound) -> dict[str, Any]:
        """Their arguments."""
        ours = flat(bound)
        found = {n: x.of(ours) if isinstance(x, Expression) else x for n, x in self.given.items()}
        known = {there: ours[name] for name, there in self.names.items()}
        return found | {n: [*x] if isinstance(x, tuple) else x for n, x in known.items()}


def pairing(
    bound: Bound,
    parameters: Sequence[Parameter],
    maps: Sequence[str],
    sets: Sequence[str],
    reference: str,
) -> Pairing:
    """How their arguments follow from those of a schedule.

    Args:
        bound: the schedule, with some arguments.
        parameters: what theirs can be given, but for an optimizer.
        maps: ``ours=theirs``, beside what is guessed; ``ours=`` for what theirs has not.
        sets: ``theirs=value``, or an expression in our arguments.
        reference: their name, for messages.

    Raises:
        SpecError: an argument is named that one of the two has not, or theirs needs another.
    """
    there = {p.name: p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
    ours = flat(bound)

    def known(name: str, text: str) -> str:
        if name in there or len(there) < len(parameters):
            return name
        hint = f"{suggestion(name, there)}It has {', '.join(there) or 'none'}"
        raise refused(reference, text, f"theirs has no argument {name}", hint)

    given = dict(setting(text, known, ours, reference) for text in sets)
    told = {text.partition("=")[0].strip() for text in maps}
    names = dict(_guessed(bound.schedule, ours, there, {*given, *told}))
    for text in maps:
        name, equals, other = (part.strip() for part in text.partition("="))
        if not equals:
            raise refused(reference, text, "it is no ours=theirs", "Write it as in T_max=t_max")
        if name not in ours:
            hint = f"{suggestion(name, ours)}It has {', '.join(ours)}"
            raise refused(reference, text, f"{bound.schedule.name} has no argument {name}", hint)
        if other:
            names[name] = known(other, text)
    taken = {*names.values(), *given}
    for name, p in there.items():
        if p.default is p.empty and name not in taken:
            remedy = f"Say which of ours it is, --map OURS={name}, or give it, --set {name}=VALUE"
            raise refused(reference, name, "theirs needs this argument", remedy)
    return Pairing(names, given)


def _guessed(
    schedule: Schedule, ours: Mapping[str, Any], there: Mapping[str, Parameter], told: set[str]
) -> Iterator[tuple[str, str]]:
    """Names of ours that theirs has, or another of their names, each once."""
    functions = {h.name for h in schedule.hyper if isinstance(h, Function)}
    taken = told & there.keys()
    for name in ours:
        found = next((n for n in (name, *_OTHER_NAMES.get(name, ())) if n in there), "")
        if found and found not in taken and not {name, found} & told and name not in functions:
            taken.add(found)
            yield name, found
