"""Rates that change at given steps and are constant between them."""

from sympy import Eq, Max, Piecewise, cos, floor, pi

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    Choice,
    Constraint,
    Hyper,
    Numbers,
    Schedule,
    Update,
    counts,
    eta,
    hyperparameters,
    intermediates,
    item,
    lr,
    passed,
    size,
    step,
)

gamma, values = hyperparameters("gamma values")
step_size, milestones = counts("step_size milestones")
reached, begun, share, weight = intermediates("reached begun share weight")

GAMMA = Hyper(gamma, "0.1", NON_NEGATIVE, "factor at each change", latex=r"\gamma")
MILESTONES = Numbers(
    milestones,
    "the steps at which the rate changes",
    NON_NEGATIVE,
    increasing=True,
    latex="m",
)
VALUES = Numbers(values, "the rates, one more than milestones", NON_NEGATIVE, latex="v")
ONE_MORE = Constraint(
    Eq(size(values), size(milestones) + 1), "values must have one entry more than milestones"
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
    summary="A sequence of constant rates, each from a milestone on.",
    source="common practice; a milestone is the first step of its rate",
    hyper=[
        MILESTONES,
        VALUES,
    ],
    updates=[Update(eta[step], item(values, passed(milestones, step)))],
    constraints=[ONE_MORE],
    example={"milestones": ("5", "15"), "values": ("0.01", "0.005", "0.001")},
    span=25,
)

_interpolation = Choice(
    "interpolation", ("linear", "cosine"), "the way between rates: a line, or half a cosine"
)

piecewise_interpolate_lr = Schedule(
    "PiecewiseInterpolateLR",
    summary="Interpolates between rates that are reached at the milestones, then keeps the last.",
    source="common practice; a milestone is the first step at its rate",
    hyper=[
        Numbers(
            milestones,
            "the steps at which the second, third, ... rate is reached",
            NON_NEGATIVE,
            increasing=True,
            latex="m",
        ),
        VALUES,
        _interpolation,
    ],
    updates=[
        Update(reached[step], passed(milestones, step)),
        Update(
            begun[step],
            Piecewise((item(milestones, reached[step] - 1), reached[step] > 0), (0, True)),
        ),
        Update(
            share[step],
            Piecewise(
                (
                    (step - begun[step]) / Max(item(milestones, reached[step]) - begun[step], 1),
                    reached[step] < size(milestones),
                ),
                (0, True),
            ),
        ),
        Update(
            weight[step],
            Piecewise(
                ((1 - cos(pi * share[step])) / 2, _interpolation["cosine"]), (share[step], True)
            ),
        ),
        Update(
            eta[step],
            Piecewise(
                (
                    item(values, reached[step]) * (1 - weight[step])
                    + item(values, reached[step] + 1) * weight[step],
                    reached[step] < size(milestones),
                ),
                (item(values, reached[step]), True),
            ),
        ),
    ],
    constraints=[ONE_MORE],
    example={"milestones": ("5", "15"), "values": ("0.01", "0.05", "0.001")},
    span=25,
)
