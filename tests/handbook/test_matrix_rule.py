"""A rule of matrices has a page, but no path of two numbers and no network with biases."""

from typing import Any

from steprule.codegen.analysis import analyse
from steprule.codegen.handbook.pages.optimizers import _pictures, _shown
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    Update,
    grad,
    hyperparameters,
    matmul,
    t,
    theta,
    transpose,
)

(lr,) = hyperparameters("lr")
G = grad(theta[t - 1])
CUBED = Optimizer(
    "Cubed",
    summary="A step along the gradient times its own square.",
    source="Nobody",
    hyper=[Hyper(lr, "1e-3", NON_NEGATIVE, "rate")],
    states=[],
    updates=[Update(theta[t], theta[t - 1] - lr * matmul(matmul(G, transpose(G)), G))],
)


def test_no_pictures_are_drawn(edition: Any) -> None:
    nothing: Any = None  # which is not looked at
    assert _pictures(analyse(CUBED), nothing, edition) == []
    assert _shown([], nothing) == ""
