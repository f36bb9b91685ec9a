"""Several rules, each for parameters of its own, as one optimizer."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, overload

import torch
from torch import Tensor, optim
from torch._compile import _disable_dynamo

from . import _compiled as compiled
from ._checkpoints import require_one
from ._inputs import Named, loss_of
from ._mixed_states import States
from ._optimizer import Optimizer
from ._options import autograd_sees
from ._taking import take


class Mixed(optim.Optimizer):
    """One optimizer of several: a rule for some of a model's parameters, others for the rest.

    Its groups are theirs, so that schedulers, ``GradScaler`` and checkpoints see one optimizer::

        rest, hidden = steprule.torch.groups(model, {"layers.*.weight": {}})
        optimizer = steprule.torch.Mixed(
            steprule.torch.AdamW([rest], lr=3e-4), steprule.torch.Muon([hidden], lr=0.02)
        )

    What a rule takes over all parameters, such as a norm to clip by, is over those of its own.

    Args:
        optimizers: of this package, no two with a parameter in common, and all of named parameters
            or none. From now on they are stepped together, and hooks of each are called with its
            step.

    Raises:
        TypeError: one is no optimizer of this package.
        ValueError: there is none, two have a parameter in common, some have names and some have
            not, or a rule asks for gradients at points of its own, as SAM does.
    """

    optimizers: tuple[Optimizer, ...]

    def __init__(self, *optimizers: Optimizer) -> None:
        for each in optimizers:
            if not isinstance(each, Optimizer):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"{type(each).__name__} is no optimizer of steprule.torch")
            if each._points:
                raise ValueError(
                    f"{type(each).__name__} moves its parameters to ask for gradients there, which "
                    "others would see: it takes its steps alone"
                )
        if not optimizers:
            raise ValueError("there is no optimizer to take steps")
        self.optimizers = optimizers
        first, *others = (each.defaults for each in optimizers)
        # What all groups have: torch's schedulers and loggers look there for momentum or betas.
        shared = {name: first[name] for name in first if all(name in each for each in others)}
        super().__init__([group for each in optimizers for group in each.param_groups], shared)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Refused, as no rule is named: add it to an optimizer, and make Mixed of them anew.

        Raises:
            TypeError: always, once there are all groups of the optimizers.
        """
        if len(self.param_groups) == sum(len(each.param_groups) for each in self.optimizers):
            raise TypeError(
                "a group is of one rule: add it to an optimizer before Mixed is made of several"
            )
        super().add_param_group(param_group)

    @property
    def state(self) -> States:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The states of all, by parameter, as they stand in the optimizers."""
        return States(self.optimizers)

    @state.setter
    def state(self, states: Mapping[Tensor, Any]) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        if "param_groups" in vars(self):  # torch sets it empty before, as an optimizer is made
            states = dict(states)
            self.state.clear()
            self.state.update(states)

    @overload
    def step(self, closure: None = None, **inputs: Any) -> None: ...

    @overload
    def step(self, closure: Callable[[], float], **inputs: Any) -> float: ...

    def step(self, closure: Callable[[], float] | None = None, **inputs: Any) -> float | None:
        """Take one step of each, or of none.

        Args:
            closure: evaluates the model again and returns the loss, once for all.
            inputs: what rules read beside gradients; each is given what it has.

        Raises:
            TypeError: no rule has such an input.
            RuntimeError, TypeError, ValueError: as the step of one of them does. Nothing has been
                changed then.
        """
        if torch.compiler.is_compiling():
            return _run(self, closure, inputs, compiled.take)
        return _step(self, closure, inputs, take)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load a checkpoint of all, as copies.

        Raises:
            ValueError: it is none of an optimizer, the groups do not fit, or as an optimizer's own
                does. Nothing has been changed then.
        """
        saved = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            found = hook(self, saved)
            saved = saved if found is None else found
        require_one(saved)
        groups = saved["param_groups"]
        if len(groups) != len(self.param_groups):
            raise ValueError(
                f"the checkpoint has {len(groups)} parameter groups, and the optimizers have "
                f"{len(self.param_groups)}"
            )
        before = [each.__getstate__() for each in self.optimizers]
        start = 0
        try:
            for each in self.optimizers:
                own = groups[start : start + len(each.param_groups)]
                start += len(own)
                known = {index for group in own for index in group["params"]}
                states = {k: v for k, v in saved["state"].items() if k in known}
                each.load_state_dict({**saved, "state": states, "param_groups": own})
        except BaseException:
            for each, state in zip(self.optimizers, before, strict=True):
                each.__setstate__(state)
            raise
        finally:
            self._gather()
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    def needs(self, name: str) -> bool:
        """Whether the next step of a rule reads an input, and has to be given it.

        Raises:
            TypeError: no rule has such an input.
        """
        having = [each for each in self.optimizers if name in each._inputs]
        if not having:
            raise TypeError(f"none of the rules reads {name!r}")
        return any(each.needs(name) for each in having)

    def output(self, name: str) -> dict[Tensor, Tensor]:
        """An output, by parameter, of those whose rule has it, as each rule gives it.

        Raises:
            ValueError: no rule has such an output.
        """
        return {p: x for each in self._having(name) for p, x in each.output(name).items()}

    @contextmanager
    def swapped(self, name: str) -> Generator[None]:
        """Let parameters hold an output for a while, where their rule has it, as for each rule.

        Raises:
            RuntimeError: parameters hold an output already.
            ValueError: no rule has such an output.
        """
        with ExitStack() as stack:
            for each in self._having(name):
                stack.enter_context(each.swapped(name))
            yield

    def _having(self, output: str) -> list[Optimizer]:
        """The rules that have an output."""
        having = [each for each in self.optimizers if output in each._outputs]
        if not having:
            raise ValueError(f"none of the rules has an output {output!r}")
        return having

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "optimizers": self.optimizers}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._gather()

    def _gather(self) -> None:
        self.param_groups = [group for each in self.optimizers for group in each.param_groups]


def _step(
    mixed: Mixed,
    closure: Callable[[], float] | None,
    inputs: dict[str, Any],
    take: Callable[[Sequence[Optimizer], Sequence[Named]], None],
) -> float | None:
    """Take one step, given what takes one of each when all is asked."""
    optimizers = mixed.optimizers
    for name in inputs:
        if not any(name in each._inputs for each in optimizers):
            raise TypeError(f"none of the rules reads {name!r}")
    handed: list[dict[str, Any]] = []
    given: list[Named] = []
    for each in optimizers:
        read = {name: x for name, x in inputs.items() if name in each._inputs}
        for hook in each._optimizer_step_pre_hooks.values():
            changed = hook(each, (each,), read)
            read = read if changed is None else changed[1]
        handed.append(read)
        given.append(each._asked(read, has_closure=closure is not None))
    loss = None
    if closure is not None:
        with torch.enable_grad():
            loss = closure()
        for each, own in zip(optimizers, given, strict=True):
            own |= loss_of(each._inputs, loss)
    sees = any(autograd_sees(each.defaults) for each in optimizers)
    with torch.set_grad_enabled(sees), ExitStack() as locks:
        for each in sorted(optimizers, key=id):  # alike for two who take the same
            locks.enter_context(each._lock)
        take(optimizers, given)
    for each in optimizers:  # torch's schedulers of one ask whether it has been stepped
        vars(each)["_opt_called"] = True
    for each, read in zip(optimizers, handed, strict=True):
        for hook in each._optimizer_step_post_hooks.values():
            hook(each, (each,), read)
    return loss


_run = _disable_dynamo(_step, recursive=False)
"""The same, run as it stands, while what it calls may be traced."""
