"""Find the declared claims: one file added under ``specs/claims`` is enough."""

import importlib
import pkgutil
from collections.abc import Iterator

from ...specs import claims
from ...specs.language import SpecError
from ...specs.language.claims import Claim, Equivalence, Identity, Stability
from ..analysis.nearby import suggestion


def builtin_claims() -> dict[str, Claim]:
    """Every claim bound to a public name in a module of ``specs.claims``, by its own name."""
    found: dict[str, Claim] = {}
    for _, claim in _declared():
        if found.setdefault(claim.name, claim) is not claim:
            raise SpecError(
                "same-name",
                spec=claim.name,
                where="claims",
                problem="two claims have this name",
                remedy="Rename one",
            )
    return found


def modules() -> dict[str, list[Claim]]:
    """The same by the module that declares them; one that imports a claim comes after that."""
    found: dict[str, list[Claim]] = {}
    seen: set[str] = set()
    for module, claim in _declared():
        if claim.name not in seen:
            seen.add(claim.name)
            found.setdefault(module, []).append(claim)
    return found


def claim_named(name: str) -> Claim:
    """The claim of a name.

    Raises:
        SpecError: there is none; the near names are listed.
    """
    known = builtin_claims()
    if name in known:
        return known[name]
    raise SpecError(
        "unknown-claim",
        spec=name,
        where="name",
        problem="no claim has this name",
        remedy=f"{suggestion(name, known)}`steprule prove` lists them all",
    )


def _declared() -> Iterator[tuple[str, Claim]]:
    for module in sorted(m.name for m in pkgutil.iter_modules(claims.__path__)):
        namespace = vars(importlib.import_module(f"{claims.__name__}.{module}"))
        for name, value in namespace.items():
            if isinstance(value, Equivalence | Identity | Stability) and not name.startswith("_"):
                yield module, value
