"""Gradients as a step takes them, from those that parameters have.

``present``  the parameters that have one, each of which stands once.
``held``     what this rank holds of them.
``usable``   conjugations carried out, sparse ones gathered; or refused.
"""

from itertools import chain

import torch
from torch import Tensor

from . import _shards as shards
from . import _sparse as sparse
from ._rule import Group, Rule, parameter
from ._tensors import is_computed_with
from ._traits import Traits


def present(groups: list[Group]) -> list[tuple[Group, list[Tensor], list[Tensor]]]:
    """The groups with parameters that have a gradient, with those and these.

    Raises:
        ValueError: a parameter stands twice.
    """
    require_once(groups)
    found: list[tuple[Group, list[Tensor], list[Tensor]]] = []
    for group in groups:
        params: list[Tensor] = group["params"]
        grads = [grad for p in params if (grad := p.grad) is not None]
        if len(grads) < len(params):
            params = [p for p in params if p.grad is not None]
        if grads:
            found.append((group, params, grads))
    return found


def require_once(groups: list[Group]) -> None:
    """Raise ValueError if a parameter stands twice: it would be given two states, and lose one."""
    every = [*chain.from_iterable(group["params"] for group in groups)]
    if len({*map(id, every)}) == len(every):
        return
    seen: set[int] = set()
    for group in groups:
        for i, p in enumerate(group["params"]):
            if id(p) in seen:
                raise ValueError(
                    f"{parameter(group, i)} is there twice; hand over each parameter once, as "
                    "parameters() of a model gives them"
                )
            seen.add(id(p))


def held(
    rule: Rule, group: Group, params: list[Tensor], grads: list[Tensor], traits: Traits
) -> list[Tensor]:
    """What this rank holds of gradients, which have these traits."""
    if traits.are_plain and traits.grads_are_plain:
        return grads
    if shards.are_plain(params, grads) or not rule.is_local(group):
        return grads
    return shards.gradients(params, grads)


def usable(
    grads: list[Tensor], traits: Traits, name: str, takes_sparse: bool, sparse_where: str
) -> list[Tensor]:
    """Gradients with pending conjugations carried out; sparse ones name each row once.

    Args:
        grads: those of a group, at least one.
        traits: theirs.
        name: of the rule.
        takes_sparse: whether a step of the rows that they name is the rule's.
        sparse_where: what must be set for that, in words; empty where nothing helps.

    Raises:
        RuntimeError: one is sparse, and those are not taken.
        TypeError: a parameter is of a dtype that is not computed with.
    """
    for dtype in traits.dtypes:
        if not is_computed_with(dtype):
            wanted = "floating-point parameters of 16 bits or more"
            raise TypeError(f"{name} takes {wanted}, not {dtype}")
    resolved = [grad.resolve_conj() for grad in grads] if traits.is_complex else grads
    if traits.layouts == {torch.strided}:
        return resolved
    if not (takes_sparse and traits.layouts <= {torch.strided, torch.sparse_coo}):
        where = f" unless {sparse_where}" if sparse_where else ""
        raise RuntimeError(f"{name} does not support sparse gradients{where}")
    return sparse.gathered(resolved)
