"""Rules that are rarely written, through every backend, against the oracle."""

from itertools import product

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    amax,
    clip,
    cols,
    grad,
    hyperparameters,
    intermediates,
    matmul,
    mean,
    norm,
    rms,
    rows,
    states,
    t,
    theta,
    total,
    transpose,
)
from sympy import Abs, Eq, Mod, Piecewise, Symbol, sqrt

lr, beta, share = hyperparameters("lr beta share")
h, r = states("h r")
d, e = intermediates("d e")
G, P = grad(theta[t - 1]), theta[t - 1]

HYPER = {
    lr: Hyper(lr, "0.5", NON_NEGATIVE, "rate"),
    beta: Hyper(beta, "0.75", UNIT, "a weight", argument="betas"),
    share: Hyper(share, "0.25", POSITIVE, "a share"),
}
EVERY_OTHER = Eq(Mod(t, 2), 0)
IN_TURNS = Piecewise((G, EVERY_OTHER), (share, True))
"""A number in the place of a tensor, in every other step."""


def rule(name, *updates, **fields):
    used = {s for u in updates for s in u.value.atoms(Symbol)}
    hyper = [h for symbol, h in HYPER.items() if symbol in used]
    given = {"summary": name, "source": "here", "hyper": hyper, "states": []} | fields
    return analyse(Optimizer(name, updates=updates, **given))


def step(name, direction, **fields):
    return rule(name, Update(theta[t], P - lr * direction), **fields)


SPECS = {
    spec.name: spec
    for spec in (
        step("TupleOfOne", beta * G),
        step("ComparedTwice", Abs(Piecewise((1, beta * P < G), (G, True))) ** 3),
        step("NormInTurns", G * norm(IN_TURNS) + G * total(lr * IN_TURNS)),
        step("RateWithinNorms", G * clip(lr, -norm(G) / 9, norm(G) / 9)),
        step("RowsInTurns", G * total(IN_TURNS, over=cols)),
        step("ProductInTurns", matmul(IN_TURNS, transpose(G), G)),
        rule(
            "NamedInTurns",
            Update(d[t], IN_TURNS),
            Update(theta[t], P - lr * G * norm(d[t]) * d[t]),
        ),
        rule(
            "OtherwiseAlone",
            Update(d[t], G * amax(P)),
            Update(e[t], Piecewise((d[t], Eq(t, 1)), (beta * d[t], True))),
            Update(theta[t], P - lr * rms(e[t], over=rows)),
        ),
        rule(
            "NumberMetAnew",
            Update(h[t], beta * h[t - 1]),
            Update(
                theta[t],
                P - lr * Piecewise((G, h[t] > lr), (P, True)) * norm(G) - h[t] * P - (1 - h[t]) * G,
            ),
            states=[State(h, init=1, key="h", shape=Shape.SCALAR)],
        ),
        rule(
            "StateByCases",
            Update(r[t], Piecewise((mean(G, over=cols), EVERY_OTHER), (share, True))),
            Update(theta[t], P - lr * G / (1 + sqrt(Abs(r[t] + r[t - 1])))),
            states=[State(r, init=1, key="r", shape=(rows,))],
        ),
    )
}
FORMS = ("numpy", "loop", "foreach", "capturable")
BY_KERNELS = ("NumberMetAnew", "OtherwiseAlone", "StateByCases", "TupleOfOne")
"""Those of which there is something to say in kernels, which take seconds to compile."""


@pytest.fixture(scope="module")
def made(package):
    return package([*SPECS.values()], kernels=True)


@pytest.mark.parametrize(
    ("name", "form"), [*product(SPECS, FORMS), *product(BY_KERNELS, ("numba", "fused"))]
)
def test_each_computes_what_it_says(made, assert_as_oracle, name, form):
    spec = SPECS[name]
    rng = np.random.default_rng(3)
    thetas, *gradients = ([rng.uniform(-1, 1, (3, 4)) for _ in range(2)] for _ in range(4))
    hyper = {h.name: float(h.default) for h in spec.hyperparameters}
    # Values are around 1, of at most some hundred operations in double precision.
    assert_as_oracle(
        made, spec, form, thetas, gradients, hyper=hyper, options={}, rtol=1e-12, atol=1e-12
    )
