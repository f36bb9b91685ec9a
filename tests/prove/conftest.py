"""Every equivalence that is claimed, and small formulations to claim things of."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from steprule.specs import claims as modules
from steprule.specs.claims.forms import form
from steprule.specs.language import Series, Update, grad, t, theta
from steprule.specs.language.claims import Equivalence, Side, Verdict
from sympy import Expr

from ..sample import Sample, claims


def _equivalences() -> list[Equivalence]:
    """Module by module; one that a module borrows from another counts once."""
    found: dict[int, Equivalence] = {}
    for module in iter_modules(modules.__path__):
        members = vars(import_module(f"{modules.__name__}.{module.name}"))
        found |= {
            id(claim): claim
            for name, claim in members.items()
            if isinstance(claim, Equivalence) and not name.startswith("_")
        }
    return list(found.values())


@cache
def _equivalences_of(verdicts: frozenset[Verdict]) -> Sample[Any]:
    return claims(lambda each: isinstance(each, Equivalence) and each.expected in verdicts)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, verdicts in {"claim": {*Verdict}, "proved": {Verdict.PROVED}}.items():
        if name in metafunc.fixturenames:
            found = _equivalences_of(frozenset(verdicts))
            metafunc.parametrize(name, found.params(found.values(), lambda claim: claim.name))


@pytest.fixture(scope="session")
def equivalences() -> list[Equivalence]:
    return _equivalences()


@pytest.fixture
def rule() -> Callable[..., Side]:
    """One side: some updates, then theta's step from its value before."""

    def write(*updates: Update, step: Expr, kept: Sequence[Series] = ()) -> Side:
        return Side(form("Rule", "made up", kept, *updates, Update(theta[t], theta[t - 1] + step)))

    return write


@pytest.fixture
def gradient() -> Expr:
    return grad(theta[t - 1])
