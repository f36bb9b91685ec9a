"""Inputs: what a step is given beside the gradients, as numbers and as tensors like parameters.

``asked``    what a step is handed by name, once it is known that nothing is missing.
``loss_of``  the loss among it, from a closure that has returned.
``of_groups`` the numbers, and of the parameters of groups a tensor each, as a rule takes them.

Tensors are handed over in the order of the optimizer's parameters, as ``torch.autograd.grad`` gives
them, or by parameter, or by its name. They are arguments and not attributes of parameters, as
``grad`` is: one that was left from an earlier step would be taken for a new one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, cast

import torch
from torch import Tensor

from . import _shards as shards
from ._given import ELEMENTS, GRADIENT, LOSS, require_given, require_known
from ._options import option
from ._random import Draw, laid_out
from ._rows import at
from ._tensors import arithmetic, has_numbers, number, real

Named: TypeAlias = dict[str, Any]
"""What a step is handed: numbers, and tensors by parameter."""


class Inputs(NamedTuple):
    """Of some parameters, for one step.

    Args:
        numbers: by name: Python numbers or tensors of one; 0 where the step does not read one.
        columns: in the order of the rule, a tensor for each parameter, or what it is drawn by;
            None likewise.
    """

    numbers: Mapping[str, Any]
    columns: tuple[list[Any] | None, ...]

    def beside(self, columns: Iterable[list[Draw] | None]) -> "Inputs":
        """With what is drawn, which comes after what is given."""
        return self._replace(columns=(*self.columns, *columns))

    def part(self, rows: Sequence[int]) -> "Inputs":
        """Those of some of the parameters."""
        return self._replace(
            columns=tuple(None if c is None else at(c, rows) for c in self.columns)
        )

    @property
    def given(self) -> list[list[Tensor]]:
        """The tensors that the step is handed."""
        return [cast("list[Tensor]", c) for c in self.columns if c and isinstance(c[0], Tensor)]

    def for_kernels(self, t: Any) -> list[list[Tensor] | None]:
        """All tensors, of which those that are drawn are so in memory as their parameters lie.

        Args:
            t: the step, or a vector with that of each parameter.
        """
        return [None if c is None else laid_out(c, t) for c in self.columns]

    @property
    def present(self) -> tuple[bool, ...]:
        """Which of the tensors the step reads."""
        return tuple(column is not None for column in self.columns)

    def row(self, i: int) -> list[Tensor | Draw | None]:
        """Those of one parameter."""
        return [None if column is None else column[i] for column in self.columns]


_TENSORS = (ELEMENTS, GRADIENT)

NONE = Inputs({}, ())
"""Of rules that have no inputs."""


def asked(
    declared: Mapping[str, str],
    read: Iterable[str],
    given: Mapping[str, Any],
    groups: Sequence[Mapping[str, Any]],
    rule: str,
    *,
    has_closure: bool,
) -> Named:
    """What a step is handed, with tensors by parameter.

    Args:
        declared: by name, what an input is.
        read: those that the step reads.
        given: what the step is handed, by name.
        groups: of the optimizer.
        rule: its name, for errors.
        has_closure: whether the step is given one, which returns the loss.

    Raises:
        TypeError: an input is missing, or unknown, or the loss is given twice.
        ValueError: there are not as many tensors as parameters, or one is for no parameter.
    """
    require_known(given, declared, rule)
    loss = next((name for name, source in declared.items() if source == LOSS), "")
    if has_closure and given.get(loss) is not None:
        raise TypeError(f"a step is given a closure, which returns the loss, and {loss!r}, too")
    from_closure = {name for name, source in declared.items() if source in (LOSS, GRADIENT)}
    read = declared.keys() & {*read} - (from_closure - given.keys() if has_closure else set[str]())

    def how(name: str) -> str:
        if declared[name] == GRADIENT:
            return "hand over a closure that evaluates the model again, step(closure)"
        call = f"step({'closure, ' if has_closure else ''}{name}=...)"
        return f"hand it over, {call}{', or a closure that returns the loss' * (name == loss)}"

    params = [p for group in groups for p in group["params"]]
    if any(given.get(name) is None for name in read) and moves_nothing(groups):
        given = {**{name: _zero(declared[name], params) for name in read}, **given}
    require_given(given, [name for name in declared if name in read], rule, how)
    known = {
        name: p
        for group in groups
        for name, p in zip(group.get("param_names", ()), group["params"], strict=False)
    }
    return {
        name: _by_parameter(name, given[name], params, known) if source in _TENSORS else given[name]
        for name, source in declared.items()
        if name in read
    }


def moves_nothing(groups: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all gradients, and rates if there are any, are zero.

    So torch.distributed.checkpoint has states made.
    """
    if any(group.get("lr", 0.0) for group in groups):
        return False
    params = [p for group in groups for p in group["params"]]
    grads = shards.local([p.grad for p in params if p.grad is not None])
    return bool(grads) and not any(grad.any() for grad in grads)


