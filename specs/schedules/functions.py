"""Rates that a function of the step gives."""

from sympy import Lambda, Pow, Rational, Symbol

from ..language import (
    Function,
    Schedule,
    Update,
    call,
    eta,
    hyperparameters,
    lr,
    running_product,
    step,
)

(lr_lambda,) = hyperparameters("lr_lambda")
_k = Symbol("k", integer=True)

lambda_lr = Schedule(
    "LambdaLR",
    summary="The rate times a function of the step.",
    source="torch.optim.lr_scheduler",
    peer="torch.optim.lr_scheduler.LambdaLR",
    outright="always",
    keys={"lr_lambda": "lr_lambdas"},
    hyper=[Function(lr_lambda, "the factor at a step", per_group=True, latex="f")],
    updates=[Update(eta[step], lr * call(lr_lambda, step))],
    example={"lr": "0.1", "lr_lambda": Lambda(_k, Pow(Rational("0.95"), _k))},
)

multiplicative_lr = Schedule(
    "MultiplicativeLR",
    summary="The rate times the values of a function at all steps so far, from step 1.",
    source="torch.optim.lr_scheduler",
    peer="torch.optim.lr_scheduler.MultiplicativeLR",
    keys={"lr_lambda": "lr_lambdas"},
    hyper=[Function(lr_lambda, "the factor from one step to the next", per_group=True, latex="f")],
    updates=[Update(eta[step], lr * running_product(lr_lambda, step))],
    example={
        "lr": "0.1",
        "lr_lambda": Lambda(_k, 1 - 1 / (_k + 10)),
    },
)
