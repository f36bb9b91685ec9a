"""What schedulers made of other schedulers share."""

from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from ._arguments import each, plain, require_optimizer
from ._course import Schedule
from ._scheduler import Scheduler


class Composition(Scheduler):
    """A scheduler made of others, of which it uses the equations alone: it never steps them."""

    _children: ClassVar[tuple[str, ...]] = ()
    """The arguments that are other schedulers."""

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        for name in self._children:
            common_optimizer(name, getattr(self, self._key(name)), require_optimizer(optimizer))
        super().__init__(optimizer, last_epoch, self._made_of()[0]._target.name)

    def _initial_step(self) -> None:
        if hasattr(self, "_last_lr"):  # torch's SequentialLR, which has stepped the parts back
            self.last_epoch -= 1
        super()._initial_step()

    def _rates_found(self) -> list[float]:
        return [self._found_by_parts(i, rate) for i, rate in enumerate(super()._rates_found())]

    @property
    def _sets_momentum(self) -> bool:
        return any(s._sets_momentum for s in self._made_of())

    def _made_of(self) -> list[Scheduler]:
        return [s for name in self._children for s in each(getattr(self, self._key(name)))]

    def _found_by_parts(self, index: int, rate: float) -> float:
        """The rate of a group before the parts were made, if nobody else has set it since."""
        parts = self._made_of()
        while last := [s for s in parts if float(s._last_lr[index]) == rate]:
            rate = last[-1]._found[index]
            parts = [s for s in parts if s is not last[-1]]
        return rate

    def _update_lr(self, epoch: float | None = None) -> None:
        super()._update_lr(epoch)
        self._place()

    def _stand_at(self, step: float, rates: list[float | Tensor]) -> None:
        super()._stand_at(step, rates)
        self._place()

    def _place(self) -> None:
        """Leave the parts at the steps the present rate is made of, for those who look at them."""
        if self.base_lrs:
            schedule = Schedule(self, 0, self.base_lrs[0])
            schedule.rate(self._at)
            for part in schedule.parts():
                if part.asked is not None:
                    part.scheduler._stand_at(part.asked, self._last_lr)

    def _settings(self, index: int, lr: float) -> dict[str, Any]:
        settings = super()._settings(index, lr)
        for name in self._children:
            made = [Schedule(s, index, lr) for s in each(settings[name])]
            settings[name] = made if isinstance(settings[name], list) else made[0]
        return settings

    def _parts_in(self, settings: Mapping[str, Any]) -> list[Schedule]:
        return [part for name in self._children for part in each(settings[name])]

    def _saved_arguments(self) -> dict[str, Any]:
        names = {self._key(n): each(getattr(self, self._key(n))) for n in self._children}
        states = {key: [s.state_dict() for s in parts] for key, parts in names.items()}
        return super()._saved_arguments() | states

    def _restore(self, state: Mapping[str, Any]) -> None:
        keys = [self._key(name) for name in self._children]
        kept = [its for key in keys for its in state.get(key, ())]
        made_of = self._made_of()
        if len(kept) not in (0, len(made_of)):
            raise ValueError(f"a state of {len(kept)} schedulers, not of {len(made_of)}")
        for scheduler, its in zip(made_of, kept, strict=False):
            scheduler._restore(its)
        state = {**state, **{k: progress(state, k) for k in ("last_epoch", "base_lrs")}}
        super()._restore({key: x for key, x in state.items() if key not in keys})
        self._place()


def progress(state: Mapping[str, Any], key: str) -> Any:
    """An entry of a state; where torch's compositions lack it, of the first they are made of."""
    if key in state:
        return state[key]
    if not state.get("_schedulers"):
        raise ValueError(f"the state has no {key}")
    return progress(state["_schedulers"][0], key)


def common_optimizer(name: str, schedulers: Any, optimizer: Any = None) -> Optimizer:
    """The optimizer schedulers are made for, which must be the given one if there is one."""
    if not (several := each(plain(schedulers))):
        raise ValueError(f"{name} must be a list of at least one scheduler, got {schedulers!r}")
    for s in several:
        got = f"{name} must be of this package and for the same optimizer; got a {type(s).__name__}"
        if isinstance(s, ReduceLROnPlateau):
            raise ValueError(f"{got}, which follows a metric: step it on its own, beside this one")
        if isinstance(s, LRScheduler) and not isinstance(s, Scheduler):
            raise ValueError(f"{got} of another: use the class of that name in this package")
        if not isinstance(s, Scheduler):
            raise ValueError(got)
        if type(s).get_lr is not Scheduler.get_lr:
            raise ValueError(f"{got} with a get_lr of its own: step it on its own, beside this one")
        if s._target != several[0]._target:
            first = several[0]._target.name
            raise ValueError(f"{got} of {s._target.name}: give all of them target={first!r}")
        if s.optimizer is not (several[0].optimizer if optimizer is None else optimizer):
            raise ValueError(f"{got} for another optimizer: make it for the one given here")
    return several[0].optimizer
