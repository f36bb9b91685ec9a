"""Rule metric: a schedule that follows a metric keeps its rate, and is asked for no step."""

import pytest
from steprule.specs.language import (
    NON_NEGATIVE,
    UNIT,
    Eq,
    Hyper,
    Piecewise,
    Schedule,
    State,
    Update,
    eta,
    hyperparameters,
    lr,
    metric,
    states,
    step,
)

(factor,) = hyperparameters("factor")
(best,) = states("best")
RATE = State(eta, init=lr, key="current_lr", domain=NON_NEGATIVE)
BEST = State(best, init=4, key="best")
KEEP = Update(best[step], Piecewise((metric, metric < best[step - 1]), (best[step - 1], True)))
HALVED = Update(eta[step], Piecewise((factor * eta[step - 1], metric > 1), (eta[step - 1], True)))


@pytest.mark.parametrize(
    ("updates", "kept", "words"),
    [
        (
            [Update(eta[step], lr * metric)],
            [],
            ["states: ", "State(eta, init=lr"],
        ),
        ([HALVED], [State(eta, init=lr, key="rate")], ["state eta", 'Write key="current_lr"']),
        (
            [KEEP, Update(eta[step], Piecewise((lr, Eq(step, 0)), (metric, True)))],
            [RATE, BEST],
            ["eta[step] = ", "is told no step", "Count metrics in a state"],
        ),
        ([Update(eta[step], lr * factor * eta[step - 1])], [RATE], ["state eta", "reads metric"]),
    ],
)
def test_what_follows_a_metric_keeps_its_rate_and_reads_no_step(refused, updates, kept, words):
    spec = Schedule(
        "Follows",
        summary="Falls where a metric is high.",
        source="here",
        hyper=[Hyper(factor, "0.5", UNIT, "what the rate is multiplied by")],
        states=kept,
        updates=updates,
        example={"lr": "0.5"},
    )
    refused(spec, "metric", *words)
