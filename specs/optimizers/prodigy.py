"""Prodigy: Adam, whose rate is an estimate of the distance to the solution that grows by itself.

The rule is that of the authors' package, prodigyopt 1.1.2. The estimate d is one number for all
parameters of all groups, and what it is made of, but for what is summed over them, must be so too:
lr, betas, beta3, d0, d_coef, growth_rate and use_bias_correction. Decay, eps and safeguard_warmup
can differ. The package takes those of its first group for all, and the largest of the rates, beside
which a group can have a rate of 0; here, leave parameters without gradients that are not to move.

Groups keep d, d_max, d_numerator and k as there. States of parameters have their shape, where
the package flattens two of them, so that its checkpoints are refused unless parameters are vectors.
Its slices, slice_p, are left out.
"""

from sympy import Abs, Eq, Max, Min, Ne, Piecewise, sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    Shape,
    State,
    Update,
    flags,
    global_total,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, beta1, beta2, beta3, eps = hyperparameters("lr beta1 beta2 beta3 eps")
d0, d_coef, growth_rate = hyperparameters("d0 d_coef growth_rate")
decouple, use_bias_correction, safeguard_warmup = flags(
    "decouple use_bias_correction safeguard_warmup"
)
m, v, s, p0 = states("m v s p0")
d, d_max, num, k = states("d d_max num k")
correction, dlr, denom, dhat, grown, moved = intermediates("correction dlr denom dhat grown moved")
thetabar, u = intermediates("thetabar u")

_LAMBDA = weight_decay.symbol
_SHARE = d[t - 1] / d0
"""Of d, which is small at first: what is summed stays of ordinary size."""


prodigy = Optimizer(
    "Prodigy",
    summary="Prodigy: Adam with a rate that is estimated from the distance gone so far.",
    source="Mishchenko & Defazio, 2024, arXiv:2306.06101, Algorithm 4, as in prodigyopt 1.1.2",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1", NON_NEGATIVE, "factor of the rate that is estimated", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(beta3, "0.9995", UNIT, "decay rate of what d is estimated from", derived=sqrt(beta2)),
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Option(decouple, "shrink the parameter, as AdamW, in place of an L2 term", default=True),
        Option(use_bias_correction, "correct the bias of the moments, as Adam"),
        Option(safeguard_warmup, "leave lr out of the denominator of d, for rates that warm up"),
        Hyper(d0, "1e-6", POSITIVE, "first estimate of d", latex="d_0"),
        Hyper(d_coef, "1", POSITIVE, "factor of the estimate", latex="c"),
        Hyper(
            growth_rate,
            "1e300",
            AT_LEAST_ONE,
            "most that d grows by in a step; infinite where it is to be free, or as good as that",
            latex=r"\rho",
        ),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg", when=Ne(beta1, 0)),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(s, init=0, key="s"),
        State(p0, init=theta[0], key="p0", latex=r"\theta_0"),
        State(d, init=d0, key="d", shape=Shape.GLOBAL, domain=POSITIVE),
        State(d_max, init=d0, key="d_max", shape=Shape.GLOBAL, domain=POSITIVE),
        State(num, init=0, key="d_numerator", shape=Shape.GLOBAL, latex="r"),
        State(k, init=0, key="k", shape=Shape.GLOBAL, domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        l2(unless=decouple),
        Update(
            correction[t],
            Piecewise(
                (
                    sqrt(1 - beta2 ** (k[t - 1] + 1)) / (1 - beta1 ** (k[t - 1] + 1)),
                    use_bias_correction,
                ),
                (1, True),
            ),
        ),
        Update(dlr[t], d[t - 1] * lr * correction[t]),
        Update(m[t], beta1 * m[t - 1] + d[t - 1] * (1 - beta1) * gtilde[t]),
        Update(v[t], beta2 * v[t - 1] + d[t - 1] ** 2 * (1 - beta2) * gtilde[t] ** 2),
        Update(
            s[t],
            beta3 * s[t - 1]
            + _SHARE * Piecewise((d[t - 1], safeguard_warmup), (dlr[t], True)) * gtilde[t],
        ),
        Update(p0[t], p0[t - 1]),
        Update(denom[t], global_total(Abs(s[t]))),
        Update(
            num[t],
            Piecewise(
                (
                    beta3 * num[t - 1]
                    + _SHARE * dlr[t] * global_total(gtilde[t] * (p0[t - 1] - theta[t - 1])),
                    denom[t] > 0,
                ),
                (num[t - 1], True),
            ),
        ),
        Update(dhat[t], Piecewise((d_coef * num[t] / denom[t], denom[t] > 0), (d[t - 1], True))),
        Update(grown[t], Piecewise((Max(d[t - 1], dhat[t]), Eq(d[t - 1], d0)), (d[t - 1], True))),
        Update(d_max[t], Max(d_max[t - 1], dhat[t])),
        Update(d[t], Min(d_max[t], growth_rate * grown[t])),
        Update(k[t], k[t - 1] + Piecewise((1, denom[t] > 0), (0, True))),
        Update(moved[t], Piecewise((dlr[t], denom[t] > 0), (0, True))),
        Update(
            thetabar[t],
            Piecewise(
                (theta[t - 1] - _LAMBDA * moved[t] * theta[t - 1], decouple), (theta[t - 1], True)
            ),
        ),
        Update(u[t], Piecewise((d[t] * gtilde[t], Eq(beta1, 0)), (m[t], True))),
        Update(theta[t], thetabar[t] - moved[t] * u[t] / (sqrt(v[t]) + eps * d[t])),
    ],
)
