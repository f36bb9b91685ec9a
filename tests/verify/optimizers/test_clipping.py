"""Clipping against the oracle: its worked values, and that a slip in the code is seen."""

import math
from itertools import product

import numpy as np
import pytest
import steprule.numpy._clipping
import steprule.torch._clipping
from flint import fmpq
from steprule.codegen.loading.load import transforms
from steprule.codegen.oracle.exact import is_nan
from steprule.codegen.oracle.transforms import transformed
from steprule.codegen.verify.optimizers.clipping import verify_clipping

Q = fmpq

pytestmark = pytest.mark.slow

VALUE, NORM, GLOBAL = (transforms()[f"ClipBy{by}"] for by in ("Value", "Norm", "GlobalNorm"))
GRADIENTS = [np.array([3.0, -4.0]), np.array(12.0)]  # norms 5 and 12, and 13 together
EPS = Q(1, 10**6)
DAILY = [(VALUE, "bfloat16"), (NORM, "float64"), (GLOBAL, "float32")]


@pytest.mark.parametrize(
    ("spec", "limit", "expected"),
    [
        (VALUE, 3.5, [[3, Q(-7, 2)], Q(7, 2)]),
        (NORM, 10.0, [[3, -4], 12 * 10 / (12 + EPS)]),
        (GLOBAL, 6.5, [[x * Q(13, 2) / (13 + EPS) for x in (3, -4)], 12 * Q(13, 2) / (13 + EPS)]),
        (GLOBAL, 14.0, [[3, -4], 12]),
        (NORM, math.inf, [[3, -4], 12]),
    ],
)
def test_the_oracle_by_hand(spec, limit, expected):
    found = transformed(spec, GRADIENTS, {spec.hyper.name: limit})
    assert [x.tolist() for x in found] == expected


@pytest.mark.parametrize("spec", [NORM, GLOBAL])
def test_the_oracle_where_a_norm_is_not_finite(spec):
    def of(*gradient):
        return transformed(spec, [np.array(gradient)], {spec.hyper.name: 1.0})[0]

    assert of(0.0, 0.0).tolist() == [0, 0]
    infinite = of(math.inf, 2.0)
    assert is_nan(infinite[0])
    assert infinite[1] == 0
    assert all(map(is_nan, of(math.nan, 2.0)))


def test_the_oracle_wants_the_argument():
    with pytest.raises(ValueError, match=r"ClipByNorm has the hyperparameters \['clipnorm'\]"):
        transformed(NORM, GRADIENTS, {"limit": 1.0})


@pytest.mark.parametrize(
    ("spec", "dtype"),
    [
        pytest.param(
            *(spec, dtype),
            marks=() if (spec, dtype) in DAILY else pytest.mark.exhaustive,
            id=f"{spec.name}-{dtype}",
        )
        for spec, dtype in product((VALUE, NORM, GLOBAL), ("float64", "float32", "bfloat16"))
    ],
)
def test_what_is_generated_passes(spec, dtype):
    results = verify_clipping(spec, dtype)
    numpy = [] if dtype == "bfloat16" else ["numpy", "numpy numba"]
    torch = ["torch loop", "torch foreach", "torch capturable", "torch fused"]
    assert [r.backend for r in results] == numpy + torch
    assert [r.failure for r in results] == [""] * len(results)


@pytest.mark.parametrize(
    "spec", [NORM, pytest.param(GLOBAL, marks=pytest.mark.exhaustive)], ids=lambda s: s.name
)
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda limit, norm: min(limit / norm if norm else 1.0, 1), id="no-term"),
        pytest.param(lambda limit, norm: limit / (1e-6 + norm), id="no-minimum"),
        pytest.param(lambda limit, norm: min(1.0, limit / (1e-6 + norm)), id="nan-lost"),
        pytest.param(lambda limit, norm: np.minimum(limit / (2e-6 + norm), 1), id="other-term"),
    ],
)
def test_a_slip_in_numpy_is_seen(spec, wrong, monkeypatch):
    cls = getattr(steprule.numpy._clipping, spec.name)
    scale = staticmethod(lambda norm, limit: float(wrong(limit, norm)))
    monkeypatch.setattr(cls, "scale", scale)
    failures = {r.backend: r.failure for r in verify_clipping(spec, "float64")}
    for engine in ("numpy", "numpy numba"):  # which take the scale from the same norm
        assert failures.pop(engine)
    assert set(failures.values()) == {""}


def test_a_slip_in_torch_is_seen(monkeypatch):
    cls = steprule.torch._clipping.ClipByValue
    monkeypatch.setattr(cls, "loop", staticmethod(lambda grad, limit: grad.clamp(max=limit)))
    failed = {r.backend for r in verify_clipping(VALUE, "float32") if r.failure}
    assert failed == {"torch capturable"}  # lists of one tensor go by the form for lists
