"""Training of the network that reads digits, in NumPy and in torch."""

from dataclasses import dataclass
from typing import Any

import pytest
import torch
from steprule.codegen.handbook.pictures.digits import (
    Digits,
    Params,
    loss_and_gradients,
    shuffled,
    untrained,
)


@pytest.fixture(scope="session")
def digits() -> Digits:
    return shuffled()


@pytest.fixture
def start() -> Params:
    return untrained()


@dataclass(frozen=True)
class Training:
    """One run from the start: the loss at every step, and where it ended."""

    losses: list[float]
    params: Params


class Trainer:
    """Runs training from one start over the same batches, in either library."""

    def __init__(self, digits: Digits, start: Params) -> None:
        self.digits, self.start = digits, start

    def in_numpy(self, optimizer: Any, dtype: str, steps: int) -> Training:
        params = {key: value.astype(dtype) for key, value in self.start.items()}
        losses: list[float] = []
        for images, labels in self.digits.batches(steps):
            loss, gradients = loss_and_gradients(params, images.astype(dtype), labels)
            optimizer.update(params, gradients)
            losses.append(loss)
        return Training(losses, params)

    def in_torch(self, make: Any, dtype: str, steps: int, schedule: Any = None) -> Training:
        """As in NumPy; ``schedule`` makes a scheduler of the optimizer."""
        params = {
            key: torch.nn.Parameter(torch.from_numpy(value.astype(dtype)))
            for key, value in self.start.items()
        }
        optimizer = make(list(params.values()))
        scheduler = schedule(optimizer) if schedule else None
        losses: list[float] = []
        for images, labels in self.digits.batches(steps):
            inputs = torch.from_numpy(images.astype(dtype))
            hidden = torch.tanh(inputs @ params["hidden/weight"] + params["hidden/bias"])
            scores = hidden @ params["output/weight"] + params["output/bias"]
            loss = torch.nn.functional.cross_entropy(scores, torch.from_numpy(labels))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if scheduler:
                scheduler.step()
            losses.append(loss.item())
        return Training(losses, {key: p.detach().numpy() for key, p in params.items()})


@pytest.fixture
def trainer(digits: Digits, start: Params) -> Trainer:
    return Trainer(digits, start)
