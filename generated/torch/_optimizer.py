"""What all optimizers share: parameter groups, states, checkpoints, and how a step is run.

A rule comes in two forms. ``_loop`` takes one tensor and returns its new value and states;
it differentiates, and takes 0-d tensors as scalars. ``_foreach`` takes lists of tensors and
updates them in place.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias, cast, overload

import torch
from torch import Tensor, optim

from ._scalars import Scalar

Params: TypeAlias = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]
Group: TypeAlias = dict[str, Any]

_HALVES = (torch.float16, torch.bfloat16)


class Optimizer(optim.Optimizer):
    """Base of the generated optimizers, which add hyperparameters and one step's rule.

    Args:
        params: parameters, named parameters, or groups of them.
        defaults: the hyperparameters of groups that do not set their own.
        foreach: update all tensors of a kind together; None does so wherever it can.
        capturable: keep the step count, and what depends on it, on the parameters' device, so
            that a CUDA graph can capture the step. Tensors are then updated one by one.
        differentiable: let autograd see the step. Tensors are then updated one by one.
        fused: not available; only None and False are accepted.
    """

    _arguments: ClassVar[tuple[str, ...]]
    """The hyperparameters and options, as both forms of the rule take them."""
    _tensor_states: ClassVar[dict[str, str]] = {}
    """Name to checkpoint key, in the order the rule takes them."""
    _scalar_states: ClassVar[dict[str, str]] = {}
    _step_key: ClassVar[str] = "step"
    """The step count's checkpoint key; empty where none is kept."""
    _eager: ClassVar[bool] = False
    """States are made with the optimizer, not at the first step."""

    def __init__(
        self,
        params: Params,
        defaults: dict[str, Any],
        *,
        foreach: bool | None,
        capturable: bool,
        differentiable: bool,
        fused: bool | None,
    ) -> None:
        if fused and foreach:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
        if fused:
            raise RuntimeError("there is no fused implementation; leave `fused` at None")
        defaults = defaults | {
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Fill in what checkpoints of other versions and of torch.optim leave out."""
        super().__setstate__(state)
        for group in self.param_groups:
            for name, value in self.defaults.items():
                group.setdefault(name, value)
            for p in group["params"]:
                kept = self.state.get(p, {})
                if self._step_key in kept and not isinstance(kept[self._step_key], Tensor):
                    kept[self._step_key] = _step_count(p, group, float(kept[self._step_key]))

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group; what it does not set, the defaults do.

        Raises:
            ValueError: a hyperparameter lies outside its domain. Nothing has been added then.
        """
        self._check(self.defaults | param_group)
        super().add_param_group(param_group)
        if self._eager:
            group = self.param_groups[-1]
            for p in group["params"]:
                self._make_states(p, group)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load a checkpoint of this class or of its peer in torch.optim.

        Raises:
            ValueError: the groups do not fit, or a state has a key this rule does not know.
        """
        known = {self._step_key, *self._tensor_states.values(), *self._scalar_states.values()}
        for index, kept in state_dict["state"].items():
            if unknown := sorted(kept.keys() - known):
                raise ValueError(
                    f"parameter {index} has unknown state {unknown}; {type(self).__name__} keeps "
                    f"{sorted(known - {''})}"
                )
        super().load_state_dict(state_dict)
        # torch casts every state to its parameter's dtype; scalars keep theirs.
        saved = (i for group in state_dict["param_groups"] for i in group["params"])
        for index, (p, group) in zip(saved, self._parameters(), strict=True):
            for key in self._scalar_states.values():
                if key in state_dict["state"].get(index, {}):
                    value = torch.as_tensor(state_dict["state"][index][key])
                    device = p.device if group["capturable"] else "cpu"
                    self.state[p][key] = value.detach().to(device, torch.float64, copy=True)

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Take one step.

        Args:
            closure: evaluates the model again and returns the loss.

        Raises:
            RuntimeError: a gradient is sparse. Nothing has been changed then.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.set_grad_enabled(self.defaults["differentiable"]):
            work = [
                (group, [p for p in group["params"] if p.grad is not None])
                for group in self.param_groups
            ]
            if any(p.grad.is_sparse for _, params in work for p in params):
                raise RuntimeError(f"{type(self).__name__} does not support sparse gradients")
            for group, params in work:
                self._update(group, params)
        return loss

    @abstractmethod
    def _check(self, group: Group) -> None:
        """Raise ValueError for a hyperparameter outside its domain."""

    @abstractmethod
    def _initial(self, group: Group) -> dict[str, float]:
        """The initial value of every state that exists under the group's options."""

    @staticmethod
    @abstractmethod
    def _loop(theta: Tensor, grad: Tensor, *states: Tensor, **scalars: Any) -> tuple[Any, ...]:
        """The new values of the parameter, its tensor states and its scalar states."""

    @staticmethod
    @abstractmethod
    def _foreach(
        theta: list[Tensor], grad: list[Tensor], *states: list[Tensor], **scalars: Any
    ) -> tuple[Any, ...]:
        """Update lists of tensors in place; the new values of the scalar states."""

    def _parameters(self) -> Iterator[tuple[Tensor, Group]]:
        for group in self.param_groups:
            for p in group["params"]:
                yield p, group

    def _make_states(self, p: Tensor, group: Group) -> bool:
        """Make the states that do not exist yet; whether a tensor state was among them."""
        state = self.state[p]
        initial = self._initial(group)
        if self._step_key and self._step_key not in state:
            state[self._step_key] = _step_count(p, group, 0.0)
        for name, key in self._scalar_states.items():
            if name in initial and key not in state:
                device = p.device if group["capturable"] else "cpu"
                state[key] = torch.tensor(initial[name], dtype=torch.float64, device=device)
        made = False
        for name, key in self._tensor_states.items():
            if name in initial and state.get(key) is None:
                fill = initial[name]
                state[key] = torch.full_like(p, fill, memory_format=torch.preserve_format)
                made = True
        return made

    def _update(self, group: Group, params: list[Tensor]) -> None:
        firsts: list[bool] = []
        for p in params:
            firsts.append(self._make_states(p, group))
            if self._step_key:
                self.state[p][self._step_key] += 1
        if self._takes_foreach(group, params):
            self._update_together(group, params, firsts)
        else:
            for p, first in zip(params, firsts, strict=True):
                self._update_one(group, p, first)

    def _takes_foreach(self, group: Group, params: list[Tensor]) -> bool:
        if group["capturable"] or self.defaults["differentiable"]:
            return False
        if group["foreach"] is not None:
            return group["foreach"]
        plain = all(type(p) in (Tensor, torch.nn.Parameter) for p in params)
        return plain and not any(isinstance(group[name], Tensor) for name in self._arguments)

    def _update_one(self, group: Group, p: Tensor, first: bool) -> None:
        state = self.state[p]
        differentiable = self.defaults["differentiable"]
        scalars = {name: state[key] for name, key in self._scalar_states.items()}
        if not group["capturable"]:
            scalars = {name: value.item() for name, value in scalars.items()}
        present = [key for key in self._tensor_states.values() if state.get(key) is not None]
        stored = [p, p.grad, *(state.get(key) for key in self._tensor_states.values())]
        if differentiable:  # what autograd keeps of them must not be overwritten below
            stored = [x if x is None else x.clone() for x in stored]
        new = self._loop(
            *(cast(Tensor, x if x is None else _for_arithmetic(x)) for x in stored),
            **scalars,
            **self._settings(group),
            **self._time(state, first, group["capturable"]),
        )
        values = dict(zip(("", *self._tensor_states.values()), new, strict=False))
        _assign(p, values[""])
        for key in present:
            if differentiable:
                state[key] = _like(values[key], p)
            else:
                _assign(state[key], values[key])
        for key, value in zip(
            self._scalar_states.values(), new[1 + len(self._tensor_states) :], strict=True
        ):
            if differentiable:
                state[key] = torch.as_tensor(value, dtype=torch.float64)
            else:
                state[key].copy_(torch.as_tensor(value))

    def _update_together(self, group: Group, params: list[Tensor], firsts: list[bool]) -> None:
        settings = {name: _number(value) for name, value in self._settings(group).items()}
        for bunch in self._bunches(params, firsts):
            # Half precision is stored, not computed with.
            work = [_lists_for_arithmetic(tensors) for tensors in bunch.tensors]
            new = self._foreach(
                *(cast("list[Tensor]", tensors) for tensors in work),
                **bunch.scalars,
                **settings,
                **bunch.time,
            )
            for tensors, results in zip(bunch.tensors, work, strict=True):
                if tensors is not None and results is not None and tensors is not bunch.tensors[1]:
                    _assign_lists(tensors, results)
            for key, value in zip(self._scalar_states.values(), new, strict=True):
                for p in bunch.params:
                    self.state[p][key].fill_(value)

    def _bunches(self, params: list[Tensor], firsts: list[bool]) -> "Iterable[_Bunch]":
        """The tensors by device, dtype and everything a rule's scalars depend on."""
        bunches: dict[tuple[Any, ...], _Bunch] = {}
        for p, first in zip(params, firsts, strict=True):
            state = self.state[p]
            time = self._time(state, first, capturable=False)
            scalars = {name: state[key].item() for name, key in self._scalar_states.items()}
            keys = self._tensor_states.values()
            row = [p, p.grad, *(state.get(key) for key in keys)]
            present = tuple(x is None for x in row)
            kind = (p.device, p.dtype, *time.values(), *scalars.values(), present)
            bunch = bunches.setdefault(kind, _Bunch(time, scalars))
            bunch.add(p, row)
        return bunches.values()

    def _settings(self, group: Group) -> dict[str, Any]:
        """The group's hyperparameters; tensors among them in double precision."""
        return {name: _scalar(group[name]) for name in self._arguments}

    def _time(self, state: dict[str, Any], first: bool, capturable: bool) -> dict[str, Scalar]:
        """The step count, or where none is kept, whether this is a tensor's first step."""
        if not self._step_key:
            return {"first": first}
        t = state[self._step_key]
        return {"t": t.double() if capturable else t.item()}


@dataclass
class _Bunch:
    """Tensors that one call updates together."""

    time: dict[str, Scalar]
    scalars: dict[str, float]
    params: list[Tensor] = field(default_factory=list)
    tensors: list[list[Tensor] | None] = field(default_factory=list)
    """Parameters, gradients and each tensor state; None for a state that does not exist."""

    def add(self, p: Tensor, row: list[Tensor | None]) -> None:
        if not self.params:
            self.tensors = [None if x is None else [] for x in row]
        self.params.append(p)
        for tensors, x in zip(self.tensors, row, strict=True):
            if tensors is not None and x is not None:
                tensors.append(torch.view_as_real(x) if x.is_complex() else x)


def require(condition: bool | Tensor, name: str, value: Scalar, domain: str) -> None:
    """Raise ValueError unless a hyperparameter meets the condition that is its domain."""
    if not condition:
        raise ValueError(f"{name} must satisfy {domain}, got {value!r}")


def _step_count(p: Tensor, group: Group, value: float) -> Tensor:
    dtype = torch.float64 if torch.get_default_dtype() == torch.float64 else torch.float32
    return torch.tensor(value, dtype=dtype, device=p.device if group["capturable"] else "cpu")


def _scalar(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return tuple(_scalar(v) for v in value)
    return value.double().reshape(()) if isinstance(value, Tensor) else value


def _number(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_number(v) for v in value)
    return value.item() if isinstance(value, Tensor) else value


def _for_arithmetic(x: Tensor) -> Tensor:
    """Complex numbers as pairs of reals, half precision as float32."""
    x = torch.view_as_real(x) if x.is_complex() else x
    return x.float() if x.dtype in _HALVES else x


def _lists_for_arithmetic(tensors: list[Tensor] | None) -> list[Tensor] | None:
    if tensors is None or tensors[0].dtype not in _HALVES:
        return tensors
    return [x.float() for x in tensors]


def _assign(stored: Tensor, value: Tensor) -> None:
    (torch.view_as_real(stored) if stored.is_complex() else stored).copy_(value)


def _assign_lists(stored: list[Tensor], values: list[Tensor]) -> None:
    if stored is not values:
        torch._foreach_copy_(stored, values)


def _like(value: Tensor, p: Tensor) -> Tensor:
    return torch.view_as_complex(value) if p.is_complex() else value.to(p.dtype)
