"""What all schedulers share: the way from a function of the step to the groups of an optimizer.

A scheduler keeps, for each group, the *course* it is on (``_course``: a rate at a step) and the
rate it set last. At a step, stages:

1. ``_courses_to`` finds the course of each group. Where the rate is still the one set last, it
   stays the same, and the rate is the equations' at the new step, computed from the start and
   never from the present rate: stepping, jumping, resuming and loading agree, to the last bit.
   Where someone else has set the rate (another scheduler, a hand), the course is the one through
   that rate, so that schedulers multiply side by side, as torch's chainable forms do.
2. ``get_lr`` gives the rates of the courses; a subclass can have its own, as in torch.
3. ``set_rates`` sets them, in place, after everything has been computed.

The first course starts from the rate that is found, as torch's does, or from ``initial_lr`` where
torch's class sets the rate outright; that is also where a jump to a step starts from.
"""

import math
import warnings
from collections.abc import Mapping
from operator import is_
from typing import Any

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import EPOCH_DEPRECATION_WARNING, LRScheduler

from ._arguments import is_number, is_whole, plain, progress, require_optimizer
from ._course import Course, Schedule, value
from ._declared import Declared
from ._domains import require
from ._placed import Placed
from ._rates import (
    as_stored,
    has_momentum,
    mark,
    own_settings,
    set_by_others,
    set_momenta,
    set_rates,
    starting_momentum,
)
from ._target import require_same, target_of


