"""Rates that fall along half a period of the cosine.

Source: Loshchilov & Hutter, 2017, arXiv:1608.03983, equation 5.
"""

from sympy import Expr, Min, Mod, Piecewise, cos, pi

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Option,
    Schedule,
    Update,
    completed_cycles,
    counts,
    eta,
    flags,
    hyperparameters,
    intermediates,
    lr,
    step,
)

T_max, eta_min = hyperparameters("T_max eta_min")
T_0, T_mult = counts("T_0 T_mult")
(clamp,) = flags("clamp")
position, cycles, start, length = intermediates("position cycles start length")

SOURCE = "Loshchilov & Hutter, 2017, arXiv:1608.03983, equation 5"
ETA_MIN = Hyper(eta_min, "0", NON_NEGATIVE, "the lowest rate", latex=r"\eta_{\min}")


def annealed(share: Expr) -> Expr:
    """From lr to eta_min as the share goes from 0 to 1."""
    return eta_min + (lr - eta_min) * (1 + cos(pi * share)) / 2


cosine_annealing_lr = Schedule(
    "CosineAnnealingLR",
    summary="Falls along half a cosine, from the rate to eta_min in T_max steps.",
    source=SOURCE,
    peer="torch.optim.lr_scheduler.CosineAnnealingLR",
    hyper=[
        Hyper(T_max, "", POSITIVE, "steps to the lowest rate", latex="T"),
        ETA_MIN,
        Option(
            clamp,
            "stay at the lowest rate after T_max steps; otherwise it rises again, as in torch",
            keyword=True,
        ),
    ],
    updates=[
        # Within a period, as the angle of a far step would have no phase left.
        Update(position[step], Piecewise((Min(step, T_max), clamp), (Mod(step, 2 * T_max), True))),
        Update(eta[step], annealed(position[step] / T_max)),
    ],
    example={"lr": "0.1", "T_max": "80"},
)

cosine_annealing_warm_restarts = Schedule(
    "CosineAnnealingWarmRestarts",
    summary="Cosine annealing, restarted after T_0 steps, then after T_mult times as many, ...",
    source=SOURCE,
    peer="torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",
    outright="always",
    hyper=[
        Hyper(T_0, "", AT_LEAST_ONE, "steps of the first cycle", latex="T_0"),
        Hyper(T_mult, "1", AT_LEAST_ONE, "growth of the cycles", latex=r"\rho"),
        ETA_MIN,
    ],
    updates=[
        Update(cycles[step], completed_cycles(step, T_0, T_mult)),
        Update(
            start[step],
            Piecewise(
                (T_0 * (T_mult ** cycles[step] - 1) / (T_mult - 1), T_mult >= 2),
                (T_0 * cycles[step], True),
            ),
        ),
        Update(length[step], T_0 * T_mult ** cycles[step]),
        Update(eta[step], annealed((step - start[step]) / length[step])),
    ],
    example={"lr": "0.1", "T_0": "15", "T_mult": "2"},
)
