"""Gradient clipping: by value, by the norm of each tensor, by the norm over all of them.

The norms are clipped as torch.nn.utils does: a small term keeps the quotient finite where the
gradient vanishes, at the price of norms that stay that much below the limit.

Sources: Pascanu et al., 2013, arXiv:1211.5063, Algorithm 1, for the norms, without that term;
Mikolov, 2012, Statistical language models based on neural networks, section 3.2.2, for values.
"""

from sympy import Expr, Min, Rational

from ..language import (
    POSITIVE,
    Hyper,
    Transform,
    Update,
    clip,
    global_norm,
    grad,
    hyperparameters,
    intermediates,
    norm,
    t,
    theta,
)

scale, ghat = intermediates("scale ghat")
clipvalue, clipnorm, global_clipnorm = hyperparameters("clipvalue clipnorm global_clipnorm")

_G = grad(theta[t - 1])
_EPS = Rational(1, 10**6)


def _scaled(limit: Expr, size: Expr) -> tuple[Update, Update]:
    """The gradient made shorter, in its direction, where its size exceeds the limit."""
    return (
        Update(scale[t], Min(1, limit / (size + _EPS))),
        Update(ghat[t], scale[t] * _G),
    )


clip_by_value = Transform(
    "ClipByValue",
    summary="Each element of the gradient, clipped to bounds.",
    source="Mikolov, 2012, Statistical language models based on neural networks, section 3.2.2",
    hyper=Hyper(
        clipvalue, "1", POSITIVE, "largest magnitude of an element of a gradient", latex="c"
    ),
    updates=[Update(ghat[t], clip(_G, -clipvalue, clipvalue))],
    result=ghat[t],
    peer="torch.nn.utils.clip_grad_value_",
)

clip_by_norm = Transform(
    "ClipByNorm",
    summary="The gradient of each tensor, scaled down where its norm is above a limit.",
    source="Pascanu et al., 2013, arXiv:1211.5063, Algorithm 1, for each tensor by itself",
    hyper=Hyper(clipnorm, "1", POSITIVE, "largest norm of the gradient of a tensor", latex="c"),
    updates=_scaled(clipnorm, norm(_G)),
    result=ghat[t],
    peer="torch.nn.utils.clip_grad_norm_",
)

clip_by_global_norm = Transform(
    "ClipByGlobalNorm",
    summary="All gradients, scaled down together where their common norm is above a limit.",
    source="Pascanu et al., 2013, arXiv:1211.5063, Algorithm 1",
    hyper=Hyper(
        global_clipnorm, "1", POSITIVE, "largest norm of all gradients together", latex="c"
    ),
    updates=_scaled(global_clipnorm, global_norm(_G)),
    result=ghat[t],
    peer="torch.nn.utils.clip_grad_norm_",
)
