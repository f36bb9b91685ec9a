"""What rules are given beside gradients in a bench: like these, from the same noise."""

from collections.abc import Callable
from typing import Any

from ..verify.optimizers.configurations import inside
from .arrays import Array
from .textbook import Textbook
from .workload import Data


def given(
    rule: Textbook, data: Data, step: int, of: Callable[[list[Array]], Any]
) -> dict[str, Any]:
    """What a step reads beside the gradients, by name: numbers, and what is made of tensors.

    Args:
        rule: the equations.
        data: the tensors.
        step: counted from 0.
        of: what is made of the tensors of an input.
    """
    found: dict[str, Any] = {}
    for place, each in enumerate(rule.reads(step + 1)):
        domain = each.domain
        if each.is_tensor:
            found[each.name] = of(
                data.inputs(step, place, is_signed=domain.low is None or domain.low < 0)
            )
        else:
            found[each.name] = inside(domain, (1.0, 0.5))
    return found
