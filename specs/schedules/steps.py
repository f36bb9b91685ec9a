"""Rates that change at given steps and are constant between them."""

from sympy import Eq, floor

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    Constraint,
    Hyper,
    Numbers,
    Schedule,
    Update,
    counts,
    eta,
    hyperparameters,
    item,
    lr,
    passed,
    size,
    step,
)

gamma, values = hyperparameters("gamma values")
step_size, milestones = counts("step_size milestones")

GAMMA = Hyper(gamma, "0.1", NON_NEGATIVE, "factor at each change", latex=r"\gamma")
MILESTONES = Numbers(
    milestones,
    "the steps at which the rate changes",
    NON_NEGATIVE,
    increasing=True,
    latex="m",
)

step_lr = Schedule(
    "StepLR",
    summary="The rate times gamma every step_size steps.",
    source="torch.optim.lr_scheduler",
    peer="torch.optim.lr_scheduler.StepLR",
    hyper=[Hyper(step_size, "", AT_LEAST_ONE, "steps between changes", latex="s"), GAMMA],
    updates=[Update(eta[step], lr * gamma ** floor(step / step_size))],
    example={"lr": "0.1", "step_size": "30"},
)

multi_step_lr = Schedule(
    "MultiStepLR",
    summary="The rate times gamma at each of the milestones.",
    source="torch.optim.lr_scheduler",
    peer="torch.optim.lr_scheduler.MultiStepLR",
    hyper=[MILESTONES, GAMMA],
    updates=[Update(eta[step], lr * gamma ** passed(milestones, step))],
    example={"lr": "0.1", "milestones": ("30", "80"), "gamma": "0.5"},
)

piecewise_constant_lr = Schedule(
    "PiecewiseConstantLR",
    summary="One rate after the other, each from a milestone on.",
    source="common practice; a milestone is the first step of its rate",
    hyper=[
        MILESTONES,
        Numbers(values, "the rates, one more than milestones", NON_NEGATIVE, latex="v"),
    ],
    updates=[Update(eta[step], item(values, passed(milestones, step)))],
    constraints=[
        Constraint(
            Eq(size(values), size(milestones) + 1),
            "values must have one entry more than milestones",
        )
    ],
    example={"milestones": ("5", "15"), "values": ("0.01", "0.005", "0.001")},
    span=25,
)
