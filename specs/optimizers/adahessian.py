"""AdaHessian: Adam whose second moment is of the Hessian's diagonal.

The estimate is handed to the step, every ``update_period`` steps: a random vector of signs, times
what the Hessian makes of it. The kernel of a convolution takes the mean of its magnitudes.
"""

from sympy import Abs, And, Eq, Mod, Piecewise

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    UNIT_CLOSED,
    Hyper,
    Input,
    Optimizer,
    Option,
    Source,
    State,
    Update,
    cols,
    counts,
    flags,
    hyperparameters,
    inputs,
    intermediates,
    mean,
    ndim,
    rows,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps, hessian_power = hyperparameters("lr beta1 beta2 eps hessian_power")
(update_period,) = counts("update_period")
(avg_conv_kernel,) = flags("avg_conv_kernel")
(hessian,) = inputs("hessian")
m, v = states("m v")
d, mhat, vhat = intermediates("d mhat vhat")

_DUE = Eq(Mod(t - 1, update_period), 0)

adahessian = Optimizer(
    "AdaHessian",
    summary="AdaHessian: AdamW with the Hessian's diagonal in place of squared gradients.",
    source="Yao et al., 2021, arXiv:2006.00719, Algorithm 1; decay decoupled",
    lineage=["AdamW"],
    hyper=[
        Hyper(lr, "0.1", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Hyper(
            hessian_power,
            "1",
            UNIT_CLOSED,
            "power of the diagonal that is divided by",
            latex="k",
        ),
        Hyper(update_period, "1", AT_LEAST_ONE, "steps from one estimate to the next", latex="n"),
        Option(avg_conv_kernel, "take the mean over each kernel of a convolution", default=True),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_hessian_diag_sq", domain=NON_NEGATIVE),
    ],
    inputs=[
        Input(
            hessian,
            Source.ELEMENTS,
            "an estimate of the Hessian's diagonal",
            when=_DUE,
            latex="h",
        )
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(
            d[t],
            Piecewise(
                (
                    mean(Abs(hessian[t]), over=(rows, cols)),
                    And(avg_conv_kernel, Eq(ndim, 4), _DUE),
                ),
                (hessian[t], _DUE),
                (0, True),
            ),
        ),
        Update(
            v[t],
            Piecewise((beta2 * v[t - 1] + (1 - beta2) * d[t] ** 2, _DUE), (v[t - 1], True)),
        ),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(theta[t], thetabar[t] - lr * mhat[t] / (vhat[t] ** (hessian_power / 2) + eps)),
    ],
)
