"""The optimizers that have a peer in torch.optim, with the options they are tried with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pytest
import steprule.torch
import torch
from steprule.codegen.backends.signature import arguments
from steprule.codegen.verify.optimizers.configurations import configurations
from torch import Tensor

from ..sample import each_setting

NAMES = (
    "ASGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "NAdam",
    "RAdam",
    "RMSprop",
    "SGD",
)

RICHEST = {
    "ASGD": {"lr": 0.5, "lambd": 0.1, "t0": 2.0, "weight_decay": 0.3},
    "Adadelta": {"lr": 0.5, "weight_decay": 0.3},
    "Adagrad": {"lr": 0.5, "lr_decay": 0.1, "weight_decay": 0.3, "initial_accumulator_value": 0.25},
    "Adam": {"lr": 0.5, "weight_decay": 0.3, "amsgrad": True},
    "AdamW": {"lr": 0.5, "weight_decay": 0.3, "amsgrad": True},
    "Adamax": {"lr": 0.5, "weight_decay": 0.3},
    "NAdam": {"lr": 0.5, "weight_decay": 0.3, "decoupled_weight_decay": True},
    "RAdam": {"lr": 0.5, "betas": (0.9, 0.9), "weight_decay": 0.3},
    "RMSprop": {"lr": 0.5, "weight_decay": 0.3, "centered": True, "momentum": 0.9},
    "SGD": {"lr": 0.5, "weight_decay": 0.3, "momentum": 0.9, "dampening": 0.1},
}
"""Of each optimizer, options under which every kind of state exists that it has."""


@dataclass(frozen=True)
class Case:
    """An optimizer under certain arguments, here and in torch.optim."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def ours(self, params: Any, **more: Any) -> torch.optim.Optimizer:
        return getattr(steprule.torch, self.name)(params, **self.arguments | more)

    def peer(self, params: Any, **more: Any) -> torch.optim.Optimizer:
        return getattr(torch.optim, self.name)(params, **self.arguments | more)

    @staticmethod
    def parameters(*shapes: tuple[int, ...], **how: Any) -> list[Tensor]:
        """Parameters of these shapes, the same at every call."""
        generator = torch.Generator().manual_seed(1)
        shapes = shapes or ((3, 4), (5,), ())
        return [torch.randn(s, generator=generator, **how).requires_grad_() for s in shapes]

    @staticmethod
    def train(
        optimizer: torch.optim.Optimizer, params: list[Tensor], steps: int = 4, seed: int = 0
    ) -> None:
        """Steps with gradients that are the same for the same seed."""
        generator = torch.Generator().manual_seed(seed)
        for _ in range(steps):
            for p in params:
                p.grad = torch.randn(p.shape, dtype=p.dtype, generator=generator)
            optimizer.step()


def _every_case() -> list[Any]:
    cases: list[Any] = []
    for name in NAMES:
        spec = getattr(import_module(f"steprule.specs.optimizers.{name.lower()}"), name.lower())
        found = configurations(spec)
        daily = each_setting(found)
        for chosen in found:
            values = {
                a.name: tuple(chosen.hyper[h.name] for h in a.members)
                if a.is_tuple
                else chosen.options[a.name]
                if a.is_option
                else chosen.hyper[a.name]
                for a in arguments(spec)
            }
            marks = () if chosen in daily else (pytest.mark.exhaustive,)
            cases.append(pytest.param(Case(name, values), id=f"{name}-{len(cases)}", marks=marks))
    return cases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", _every_case())
    if "rule" in metafunc.fixturenames:
        cases = [Case(name, RICHEST[name]) for name in NAMES]
        metafunc.parametrize("rule", cases, ids=NAMES)


@pytest.fixture
def double_precision() -> Iterator[None]:
    """Float64 by default: torch then keeps step counts and NAdam's mu_product in it too."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)
