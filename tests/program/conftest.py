"""Small specs to compile, and programs as text."""

from collections.abc import Callable
from typing import Any

import pytest
from steprule.codegen.program.listing import listing
from steprule.codegen.program.nodes import Program
from steprule.specs.language import (
    NON_NEGATIVE,
    REAL,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    State,
    Update,
    flags,
    hyperparameters,
    states,
)

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")

HYPER = [
    Hyper(lr, "0.5", NON_NEGATIVE, "rate"),
    Hyper(a, "0.3", REAL, "any number"),
    Hyper(w, "0.9", UNIT, "a weight"),
    Hyper(decay, "0", NON_NEGATIVE, "a decay", optional=True),
    Option(flag, "a flag"),
]


@pytest.fixture(scope="session")
def make() -> Callable[..., Optimizer]:
    """Builds a spec with hyperparameters lr, a, w, decay, flag and states m, n."""

    def build(*updates: Update, **fields: Any) -> Optimizer:
        assigned = {u.target.name for u in updates}
        kept = tuple(State(s, init=0, key=s.name) for s in (m, n) if s.name in assigned)
        given: dict[str, Any] = {"states": kept, "hyper": HYPER} | fields
        return Optimizer("Small", summary="Small.", source="here", updates=updates, **given)

    return build


@pytest.fixture(scope="session")
def text() -> Callable[[Program], str]:
    """A program's statements: the host's, a line ``---``, the tensors'."""

    def lines(program: Program) -> str:
        _, _, rest = listing(program).partition("host, float64:\n")
        host, _, tensors = rest.partition("\ntensors:\n")
        cut = [line.removeprefix("    ") for line in host.splitlines()]
        cut += ["---", *(line.removeprefix("    ") for line in tensors.splitlines())]
        return "\n".join(cut)

    return lines
