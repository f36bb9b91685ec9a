"""Schedules that follow a metric: of one state, and of more, in both backends."""

import pytest
import steprule
import torch
from steprule.specs.language import (
    NON_NEGATIVE,
    UNIT,
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
LOWER = Update(
    eta[step], Piecewise((factor * eta[step - 1], metric > best[step - 1]), (eta[step - 1], True))
)
KEEP = Update(best[step], Piecewise((metric, metric < best[step - 1]), (best[step - 1], True)))
HALVED = Update(eta[step], Piecewise((factor * eta[step - 1], metric > 1), (eta[step - 1], True)))


def schedule(name, *updates, states):
    return Schedule(
        name,
        summary="Falls where a metric is high.",
        source="here",
        hyper=[Hyper(factor, "0.5", UNIT, "what the rate is multiplied by")],
        states=states,
        updates=updates,
        example={"lr": "0.5"},
    )


ONE = schedule("HalvedAboveOne", HALVED, states=[RATE])
TWO = schedule("HalvedAboveBest", LOWER, KEEP, states=[RATE, BEST])
METRICS = [3.0, 0.5, 1.0, 2.0]
RATES = {ONE.name: [0.25, 0.25, 0.25, 0.125], TWO.name: [0.5, 0.5, 0.25, 0.125]}


@pytest.mark.parametrize("spec", [ONE, TWO], ids=lambda spec: spec.name)
def test_rates(spec):
    ours = steprule.compile(spec, backend="numpy")(lr=0.5)
    p = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([p], lr=0.5)
    scheduler = steprule.compile(spec, backend="torch")(optimizer)
    for value, rate in zip(METRICS, RATES[spec.name], strict=True):
        assert ours.step(value) == ours() == rate
        p.grad = torch.zeros(1)
        optimizer.step()
        scheduler.step(value)
        assert optimizer.param_groups[0]["lr"] == rate
