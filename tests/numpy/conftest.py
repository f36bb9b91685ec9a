"""Every optimizer under every option, and pairs of them, found from the specs."""

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import steprule.numpy
from steprule.codegen.loading.load import builtin
from steprule.codegen.program.compiled import compiled
from steprule.specs.language import Optimizer


@dataclass(frozen=True)
class Case:
    """An optimizer's class and the arguments that are not at their defaults."""

    spec: Optimizer
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def is_elementwise(self) -> bool:
        return compiled(self.spec).program.is_elementwise

    @property
    def cls(self) -> Any:
        return getattr(steprule.numpy, self.spec.name)

    def make(self, **others: Any) -> Any:
        return self.cls(**self.arguments, **others)

    def __str__(self) -> str:
        return "-".join([self.spec.name, *self.arguments])


def _cases() -> list[Case]:
    found: list[Case] = []
    for spec in builtin().values():
        kind = getattr(steprule.numpy, spec.name)
        if kind._on_matrices or kind._inputs:
            continue  # which take no arrays of other shapes, or more than gradients
        switched_on: dict[str, Any] = {o.name: True for o in spec.options}
        for h in spec.hyperparameters:
            if float(h.default) == 0:
                switched_on[h.name] = 0.25
        for size in range(3):
            for names in combinations(switched_on, size):
                case = Case(spec, {name: switched_on[name] for name in names})
                try:
                    case.make()
                except ValueError:  # a constraint of the spec forbids it
                    continue
                found.append(case)
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = {
        "case": lambda case: True,
        "default_case": lambda case: not case.arguments,
        "case_with_peer": lambda case: bool(case.spec.peer),
        "elementwise_case": lambda case: case.is_elementwise,
    }
    for name in chosen.keys() & set(metafunc.fixturenames):
        metafunc.parametrize(name, [c for c in _cases() if chosen[name](c)], ids=str)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)
