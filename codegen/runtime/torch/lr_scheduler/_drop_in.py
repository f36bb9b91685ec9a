"""What torch's classes show, save and leave in the groups beside their arguments.

A class for each of torch's that keeps what follows from the arguments, or keeps them in another
form: so that code which reads those attributes goes on working, and checkpoints go both ways.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from torch.optim import Optimizer

from ._heads import completed_cycles
from ._rates import assigned, starting_momentum


class Milestones:
    """MultiStepLR counts its milestones."""

    milestones: Any

    def _keep(self, arguments: Mapping[str, Any]) -> None:
        super()._keep(arguments)  # pyright: ignore[reportAttributeAccessIssue]
        self.milestones = Counter(self.milestones)


class WarmRestarts:
    """CosineAnnealingWarmRestarts: the step within the cycle, and the length of the cycle."""

    _warns_of_jumps = False

    T_0: float
    T_mult: float
    _at: float

    @property
    def T_cur(self) -> float:  # noqa: N802
        """The step within the present cycle, from 0 on."""
        return self._cycle()[0]

    @property
    def T_i(self) -> int:  # noqa: N802
        """The length of the present cycle."""
        return self._cycle()[1]

    def _cycle(self) -> tuple[float, int]:
        step, first, ratio = max(self._at, 0), int(self.T_0), int(self.T_mult)
        count = completed_cycles(step, first, ratio)
        before = first * (count if ratio == 1 else (ratio**count - 1) // (ratio - 1))
        return step - before, first * ratio**count

    def _shown(self) -> dict[str, Any]:
        return {"T_cur": self.T_cur, "T_i": self.T_i}

    def _step_in(self, state: Mapping[str, Any], last_epoch: int) -> float:
        share = math.fmod(state.get("T_cur", 0), 1)
        return state.get("_at", last_epoch + share)


class Momenta:
    """What schedulers that set the momentum leave in the groups."""

    optimizer: Optimizer
    cycle_momentum: bool
    _in_group: Callable[[int], dict[str, Any]]

    @property
    def use_beta1(self) -> bool:
        """Whether the momentum is the beta1 of the optimizer."""
        return "betas" in self.optimizer.defaults

    def _prepare(self) -> None:
        for index, group in enumerate(self.optimizer.param_groups):
            arguments = self._in_group(index)
            if self.cycle_momentum:
                starting_momentum(group)  # which is kept there
                group["max_momentum"] = arguments["max_momentum"]
                group["base_momentum"] = arguments["base_momentum"]
            self._prepare_rate(group, arguments)

    def _prepare_rate(self, group: dict[str, Any], arguments: dict[str, Any]) -> None:
        raise NotImplementedError


class Cycles(Momenta):
    """CyclicLR: its cycles, and what scales them."""

    _scale_fn_custom: Any
    base_lrs: Any
    step_size_up: float
    step_size_down: Any
    mode: str
    gamma: float

    @property
    def total_size(self) -> float:
        """The steps of a cycle."""
        return float(self.step_size_up) + float(self.step_size_down)

    @property
    def step_ratio(self) -> float:
        """The share of them that goes up."""
        return float(self.step_size_up) / self.total_size

    @property
    def scale_fn(self) -> Callable[[float], float]:
        """What the height of a cycle is multiplied by."""
        return self._scale_fn_custom or self._scale_fn_ref

    @property
    def _scale_fn_ref(self) -> Callable[[float], float]:
        gamma = self.gamma
        scales: dict[str, Callable[[float], float]] = {
            "triangular": lambda x: 1.0,
            "triangular2": lambda x: 2.0 ** (1 - x),
            "exp_range": lambda x: gamma**x,
        }
        return scales[self.mode]

    def _prepare_rate(self, group: dict[str, Any], arguments: dict[str, Any]) -> None:
        group["lr"] = assigned(group["lr"], arguments["base_lr"])

    def _initial_step(self) -> None:
        super()._initial_step()  # pyright: ignore[reportAttributeAccessIssue]
        groups = range(len(self.optimizer.param_groups))
        self.base_lrs = [self._in_group(index)["base_lr"] for index in groups]

    def _shown(self) -> dict[str, Any]:
        names = ("total_size", "step_ratio", "use_beta1")
        return {name: getattr(self, name) for name in names}

    def _understood(self, state: Mapping[str, Any]) -> dict[str, Any]:
        if "step_size_up" in state or "total_size" not in state:
            return {}
        up = whole_if_close(state["total_size"] * state["step_ratio"])
        sizes = {"step_size_up": up, "step_size_down": state["total_size"] - up}
        return sizes | {"base_lr": [float(lr) for lr in state["base_lrs"]]}


class OneCycle(Momenta):
    """OneCycleLR: its phases, between rates and momenta that stand in the groups."""

    total_steps: Any
    pct_start: float
    three_phase: bool

    @property
    def _schedule_phases(self) -> list[dict[str, Any]]:
        peak = float(self.pct_start * self.total_steps) - 1
        trough = float(2 * self.pct_start * self.total_steps) - 2
        end = self.total_steps - 1
        if self.three_phase:
            down = _phase(trough, "max_lr", "initial_lr", "base_momentum", "max_momentum")
            on = _phase(end, "initial_lr", "min_lr", "max_momentum", "max_momentum")
            rest = [down, on]
        else:
            rest = [_phase(end, "max_lr", "min_lr", "base_momentum", "max_momentum")]
        return [_phase(peak, "initial_lr", "max_lr", "max_momentum", "base_momentum"), *rest]

    def _prepare_rate(self, group: dict[str, Any], arguments: dict[str, Any]) -> None:
        group["initial_lr"] = arguments["max_lr"] / arguments["div_factor"]
        group["max_lr"] = arguments["max_lr"]
        group["min_lr"] = group["initial_lr"] / arguments["final_div_factor"]

    def _shown(self) -> dict[str, Any]:
        return {"_schedule_phases": self._schedule_phases, "use_beta1": self.use_beta1}

    def _understood(self, state: Mapping[str, Any]) -> dict[str, Any]:
        phases = state.get("_schedule_phases")
        if phases is None or "max_lr" in state:
            return {}
        pct_start = (phases[0]["end_step"] + 1) / state["total_steps"]
        found: dict[str, Any] = {"pct_start": pct_start, "three_phase": len(phases) == 3}
        groups = self.optimizer.param_groups
        if all("max_lr" in group for group in groups):
            found["max_lr"] = [float(group["max_lr"]) for group in groups]
            found["div_factor"] = float(groups[0]["max_lr"]) / float(groups[0]["initial_lr"])
            found["final_div_factor"] = float(groups[0]["initial_lr"]) / float(groups[0]["min_lr"])
        for name in ("base_momentum", "max_momentum"):
            if all(name in group for group in groups):
                found[name] = [float(group[name]) for group in groups]
        return found


class Plateau:
    """ReduceLROnPlateau: the lowest rates, and the worst metric."""

    optimizer: Optimizer
    min_lrs: list[float]
    default_min_lr: float | None
    mode: str

    def _keep(self, arguments: Mapping[str, Any]) -> None:
        given = arguments["min_lr"]
        super()._keep(arguments)  # pyright: ignore[reportAttributeAccessIssue]
        if not hasattr(self, "default_min_lr"):
            self.default_min_lr = None if isinstance(given, list) else given

    def _load_arguments(self, state: Mapping[str, Any]) -> None:
        super()._load_arguments(state)  # pyright: ignore[reportAttributeAccessIssue]
        self.default_min_lr = state.get("default_min_lr", self.default_min_lr)

    @property
    def mode_worse(self) -> float:
        """A metric worse than all others."""
        return math.inf if self.mode == "min" else -math.inf

    def _shown(self) -> dict[str, Any]:
        return {"default_min_lr": self.default_min_lr, "mode_worse": self.mode_worse}


class Averaging:
    """SWALR: the rates it ends at, which stand in the groups, and the way there."""

    optimizer: Optimizer
    _in_group: Callable[[int], dict[str, Any]]
    _anneal_strategy: str

    @property
    def anneal_func(self) -> Callable[[float], float]:
        """The share of the way that is gone after a share of the steps."""
        if self._anneal_strategy == "linear":
            return lambda t: t
        return lambda t: (1 - math.cos(math.pi * t)) / 2

    def _prepare(self) -> None:
        for index, group in enumerate(self.optimizer.param_groups):
            group["swa_lr"] = self._in_group(index)["swa_lr"]


def _phase(end: float, *keys: str) -> dict[str, Any]:
    names = ("start_lr", "end_lr", "start_momentum", "end_momentum")
    return {"end_step": end, **dict(zip(names, keys, strict=True))}


def whole_if_close(x: float) -> float:
    """The whole number next to a quotient that has only rounding between."""
    return float(round(x)) if math.isclose(x, round(x), rel_tol=1e-12) else x