def _zero(source: str, params: Sequence[Tensor]) -> Any:
    return [torch.zeros_like(p) for p in params] if source in _TENSORS else 0.0


def loss_of(declared: Mapping[str, str], value: Any) -> Named:
    """The loss that a closure has returned, by its name, where the rule has it.

    Raises:
        TypeError: it is none.
    """
    name = next((name for name, source in declared.items() if source == LOSS), "")
    if not name:
        return {}
    if value is None:
        raise TypeError(f"the closure must return the loss, which the rule reads as {name!r}")
    return {name: value}


def of_groups(
    declared: Mapping[str, str],
    named: Named,
    params: Sequence[list[Tensor]],
    are_local: Iterable[bool],
    clips: Callable[[list[list[Tensor]]], list[Any]],
) -> list[Inputs]:
    """The inputs of parameters of groups, with gradients clipped as those of the step are.

    Args:
        declared: by name, what an input is.
        named: what the step is handed.
        params: those of each group that have a gradient.
        are_local: of each group, whether a rank updates what it holds by itself.
        clips: gives what happens to gradients of the groups; None where nothing does.

    Raises:
        TypeError, ValueError: a tensor is missing, or not like its parameter, or no number.
        RuntimeError: a tensor is no DTensor, and its parameter is one.
    """
    if not declared:
        return [NONE] * len(params)
    inputs = [
        _of_group(declared, named, own, is_local=is_local)
        for own, is_local in zip(params, are_local, strict=True)
    ]
    found = [[*each.columns] for each in inputs]
    sources = [source for source in declared.values() if source in _TENSORS]
    for place, source in enumerate(sources):
        columns = [own[place] for own in found]
        if source != GRADIENT or not columns or None in columns:
            continue
        taken = [column or [] for column in columns]
        for own, column, clip in zip(found, taken, clips(taken), strict=True):
            if clip:
                own[place] = [_clipped(clip, x, row) for row, x in enumerate(column)]
    return [each._replace(columns=tuple(own)) for each, own in zip(inputs, found, strict=True)]


def _clipped(clip: Any, x: Tensor, row: int) -> Tensor:
    value = clip.one(real(x).to(arithmetic(x.dtype.to_real())), row).to(x.dtype.to_real())
    return torch.view_as_complex(value) if x.is_complex() else value


def _of_group(
    declared: Mapping[str, str], named: Named, params: list[Tensor], *, is_local: bool
) -> Inputs:
    numbers: Named = {}
    columns: list[list[Tensor] | None] = []
    for name, source in declared.items():
        if source not in _TENSORS:
            numbers[name] = _number(name, named.get(name, 0.0))
        elif name in named:
            columns.append(_column(name, named[name], params, is_local=is_local))
        else:
            columns.append(None)
    return Inputs(numbers, tuple(columns))


