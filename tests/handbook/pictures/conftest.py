"""The material that pictures are drawn from, without the claims that none of them shows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from steprule.codegen.handbook import material as materials
from steprule.codegen.handbook.edition import Edition, edition
from steprule.codegen.handbook.material import Material
from steprule.specs.language import Spec


@contextmanager
def gathered(references: list[str]) -> Iterator[Material]:
    """The material without the code of other specs, in NumPy alone."""
    every, found = materials.builtin_claims, materials.backends()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(materials, "backends", lambda: {"numpy": found["numpy"]})
        patch.setattr(
            materials,
            "builtin_claims",
            lambda: {k: c for k, c in every().items() if k.startswith("stability")},
        )
        patch.setattr(materials, "all_builtin", dict)
        with materials.gathered(references) as material:
            yield material


@pytest.fixture
def material_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The material on specs given as objects, or by name or file."""

    def of(*given: Spec | str) -> Any:
        specs = [s for s in given if not isinstance(s, str)]
        if specs:
            monkeypatch.setattr(
                materials, "declared", lambda references: [(spec, "") for spec in specs]
            )
        return gathered([s for s in given if isinstance(s, str)])

    return of


@pytest.fixture(scope="session")
def english() -> Edition:
    return edition()
