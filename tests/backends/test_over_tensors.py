"""Rules that go over all tensors of a step, through every backend, against the oracle."""

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.program.compiled import compiled
from steprule.codegen.program.turns import turns
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    Shape,
    State,
    Update,
    flags,
    global_amax,
    global_norm,
    global_total,
    grad,
    hyperparameters,
    intermediates,
    norm,
    numel,
    states,
    t,
    theta,
    total,
)
from sympy import Abs, Eq, Max, Mod, Piecewise, Symbol, cos, floor, sqrt

lr, w, eps = hyperparameters("lr w eps")
(flag,) = flags("flag")
m, n, d, r, c = states("m n d r c")
u, x, y = intermediates("u x y")
G, P = grad(theta[t - 1]), theta[t - 1]

HYPER = {
    lr: Hyper(lr, "0.5", NON_NEGATIVE, "rate"),
    w: Hyper(w, "0.9", UNIT, "a weight"),
    eps: Hyper(eps, "1e-3", POSITIVE, "a small number"),
}
FLAG = Option(flag, "a flag")
FORMS = ("numpy", "loop", "foreach", "capturable")
SPECS = {}


def add(name, *updates, states=(), **fields):
    used = {s for e in updates for s in e.value.atoms(Symbol)}
    used |= {s for state in states for s in getattr(state.init, "free_symbols", ())}
    hyper = [h for symbol, h in HYPER.items() if symbol in used]
    hyper += [FLAG] if flag in used or any(state.when == flag for state in states) else []
    SPECS[name] = analyse(
        Optimizer(
            name, summary=name, source="here", hyper=hyper, states=states, updates=updates, **fields
        )
    )


def one(series, init=0, **fields):
    return State(series, init=init, key=f"kept_{series.name}", shape=Shape.GLOBAL, **fields)


def state(series, init=0, **fields):
    return State(series, init=init, key=series.name, **fields)


add(
    "Together",
    Update(d[t], w * d[t - 1] + global_total(G * (m[t - 1] - P))),
    Update(r[t], Max(r[t - 1], global_norm(P - m[t - 1] + eps))),
    Update(c[t], global_amax(Abs(G))),
    Update(m[t], m[t - 1]),
    Update(theta[t], P - lr * G * r[t] / (1 + Abs(d[t])) / (eps + c[t])),
    states=[state(m, theta[0]), one(d, w), one(r), one(c)],
)
add(
    "TwoTurns",
    Update(x[t], global_norm(G)),
    Update(u[t], G / (x[t] + eps)),
    Update(m[t], w * m[t - 1] + u[t]),
    Update(y[t], global_total(Abs(m[t]) * x[t])),
    Update(d[t], w * d[t - 1] + y[t]),
    Update(theta[t], P - lr * m[t] / (eps + d[t])),
    states=[state(m), one(d, domain=NON_NEGATIVE)],
)
add(
    "NumbersOfTensors",
    Update(n[t], w * n[t - 1] + norm(G)),
    Update(d[t], global_total(n[t]) / global_total(numel)),
    Update(theta[t], P - lr * G * n[t] / (eps + d[t])),
    states=[state(n, shape=Shape.PER_TENSOR, domain=NON_NEGATIVE), one(d, domain=NON_NEGATIVE)],
)
add(
    "Conditional",
    Update(d[t], w * d[t - 1] + global_total(m[t])),
    Update(m[t], w * m[t - 1] + G),
    Update(x[t], Piecewise((d[t] + global_norm(m[t - 1] + G), flag), (1 + global_norm(G), True))),
    Update(theta[t], P - lr * G / (eps + Abs(x[t]))),
    states=[state(m, when=flag), one(d, when=flag)],
)
add(
    "ChoosesByTotal",
    Update(d[t], d[t - 1] + global_total(G)),
    Update(r[t], Piecewise((2 * d[t], Eq(t, 1)), (w * r[t - 1] + d[t - 1], True))),
    Update(c[t], c[t - 1] + Piecewise((1, d[t] > 0), (0, True))),
    Update(x[t], Piecewise((sqrt(d[t]), d[t] > 0), (d[t], True))),
    Update(u[t], Piecewise((G, d[t] > eps), (P - G, True))),
    Update(theta[t], P - lr * x[t] * u[t] * (1 + w ** Abs(r[t])) / (1 + c[t])),
    states=[one(d), one(r, None), one(c, domain=NON_NEGATIVE)],
)
add(
    "FirstOfTensors",
    Update(m[t], Piecewise((G, Eq(t, 1)), (w * m[t - 1] + G, True))),
    Update(theta[t], P - lr * m[t] / (eps + global_norm(m[t]))),
    states=[state(m, None)],
)
add(
    "Counts",
    Update(c[t], c[t - 1] + 1),
    Update(theta[t], P - lr * G * w ** c[t]),
    states=[one(c, domain=NON_NEGATIVE)],
)
add(
    "WholeNumbers",
    Update(r[t], r[t - 1] + floor(1 + global_norm(G))),
    Update(theta[t], P - lr * G * (Mod(r[t], 3) + cos(r[t]) + floor(r[t] / 2))),
    states=[one(r, domain=NON_NEGATIVE)],
)
add(
    "AfterReduction",
    Update(u[t], G / (eps + norm(G))),
    Update(x[t], global_total(total(u[t] ** 2) / (1 + norm(P)))),
    Update(theta[t], P - lr * u[t] / (eps + x[t])),
)

SHAPES = [(), (3,), (2, 2), (2, 1, 3)]


@pytest.fixture(scope="module")
def made(package):
    return package([*SPECS.values()])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SPECS)
def test_rule(made, assert_as_oracle, name, form):
    rng = np.random.default_rng(5)
    thetas = [rng.normal(size=shape) for shape in SHAPES]
    gradients = [[rng.normal(size=shape) for shape in SHAPES] for _ in range(3)]
    spec = SPECS[name]
    for on in (False, True) if spec.options else (False,):
        assert_as_oracle(
            made,
            spec,
            form,
            thetas,
            gradients,
            hyper={h.name: float(h.default) for h in spec.hyperparameters},
            options={o.name: on for o in spec.options},
            rtol=1e-12,  # sums of a dozen terms, some of which cancel
            atol=1e-14,
        )


def test_what_is_done_once():
    """What states of all tensors depend on is computed for all; the rest where it is read."""
    found = turns(compiled(SPECS["TwoTurns"]).program)
    assert [[*turn.values()] for turn in found.totals] == [["norm"], ["total"]]
    assert [len(turn) for turn in found.shared] == [0, 2]
    assert all(own for own in found.own)
    assert found.agreed(["lr", "w", "eps"]) == ["w"]


@pytest.mark.parametrize(
    ("name", "is_local"),
    [
        ("Together", True),
        ("TwoTurns", True),
        ("Conditional", True),
        ("NumbersOfTensors", False),
        ("AfterReduction", False),
        ("Counts", False),
    ],
)
def test_what_ranks_can_do_by_themselves(name, is_local):
    assert turns(compiled(SPECS[name]).program).sums_elements is is_local
