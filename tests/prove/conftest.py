"""Every equivalence that is claimed, and small formulations to claim things of."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules

import pytest
from steprule.specs import claims
from steprule.specs.claims.forms import form
from steprule.specs.language import Series, Update, grad, t, theta
from steprule.specs.language.claims import Equivalence, Side, Verdict
from sympy import Expr


def _equivalences() -> list[Equivalence]:
    """Module by module; one that a module borrows from another counts once."""
    found: dict[int, Equivalence] = {}
    for module in iter_modules(claims.__path__):
        members = vars(import_module(f"{claims.__name__}.{module.name}"))
        found |= {
            id(claim): claim
            for name, claim in members.items()
            if isinstance(claim, Equivalence) and not name.startswith("_")
        }
    return list(found.values())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "claim" in metafunc.fixturenames:
        metafunc.parametrize("claim", _equivalences(), ids=lambda claim: claim.name)
    if "proved" in metafunc.fixturenames:
        proved = [claim for claim in _equivalences() if claim.expected is Verdict.PROVED]
        metafunc.parametrize("proved", proved, ids=lambda claim: claim.name)


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
