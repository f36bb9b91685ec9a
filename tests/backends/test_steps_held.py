"""Rules that step now and then are, in the steps that they take, the rules themselves."""

import warnings

import numpy as np
import pytest
import steprule.numpy
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import builtin, load
from steprule.codegen.loading.stacks import operators
from steprule.specs.language import Optimizer, SpecError

from .by_hand import SHAPES, tensors

DAILY = {"NAdam"}
"""What corrects for its start by what is not defined before it has stepped."""
TOO_LARGE = 1e3
CLOSURES = {name for name, rule in builtin().items() if rule.inputs}
"""Rules that read more than the gradient, which this does not hand over."""
OF_BASES = {"GaLore", "SOAP", "SPlus", "Shampoo"}
"""Rules that take a basis anew every so many steps: the host, which is to ask for it, knows of no
steps that totals hold."""
STACKS = ["lookahead(adamw)", "accumulate(adamw)"]
"""Rules that count the steps they take."""
MATRICES = {name for name in builtin() if getattr(steprule.numpy, name)._on_matrices}
"""Rules that are given matrices alone."""


def rules() -> list:
    return [
        pytest.param(name, marks=[] if name in DAILY else [pytest.mark.exhaustive])
        for name in builtin()
        if name not in CLOSURES
    ]


@pytest.fixture(scope="module")
def made(package):
    """The NumPy class of a spec."""

    def of(spec: Optimizer):
        valid = analyse(spec)
        return package([valid], formatted=False, only=["numpy"]).optimizer("numpy", valid)

    return of


def given(rule: str) -> list:
    return [x for x in tensors() if rule not in MATRICES or x.ndim >= 2]


def gradients(rule: str, step: int) -> list:
    rng = np.random.default_rng(step)
    shapes = [s for s in SHAPES if rule not in MATRICES or len(s) >= 2]
    return [np.asarray(rng.normal(size=shape)) for shape in shapes]


def arguments(rule: Optimizer) -> dict:
    """Some that make steps that can be seen."""
    return {"lr": 0.1} if any(h.name == "lr" for h in rule.hyper) else {}


@pytest.mark.parametrize("rule", rules())
def test_accumulated_gradients_are_one_step_by_their_mean(rule, made):
    base = builtin()[rule]
    whole, parts = (
        made(spec)(**arguments(base)) for spec in (base, operators()["accumulate"](base, every=3))
    )
    once, often = given(rule), given(rule)
    for step in range(4):
        every = [gradients(rule, 3 * step + k) for k in range(3)]
        # As the accumulated sum is rounded: of thirds, one after another.
        mean = [np.asarray((a / 3 + b / 3) + c / 3) for a, b, c in zip(*every, strict=True)]
        before = [x.copy() for x in often]
        for k, grads in enumerate(every):
            parts.update(often, grads)
            if k < 2:
                assert all(np.array_equal(x, y) for x, y in zip(often, before, strict=True))
        whole.update(once, mean)
        for x, y in zip(often, once, strict=True):
            # The same numbers but for where a product with the rate is rounded.
            np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-14, err_msg=f"step {step}")


@pytest.mark.parametrize("rule", [*rules(), *STACKS])
def test_skipped_gradients_leave_no_trace(rule, made):
    (base,) = load(rule)
    skipping = operators()["skip"](base, limit=TOO_LARGE)
    if rule in OF_BASES:
        with pytest.raises(SpecError, match="by what is known before any tensor is"):
            analyse(skipping)
        return
    whole, wary = made(base)(**arguments(base)), made(skipping)(**arguments(base))
    once, often = given(rule), given(rule)
    for step in range(6):
        grads = gradients(rule, step)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of what no step is made of, nobody wants to hear
            if step != 2:
                before = [x.copy() for x in often]
                wary.update(often, [np.full_like(g, 1e4) for g in grads])
                assert all(np.array_equal(x, y) for x, y in zip(often, before, strict=True))
            wary.update(often, grads)
        whole.update(once, grads)
        for x, y in zip(often, once, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-14, err_msg=f"step {step}")
