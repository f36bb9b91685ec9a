"""Sharpness-aware minimization: the gradient where the loss near the parameter is highest."""

from sympy import Abs, Piecewise, Rational

from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Input,
    Operator,
    Option,
    Source,
    Update,
    flags,
    global_norm,
    grad,
    gradient,
    hyperparameters,
    inputs,
    intermediates,
    t,
    theta,
)

rho, eta = hyperparameters("rho eta")
(adaptive,) = flags("adaptive")
(gs,) = inputs("gs")
a, w = intermediates("a w")

_LEAST = Rational(1, 10**12)

sam = Operator(
    "sam",
    adds="the gradient at the point of a ball round the parameter where the loss is highest, to "
    "first order",
    source="Foret et al., 2021, arXiv:2010.01412, Algorithm 1; adaptive: Kwon et al., 2021, "
    "arXiv:2102.11600, with the constants of github.com/davda54/sam",
    hyper=[
        Hyper(rho, "0.05", NON_NEGATIVE, "radius of the ball", latex=r"\rho"),
        Option(adaptive, "let the ball be wider where the parameter is large"),
    ],
    inputs=[Input(gs, Source.GRADIENT, "the gradient at the edge of the ball", latex="g^s")],
    updates=[
        Update(w[t], Piecewise((Abs(theta[t - 1]) * gradient[t], adaptive), (gradient[t], True))),
        Update(
            a[t],
            rho
            * Piecewise((Abs(theta[t - 1]) * w[t], adaptive), (w[t], True))
            / (global_norm(w[t]) + _LEAST),
        ),
        Update(gs[t], grad(theta[t - 1] + a[t])),
    ],
    gives={grad: gs[t]},
)

_SCALE = Abs(theta[t - 1]) + eta

asam = Operator(
    "asam",
    adds="the gradient at the point of a ball round the parameter where the loss is highest, to "
    "first order, the ball as wide in each direction as the parameter is large",
    source="Kwon et al., 2021, arXiv:2102.11600, Algorithm 1, with the constants of the authors' "
    "github.com/SamsungLabs/ASAM; of all parameters alike, where that widens it for weights alone",
    hyper=[
        Hyper(rho, "0.5", NON_NEGATIVE, "radius of the ball", latex=r"\rho"),
        Hyper(eta, "0.01", POSITIVE, "least width of the ball", latex=r"\eta"),
    ],
    inputs=[Input(gs, Source.GRADIENT, "the gradient at the edge of the ball", latex="g^s")],
    updates=[
        Update(w[t], _SCALE * gradient[t]),
        Update(a[t], rho * _SCALE * w[t] / (global_norm(w[t]) + Rational(1, 10**16))),
        Update(gs[t], grad(theta[t - 1] + a[t])),
    ],
    gives={grad: gs[t]},
)
