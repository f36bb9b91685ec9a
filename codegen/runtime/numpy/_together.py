"""A step in which all arrays take turns, as a rule needs totals over all of them.

``_rule`` is a generator then: it hands over the parts that its arrays have in the totals of a turn,
and goes on when those are known. Between two turns ``_shared`` computes what is one for all, and
``_own`` the scalars of a step that depend on it: from NumPy's numbers, as what has no finite result
must not stop a step that is half done. Totals are taken in float64, or a wider dtype of the arrays,
in the order of the parameters.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ._between import Scalars
from ._norms import combined
from ._scalars import Step

Compute: TypeAlias = Callable[[Step], Iterator[None]]


@dataclass
class Running:
    """The arrays of a parameter under way.

    Args:
        step: theirs, which what follows from totals is put into.
        rule: their update.
        finish: is called at its end.
    """

    step: Step
    rule: Iterator[tuple[Any, ...]]
    finish: Callable[[], None]

    def hand_over(self) -> tuple[Any, ...]:
        """Go on to the next turn: the parts. None at the end."""
        parts = next(self.rule, ())
        if not parts:
            self.finish()
        return parts


def run(
    begin: Sequence[Callable[[], Running | None]],
    shared: Step,
    compute: tuple[Compute, Compute],
    totals: Sequence[Mapping[str, str]],
    new: Mapping[str, str],
    kept: dict[str, float],
) -> None:
    """Take the step of all arrays.

    Args:
        begin: what gives arrays that are under way.
        shared: the step of what is one for all.
        compute: what computes that, and the scalars of other steps.
        totals: of each turn, what comes together by name, and how.
        new: the names of new values of states, by that of the state.
        kept: takes these values, of the states that it has.
    """
    running = [each for start in begin if (each := start())]
    once = _scalars(shared, compute[0])
    steps = {id(each.step): each.step for each in running}
    own = [(step, _scalars(step, compute[1])) for step in steps.values()]
    for turn in totals:
        parts = [each.hand_over() for each in running]
        columns = [*zip(*parts, strict=True)] or [()] * len(turn)
        found = [_total(kind, x) for kind, x in zip(turn.values(), columns, strict=True)]
        late = once.go_on(dict(zip(turn, found, strict=True)))
        for step, scalars in own:
            for name, x in (late | scalars.go_on(late)).items():
                setattr(step, name, x if isinstance(x, _AS_THEY_ARE) else float(x))
    for each in running:
        each.hand_over()
    for name in kept.keys() & new.keys():
        kept[name] = float(getattr(once.step, new[name]))


_AS_THEY_ARE = bool | np.bool | None
"""Answers, and the values of states that do not exist."""


def _scalars(step: Step, compute: Compute) -> Scalars[Step]:
    """What computes scalars between turns, from those of a step as NumPy's."""
    own = Step()
    vars(own).update({name: _wide(x) for name, x in vars(step).items()})
    return Scalars(own, compute)


def _wide(x: Any) -> Any:
    return np.float64(x) if isinstance(x, int | float) and not isinstance(x, bool) else x


def _total(kind: str, parts: Sequence[Any]) -> Any:
    """The total of some parts; of none 0, or what is less than all."""
    if kind == "norm":
        return np.float64(combined(map(float, parts)))
    row = np.array(parts)
    row = row.astype(np.result_type(row.dtype, np.float64))
    return np.max(row, initial=-np.inf) if kind == "amax" else np.sum(row)
