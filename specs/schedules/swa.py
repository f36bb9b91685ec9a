"""To a low rate, which weights are averaged at."""

from typing import cast

from sympy import Expr, Max, Min, Piecewise, cos, pi

from ..language import (
    NON_NEGATIVE,
    Choice,
    Hyper,
    Schedule,
    Update,
    counts,
    eta,
    hyperparameters,
    intermediates,
    lr,
    step,
)

(swa_lr,) = hyperparameters("swa_lr")
(anneal_epochs,) = counts("anneal_epochs")
share, weight = intermediates("share weight")

_strategy = Choice("anneal_strategy", ("cos", "linear"), "the way there: half a cosine, or a line")

swalr = Schedule(
    "SWALR",
    summary="Moves from the rate to swa_lr in anneal_epochs steps, then is constant.",
    source="Izmailov et al., 2018, arXiv:1803.05407, for steps as in torch.optim.swa_utils",
    peer="torch.optim.swa_utils.SWALR",
    keys={"anneal_strategy": "_anneal_strategy"},
    hyper=[
        Hyper(swa_lr, "", NON_NEGATIVE, "the rate it ends at", latex=r"\eta_{s}", per_group=True),
        Hyper(anneal_epochs, "10", NON_NEGATIVE, "steps to it", latex="T"),
        _strategy,
    ],
    updates=[
        Update(
            share[step],
            Piecewise(
                (cast(Expr, Min(step, anneal_epochs)) / Max(anneal_epochs, 1), anneal_epochs > 0),
                (1, True),
            ),
        ),
        Update(
            weight[step],
            Piecewise(((1 - cos(pi * share[step])) / 2, _strategy["cos"]), (share[step], True)),
        ),
        Update(eta[step], swa_lr * weight[step] + lr * (1 - weight[step])),
    ],
    example={"lr": "0.1", "swa_lr": "0.05"},
    span=20,
)
