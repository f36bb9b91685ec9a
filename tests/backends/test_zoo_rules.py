"""Rules with states, through every backend: what is stored, overwritten, reduced, multiplied."""

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import backends
from steprule.codegen.program.compiled import compiled
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    UNIT_CLOSED,
    Hyper,
    Optimizer,
    Option,
    Shape,
    State,
    Update,
    amax,
    cols,
    flags,
    grad,
    hyperparameters,
    identity,
    intermediates,
    iterate,
    matmul,
    mean,
    ndim,
    norm,
    numel,
    rms,
    rows,
    states,
    t,
    theta,
    total,
    trace,
    transpose,
)
from sympy import (
    Abs,
    And,
    Eq,
    Max,
    Not,
    Piecewise,
    Rational,
    Symbol,
    sqrt,
)

lr, a, b, w, mu, eps = hyperparameters("lr a b w mu eps")
(flag,) = flags("flag")
m, n, q, product = states("m n q product")
u, x, y, ratio = intermediates("u x y ratio")
G = grad(theta[t - 1])
P = theta[t - 1]
HALF = Rational(1, 2)

LR = Hyper(lr, "0.5", NON_NEGATIVE, "rate")
HYPER = {
    a: Hyper(a, "0.3", REAL, "any number"),
    b: Hyper(b, "1.5", POSITIVE, "a positive number"),
    w: Hyper(w, "0.9", UNIT, "a weight"),
    mu: Hyper(mu, "0.75", UNIT_CLOSED, "a weight"),
    eps: Hyper(eps, "1e-3", POSITIVE, "a small number"),
}
FLAG = Option(flag, "a flag")

MATRICES = [(2, 3), (3, 2), (3, 3)]
SHAPES = [(3,), (), (2, 2), (0,)]
FORMS = ("numpy", "loop", "foreach", "capturable")
KERNELS = ("numba", "fused")


def spec(name, *updates, states=(), **fields):
    """The optimizer of some equations; hyperparameters are those that occur in them."""
    used = {s for e in updates for s in e.value.atoms(Symbol)}
    used |= {s for state in states for s in getattr(state.init, "free_symbols", ())}
    used |= {s for state in states for s in state.when.free_symbols if state.when is not True}
    hyper = [h for symbol, h in ({lr: LR} | HYPER).items() if symbol in used]
    hyper += [FLAG] if flag in used else []
    return analyse(
        Optimizer(
            name, summary=name, source="here", hyper=hyper, states=states, updates=updates, **fields
        )
    )


SPECS = {}


def state(series, init=0, **fields):
    return State(series, init=init, key=series.name, **fields)


def add(name, *updates, **fields):
    SPECS[name] = spec(name, *updates, **fields)


