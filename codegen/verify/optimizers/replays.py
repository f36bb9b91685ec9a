"""Replay a refutation through the generated NumPy code, where both sides are emitted.

The numbers must part there as the algebra says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Symbol, sympify

from ....specs.language import Optimizer, Value, t
from ....specs.language.claims import Equivalence, Side, Verdict
from ...loading.load import builtin
from ...prove.induction import Correspondence, setting
from ...prove.prove import Settled
from ...prove.witness import Witness
from .configurations import Configuration, settings

TOLERANCE = 1e-12
"""Relative: a few steps in float64, far from where the two sides part."""


@dataclass(frozen=True)
class Replay:
    """What the generated code made of a witness, beside what the oracle made of it."""

    settled: Settled
    left: float
    right: float

    @property
    def agrees(self) -> bool:
        witness = self.settled.witness
        assert isinstance(witness, Witness)
        pairs = ((self.left, witness.left), (self.right, witness.right))
        return all(
            abs(got - float(exact)) <= TOLERANCE * max(1.0, abs(float(exact)))
            for got, exact in pairs
        )


def emitted(settled: Iterable[Settled]) -> list[Settled]:
    """The refutations both sides of which are built-in specs."""
    specs = list(builtin().values())

    def is_emitted(spec: Optimizer) -> bool:
        return any(spec is known for known in specs)

    return [
        s
        for s in settled
        if isinstance(s.claim, Equivalence)
        and s.verdict is Verdict.REFUTED
        and is_emitted(s.claim.left.spec)
        and is_emitted(s.claim.right.spec)
    ]


def replay_generated(settled: Settled, package: Any) -> Replay:
    """Run a witness through the classes of the generated NumPy package."""
    witness, claim = settled.witness, settled.claim
    if not isinstance(witness, Witness) or not isinstance(claim, Equivalence):
        raise ValueError(f"{claim.name} is no refuted equivalence")
    numbers = {Symbol(n, real=True): sympify(v) for n, v in witness.hyper.items()}
    left_theta, left_states = _run(claim.left, witness, numbers, package)
    right_theta, _ = _run(claim.right, witness, numbers, package)
    phi = Correspondence(claim).equations["theta"]
    values = {"theta": left_theta, **left_states}
    image = phi.xreplace({v: sympify(values[v.name]) for v in phi.atoms(Value)})
    image = image.xreplace(numbers).xreplace({t: sympify(witness.step)})
    return Replay(settled, _float(image), right_theta)


def _run(
    side: Side, witness: Witness, numbers: dict[Symbol, Any], package: Any
) -> tuple[float, dict[str, float]]:
    decided = setting(side)
    hyper = {
        h.name: _float(sympify(side.hyper.get(h.symbol, h.symbol)).xreplace(numbers))
        for h in side.spec.hyperparameters
    }
    options = {f.name: on for f, on in decided.options.items()}
    optimizer = getattr(package, side.spec.name)(
        **settings(side.spec, Configuration(hyper, options))
    )
    theta = np.array(float(witness.start))
    for _ in range(witness.step):
        optimizer.update(theta, np.array(float(witness.slope) * theta + theta**2 / 4))
    states = {n: float(v) for n, v in optimizer.state_dict().items() if n != "step"}
    return float(theta), states


def _float(number: Any) -> float:
    return float(number)
