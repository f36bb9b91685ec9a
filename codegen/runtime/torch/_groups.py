"""Parameter groups of a model, by the names of its parameters."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any, TypeAlias, cast

from torch import Tensor, nn

Which: TypeAlias = str | Callable[[str, Tensor], bool]
"""A pattern of names, ``*`` for any text in it, or a function of the name and the parameter."""


def groups(model: nn.Module, which: Mapping[Which, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parameters of a model as named groups, each with arguments of its own.

    ``AdamW(groups(model, {"*.bias": {"weight_decay": 0}}))`` lets biases be, and
    ``groups(model, {f"layers.{i}.*": {"lr": 1e-3 * 0.8 ** (11 - i)} for i in range(12)})`` has a
    rate for each layer.

    Args:
        model: its parameters that require gradients are taken, each once, in its order.
        which: the arguments of a group, by the names of the parameters in it: a pattern in which
            ``*`` stands for any text, ``?`` for a letter and ``[...]`` for one of several; or a
            function of the name and the parameter. Of several that fit, the first counts.

    Returns:
        The group of all other parameters first, without arguments of its own, and then one for each
        entry, in the order of the entries. A group can be empty.

    Raises:
        TypeError: the model is no module, or an entry's key neither text nor a function, or what
            it stands for no arguments by name.
        ValueError: an entry fits no parameter.
    """
    _require(model, which)
    found: list[dict[str, Any]] = [{"params": []}, *({"params": [], **a} for a in which.values())]
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    are_met = [False] * len(which)
    for name, p in named:
        fitting = [i for i, each in enumerate(which) if _fits(each, name, p)]
        for i in fitting:
            are_met[i] = True
        found[fitting[0] + 1 if fitting else 0]["params"].append((name, p))
    for each, is_met in zip(which, are_met, strict=True):
        if not is_met:
            raise ValueError(_missed(each, [name for name, _ in named]))
    for group in found:
        if not group["params"]:
            group["param_names"] = []  # by which torch sees that an empty one is named, too
    return found


def _require(model: object, which: object) -> None:
    if not isinstance(model, nn.Module):
        raise TypeError(f"groups are made of a torch.nn.Module, got {type(model).__name__}")
    if not isinstance(which, Mapping):
        raise TypeError(
            "say which parameters have which arguments by a mapping, "
            f'{{"*.bias": {{"weight_decay": 0}}}}, got {type(which).__name__}'
        )
    for key, arguments in cast("Mapping[Any, Any]", which).items():
        if isinstance(key, type | nn.Module | Tensor) or not (
            isinstance(key, str) or callable(key)
        ):
            raise TypeError(
                "a key is a pattern of names, or a function of a name and a parameter, got "
                f"{key.__name__ if isinstance(key, type) else type(key).__name__}"
            )
        if not isinstance(arguments, Mapping):
            raise TypeError(
                f'{key!r} stands for arguments by name, {{"lr": 0.1}}, got '
                f"{type(arguments).__name__}"
            )
        if "params" in arguments:
            raise TypeError(f"{key!r} says itself which parameters it is of: leave out 'params'")


def _fits(which: Which, name: str, p: Tensor) -> bool:
    return fnmatchcase(name, which) if isinstance(which, str) else bool(which(name, p))


def _missed(which: Which, names: list[str]) -> str:
    if not isinstance(which, str):
        called = getattr(which, "__name__", which)
        return f"the function {called} is true of no parameter of the model that requires gradients"
    near = get_close_matches(which, names, n=1, cutoff=0.0)
    hint = f"; the nearest is {near[0]!r}" if near else ""
    return f"the pattern {which!r} fits no parameter of the model that requires gradients{hint}"
