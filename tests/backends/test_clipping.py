"""The generated clipping follows its spec, also where a rule needs whole tensors."""

from dataclasses import replace

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import backends, clipping
from steprule.codegen.program.compiled import CompiledRule
from steprule.specs.gradients import clip_by_norm
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    Update,
    grad,
    hyperparameters,
    norm,
    t,
    theta,
)
from sympy import Rational

G = grad(theta[t - 1])
(lr,) = hyperparameters("lr")

NORMALISED = Optimizer(
    "Normalised",
    summary="Steps along the gradient, shorter the longer it is.",
    source="none",
    hyper=[Hyper(lr, "1", NON_NEGATIVE, "rate")],
    states=[],
    updates=[Update(theta[t], theta[t - 1] - lr * G / (1 + norm(G)))],
    step_key="",
)


@pytest.fixture
def changed(monkeypatch):
    """The clipping with another term beside the norm."""
    scale, ghat = clip_by_norm.updates
    value = scale.value.subs(Rational(1, 10**6), Rational(1, 8))
    other = replace(clip_by_norm, updates=[Update(scale.target, value), ghat])
    monkeypatch.setattr(clipping, "transforms", lambda: {other.name: other})
    clipping.clippings.cache_clear()
    yield
    clipping.clippings.cache_clear()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("numpy", "return float(np.minimum(clipnorm / (0.125 + norm), 1))"),
        ("torch", "return (clipnorm / (0.125 + norm)).clamp(max=1)"),
    ],
)
@pytest.mark.usefixtures("changed")
def test_a_change_in_the_spec_is_a_change_in_the_code(name, line):
    text = backends()[name].shared(())["_clipping.py"]
    assert line in text
    assert "clipvalue" not in text
    files = backends()[name].files(CompiledRule(analyse(NORMALISED)))
    assert "clipvalue" not in files["normalised.py"]


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_rule_over_whole_tensors_is_given_what_is_clipped(backend, package):
    cls = package([analyse(NORMALISED)]).optimizer(backend, NORMALISED)
    grads = np.array([[3.0, -4.0], [0.0, 1.0]]).T
    if backend == "numpy":
        found = np.zeros((2, 2))
        cls(clipvalue=2.0).update(found, grads)
    else:
        import torch

        p = torch.zeros(2, 2, dtype=torch.float64, requires_grad=True)
        p.grad = torch.tensor(grads)
        cls([p], clipvalue=2.0).step()
        found = p.detach().numpy()
    # Clipped to 2, -2, 0 and 1, whose norm is 3.
    np.testing.assert_allclose(found, np.array([[-0.5, 0.5], [0.0, -0.25]]).T, rtol=1e-15)
