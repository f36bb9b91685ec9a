"""FAdam: Adam as a descent along the natural gradient, of a Fisher information of its diagonal.

The information divides gradients before they are averaged, and the parameters where they decay, as
their penalty's gradient is one too. Both are held to a root mean square of ``clip_threshold``.
"""

from dataclasses import replace

from sympy import And, Expr, Max, Piecewise

from ..gradients import ascend_or_descend, g, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    State,
    Update,
    hyperparameters,
    intermediates,
    rms,
    states,
    t,
    theta,
)

lr, beta1, beta2, p, eps, eps_2 = hyperparameters("lr beta1 beta2 p eps eps_2")
(clip_threshold,) = hyperparameters("clip_threshold")
m, fisher = states("m fisher")
least, base, natural, decay = intermediates("least base natural decay")

SMALL = eps_2 * rms(g[t])


def held(x: Expr) -> Expr:
    return x / Max(1, rms(x) / clip_threshold)


fadam = Optimizer(
    "FAdam",
    summary="FAdam: Adam as natural gradient descent, with decay by the same information.",
    source="Hwang, 2024, arXiv:2405.12807, Algorithm 1; not checked against the paper",
    lineage=["AdamW"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the momentum", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the Fisher information", argument="betas"),
        replace(weight_decay, default="0.1"),
        Hyper(
            clip_threshold,
            "1",
            POSITIVE,
            "largest root mean square of a natural gradient",
            latex="c",
        ),
        Hyper(p, "0.5", POSITIVE, "power of the Fisher information"),
        Hyper(eps, "1e-8", POSITIVE, "largest epsilon", latex=r"\epsilon"),
        Hyper(
            eps_2,
            "0.01",
            POSITIVE,
            "epsilon, as a part of the gradient's root mean square",
            latex=r"\epsilon_2",
        ),
        maximize,
    ],
    states=[
        State(m, init=0, key="momentum"),
        State(fisher, init=0, key="fim", domain=NON_NEGATIVE, latex="f"),
    ],
    updates=[
        ascend_or_descend,
        # The average of all squares, corrected for its start as it goes.
        Update(
            fisher[t],
            (beta2 * (1 - beta2 ** (t - 1)) * fisher[t - 1] + (1 - beta2) * g[t] ** 2)
            / (1 - beta2**t),
        ),
        Update(
            least[t],
            Piecewise(
                (eps_2 * rms(g[t]), And(rms(g[t]) > 0, eps_2 * rms(g[t]) < eps)), (eps, True)
            ),
        ),
        Update(base[t], fisher[t] ** p + least[t] ** (2 * p)),
        Update(natural[t], held(g[t] / base[t])),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * natural[t]),
        Update(decay[t], held(theta[t - 1] / base[t])),
        Update(theta[t], theta[t - 1] - lr * (m[t] + weight_decay.symbol * decay[t])),
    ],
)