add(
    "Swap",
    Update(m[t], n[t - 1] + G),
    Update(n[t], m[t - 1]),
    Update(q[t], n[t - 1]),
    Update(theta[t], P - lr * m[t] * q[t - 1]),
    states=[state(m, 1), state(n, a), state(q)],
)
add(
    "PureSwap",
    Update(m[t], n[t - 1]),
    Update(n[t], m[t - 1]),
    Update(theta[t], P - lr * m[t] * G),
    states=[state(m, 1), state(n, a)],
)
add(
    "KeepsParameter",
    Update(theta[t], P - lr * (G + w * (P - m[t - 1]))),
    Update(m[t], P),
    states=[state(m)],
)
add(
    "OldStateUsedLast",
    Update(m[t], w * m[t - 1] + G),
    Update(theta[t], P - lr * (m[t] - m[t - 1])),
    states=[state(m)],
)
add(
    "OldStateOfAnOption",
    Update(m[t], w * m[t - 1] + G),
    Update(theta[t], P - lr * Piecewise((m[t] - m[t - 1], flag), (G, True))),
    states=[state(m, when=flag)],
)
add(
    "AliasOfOldState",
    Update(u[t], Piecewise((m[t - 1], flag), (G, True))),
    Update(m[t], Piecewise((G, flag), (P, True))),
    Update(theta[t], P - lr * u[t] * (m[t] + sqrt(Abs(u[t])))),
    states=[state(m)],
)
add(
    "AliasOfAnOption",
    Update(m[t], G),
    Update(u[t], Piecewise((m[t - 1], flag), (P, True))),
    Update(theta[t], P - lr * u[t]),
    states=[state(m, when=flag)],
)
add(
    "AliasOfScratch",
    Update(x[t], G * P),
    Update(u[t], Piecewise((x[t], flag), (G, True))),
    Update(y[t], sqrt(Abs(x[t]))),
    Update(theta[t], P - lr * (u[t] + y[t] * x[t] + u[t] * y[t])),
)
add(
    "ConstantInOneCase",
    Update(m[t], Piecewise((b, Eq(t, 1)), (w * m[t - 1] + G, True))),
    Update(u[t], Piecewise((0, flag), (G, True))),
    Update(theta[t], P - lr * (m[t] + u[t] * sqrt(Abs(u[t])))),
    states=[state(m)],
)
add(
    "SomeStepsOnly",
    Update(m[t], Piecewise((P, Eq(t, 1)), (m[t - 1], t < 3), (G, True))),
    Update(theta[t], P - lr * m[t] * G),
    states=[state(m)],
)
add(
    "ScalarStates",
    Update(product[t], product[t - 1] * w * (1 - a / t)),
    Update(m[t], w * m[t - 1] + (1 - w) * G),
    Update(theta[t], P - lr * m[t] * (1 - product[t]) * product[t - 1]),
    states=[state(m), state(product, 1, shape=Shape.SCALAR, domain=REAL)],
)
add(
    "StartsAsParameter",
    Update(m[t], m[t - 1] - lr * t * G),
    Update(n[t], w * n[t - 1] + (1 - w) * P),
    Update(q[t], q[t - 1]),
    Update(theta[t], w * m[t] + (1 - w) * Piecewise((n[t], flag), (q[t], True))),
    states=[state(m, theta[0]), state(n, theta[0], when=flag), state(q, theta[0])],
)
"""Copies: one that moves alone, one under an option, one that stays as it was."""
add(
    "StartsAsRate",
    Update(product[t], product[t - 1] * w),
    Update(m[t], m[t - 1] + G),
    Update(theta[t], P - product[t - 1] * m[t]),
    states=[state(m, lr * (1 + a)), state(product, lr, shape=Shape.SCALAR, domain=NON_NEGATIVE)],
)
add(
    "NamesInUse",
    Update(Symbols := intermediates("m_new")[0][t], G * P),
    Update(m[t], w * m[t - 1] + Symbols),
    Update(intermediates("theta_part")[0][t], sqrt(Abs(G))),
    Update(
        theta[t],
        P - lr * (m[t] - m[t - 1] * Symbols)
        - sqrt(Abs(Piecewise((G, flag), (P, True)))) * intermediates("theta_part")[0][t],
    ),
    states=[state(m)],
)  # fmt: skip
add(
    "Lamb",
    Update(m[t], w * m[t - 1] + (1 - w) * G),
    Update(n[t], mu * n[t - 1] + (1 - mu) * G**2),
    Update(u[t], m[t] / (1 - w**t) / (sqrt(n[t]) + eps) + a * P),
    Update(
        ratio[t],
        Piecewise((norm(P) / norm(u[t]), And(norm(P) > 0, norm(u[t]) > 0)), (1, True)),
    ),
    Update(theta[t], P - lr * ratio[t] * u[t]),
    states=[state(m), state(n, domain=NON_NEGATIVE)],
)
"""A reduction between two elementwise parts, and a condition on it."""

newton = intermediates("x1 x2 x3")
gram = intermediates("a1 a2 a3")


def newton_schulz(start):
    """The steps that push a matrix towards an orthogonal one, and their last value."""
    updates, before = [], start
    for square, after in zip(gram, newton, strict=True):
        updates.append(Update(square[t], matmul(before, transpose(before))))
        polynomial = -Rational(19, 4) * square[t] + 2 * matmul(square[t], square[t])
        updates.append(Update(after[t], Rational(15, 4) * before + matmul(polynomial, before)))
        before = after[t]
    return updates, before