def _by_parameter(
    name: str, given: Any, params: list[Tensor], known: Mapping[str, Tensor]
) -> dict[Tensor, Any]:
    if isinstance(given, Mapping):
        found = cast("Mapping[Any, Any]", given)
        if unknown := [key for key in found if isinstance(key, str) and key not in known]:
            how = "other names" if known else "no names: make it of model.named_parameters()"
            raise ValueError(
                f"{name} is given for {unknown[0]!r}, and the parameters of the optimizer have "
                f"{how}"
            )
        pairs = ((known[p] if isinstance(p, str) else p, x) for p, x in found.items())
        return {p: x for p, x in pairs if x is not None}
    if isinstance(given, Tensor) and len(params) == 1:
        return {params[0]: given}
    if not isinstance(given, Sequence):
        raise TypeError(
            f"{name} must be tensors in the order of the parameters, or by parameter or name, got "
            f"{type(given).__name__}"
        )
    tensors = cast("Sequence[Any]", given)
    if len(tensors) != len(params):
        raise ValueError(
            f"{name} has {len(tensors)} tensors, and the optimizer has {len(params)} parameters: "
            "give one for each, in their order; None for one without a gradient"
        )
    return {p: x for p, x in zip(params, tensors, strict=True) if x is not None}


def _number(name: str, value: Any) -> Any:
    if isinstance(value, Tensor):
        if value.numel() != 1 or value.is_complex():
            shape = tuple(value.shape)
            raise ValueError(f"{name} must be one real number, got a tensor of shape {shape}")
        return value
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be a number, got {value!r}") from error


def _column(
    name: str, given: Mapping[Tensor, Any], params: list[Tensor], *, is_local: bool
) -> list[Tensor]:
    found: list[Tensor] = []
    for p in params:
        x = given.get(p)
        shape = tuple(p.shape)
        if x is None:
            raise ValueError(f"{name} has nothing for a parameter of shape {shape}")
        if not isinstance(x, Tensor):
            raise TypeError(f"{name} must be tensors, got {type(x).__name__}")
        if x.shape != p.shape:
            raise ValueError(f"{name} has shape {tuple(x.shape)}, but its parameter has {shape}")
        if x.dtype != p.dtype or x.device != p.device or x.layout != p.layout:
            raise ValueError(
                f"{name} is {x.layout} of {x.dtype} on {x.device}, but its parameter of shape "
                f"{shape} is {p.layout} of {p.dtype} on {p.device}"
            )
        found.append(x.resolve_conj().resolve_neg())
    if is_local and not shards.are_plain(params, found):
        return shards.gradients(params, found, name)
    return found


def as_numbers(inputs: Inputs) -> dict[str, Any]:
    """The numbers as Python's."""
    return {name: number(x) for name, x in inputs.numbers.items()}


def on_device(inputs: Inputs, device: torch.device) -> dict[str, Any]:
    """The numbers as they are, tensors beside those of a device."""
    return {
        name: x.to(device, torch.float64).reshape(()) if isinstance(x, Tensor) else x
        for name, x in inputs.numbers.items()
    }


def read_by(optimizer: Any, group: Mapping[str, Any], params: Sequence[Tensor]) -> list[str]:
    """The names of the inputs that the next step of some parameters of a group reads, or draws.

    The host does not know counts that are kept on the device, or have no numbers: all inputs are
    read then.
    """
    names = [*optimizer._inputs, *optimizer._random]
    if option(group, "capturable") or not all(map(has_numbers, params)):
        return names
    key, store = optimizer._step_key, optimizer.state
    states = (store.get(p, {}) for p in params)
    if key:
        counts = {int(number(state.get(key, 0.0))) + 1 for state in states}
    else:
        counts = {1 if not state else 2 for state in states}
    reads = [optimizer._reads(t, group) for t in counts]
    return [n for n in names if any(each.get(n, True) for each in reads)]
