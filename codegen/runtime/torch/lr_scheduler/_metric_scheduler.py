"""What schedulers that follow a metric share."""

import math
import warnings
from collections.abc import Mapping
from typing import Any, ClassVar

from torch.optim import Optimizer
from torch.optim.lr_scheduler import EPOCH_DEPRECATION_WARNING, ReduceLROnPlateau

from ._arguments import Arguments, require_optimizer
from ._domains import require
from ._rates import note_rates, own_settings, set_by_others, set_rates
from ._target import require_same, target_of


class MetricScheduler(Arguments, ReduceLROnPlateau):
    """A learning rate that follows a metric.

    A step goes on from the present rate, whoever has set it.
    """

    _states: ClassVar[dict[str, str]] = {}
    """The states in the equations, and the attributes that hold them; of groups, ``eta``."""

    def __init__(self, optimizer: Optimizer, target: str = "lr") -> None:
        self._target = target_of(require_optimizer(optimizer), target)
        self._accept(optimizer)
        own_settings(optimizer, self._target, momentum=False)
        self.last_epoch = 0
        self._last_lr = note_rates(optimizer, self._target)
        self._reset()

    def step(self, metrics: Any, epoch: int | None = None) -> None:
        """Take in one more value of the metric.

        Args:
            metrics: a number, or a tensor of one.
            epoch: the number of the step, in place of the next one.

        Raises:
            ValueError: the metric is NaN. Nothing has been changed then.
            RuntimeError: a group was added, and the arguments are lists for those before it.
        """
        metric = float(metrics)
        require(not math.isnan(metric), "metrics", metric, "a number")
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        groups = self.optimizer.param_groups
        if len(groups) != len(self._last_lr):
            own_settings(self.optimizer, self._target, momentum=False)
            self._extend_arguments()
        states = {name: getattr(self, key) for name, key in self._states.items() if name != "eta"}
        new: dict[str, Any] = {}
        rates: list[Any] = []
        for index, group in enumerate(groups):
            present = self._target.of(group)
            eta = float(present)
            settings = self._in_group(index, self._of_groups()) | states | {"eta": eta}
            new = dict(zip(self._states, self._next(metric, **settings), strict=True))
            rate = new.pop("eta")
            rates.append(present if rate == eta else rate)
        if any(
            rate is not self._target.of(group) for rate, group in zip(rates, groups, strict=True)
        ):
            self._require_all_groups()
        for name, value in new.items():
            setattr(self, self._states[name], value)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        self._last_lr = set_rates(self.optimizer, self._target, rates)

    def _of_groups(self) -> dict[str, Any]:
        """The arguments, with 0 for a group that a list has nothing for."""
        arguments, groups = self._given(), len(self.optimizer.param_groups)
        for name in self._per_group:
            if isinstance(values := arguments[name], list):
                arguments[name] = [*values, *[0.0] * (groups - len(values))]
        return arguments

    def _require_all_groups(self) -> None:
        groups = len(self.optimizer.param_groups)
        for name in self._per_group:
            key, values = self._key(name), getattr(self, self._key(name))
            if isinstance(values, list) and len(values) != groups:
                raise RuntimeError(
                    f"The number of param groups in the optimizer is {groups}, and {key} has "
                    f"{len(values)} values: append those of the groups that were added"
                )

    def state_dict(self) -> dict[str, Any]:
        """The states and the arguments, as plain values, by the names torch has for them."""
        keys = [key for name, key in self._states.items() if name != "eta"]
        return (
            self._saved_arguments()
            | {
                "last_epoch": self.last_epoch,
                "_last_lr": [float(lr) for lr in self._last_lr],
                **{key: getattr(self, key) for key in keys},
            }
            | ({} if self._target.is_rate else {"target": self._target.name})
            | self._shown()
        )

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on where a state was kept, here or by torch.

        The rate it had is set too, but where someone else has set the rates since this package
        did, as the optimizer's own ``load_state_dict`` does: those are kept.

        Raises:
            ValueError: a state is missing, an argument is outside its domain, or it is of
                another number of groups. Nothing has been changed then.
        """
        keys = ["last_epoch", *(key for name, key in self._states.items() if name != "eta")]
        if missing := [key for key in (*keys, "_last_lr") if key not in state_dict]:
            raise ValueError(f"the state has no {', '.join(missing)}")
        groups, rates = self.optimizer.param_groups, state_dict["_last_lr"]
        if len(rates) != len(groups):
            raise ValueError(f"a state of {len(rates)} groups of parameters, not of {len(groups)}")
        require_same(self._target, state_dict)
        restored = set_by_others(self.optimizer, self._target)
        self._load_arguments(state_dict)
        for key in keys:
            setattr(self, key, state_dict[key])
        self._last_lr = [float(rate) for rate in rates]
        if not restored:
            self._last_lr = set_rates(self.optimizer, self._target, self._last_lr)

    def _reset(self) -> None:
        """Give the states their first values, if there are others than the rate."""

    @staticmethod
    def _next(metric: float, /, **arguments: Any) -> tuple[Any, ...]:
        """The states after one more metric, by the equations."""
        raise NotImplementedError