STEPS, ORTHOGONAL = newton_schulz(x[t])
add(
    "Muon",
    Update(m[t], w * m[t - 1] + G),
    Update(u[t], G + w * m[t]),
    Update(x[t], u[t] / Max(norm(u[t]), eps)),
    *STEPS,
    Update(theta[t], (1 - lr * a) * P - lr * ORTHOGONAL),
    states=[state(m)],
)
add(
    "Transposed",
    Update(x[t], transpose(P)),
    Update(y[t], transpose(m[t - 1])),
    Update(m[t], w * m[t - 1] + transpose(2 * x[t])),
    Update(theta[t], P - lr * (transpose(y[t] * 3) + matmul(G, matmul(x[t], P)) - m[t])),
    states=[state(m)],
)
add(
    "MatricesByElement",
    Update(x[t], Piecewise((a, And(G > 0, P < 1)), (b, True))),
    Update(theta[t], P - lr * x[t] * matmul(G, matmul(transpose(P), G))),
)
add(
    "OneATensor",
    Update(m[t], w * m[t - 1] + (1 - w) * norm(G) ** 2),
    Update(n[t], Max(n[t - 1], total(G * P), amax(G))),
    Update(x[t], sqrt(m[t]) + eps),
    Update(theta[t], P - lr * G / Max(x[t], mu) - a * n[t] * P),
    states=[
        state(m, domain=NON_NEGATIVE, shape=Shape.PER_TENSOR),
        state(n, shape=Shape.PER_TENSOR),
    ],
)
add(
    "OldNumberUsedLast",
    Update(m[t], norm(G)),
    Update(theta[t], P - lr * (m[t] - m[t - 1]) * G),
    states=[state(m, 1, shape=Shape.PER_TENSOR)],
)
add(
    "FirstNumber",
    Update(
        m[t], Piecewise((norm(G) ** 2, Eq(t, 1)), (w * m[t - 1] + (1 - w) * norm(G) ** 2, True))
    ),
    Update(n[t], Piecewise((b, t < 2), (Max(n[t - 1], amax(G)), True))),
    Update(theta[t], P - lr * (G / (sqrt(m[t]) + eps) + n[t] * P)),
    states=[
        state(m, None, domain=NON_NEGATIVE, shape=Shape.PER_TENSOR),
        state(n, None, shape=Shape.PER_TENSOR),
    ],
)
MATRIX = ndim >= 2
add(
    "Adafactor",
    Update(m[t], w * m[t - 1] + (1 - w) * mean(G**2, over=cols)),
    Update(n[t], w * n[t - 1] + (1 - w) * mean(G**2, over=rows)),
    Update(q[t], w * q[t - 1] + (1 - w) * G**2),
    Update(x[t], Piecewise((m[t] * n[t] / Max(mean(m[t], over=rows), eps), MATRIX), (q[t], True))),
    Update(u[t], G / Max(sqrt(x[t]), eps)),
    Update(theta[t], P - lr * u[t] / Max(1, rms(u[t]) / b)),
    states=[
        state(m, domain=NON_NEGATIVE, shape=(rows,), when=MATRIX),
        state(n, domain=NON_NEGATIVE, shape=(cols,), when=MATRIX),
        state(q, domain=NON_NEGATIVE, when=Not(MATRIX)),
    ],
)
"""A rule that keeps other states of a matrix than of anything else."""
add(
    "AlongAxes",
    Update(x[t], Abs(G) / Max(amax(Abs(G), over=cols), amax(Abs(P), over=rows), eps)),
    Update(y[t], G - mean(G, over=(rows, cols)) + total(P, over=rows) - total(P, over=cols)),
    Update(u[t], norm(G, over=cols) / (norm(P, over=rows) + b) + norm(P, over=(rows, cols))),
    Update(ratio[t], amax(G, over=(rows, cols)) * total(P, over=(rows, cols))),
    Update(theta[t], P - lr * (x[t] + y[t] * u[t] + ratio[t] * sqrt(rows / cols))),
)
add(
    "Preconditioned",
    Update(m[t], w * m[t - 1] + (1 - w) * matmul(G, transpose(G))),
    Update(n[t], n[t - 1] + matmul(transpose(G), G) / numel),
    Update(theta[t], P - lr * matmul(matmul(m[t], G), transpose(n[t]))),
    states=[state(m, shape=(rows, rows)), state(n, 1, shape=(cols, cols))],
)
add(
    "Repeated",
    Update(m[t], w * m[t - 1] + identity(rows) * trace(matmul(G, transpose(G))) / 16),
    Update(x[t], iterate(3, P / 8, lambda X: X - lr * matmul(m[t], X) + a * G)),
    Update(y[t], iterate(1, matmul(G, transpose(G)), lambda Y: transpose(Y))),
    Update(u[t], iterate(0, G, lambda Z: transpose(transpose(Z)))),
    Update(theta[t], x[t] + matmul(y[t] * lr, P) - u[t] * a + iterate(2, u[t], lambda Z: Z * b)),
    states=[state(m, shape=(rows, rows))],
)
"""Rounds that read other matrices, give a view of what they start from, or are none."""
ON_MATRICES = ("Muon", "Transposed", "MatricesByElement", "AlongAxes", "Preconditioned", "Repeated")
OF_ANY = ("Adafactor",)


@pytest.fixture(scope="module")
def zoo(package):
    return package(list(SPECS.values()), kernels=True)


