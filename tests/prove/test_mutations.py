"""No proof survives a sign: whatever term of whatever equation is turned, it fails.

Of every update of either side, one term of its value at a time changes its sign; a value of one
term changes as a whole, and of a piecewise value every branch is turned for itself. Skipped is
what leaves the numbers of a step as they were, from any state and from the first:

- terms that vanish, and branches that are not taken, under the claim's options and
  hyperparameters (a term times a weight decay of 0, the first moment where ``beta1 = 0``);
- signs inside a square, as that of ``g`` where only ``g**2`` is read;
- on the left, quantities that the map neither reads nor, by way of later steps, depends on
  (``c[t] = d[t - 1]`` is read by the map of some claims, and counts there; slow weights that are
  followed all the way are read by a step, and are of no account to it).

Whether a step's numbers change is seen by evaluating it, not by the normal form under test.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest
from steprule.codegen.prove.induction import Correspondence, obligations, setting
from steprule.codegen.prove.prove import prove
from steprule.codegen.prove.symbolic import symbolic_step
from steprule.specs.claims import decay, momentum
from steprule.specs.language import Update, Value, t
from steprule.specs.language.claims import Equivalence, Side, Verdict
from sympy import Add, Expr, Float, Integer, Piecewise

from .of_one_number import of_one_number


def turned_values(value: Expr) -> Iterator[Expr]:
    """The value with one term's sign changed, for every term of every branch."""
    if isinstance(value, Piecewise):
        for i, (branch, condition) in enumerate(value.args):
            for turned in turned_values(branch):
                args = [*value.args[:i], (turned, condition), *value.args[i + 1 :]]
                yield Piecewise(*args, evaluate=False)
    else:
        for term in Add.make_args(value):
            yield value - 2 * term


def turned_sides(side: Side) -> Iterator[tuple[str, Side]]:
    for i, update in enumerate(side.spec.updates):
        for value in turned_values(update.value):
            turned = Update(update.target, value)
            updates = (*side.spec.updates[:i], turned, *side.spec.updates[i + 1 :])
            spec = replace(side.spec, updates=updates)
            yield f"{update.target} = {value}", replace(side, spec=spec)


def numbers_of_a_step(side: Side, seed: int, *, first: bool, moved: str = "") -> dict[str, Expr]:
    """Every quantity after one step from numbers, for a loss with gradient x**3/3 - x + 1.

    One quantity before it may be another number than is drawn.
    """
    one, draw = setting(side), random.Random(seed)
    stored = {name: Float(draw.randint(1, 40), 30) / 41 for name in one.quantities}
    if moved:
        stored[moved] += Float(1, 30) / 7
    if first:
        stored = one.initial(stored["theta"])
    new = symbolic_step(one, stored, lambda x: x**3 / 3 - x + 1, first=first)
    new = {name: of_one_number(e) for name, e in new.items()}
    free = sorted(set().union(*(e.free_symbols for e in new.values())) - {t}, key=str)
    at = {s: Float(draw.randint(1, 30), 30) / 31 for s in free}
    at[t] = Integer(1 if first else draw.randint(2, 5))
    return {name: e.xreplace(at).evalf(30) for name, e in new.items()}


def changes(side: Side, turned: Side, watched: set[str]) -> bool:
    """Whether a watched quantity differs after a step; 20 of 30 digits say that it does."""
    for first in (False, True):
        for seed in range(2):
            before = numbers_of_a_step(side, seed, first=first)
            try:
                after = numbers_of_a_step(turned, seed, first=first)
            except ValueError:  # a maximum or minimum of what is no longer real
                return True
            if any(abs(before[name] - after[name]) > 1e-20 for name in watched):
                return True
    return False


def of_account(claim: Equivalence) -> set[str]:
    """The left side's quantities that the map reads, and those that these follow from."""
    phi = Correspondence(claim)
    found: set[str] = set()
    grown = {v.name for e in phi.equations.values() for v in e.atoms(Value)}
    while grown != found:
        found = grown
        grown = found | {
            name for name in {*phi.left.quantities} - found if matters(claim.left, name, found)
        }
    return found


def matters(side: Side, name: str, watched: set[str]) -> bool:
    """Whether a watched quantity after a step depends on one before it, at any of some numbers."""
    for seed in range(4):
        before = numbers_of_a_step(side, seed, first=False)
        after = numbers_of_a_step(side, seed, first=False, moved=name)
        if any(abs(before[each] - after[each]) > 1e-20 for each in watched):
            return True
    return False


def mutations(claim: Equivalence, every: int = 1) -> Iterator[tuple[str, Equivalence]]:
    """All that change a step's numbers; or of those that might, one of so many."""
    phi = Correspondence(claim)
    read = of_account(claim)
    for what, turned in islice(turned_sides(claim.left), 0, None, every):
        if changes(claim.left, turned, read):
            yield f"left: {what}", replace(claim, left=turned)
    for what, turned in islice(turned_sides(claim.right), 0, None, every):
        if changes(claim.right, turned, set(phi.right.quantities)):
            yield f"right: {what}", replace(claim, right=turned)


@pytest.mark.parametrize(
    ("every", "most"), [(8, 1), pytest.param(1, None, marks=pytest.mark.exhaustive)]
)
def test_a_sign_breaks_the_proof(proved, every, most):
    tried = dict(islice(mutations(proved, every), most)) or dict(islice(mutations(proved), most))
    survivors = [
        what for what, broken in tried.items() if all(o.is_met for o in obligations(broken))
    ]
    assert survivors == []
    assert len(tried) >= (most or 2)


@pytest.mark.parametrize(
    "claim_",
    [
        momentum.nesterov,
        momentum.momentum_velocity,
        decay.sgd_decay,
        momentum.momentum_spec,
    ],
    ids=lambda claim: claim.name,
)
def test_a_sign_is_refuted_with_a_witness(claim_):
    """In full: a turned sign shows in the parameter's iterates, at numbers that are found.

    Except where no step reads what is turned: then only the map is broken, and there is no
    verdict. (Nor is there one where a turned second moment has no root.)
    """
    ghosts = {"c"}
    for what, broken in mutations(claim_):
        only_map = what.removeprefix("left: ").split("[")[0] in ghosts
        expected = Verdict.UNKNOWN if only_map else Verdict.REFUTED
        assert prove(broken).verdict is expected, what
