"""Averages of the parameters: beside the steps, or in place of a schedule."""

from sympy import Piecewise

from ..language import (
    NON_NEGATIVE,
    UNIT,
    UNIT_ABOVE_ZERO,
    Hyper,
    Operator,
    Output,
    Shape,
    State,
    Update,
    hyperparameters,
    intermediates,
    lr,
    states,
    stepped,
    t,
    theta,
)
from .rates import FOLLOWS, LARGEST, lrmax

decay, beta, power, keep = hyperparameters("decay beta power keep")
average, z, weights = states("average z weights")
weight, c = intermediates("weight c")

ema = Operator(
    "ema",
    adds="an exponential average of the parameters",
    source="Polyak & Juditsky, 1992, Acceleration of stochastic approximation by averaging; "
    "exponential: Tarvainen & Valpola, 2017, arXiv:1703.01780, eq. 3",
    hyper=[Hyper(decay, "0.999", UNIT, "decay rate of the average", latex=r"\tau")],
    states=[State(average, init=theta[0], key="ema", latex=r"\bar\theta")],
    updates=[Update(average[t], decay * average[t - 1] + (1 - decay) * theta[t])],
    outputs=[Output("ema", average[t], "the average of the parameters, to evaluate and to save")],
)

schedule_free = Operator(
    "schedule_free",
    adds="the average of its steps, near which gradients are taken, in place of a schedule",
    source="Defazio et al., 2024, arXiv:2405.15682, eqs. 3 to 5, weights and decay as in "
    "Algorithm 1",
    hyper=[
        Hyper(beta, "0.9", UNIT_ABOVE_ZERO, "how near to the average gradients are taken"),
        Hyper(
            power, "2", NON_NEGATIVE, "power of the largest rate so far in the weights", latex="p"
        ),
        Hyper(
            decay,
            "0",
            NON_NEGATIVE,
            "strength of the weight decay where gradients are taken; 0 switches it off",
            latex=r"\lambda",
            optional=True,
        ),
    ],
    states=[
        State(z, init=theta[0], key="z"),
        State(
            weights,
            init=0,
            key="weight_sum",
            shape=Shape.SCALAR,
            domain=NON_NEGATIVE,
            latex="W",
        ),
        LARGEST,
    ],
    moves=z,
    updates=[
        FOLLOWS,
        Update(z[t], stepped[t] - lr * decay * theta[t - 1]),
        Update(weight[t], lrmax[t] ** power),
        Update(weights[t], weights[t - 1] + weight[t]),
        Update(c[t], Piecewise((weight[t] / weights[t], weights[t] > 0), (0, True))),
        Update(
            theta[t],
            (1 - c[t]) * (theta[t - 1] - (1 - beta) * z[t - 1]) + (1 - beta * (1 - c[t])) * z[t],
        ),
    ],
    outputs=[
        Output(
            "averaged",
            (theta[t] - (1 - beta) * z[t]) / beta,
            "the average of the steps, to evaluate and to save",
        )
    ],
)

gpa = Operator(
    "gpa",
    adds="an exponential average of its steps, near which gradients are taken",
    source="Defazio et al., 2025, arXiv:2512.17131, as in github.com/facebookresearch/optimizers; "
    "not checked against the paper",
    hyper=[
        Hyper(
            beta,
            "0.7",
            UNIT_ABOVE_ZERO,
            "how near to the average gradients are taken",
            latex=r"\mu_y",
        ),
        Hyper(keep, "0.9967", UNIT, "decay rate of the average", latex=r"\mu_x"),
    ],
    states=[State(z, init=theta[0], key="z")],
    moves=z,
    updates=[
        Update(z[t], stepped[t]),
        Update(
            theta[t],
            keep * (theta[t - 1] - (1 - beta) * z[t - 1]) + (1 - beta * keep) * z[t],
        ),
    ],
    outputs=[
        Output(
            "averaged",
            (theta[t] - (1 - beta) * z[t]) / beta,
            "the average of the steps, to evaluate and to save",
        )
    ],
)