def test_state_starts_as_the_rate_of_the_first_step(zoo):
    optimizer = zoo.optimizer("numpy", SPECS["StartsAsRate"])(lr=lambda step: 2.0**-step, a=1.0)
    theta = np.zeros(2)
    optimizer.update(theta, np.zeros(2))
    assert theta.tolist() == [-2.0, -2.0]  # rate 1: both states start from it
    kept = optimizer.state_dict()
    resumed = zoo.optimizer("numpy", SPECS["StartsAsRate"])(lr=lambda step: 2.0**-step, a=1.0)
    resumed.load_state_dict(kept)
    for each in (optimizer, resumed):
        each.update(theta, np.zeros(2))
    assert resumed.state_dict()["product"] == optimizer.state_dict()["product"] == 0.9**2


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.complex64, torch.float64])
@pytest.mark.parametrize("way", ["foreach", "fused"])
def test_copies_of_tensors_of_every_kind(way, dtype, zoo):
    """What starts as the parameter is a copy of it, of its kind, which leads nowhere else."""
    p = torch.nn.Parameter(torch.tensor([1.5, -0.25], dtype=dtype))
    start = p.detach().clone()
    optimizer = zoo.optimizer("torch", SPECS["StartsAsParameter"])([p], flag=True, **{way: True})
    p.grad = torch.zeros_like(p)
    optimizer.step()
    state = optimizer.state[p]
    for key in ("m", "q"):  # no gradient moves these
        assert state[key].dtype is dtype
        assert torch.equal(state[key], start)
        assert not state[key].requires_grad
    assert len({x.data_ptr() for x in (p, *(state[key] for key in "mnq"))}) == 4


IN_STAGES = ["Adafactor", "AlongAxes", "FirstNumber", "Lamb", "OldNumberUsedLast", "OneATensor"]
"""The rules whose kernels take several passes."""
SLOW = ("Adafactor", "AlongAxes")
"""Those of them that reduce rows and columns: kernels of such, which take long to compile, are
stepped every day in test_lines, test_views and test_magnitudes."""


def test_rules_that_reduce_have_kernels_and_rules_of_matrices_do_not():
    rules = ((name, compiled(spec)) for name, spec in SPECS.items())
    found = [name for name, rule in rules if rule.has_kernel and not rule.program.is_elementwise]
    assert sorted(found) == IN_STAGES


@pytest.mark.parametrize(
    ("name", "form"),
    [(name, form) for name in SPECS for form in FORMS]
    + [
        pytest.param(name, form, marks=[pytest.mark.exhaustive] if name in SLOW else [])
        for name in IN_STAGES
        for form in KERNELS
    ],
)
def test_values(name, form, zoo, assert_as_oracle):
    optimizer = SPECS[name]
    rng = np.random.default_rng(3)
    shapes = MATRICES if name in ON_MATRICES else SHAPES
    shapes = [*SHAPES, *MATRICES, (2, 3, 2)] if name in OF_ANY else shapes

    def tensors():
        return [np.asarray(rng.uniform(0.1, 2.0, s) * rng.choice([-1.0, 1.0], s)) for s in shapes]

    thetas, gradients = tensors(), [tensors() for _ in range(3)]
    hyper = {h.name: float(h.default) for h in optimizer.hyperparameters}
    for on in (False, True) if optimizer.options else (False,):
        # A few roundings of numbers around 1, or of sums of a few: far less than 1e-12.
        assert_as_oracle(
            zoo, optimizer, form, thetas, gradients, hyper=hyper,
            options={o.name: on for o in optimizer.options}, rtol=1e-12, atol=1e-13,
        )  # fmt: skip


@pytest.mark.parametrize("form", FORMS + KERNELS)
def test_lamb_takes_a_plain_step_where_a_norm_is_zero(form, zoo, assert_as_oracle):
    lamb = SPECS["Lamb"]
    hyper = {h.name: float(h.default) for h in lamb.hyperparameters}
    thetas = [np.zeros(3), np.zeros((2, 2)), np.ones(2)]
    gradients = [[np.ones(3), np.zeros((2, 2)), np.zeros(2)]] * 2
    # Roundings only, as above; 0 is exact.
    assert_as_oracle(
        zoo, lamb, form, thetas, gradients, hyper=hyper, options={}, rtol=1e-12, atol=0.0
    )


@pytest.mark.parametrize("name", SPECS)
def test_latex(name):
    files = backends()["latex"].files(compiled(SPECS[name]))
    assert any(r"\begin{" in text for text in files.values())
