"""Whether states fit their parameters, which a user may have set by hand, and gradients are there.

What does not must be refused before a step changes anything. Every state is asked when it is new;
later it is enough that they are the same objects.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from operator import contains, itemgetter
from typing import Any

from torch import Tensor

from ._rule import Group, Rule
from ._tensors import is_of_kind


def found(
    params: Sequence[Tensor], states: Sequence[Mapping[str, Any]], keys: Iterable[str]
) -> list[Any] | None:
    """Parameters and their states of these keys in one list; None where a state lacks."""
    keys = [*keys]
    if not all(all(map(contains, states, repeat(key))) for key in keys):
        return None
    return [*chain(params, *(map(itemgetter(key), states) for key in keys))]


def require_fitting(
    params: Sequence[Tensor],
    states: Sequence[Mapping[str, Any]],
    keys: Iterable[str],
    rule: Rule,
    group: Group,
) -> None:
    """Raise ValueError for a state that cannot be its parameter's.

    Args:
        params: parameters.
        states: theirs, by checkpoint key.
        keys: of the states that exist.
        rule: whose states they are.
        group: of the parameters.

    Raises:
        ValueError: a state is no tensor, of another shape, device or kind of numbers than its
            parameter, or not one number.
    """
    for key in keys:
        for p, state in zip(params, states, strict=True):
            _require(key, state[key], p, rule, group)


def require_beside(params: Iterable[Tensor], grads: Iterable[Tensor]) -> None:
    """Raise RuntimeError unless each gradient is on the device of its parameter."""
    for p, grad in zip(params, grads, strict=True):
        if p.device != grad.device:
            raise RuntimeError(
                f"a parameter of shape {tuple(p.shape)} is on {p.device}, and its gradient on "
                f"{grad.device}"
            )


def _require(key: str, x: Any, p: Tensor, rule: Rule, group: Group) -> None:
    whose = f"state {key!r} of a parameter of shape {tuple(p.shape)}"
    if not isinstance(x, Tensor):
        raise ValueError(f"{whose} must be a tensor, got {x!r}")
    if key in rule.scalar_keys:
        if x.numel() != 1 or x.is_complex():
            raise ValueError(f"{whose} must be one real number, got {tuple(x.shape)} of {x.dtype}")
        return
    axes = rule.axes.get(key, ())
    lengths = rule.lengths(group, key, p.shape)
    if x.shape != lengths:
        wanted = f"of shape {lengths}" if axes else "of that shape"
        raise ValueError(f"{whose} must be {wanted}, got {tuple(x.shape)}")
    if x.device != p.device:
        raise ValueError(f"{whose} must be on {p.device}, got one on {x.device}")
    if not (x.is_floating_point() if axes else is_of_kind(x, p)):
        raise ValueError(f"{whose}, which is of {p.dtype}, cannot be of {x.dtype}")
