"""Rprop: steps of a size of their own for each element, which follows the gradient's sign alone."""

from fractions import Fraction

from sympy import Integer, Piecewise, sign

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    Hyper,
    Interval,
    Optimizer,
    State,
    Update,
    clip,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, etaminus, etaplus, step_size_min, step_size_max = hyperparameters(
    "lr etaminus etaplus step_size_min step_size_max"
)
prev, step_size = states("prev step_size")
(factor,) = intermediates("factor")

_TURNS = g[t] * prev[t - 1] < 0
_BELOW_ONE = Interval(Fraction(0), Fraction(1), low_open=True, high_open=True)
_ABOVE_ONE = Interval(Fraction(1), low_open=True)

rprop = Optimizer(
    "Rprop",
    summary="Rprop: steps that grow while the gradient keeps its sign, and shrink where it turns.",
    source="Riedmiller & Braun, 1993, A direct adaptive method for faster backpropagation "
    "learning, as in torch: where the sign turns no step is taken; not checked against the paper",
    peer="torch.optim.Rprop",
    lineage=["SGD"],
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "size of the first step", latex=r"\gamma"),
        Hyper(
            etaminus,
            "0.5",
            _BELOW_ONE,
            "factor of a step where the sign turns",
            argument="etas",
            latex=r"\eta^-",
        ),
        Hyper(
            etaplus,
            "1.2",
            _ABOVE_ONE,
            "factor of a step where the sign stays",
            argument="etas",
            latex=r"\eta^+",
        ),
        Hyper(
            step_size_min,
            "1e-6",
            NON_NEGATIVE,
            "least size of a step",
            argument="step_sizes",
            latex=r"\Delta_{\min}",
        ),
        Hyper(
            step_size_max,
            "50",
            NON_NEGATIVE,
            "largest size of a step",
            argument="step_sizes",
            latex=r"\Delta_{\max}",
        ),
        maximize,
    ],
    states=[
        State(prev, init=0, key="prev", latex=r"g^{\mathrm{prev}}"),
        State(step_size, init=lr, key="step_size", latex=r"\Delta"),
    ],
    updates=[
        ascend_or_descend,
        Update(
            factor[t],
            Piecewise((etaplus, g[t] * prev[t - 1] > 0), (etaminus, _TURNS), (Integer(1), True)),
        ),
        Update(step_size[t], clip(step_size[t - 1] * factor[t], step_size_min, step_size_max)),
        Update(prev[t], Piecewise((Integer(0), _TURNS), (g[t], True))),
        Update(theta[t], theta[t - 1] - step_size[t] * sign(prev[t])),
    ],
)
