"""DTensors, of which every rank holds a part: a rule of single elements needs the own part alone.

An optimizer's parameters and states are DTensors where its user and checkpoints see them. A step
runs on what they hold here, plain tensors, which batches, kernels and foreach calls take as they
take any. Stages: ``are_local`` says whether that gives a step of the whole tensors; ``gradients``
brings gradients to the places of their parameters; ``local`` and ``local_states`` unwrap the rest.

Nothing of torch.distributed is imported: where nobody has done so, there are no DTensors.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from torch import Tensor

from ._tensors import PLAIN


def are_plain(*columns: Iterable[Tensor]) -> bool:
    """Whether some tensors are what they seem, as all are without torch.distributed."""
    return "torch.distributed._functional_collectives" not in sys.modules or all(
        PLAIN.issuperset(map(type, tensors)) for tensors in columns
    )


def are_any(tensors: Iterable[Tensor]) -> bool:
    """Whether there are DTensors among some tensors."""
    kind = _dtensor()
    return kind is not None and kind in set(map(type, tensors))


def are_local(params: Iterable[Tensor]) -> bool:
    """Whether each of some parameters is, element by element, what ranks hold.

    It is not where ranks hold terms of a sum.
    """
    kind = _dtensor()
    placements = {cast(Any, p).placements for p in params if type(p) is kind}
    return not any(x.is_partial() for each in placements for x in each)


def gradients(
    params: Sequence[Tensor], grads: Sequence[Tensor], what: str = "gradient"
) -> list[Tensor]:
    """What this rank holds of gradients, or of what is like them, placed as their parameters are.

    Communicates where a gradient is placed otherwise, and waits for what is under way.

    Raises:
        RuntimeError: one of a parameter and its gradient is a DTensor, and one is not.
    """
    kind = _dtensor()
    return [
        _ready(_placed(p, grad, what) if kind in (type(p), type(grad)) else grad)
        for p, grad in zip(params, grads, strict=True)
    ]


def local(tensors: list[Tensor]) -> list[Tensor]:
    """What this rank holds of each: of a plain tensor all. The same objects at every call."""
    return [getattr(x, "_local_tensor", x) for x in tensors]


def local_states(states: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same of the states of some parameters."""
    return [{key: getattr(x, "_local_tensor", x) for key, x in s.items()} for s in states]


def whole(x: Tensor) -> Tensor:
    """All of a tensor, which ranks put together where it is a DTensor."""
    given: Any = x.detach()
    return _ready(given.full_tensor()) if hasattr(given, "full_tensor") else given


def whole_from(part: Tensor, like: Any) -> Tensor:
    """All of a tensor placed as a DTensor is, from the part of it that this rank holds."""
    made = sys.modules["torch.distributed.tensor"].DTensor.from_local
    how = like.device_mesh, like.placements
    return whole(made(part, *how, run_check=False, shape=like.shape, stride=like.stride()))


def put(whole: Tensor, x: Tensor) -> None:
    """Write all of a tensor into it: of a DTensor, the part that this rank holds."""
    into: Any = x.detach()
    if hasattr(into, "full_tensor"):
        distribute = sys.modules["torch.distributed.tensor"].distribute_tensor
        how = into.device_mesh, into.placements
        whole, into = distribute(whole, *how, src_data_rank=None)._local_tensor, into._local_tensor
    into.copy_(whole)


def as_placed(state: Tensor, param: Tensor) -> Tensor:
    """A state in the places of its parameter: a DTensor where that is one, and plain where not.

    Communicates where it is a DTensor that is placed otherwise.
    """
    kind = _dtensor()
    like: Any = param
    given: Any = state
    if kind is None or not (type(given) is kind or type(like) is kind):
        return state
    if type(like) is not kind:
        return given.full_tensor()
    is_whole = state.shape == param.shape  # what is reduced, all ranks have
    placements = like.placements if is_whole else _on_every_rank(like.device_mesh)
    if type(given) is not kind:
        distribute = sys.modules["torch.distributed.tensor"].distribute_tensor
        # Every rank has all of it, and keeps its part.
        return distribute(given, like.device_mesh, placements, src_data_rank=None)
    return _redistributed(given, like.device_mesh, placements)


def _placed(param: Any, grad: Any, what: str) -> Tensor:
    if type(param) is not type(grad):
        kind = "DTensor" if type(param) is _dtensor() else "plain tensor"
        raise RuntimeError(
            f"a parameter of shape {tuple(param.shape)} is a {kind}, and its {what} is a "
            f"{type(grad).__name__}; both must be DTensors, or neither"
        )
    return _redistributed(grad, param.device_mesh, param.placements)._local_tensor


def beside(x: Tensor, model: Tensor) -> Tensor:
    """A tensor where another is: in the same parts, if both are DTensors."""
    if type(x) is not _dtensor() or type(model) is not type(x):
        return x
    where = cast(Any, model)
    return _redistributed(x, where.device_mesh, where.placements)


def with_elements(x: Tensor) -> Tensor:
    """A tensor of which every rank has elements: all of it, where some would have none.

    torch takes no maximum of no elements, be they a rank's that others have more of.
    """
    if type(x) is not _dtensor():
        return x
    dtensor = cast(Any, x)
    ranks: dict[int, int] = {}
    for placement, count in zip(dtensor.placements, dtensor.device_mesh.shape, strict=True):
        if placement.is_shard():
            ranks[placement.dim] = ranks.get(placement.dim, 1) * count
    # Parts are of one length, and the last shorter or of none; cut twice, they may be where
    # lengths do not divide.
    if all(x.shape[axis] % count == 0 for axis, count in ranks.items()):
        return x
    mesh = dtensor.device_mesh
    return _redistributed(dtensor, mesh, _on_every_rank(mesh))


def _redistributed(x: Any, mesh: Any, placements: tuple[Any, ...]) -> Any:
    """A DTensor in these places."""
    return x if x.placements == placements else x.redistribute(mesh, placements)


def _on_every_rank(mesh: Any) -> tuple[Any, ...]:
    return (sys.modules["torch.distributed.tensor"].Replicate(),) * mesh.ndim


def _ready(x: Tensor) -> Tensor:
    """A tensor that holds its numbers: those on their way are waited for."""
    return x if type(x) in PLAIN else getattr(x, "trigger_wait", lambda: x)()


def _dtensor() -> type | None:
    return getattr(sys.modules.get("torch.distributed.tensor"), "DTensor", None)
