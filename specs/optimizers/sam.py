"""Sharpness-aware minimization over any rule, and over SGD."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from sympy import Abs, Expr, Piecewise, Rational

from ..gradients import maximize
from ..language import (
    NON_NEGATIVE,
    Hyper,
    Input,
    Optimizer,
    Option,
    Source,
    Update,
    flags,
    global_norm,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    t,
    theta,
)
from .sgd import sgd

(rho,) = hyperparameters("rho")
(adaptive,) = flags("adaptive")
(gs,) = inputs("gs")
a, w = intermediates("a w")

_SOURCE = (
    "Foret et al., 2021, arXiv:2010.01412, Algorithm 1; adaptive: Kwon et al., 2021, "
    "arXiv:2102.11600, with the constants of github.com/davda54/sam"
)
_LEAST = Rational(1, 10**12)


def sam(base: Optimizer, *, name: str, summary: str) -> Optimizer:
    """A rule by the gradient at the point of a ball round the parameter where the loss is highest.

    Wherever the equations read the gradient at the parameter, they are given the one at
    ``theta + rho*a/norm(a)``, to first order the highest point of the ball; an adaptive ball is
    wider where the parameter is large.

    Args:
        base: the rule, which must not have ``rho``, ``adaptive``, ``gs``, ``a`` or ``w`` itself.
        name: of the new rule.
        summary: one sentence.
    """
    first = grad(theta[t - 1])
    ascends = Piecewise((-first, maximize.flag), (first, True))
    slope = ascends if maximize in base.hyper else first
    new = cast(
        Sequence[Hyper | Option],
        [
            *(h for h in base.hyper if isinstance(h, Hyper)),
            Hyper(rho, "0.05", NON_NEGATIVE, "radius of the ball", latex=r"\rho"),
            *(h for h in base.hyper if isinstance(h, Option) and not h.keyword),
            Option(adaptive, "let the ball be wider where the parameter is large"),
            *(h for h in base.hyper if isinstance(h, Option) and h.keyword),
        ],
    )
    scaled = Piecewise((Abs(theta[t - 1]) * slope, adaptive), (slope, True))
    towards = Piecewise((Abs(theta[t - 1]) * w[t], adaptive), (w[t], True))
    return replace(
        base,
        name=name,
        summary=summary,
        source=f"{_SOURCE}; over {base.name}: {base.source}",
        peer="",
        hyper=new,
        inputs=[
            *base.inputs,
            Input(gs, Source.GRADIENT, "the gradient at the edge of the ball", latex="g^s"),
        ],
        updates=[
            Update(w[t], scaled),
            Update(a[t], rho * towards / (global_norm(w[t]) + _LEAST)),
            Update(gs[t], grad(theta[t - 1] + a[t])),
            *(Update(u.target, cast(Expr, u.value.xreplace({first: gs[t]}))) for u in base.updates),
        ],
    )


sam_over_sgd = sam(
    sgd,
    name="SAM",
    summary="SAM: SGD by the gradient where the loss near the parameter is highest.",
)
