"""Reduce the rate when a metric has stopped to improve."""

from sympy import And, Max, Or, Piecewise, oo

from ..language import (
    NON_NEGATIVE,
    UNIT,
    Choice,
    Hyper,
    Schedule,
    State,
    Update,
    counts,
    eta,
    hyperparameters,
    intermediates,
    lr,
    metric,
    states,
    step,
)

factor, threshold, min_lr, eps = hyperparameters("factor threshold min_lr eps")
patience, cooldown = counts("patience cooldown")
best, bad, wait = states("best bad wait")
limit, failures, lowered = intermediates("limit failures lowered")

_mode = Choice("mode", ("min", "max"), "whether the metric should fall or rise")
_threshold_mode = Choice(
    "threshold_mode", ("rel", "abs"), "whether threshold is a share of the best metric"
)
_IMPROVES = Or(And(_mode["min"], metric < limit[step]), And(_mode["max"], metric > limit[step]))
_REDUCES = failures[step] > patience

reduce_lr_on_plateau = Schedule(
    "ReduceLROnPlateau",
    summary="The rate times factor when a metric has not improved for more than patience steps.",
    source="torch.optim.lr_scheduler",
    peer="torch.optim.lr_scheduler.ReduceLROnPlateau",
    keys={"min_lr": "min_lrs"},
    hyper=[
        _mode,
        Hyper(factor, "0.1", UNIT, "factor at each reduction", latex=r"\gamma"),
        Hyper(patience, "10", NON_NEGATIVE, "steps without improvement that are let pass"),
        Hyper(threshold, "1e-4", NON_NEGATIVE, "what counts as an improvement", latex=r"\delta"),
        _threshold_mode,
        Hyper(cooldown, "0", NON_NEGATIVE, "steps after a reduction that do not count"),
        Hyper(min_lr, "0", NON_NEGATIVE, "the lowest rate", latex=r"\eta_{\min}", per_group=True),
        Hyper(
            eps,
            "1e-8",
            NON_NEGATIVE,
            "smaller reductions are left out",
            latex=r"\epsilon",
        ),
    ],
    states=[
        State(best, init=Piecewise((oo, _mode["min"]), (-oo, True)), key="best"),
        State(bad, init=0, key="num_bad_epochs", domain=NON_NEGATIVE),
        State(wait, init=0, key="cooldown_counter", domain=NON_NEGATIVE),
        State(eta, init=lr, key="current_lr", domain=NON_NEGATIVE),
    ],
    updates=[
        Update(
            limit[step],
            Piecewise(
                (best[step - 1] * (1 - threshold), And(_mode["min"], _threshold_mode["rel"])),
                (best[step - 1] - threshold, _mode["min"]),
                (best[step - 1] * (1 + threshold), _threshold_mode["rel"]),
                (best[step - 1] + threshold, True),
            ),
        ),
        Update(best[step], Piecewise((metric, _IMPROVES), (best[step - 1], True))),
        Update(
            failures[step],
            Piecewise((0, Or(_IMPROVES, wait[step - 1] > 0)), (bad[step - 1] + 1, True)),
        ),
        Update(bad[step], Piecewise((0, _REDUCES), (failures[step], True))),
        Update(wait[step], Piecewise((cooldown, _REDUCES), (Max(wait[step - 1] - 1, 0), True))),
        Update(lowered[step], Max(factor * eta[step - 1], min_lr)),
        Update(
            eta[step],
            Piecewise(
                (lowered[step], And(_REDUCES, eta[step - 1] - lowered[step] > eps)),
                (eta[step - 1], True),
            ),
        ),
    ],
    example={"lr": "0.1", "factor": "0.5", "patience": "5"},
)
