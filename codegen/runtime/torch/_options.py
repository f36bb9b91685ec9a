"""What a group says of how a step is run, beside its rule's own arguments.

torch's classes have some of these options each. One that torch's class of the same name does not
have stands in a group only while it is set: then groups have the entries of torch's, and so have
checkpoints, which tools for distributed training compare entry by entry.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import torch
from torch import optim

from ._arguments import require_flags
from ._clipping import TRANSFORMS

LAUNCHING: dict[str, Any] = {
    "foreach": None,
    "capturable": False,
    "differentiable": False,
    "fused": None,
}
"""How tensors are updated; torch's classes have these or some of them."""

CLIPPING: dict[str, Any] = dict.fromkeys(TRANSFORMS) | {"error_if_nonfinite": False}
"""What happens to gradients before."""

DEFAULTS = LAUNCHING | CLIPPING


def option(group: Mapping[str, Any], name: str) -> Any:
    """An option of a group, which may not stand in it."""
    return group.get(name, DEFAULTS[name])


def autograd_sees(group: Mapping[str, Any]) -> bool:
    """Whether autograd is to see a step; torch asks for Python's own True or False."""
    return bool(option(group, "differentiable"))


def require_options(group: Mapping[str, Any]) -> None:
    """Raise ValueError for options of a group that are not on or off, nor what they are unsaid."""
    defaults = {name: x for name, x in DEFAULTS.items() if name not in TRANSFORMS}
    said = [name for name, default in defaults.items() if group.get(name, default) is not default]
    require_flags(tuple(said), group)


def settings(
    values: Mapping[str, Any], peer: type[optim.Optimizer] | None, beside: Mapping[str, Any]
) -> dict[str, Any]:
    """The entries of a group that has these arguments and options.

    Args:
        values: all of them.
        peer: torch's class, whose groups these are to be like; None if it has none.
        beside: the defaults of arguments that groups need not have.
    """
    known = LAUNCHING if peer is None else entries(peer)
    unsaid = {**DEFAULTS, **beside}
    return {
        name: value
        for name, value in values.items()
        if name in known or name not in unsaid or value is not unsaid[name]
    } | constants(values, peer)


def constants(values: Mapping[str, Any], peer: type[optim.Optimizer] | None) -> dict[str, Any]:
    """The entries of torch's groups that are no arguments here: AdamW says it is an Adam."""
    known = {} if peer is None else entries(peer)
    return {name: value for name, value in known.items() if name not in {*values, *DEFAULTS}}


@cache
def entries(peer: type[optim.Optimizer]) -> dict[str, Any]:
    """What stands in a group of torch's class that was told nothing."""
    made: Any = peer
    return made([torch.zeros(1, 1, device="cpu")]).defaults
