"""Find claims: one file added under ``specs/claims`` is enough, or one of one's own."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from shlex import quote

from ...specs import claims
from ...specs.language import SpecError
from ...specs.language.claims import Claim, Equivalence, Identity, Stability
from ..analysis.nearby import suggestion
from ..loading.executed import executed
from ..loading.load import all_builtin, builtin
from ..loading.packaged import path_and_name
from ..loading.stacks import is_stack
from .kinds import require_kinds


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
    rules = builtin()
    if name.lower() in map(str.lower, rules) or is_stack(name):
        raise SpecError(
            "unknown-claim",
            spec=name,
            where="name",
            problem="no claim has this name; it is a rule",
            remedy="Give a second rule, to be proved to be the same: steprule prove "
            f"{quote(name)} RULE",
        )
    raise SpecError(
        "unknown-claim",
        spec=name,
        where="name",
        problem="no claim has this name",
        remedy=f"{suggestion(name, known)}`steprule prove` without a name settles all there are",
    )


def neither(name: str) -> SpecError | None:
    """The error of a name that might be a claim's or a rule's, and is no built-in one's."""
    known = [*builtin_claims(), *all_builtin()]
    if path_and_name(name)[0] or is_stack(name):
        return None
    if name.lower() in map(str.lower, known):
        return None
    return SpecError(
        "unknown-claim",
        spec=name,
        where="name",
        problem="no claim has this name, and no rule",
        remedy=f"{suggestion(name, known)}`steprule prove` without a name settles all claims there "
        "are, and `steprule list` has all rules",
    )


def claims_of(reference: str) -> list[Claim]:
    """The claims that a reference stands for.

    Args:
        reference: the name of a built-in claim; a Python file, for all claims it makes; or
            ``file.py:name``, for the one bound to that name or called by it.

    Raises:
        SpecError: there is none.
    """
    path, name = path_and_name(reference)
    if not path:
        return [claim_named(reference)]
    own = claims_in(path)
    found = [c for bound, c in own.items() if path == reference or name in (bound, c.name)]
    if not found:
        there = "it makes no claim"
        asked = f"no claim in the file is bound to or named {name!r}"
        raise _no_claim(reference, there if path == reference else asked, own)
    return found


def claims_in(path: str) -> dict[str, Claim]:
    """The claims that a file makes, by what they are bound to, each once.

    Raises:
        SpecError: it does not import, or one is no claim as it stands, or two have one name.
    """
    file = executed(path)
    found: dict[str, Claim] = {}
    ours = {id(claim) for claim in builtin_claims().values()}
    made = file.own(dict(_claims(file.names)), ours)
    for bound, value in made.items():
        require_kinds(value)
        known = {claim.name: claim for claim in found.values()}
        if known.get(value.name) is value:
            continue
        if value.name in known or builtin_claims().get(value.name, value) is not value:
            raise SpecError(
                "same-name",
                spec=path,
                where=bound,
                problem=f"another claim is called {value.name} too",
                remedy="Rename one",
            )
        found[bound] = value
    return found


def _no_claim(reference: str, problem: str, own: Mapping[str, Claim]) -> SpecError:
    remedy = (
        f"The file has {', '.join(own)}"
        if own
        else "Bind one to a name: name = Equivalence(...); or give two specs, to be held as one"
    )
    return SpecError("no-claim", spec=reference, where="file", problem=problem, remedy=remedy)


def _claims(namespace: Mapping[str, object]) -> Iterator[tuple[str, Claim]]:
    for name, value in namespace.items():
        if isinstance(value, Equivalence | Identity | Stability) and not name.startswith("_"):
            yield name, value


def _declared() -> Iterator[tuple[str, Claim]]:
    for module in sorted(m.name for m in pkgutil.iter_modules(claims.__path__)):
        namespace = vars(importlib.import_module(f"{claims.__name__}.{module}"))
        yield from ((module, claim) for _, claim in _claims(namespace))
