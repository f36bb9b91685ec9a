"""Every optimizer under every option, and pairs of them, found from the specs."""

from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import steprule.numpy
from steprule.specs.language import Optimizer, Option

from ..sample import Sample, declarations, takes_any_shape


@dataclass(frozen=True)
class Case:
    """An optimizer's class and the arguments that are not at their defaults."""

    spec: Optimizer
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def is_elementwise(self) -> bool:
        return not self.cls._is_whole

    @property
    def cls(self) -> Any:
        return getattr(steprule.numpy, self.spec.name)

    def make(self, **others: Any) -> Any:
        return self.cls(**self.arguments, **others)

    def __str__(self) -> str:
        words = [v for v in self.arguments.values() if isinstance(v, str)]
        return "-".join([self.spec.name, *self.arguments, *words])


@cache
def _rules() -> Sample[Optimizer]:
    return declarations(takes_any_shape)


@cache
def _cases() -> list[Case]:
    """Of each rule its defaults, each switch and each word by itself, and all together.

    Where a constraint forbids that, two by two: so all meet that can.
    """
    found: list[Case] = []
    for spec in _rules().values():
        flags = (h for h in spec.hyper if isinstance(h, Option))
        switched: dict[str, Any] = {o.name: not o.default for o in flags}
        single = (h for h in spec.hyperparameters if not h.argument)
        switched |= {h.name: 0.25 for h in single if float(h.default) == 0}
        words = [(c.name, w) for c in spec.choices for w in c.flags]
        alone = [Case(spec, dict([one])) for one in (*switched.items(), *words)]
        switched |= dict(words)
        together = [Case(spec, switched)] if len(switched) > 1 else []
        if not all(map(_is_allowed, together)):
            together = [Case(spec, dict(two)) for two in combinations(switched.items(), 2)]
        found += filter(_is_allowed, [Case(spec), *alone, *together])
    return found


def _is_allowed(case: Case) -> bool:
    try:
        case.make()
    except ValueError:  # a constraint of the spec forbids it
        return False
    return True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = {
        "case": lambda case: True,
        "default_case": lambda case: not case.arguments,
        "case_with_peer": lambda case: bool(case.spec.peer),
        "elementwise_case": lambda case: case.is_elementwise,
    }
    for name in chosen.keys() & set(metafunc.fixturenames):
        cases = filter(chosen[name], _cases())
        metafunc.parametrize(name, _rules().params(cases, lambda case: case.spec.name))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)
