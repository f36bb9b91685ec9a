"""What schedulers set in the groups of an optimizer, and momenta: how it is read, and set in place.

"Rates" are what the target is of: learning rates, weight decays, ...

A tensor that is set stays the one it is, for the compiled steps and CUDA graphs that read it. So
it has to be the optimizer's own: a group that holds a tensor of the caller's, or of the defaults,
gets a copy when a scheduler is made, and nothing of the caller's is written to.
"""

from typing import Any
from weakref import WeakKeyDictionary

from torch import Tensor
from torch.optim import Optimizer

from ._target import Target

_OWN: WeakKeyDictionary[Optimizer, list[Tensor]] = WeakKeyDictionary()
"""The tensors that were made for the groups of an optimizer."""

_LAST_SET: WeakKeyDictionary[Optimizer, dict[Target, list[Any]]] = WeakKeyDictionary()
"""The rates as a scheduler of this package set them last."""


def own_settings(optimizer: Optimizer, target: Target, *, momentum: bool) -> None:
    """Give every group a rate of its own, and where it is to be set a momentum."""
    known, own = _OWN.get(optimizer, []), list[Tensor]()
    for group in optimizer.param_groups:
        target.replace(group, _owned(target.of(group), known, own))
        if momentum:
            set_momentum(group, _owned(momentum_of(group), known, own))
    _OWN[optimizer] = [*own, *(x for x in known if all(x is not y for y in own))]


def _owned(setting: Any, known: list[Tensor], own: list[Tensor]) -> Any:
    """A setting, as a copy if it is a tensor of someone else's; put among those it owns."""
    if not isinstance(setting, Tensor):
        return setting
    is_own = any(setting is x for x in known) and not any(setting is x for x in own)
    own.append(setting if is_own else setting.clone())
    return own[-1]


def present_rates(optimizer: Optimizer, target: Target) -> list[float | Tensor]:
    """The rates of the groups; of tensors, copies."""
    rates = map(target.of, optimizer.param_groups)
    return [lr.clone() if isinstance(lr, Tensor) else lr for lr in rates]


def set_rates(optimizer: Optimizer, target: Target, rates: list[Any]) -> list[float | Tensor]:
    """Set the rates of the groups, and return them as they are then."""
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        target.put(group, rate)
    return note_rates(optimizer, target)


def note_rates(optimizer: Optimizer, target: Target) -> list[float | Tensor]:
    """Take the present rates for those that were set here, and return them."""
    present = present_rates(optimizer, target)
    _LAST_SET.setdefault(optimizer, {})[target] = present
    return present


def set_by_others(optimizer: Optimizer, target: Target) -> bool:
    """Whether a rate is none that a scheduler of this package set.

    So it is where the optimizer's own state has been loaded.
    """
    last = _LAST_SET.get(optimizer, {}).get(target, [])
    return [*map(float, present_rates(optimizer, target))] != [*map(float, last)]


def assigned(present: Any, value: Any) -> Any:
    """A new value for a setting of a group: a tensor stays the one it is, and is filled."""
    return present.fill_(value) if isinstance(present, Tensor) else value


def as_stored(value: float, setting: Any) -> float:
    """A number, rounded as the setting rounds it."""
    return float(setting.new_tensor(value)) if isinstance(setting, Tensor) else value


def mark(rate: Any) -> tuple[int, int] | None:
    """What tells whether a tensor on a device was written to, without waiting for its value."""
    if not isinstance(rate, Tensor) or rate.device.type == "cpu" or rate.is_inference():
        return None
    return id(rate), rate._version


def has_momentum(group: dict[str, Any]) -> bool:
    return "betas" in group or "momentum" in group


def momentum_of(group: dict[str, Any]) -> Any:
    """The momentum of a group, or its beta1."""
    return group["betas"][0] if "betas" in group else group["momentum"]


def starting_momentum(group: dict[str, Any]) -> float:
    """The momentum a group had before any scheduler, kept as ``initial_lr`` is."""
    return group.setdefault("initial_momentum", float(momentum_of(group)))


def set_momentum(group: dict[str, Any], value: Any) -> None:
    if "betas" in group:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value


def set_momenta(
    optimizer: Optimizer,
    momenta: list[float | None],
    before: list[float | None],
    first: list[float],
    *,
    outright: bool,
) -> None:
    """Set the momenta there are; one that is set no longer is let go, as it was at first.

    Args:
        optimizer: whose groups they are of.
        momenta: one a group; None where none is set.
        before: those that were set last.
        first: those of the groups before any scheduler.
        outright: let go of one whoever has set it, not only where it is the one set last.
    """
    known = zip(optimizer.param_groups, momenta, before, first, strict=True)
    for group, mu, last, base in known:
        present = momentum_of(group)
        if mu is not None:
            set_momentum(group, assigned(present, mu))
        elif outright or (last is not None and float(present) == as_stored(last, present)):
            set_momentum(group, assigned(present, base))