class Scheduler(Declared, Placed, LRScheduler):
    """A learning rate over time, as a function of the 0-based step."""

    base_lrs: list[float]  # pyright: ignore[reportIncompatibleVariableOverride]
    """The rates of the groups before any scheduler."""

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1, target: str = "lr") -> None:
        self._target = target_of(require_optimizer(optimizer), target)
        self._accept(optimizer)
        whole = is_whole(last_epoch) and last_epoch >= -1
        require(whole, "last_epoch", last_epoch, "a whole number of at least -1")
        if self._sets_momentum and not all(map(has_momentum, optimizer.param_groups)):
            raise ValueError(
                f"{type(self).__name__} sets the momentum, and this optimizer has neither "
                "momentum nor betas"
            )
        self._products = {}
        self._courses: list[Course] = []
        self._read: tuple[list[Any], list[Schedule]] = [], []
        self._found = self._rates_found()
        with self._target.as_rate(optimizer, resumes=last_epoch != -1):
            if last_epoch == -1:
                own_settings(optimizer, self._target, momentum=self._sets_momentum)
                if self._target.is_rate:
                    self._prepare()
            super().__init__(optimizer, int(last_epoch))

    def _prepare(self) -> None:
        """Leave in the groups what torch's class leaves there when it is first made."""

    def _rates_found(self) -> list[float]:
        """The rates of the groups before this scheduler was made."""
        return [float(self._target.of(group)) for group in self.optimizer.param_groups]

    def _initial_step(self) -> None:
        # Plain numbers: the value of a tensor is fetched from its device here, not at every step.
        self.base_lrs[:] = map(float, self.base_lrs)
        if hasattr(self, "_last_lr"):  # torch's SequentialLR takes the first step again
            self._found = self._rates_found()
        own_settings(self.optimizer, self._target, momentum=self._sets_momentum)
        self.base_momenta: list[float] = []
        self._momenta: list[float | None] = []
        if self._sets_momentum:
            self.base_momenta = [*map(starting_momentum, self.optimizer.param_groups)]
            self._momenta = [None for _ in self.base_momenta]
        super()._initial_step()

    def step(self, epoch: float | None = None) -> None:
        """Set the rate of the next step, or of a given one, which can lie between two.

        Args:
            epoch: the step to go to, ``0 <= epoch``; by default the one after ``last_epoch``.
                The rate is then that of the equations, started from ``base_lrs``.

        Raises:
            ValueError: the step is negative, or no number. Nothing has been changed then.
        """
        if epoch is None:
            super().step()
        else:
            require(is_number(epoch) and epoch >= 0, "epoch", epoch, "a number of at least 0")
            if self._warns_of_jumps:
                warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
            self._update_lr(plain(epoch))
            self._step_count += 1

    def _update_lr(self, epoch: float | None = None) -> None:
        """Set the rate, and the momentum, of a step; everything is computed before any is set."""
        self._join_groups()
        before = self._at, self._courses
        step = self.last_epoch + 1 if epoch is None else epoch
        schedules = self._in_groups()
        try:
            self._courses = self._courses_to(step, schedules, jumps=epoch is not None)
            self._at = step
            self._get_lr_called_within_step = True
            rates = self.get_lr()
        except BaseException:
            self._at, self._courses = before
            raise
        finally:
            self._get_lr_called_within_step = False
        momenta = self._momenta_of(schedules, step)
        self._set(rates)
        self._set_momenta(momenta, outright=self._is_initial or epoch is not None)

    def _set(self, rates: list[Any]) -> None:
        self._last_lr = set_rates(self.optimizer, self._target, rates)
        self._marks = [mark(self._target.of(group)) for group in self.optimizer.param_groups]

    def _momenta_of(self, schedules: list[Schedule], step: float) -> list[float | None]:
        return [s.momentum(step) for s in schedules] if self._sets_momentum else []

    def _set_momenta(self, momenta: list[float | None], *, outright: bool) -> None:
        if momenta:
            before, first = self._momenta, self.base_momenta
            set_momenta(self.optimizer, momenta, before, first, outright=outright)
            self._momenta = momenta

    def _courses_to(self, step: float, schedules: list[Schedule], *, jumps: bool) -> list[Course]:
        courses: list[Course] = []
        for index, (schedule, base) in enumerate(zip(schedules, self.base_lrs, strict=True)):
            if jumps or self._outright == "always":
                courses.append((None, base))
            elif self._is_initial:
                courses.append(self._first_course(index, schedule, step))
            elif self._was_set(index):
                rate = float(self._target.of(self.optimizer.param_groups[index]))
                courses.append((step, schedule.carried(step, self._at, rate, base)))
            else:
                courses.append(self._same_course(index, schedule, step))
        return courses

    def _first_course(self, index: int, schedule: Schedule, step: float) -> Course:
        """From the rate that was found: before the first step, or at the last one that is done."""
        base, found = self.base_lrs[index], self._found[index]
        if self._outright == "at first":
            return None, base
        if step == 0:
            return None, found
        setting = self._target.of(self.optimizer.param_groups[index])
        computed = (as_stored(schedule.rate(at), setting) for at in (step - 1, step))
        if found in (base, *computed):
            return None, base
        return step, schedule.carried(step, step - 1, found, base)

    def _same_course(self, index: int, schedule: Schedule, step: float) -> Course:
        """The present course; from where the start no longer shows, that of the base rate."""
        course, base, at = self._courses[index], self.base_lrs[index], self._at
        begun = 0 if course[0] is None else course[0]
        if course == (None, base) or at == begun or not schedule.forgets(at, base):
            return course
        present = value(schedule, course, at, base)
        if present == schedule.rate(at, base):
            return None, base
        return step, schedule.carried(step, at, present, base)

    def _was_set(self, index: int) -> bool:
        """Whether someone else has set the rate of a group since this scheduler did."""
        present, kept = self._target.of(self.optimizer.param_groups[index]), self._marks[index]
        if kept is not None and kept == mark(present):
            return False
        last = self._last_lr[index]
        return float(present) != as_stored(float(last), present)

    def _in_groups(self) -> list[Schedule]:
        """The equations in each group: those of earlier, while all they read is the same."""
        if self._get_lr_called_within_step:
            return self._read[1]
        read = self._fixed()
        if read is not None:
            read += (self, len(self.optimizer.param_groups), *self.base_lrs)
        known, schedules = self._read
        if read is None or len(read) != len(known) or not all(map(is_, read, known)):
            schedules = [Schedule(self, index, lr) for index, lr in enumerate(self.base_lrs)]
            self._read = read or [], schedules
        return schedules

    def _join_groups(self) -> None:
        """Let groups that were added in the meantime go on from the rates they came with."""
        groups = self.optimizer.param_groups
        if len(self.base_lrs) < len(groups):
            own_settings(self.optimizer, self._target, momentum=self._sets_momentum)
        for index in range(len(self.base_lrs), len(groups)):
            group = groups[index]
            rate = float(self._target.of(group))
            self._extend_arguments()
            start = group.get(self._target.initial, self._start_of(index, rate))
            self.base_lrs.append(float(start))
            always = self._outright == "always"
            self._courses.append((None, self.base_lrs[-1]) if always else (self._at, rate))
            self._last_lr.append(rate)
            self._marks.append(None)
            if self._sets_momentum:
                self.base_momenta.append(starting_momentum(group))
                self._momenta.append(None)

    def _start_of(self, index: int, rate: float) -> float:
        """The rate to start from for a rate at the present step, which is affine in it."""
        zero, one = (Schedule(self, index, lr).rate(self._at) for lr in (0.0, 1.0))
        return (rate - zero) / (one - zero) if one != zero else rate

    def get_lr(self) -> list[float | Tensor]:
        """The learning rate of each group at the present step, from the equations."""
        known = zip(self._in_groups(), self._courses, self.base_lrs, strict=True)
        return [value(schedule, course, self._at, base) for schedule, course, base in known]

    def state_dict(self) -> dict[str, Any]:
        """The progress and the arguments, as plain values: numbers, words, lists.

        They have the names they have in torch, whose class of the same name can load them.
        Of functions only what objects of classes hold is kept, as in torch.
        """
        return (
            self._saved_arguments()
            | {
                "last_epoch": self.last_epoch,
                "base_lrs": [*self.base_lrs],
                "base_momenta": [*self.base_momenta],
                "_at": self._at,
                "_found": [*self._found],
                "_courses": [[*course] for course in self._courses],
                "_momenta": [*self._momenta],
                "_step_count": self._step_count,
                "_last_lr": [float(lr) for lr in self._last_lr],
                "_is_initial": False,
                "_get_lr_called_within_step": False,
            }
            | ({} if self._target.is_rate else {"target": self._target.name})
            | self._shown()
        )

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on where a state was kept.

        The rate (and momentum) of that step is set too, but where someone else has set the rates
        since this package did, as the optimizer's own ``load_state_dict`` does: those are kept.
        Of several schedulers, load the one that is stepped first first.

        Args:
            state_dict: from :meth:`state_dict`, or from torch's class of the same name. Keys
                that are unknown here are ignored; arguments that are missing stay as they are.

        Raises:
            ValueError: the state has no ``last_epoch`` or ``base_lrs``, an argument in it is
                outside its domain, or it is of another number of groups.
        """
        restored = set_by_others(self.optimizer, self._target)
        self._restore(state_dict)
        if not restored:
            self._set([float(lr) for lr in self._last_lr])
            self._set_momenta(self._momenta_of(self._in_groups(), self._at), outright=True)

    def _restore(self, state: Mapping[str, Any]) -> None:
        require_same(self._target, state)
        last_epoch = int(progress(state, "last_epoch"))
        base_lrs = [float(lr) for lr in progress(state, "base_lrs")]
        groups = len(self.optimizer.param_groups)
        if len(base_lrs) != groups:
            raise ValueError(f"a state of {len(base_lrs)} groups of parameters, not of {groups}")
        self._load_arguments(state)
        self._products.clear()
        self._read = [], []
        self._at = self._step_in(state, last_epoch)
        self.base_lrs[:] = base_lrs
        self._found = [*state.get("_found", self._found)]
        self.base_momenta = [*state.get("base_momenta", self.base_momenta)]
        self._momenta = [*state.get("_momenta", self._momenta)]
        self._step_count = state.get("_step_count", self._step_count)
        computed = [schedule.rate(self._at) for schedule in self._in_groups()]
        self._last_lr = [float(lr) for lr in state.get("_last_lr", computed)]
        self._marks = [None for _ in base_lrs]
        self._courses = [
            (since, float(rate))
            for since, rate in state.get("_courses", self._courses_in(computed))
        ]

    def _courses_in(self, computed: list[float]) -> list[Course]:
        """The courses of a state of torch's, which has the rates alone, after its roundings."""
        known = zip(self.base_lrs, computed, self._last_lr, strict=True)
        return [
            (None, base)
            if math.isclose(rate, float(last), rel_tol=1e-9)
            else (self._at, float(last))
            for base, rate, last in known
        ]

    def _step_in(self, state: Mapping[str, Any], last_epoch: int) -> float:
        return state.get("_at", last_epoch)

    def _stand_at(self, step: float, rates: list[float | Tensor]) -> None:
        """Stand at a step that another scheduler, made of this one, has gone to."""
        self._at = step
        self._step_count = self.last_epoch + 1
        self._last_lr = [*rates]
