"""Raise the rate while a metric improves, and reduce it when it has stopped to."""

from sympy import And, Max, Min, Or, Piecewise, oo

from ..language import (
    NON_NEGATIVE,
    UNIT_ABOVE_ZERO,
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

factor, threshold, min_lr, max_lr, eps = hyperparameters("factor threshold min_lr max_lr eps")
patience, cooldown, warmup = counts("patience cooldown warmup")
best, bad, good, cooling, warming = states("best bad good cooling warming")
limit, failures, successes, lowered, raised = intermediates(
    "limit failures successes lowered raised"
)

_mode = Choice("mode", ("min", "max"), "whether the metric should fall or rise")
_threshold_mode = Choice(
    "threshold_mode", ("abs", "rel"), "whether threshold is a share of the best metric"
)
_WAITS = Or(cooling[step - 1] > 0, warming[step - 1] > 0)
_IMPROVES = Or(And(_mode["min"], metric < limit[step]), And(_mode["max"], metric > limit[step]))
_RAISES = successes[step] > patience
_REDUCES = failures[step] > patience

greedy_lr = Schedule(
    "GreedyLR",
    summary="The rate over factor while a metric improves, times factor once it has stopped.",
    source="Subramanian et al., 2025, arXiv:2512.14527, as in transformers; without averages of "
    "the metric, and without a reset at the lowest rate",
    keys={"min_lr": "min_lrs", "max_lr": "max_lrs"},
    hyper=[
        _mode,
        Hyper(factor, "0.95", UNIT_ABOVE_ZERO, "factor at each reduction", latex=r"\gamma"),
        Hyper(patience, "10", NON_NEGATIVE, "improvements, and failures, that are let pass"),
        Hyper(threshold, "1e-6", NON_NEGATIVE, "what counts as an improvement", latex=r"\delta"),
        _threshold_mode,
        Hyper(cooldown, "0", NON_NEGATIVE, "steps after a reduction that do not count"),
        Hyper(warmup, "0", NON_NEGATIVE, "steps after a raise that do not count"),
        Hyper(
            min_lr, "1e-3", NON_NEGATIVE, "the lowest rate", latex=r"\eta_{\min}", per_group=True
        ),
        Hyper(max_lr, "1", NON_NEGATIVE, "the highest rate", latex=r"\eta_{\max}", per_group=True),
        Hyper(eps, "1e-8", NON_NEGATIVE, "smaller changes are left out", latex=r"\epsilon"),
    ],
    states=[
        State(best, init=Piecewise((oo, _mode["min"]), (-oo, True)), key="best"),
        State(bad, init=0, key="num_bad_epochs", domain=NON_NEGATIVE),
        State(good, init=0, key="num_good_epochs", domain=NON_NEGATIVE),
        State(cooling, init=0, key="cooldown_counter", domain=NON_NEGATIVE),
        State(warming, init=0, key="warmup_counter", domain=NON_NEGATIVE),
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
        Update(
            best[step],
            Piecewise((best[step - 1], _WAITS), (metric, _IMPROVES), (best[step - 1], True)),
        ),
        Update(
            failures[step],
            Piecewise((0, Or(_WAITS, _IMPROVES)), (bad[step - 1] + 1, True)),
        ),
        Update(
            successes[step],
            Piecewise((0, _WAITS), (good[step - 1] + 1, _IMPROVES), (0, True)),
        ),
        Update(bad[step], Piecewise((0, _REDUCES), (failures[step], True))),
        Update(good[step], Piecewise((0, _RAISES), (successes[step], True))),
        Update(
            cooling[step], Piecewise((cooldown, _REDUCES), (Max(cooling[step - 1] - 1, 0), True))
        ),
        Update(
            warming[step],
            Piecewise(
                (warmup, _RAISES),
                (warming[step - 1], cooling[step - 1] > 0),
                (Max(warming[step - 1] - 1, 0), True),
            ),
        ),
        Update(lowered[step], Max(factor * eta[step - 1], min_lr)),
        Update(raised[step], Min(eta[step - 1] / factor, max_lr)),
        Update(
            eta[step],
            Piecewise(
                (raised[step], And(_RAISES, raised[step] - eta[step - 1] > eps)),
                (lowered[step], And(_REDUCES, eta[step - 1] - lowered[step] > eps)),
                (eta[step - 1], True),
            ),
        ),
    ],
    example={"lr": "0.1", "factor": "0.5", "patience": "5"},
)
