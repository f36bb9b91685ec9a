"""Stable-SPAM: Adam of gradients whose spikes and norms are held near what they were so far.

Every ``update_proj_gap`` steps its moments begin anew. The schedule of the decay rates that its
authors' code can take is left out.
"""

from sympy import Abs, Eq, Expr, Integer, Mod, Piecewise, sqrt

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Interval,
    Optimizer,
    Shape,
    State,
    Update,
    amax,
    counts,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
gamma1, gamma2, gamma3 = hyperparameters("gamma1 gamma2 gamma3")
(update_proj_gap,) = counts("update_proj_gap")
m, v, peak, length, square = states("m v peak length square")
spike, bound, share, clipped, gnorm, usual, ratio = intermediates(
    "spike bound share clipped gnorm usual ratio"
)
s, since, mhat, vhat = intermediates("s since mhat vhat")

_ANEW = Eq(Mod(t, update_proj_gap), 0)


def kept(old: Expr) -> Expr:
    """A moment, or what it starts from."""
    return Piecewise((Integer(0), _ANEW), (old, True))


stablespam = Optimizer(
    "StableSPAM",
    summary="Stable-SPAM: AdamW on gradients clipped by the peaks and norms of earlier ones.",
    source="Huang et al., 2025, arXiv:2502.17055, Algorithm 1; decay decoupled",
    lineage=["AdamW"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(gamma1, "0.7", UNIT, "decay rate of the norm", latex=r"\gamma_1"),
        Hyper(gamma2, "0.9", UNIT, "decay rate of the squared norm", latex=r"\gamma_2"),
        Hyper(gamma3, "0.999", UNIT, "decay rate of the largest magnitude", latex=r"\gamma_3"),
        weight_decay,
        Hyper(
            update_proj_gap,
            "1000",
            Interval(low=2),
            "steps after which the moments begin anew",
            latex=r"\Delta T",
        ),
        Hyper(eps, "1e-8", POSITIVE, "term added to denominators", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(peak, init=0, key="m_max_t", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE, latex="p"),
        State(
            length, init=0, key="m_norm_t", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE, latex="n"
        ),
        State(
            square, init=0, key="v_norm_t", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE, latex="q"
        ),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(spike[t], amax(Abs(g[t]))),
        Update(peak[t], gamma3 * peak[t - 1] + (1 - gamma3) * spike[t]),
        Update(bound[t], peak[t] / (1 - gamma3**t)),
        Update(share[t], Piecewise((bound[t] / spike[t], spike[t] > 0), (1, True))),
        Update(
            clipped[t],
            Piecewise((g[t], Eq(t, 1)), (share[t] * g[t], Abs(g[t]) > bound[t]), (g[t], True)),
        ),
        Update(gnorm[t], norm(clipped[t])),
        Update(length[t], gamma1 * length[t - 1] + (1 - gamma1) * gnorm[t]),
        Update(square[t], gamma2 * square[t - 1] + (1 - gamma2) * gnorm[t] ** 2),
        Update(
            usual[t],
            length[t] / (1 - gamma1**t) / (sqrt(square[t] / (1 - gamma2**t)) + eps),
        ),
        Update(ratio[t], Piecewise((usual[t] / gnorm[t], gnorm[t] > 0), (0, True))),
        Update(s[t], ratio[t] * clipped[t]),
        Update(since[t], Piecewise((t, t < update_proj_gap), (Mod(t, update_proj_gap) + 1, True))),
        Update(m[t], beta1 * kept(m[t - 1]) + (1 - beta1) * s[t]),
        Update(v[t], beta2 * kept(v[t - 1]) + (1 - beta2) * s[t] ** 2),
        Update(mhat[t], m[t] / (1 - beta1 ** since[t])),
        Update(vhat[t], v[t] / (1 - beta2 ** since[t])),
        Update(theta[t], thetabar[t] - lr * mhat[t] / (sqrt(vhat[t]) + eps)),
    ],
)
