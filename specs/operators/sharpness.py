"""Sharpness-aware minimization: the gradient where the loss near the parameter is highest."""

from sympy import Abs, Eq, Expr, Mod, Piecewise, Rational

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Input,
    Operator,
    Option,
    Source,
    State,
    Update,
    counts,
    flags,
    global_norm,
    global_total,
    grad,
    gradient,
    hyperparameters,
    inputs,
    intermediates,
    states,
    t,
    theta,
)

rho, eta, alpha = hyperparameters("rho eta alpha")
(every,) = counts("every")
(adaptive,) = flags("adaptive")
(gs,) = inputs("gs")
(sharp,) = states("sharp")
a, w, across, flat = intermediates("a w across flat")

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

_TOWARDS = rho * gradient[t] / (global_norm(gradient[t]) + _LEAST)
"""To the edge of the ball."""


_MIDDLE = grad(theta[t - 1])
"""Without the sign that a rule gives it, as the gradient at the edge has none."""


def _beside(x: Expr, y: Expr) -> Expr:
    """What of a gradient is at a right angle to another, all tensors taken together."""
    return x - y * (global_total(x * y) / (global_norm(y) ** 2 + _LEAST))


gsam = Operator(
    "gsam",
    adds="the gradient at the edge of a ball round the parameter, less a part of what the gradient "
    "in its middle has beside that",
    source="Zhuang et al., 2022, arXiv:2203.08065, Algorithm 1, with a radius that stays as it is; "
    "not checked against the paper",
    hyper=[
        Hyper(rho, "0.05", NON_NEGATIVE, "radius of the ball", latex=r"\rho"),
        Hyper(alpha, "0.4", NON_NEGATIVE, "how much of that part is left out", latex=r"\alpha"),
    ],
    inputs=[Input(gs, Source.GRADIENT, "the gradient at the edge of the ball", latex="g^s")],
    updates=[
        Update(a[t], _TOWARDS),
        Update(gs[t], grad(theta[t - 1] + a[t])),
        Update(across[t], _beside(_MIDDLE, gs[t])),
        Update(flat[t], gs[t] - alpha * across[t]),
    ],
    gives={grad: flat[t]},
)

_DUE = Eq(Mod(t - 1, every), 0)

looksam = Operator(
    "looksam",
    adds="the gradient at the edge of a ball round the parameter at some steps, and at others what "
    "that had last beside the gradient in its middle, as long as this is",
    source="Liu et al., 2022, arXiv:2203.02714, Algorithm 1; not checked against the paper",
    hyper=[
        Hyper(rho, "0.05", NON_NEGATIVE, "radius of the ball", latex=r"\rho"),
        Hyper(alpha, "0.7", NON_NEGATIVE, "how much of it is added", latex=r"\alpha"),
        Hyper(every, "5", AT_LEAST_ONE, "steps from one such gradient to the next", latex="k"),
    ],
    inputs=[
        Input(gs, Source.GRADIENT, "the gradient at the edge of the ball", when=_DUE, latex="g^s")
    ],
    states=[State(sharp, init=0, key="sharp_grad", latex="g^v")],
    updates=[
        Update(a[t], _TOWARDS),
        Update(gs[t], grad(theta[t - 1] + a[t])),
        Update(sharp[t], Piecewise((_beside(gs[t], _MIDDLE), _DUE), (sharp[t - 1], True))),
        Update(
            flat[t],
            Piecewise(
                (gs[t], _DUE),
                (
                    _MIDDLE
                    + alpha
                    * (global_norm(_MIDDLE) / (global_norm(sharp[t - 1]) + _LEAST))
                    * sharp[t - 1],
                    True,
                ),
            ),
        ),
    ],
    gives={grad: flat[t]},
)
