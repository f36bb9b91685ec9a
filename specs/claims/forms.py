"""How the forms that only claims need are written down: short, and never emitted."""

from collections.abc import Mapping, Sequence

from sympy import Basic, Expr, Symbol

from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Schedule,
    Series,
    State,
    Update,
    Value,
    eta,
    hyperparameters,
    step,
    t,
    theta,
)

lr, beta, beta1, beta2, eps, wd, rate_decay, max_norm = hyperparameters(
    "lr beta beta1 beta2 eps wd rate_decay max_norm"
)
c = Symbol("c", positive=True)

_HYPER = {
    lr: Hyper(lr, "0.1", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
    beta: Hyper(beta, "0.9", UNIT, "decay rate"),
    beta1: Hyper(beta1, "0.9", UNIT, "decay rate of the first moment"),
    beta2: Hyper(beta2, "0.999", UNIT, "decay rate of the second moment"),
    eps: Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
    wd: Hyper(wd, "0.1", NON_NEGATIVE, "weight decay", latex=r"\lambda"),
    rate_decay: Hyper(
        rate_decay, "0.5", NON_NEGATIVE, "decay of the learning rate", latex=r"\kappa"
    ),
    max_norm: Hyper(max_norm, "1", NON_NEGATIVE, "largest norm of the gradient", latex="c"),
    c: Hyper(c, "2", POSITIVE, "how many times as large a loss is"),
}

_NOTATION = {"vmax": r"v^{\max}"}


def form(name: str, source: str, kept: Sequence[Series], *updates: Update) -> Optimizer:
    """A formulation whose states start at 0, over the hyperparameters its equations name."""
    used = set().union(*(u.value.free_symbols for u in updates))
    return Optimizer(
        name,
        summary=f"{name}.",
        source=source,
        hyper=[h for symbol, h in _HYPER.items() if symbol in used],
        states=[
            State(series, 0, series.name, latex=_NOTATION.get(series.name, "")) for series in kept
        ],
        updates=updates,
    )


def stepping(
    name: str, source: str, *before: Update, kept: Sequence[Series], change: Expr
) -> Optimizer:
    """Such a formulation that ends by adding a change to theta."""
    return form(name, source, kept, *before, Update(theta[t], theta[t - 1] + change))


def rate(
    schedule: Schedule,
    at: Basic,
    options: Mapping[Basic, Basic] | None = None,
) -> Expr:
    """The rate at a step as an expression in the arguments, options settled."""
    equations = {u.target: u.value for u in schedule.updates}
    result: Basic = equations[eta[step]]
    while named := [v for v in result.atoms(Value) if v in equations]:
        result = result.xreplace({v: equations[v] for v in named})
    return result.xreplace({**(options or {}), step: at})  # pyright: ignore[reportReturnType]
