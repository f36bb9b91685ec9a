"""Rules that see parameters otherwise than by their last two axes, through every backend."""

from itertools import product

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    State,
    Update,
    View,
    amax,
    cols,
    counts,
    flags,
    grad,
    hyperparameters,
    intermediates,
    matmul,
    mean,
    ndim,
    norm,
    rows,
    states,
    t,
    theta,
    transpose,
)
from sympy import Abs, Max, Or, Piecewise, sqrt

lr, w, eps = hyperparameters("lr w eps")
(split,) = counts("split")
(as_one,) = flags("as_one")
m, r, c, q = states("m r c q")
(x,) = intermediates("x")
G, P = grad(theta[t - 1]), theta[t - 1]

LR = Hyper(lr, "0.5", NON_NEGATIVE, "rate")
W = Hyper(w, "0.9", UNIT, "a weight")
EPS = Hyper(eps, "1e-3", POSITIVE, "a small number")
SPLIT = Hyper(split, "1", AT_LEAST_ONE, "how many matrices", keyword=True)
VIEW = View(flat=Or(as_one, ndim >= 4), parts=split)


def rule(name, *updates, **fields):
    return analyse(Optimizer(name, summary=name, source="here", updates=updates, **fields))


ALONG = rule(
    "Along",
    Update(m[t], w * m[t - 1] + (1 - w) * G),
    Update(r[t], w * r[t - 1] + (1 - w) * mean(G**2, over=cols)),
    Update(c[t], w * c[t - 1] + amax(Abs(G), over=rows)),
    Update(x[t], m[t] / (sqrt(r[t]) + c[t] + eps)),
    Update(theta[t], P - lr * sqrt(rows / cols) * x[t] / Max(norm(x[t]), eps)),
    hyper=[LR, W, EPS, Option(as_one, "whether all are flat", keyword=True), SPLIT],
    states=[
        State(m, init=0, key="m"),
        State(r, init=0, key="r", shape=(rows,), domain=NON_NEGATIVE),
        State(c, init=0, key="c", shape=(cols,), domain=NON_NEGATIVE),
    ],
    view=VIEW,
)
"""Of each element, of rows and of columns; of all matrices of a parameter together, too."""

PRODUCTS = rule(
    "Products",
    Update(q[t], w * q[t - 1] + (1 - w) * matmul(G, transpose(G))),
    Update(theta[t], P - lr * matmul(q[t], G) * Piecewise((2, rows > cols), (1, True))),
    hyper=[LR, W, Option(as_one, "whether all are flat", keyword=True), SPLIT],
    states=[State(q, init=1, key="q", shape=(rows, rows))],
    view=VIEW,
)
"""Of each matrix by itself."""

FIXED = rule(
    "Fixed",
    Update(theta[t], P - lr * matmul(G, transpose(G), P)),
    hyper=[LR],
    states=[],
    view=View(flat=ndim >= 3, parts=2),
)
"""Without an argument that says so."""

SPECS = {spec.name: spec for spec in (ALONG, PRODUCTS, FIXED)}
FORMS = ("numpy", "loop", "foreach", "capturable")
SHAPES = [(6, 4), (6, 4), (12, 2), (2, 6, 3), (6, 2, 1, 3), (6, 1, 3, 2), (6, 0)]


@pytest.fixture(scope="module")
def seeing(package):
    return package([*SPECS.values()], kernels=True)


def given(name):
    """The defaults of a rule, and how it is told to see parameters."""
    spec = SPECS[name]
    hyper = {h.name: float(h.default) for h in spec.hyperparameters}
    yield hyper, spec.defaults
    if spec is not FIXED:
        yield hyper | {"split": 3}, spec.defaults
        yield hyper | {"split": 2}, {"as_one": True}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *product(SPECS, FORMS),
        *(pytest.param("Along", form, marks=pytest.mark.slow) for form in ("numba", "fused")),
    ],
)
def test_values(name, form, seeing, assert_as_oracle):
    rng = np.random.default_rng(3)

    def tensors():
        return [np.asarray(rng.uniform(0.1, 2.0, s) * rng.choice([-1.0, 1.0], s)) for s in SHAPES]

    thetas, gradients = tensors(), [tensors() for _ in range(2)]
    for hyper, options in given(name):
        # Some roundings of sums of a few numbers around 1.
        assert_as_oracle(
            seeing, SPECS[name], form, thetas, gradients, hyper=hyper, options=options,
            rtol=1e-12, atol=1e-12,
        )  # fmt: skip


@pytest.mark.parametrize("way", [{"foreach": True}, {"foreach": False}])
def test_memory_in_another_order_is_updated_in_place(way, seeing):
    grad = torch.linspace(-1, 1, 36, dtype=torch.float64).reshape(6, 2, 1, 3)
    found = []
    for layout in (torch.contiguous_format, torch.channels_last):
        p = torch.nn.Parameter(torch.ones(6, 2, 1, 3, dtype=torch.float64))
        p.data = p.data.to(memory_format=layout)
        where = p.data_ptr()
        optimizer = seeing.optimizer("torch", ALONG)([p], **way)
        for _ in range(2):
            p.grad = grad.to(memory_format=layout)
            optimizer.step()
        assert p.data_ptr() == where
        found.append((p.detach(), optimizer.state[p]["m"]))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-14, atol=1e-14)  # one or two roundings


def test_arrays_in_another_order_are_updated_in_place(seeing):
    grad = np.linspace(-1, 1, 36).reshape(6, 2, 1, 3)
    one, other = np.ones((6, 2, 1, 3)), np.asfortranarray(np.ones((6, 2, 1, 3)))
    for params in (one, other):
        optimizer = seeing.optimizer("numpy", ALONG)()
        optimizer.update(params, grad)
        optimizer.update(params, grad)
    np.testing.assert_allclose(one, other, rtol=1e-14, atol=1e-14)  # one or two roundings


def test_states_are_of_the_axes_that_are_seen_and_load_so(seeing):
    made = seeing.optimizer("torch", ALONG)
    p, q = (torch.nn.Parameter(torch.ones(6, 2, 1, 3)) for _ in range(2))
    p.grad = torch.rand(6, 2, 1, 3)
    optimizer = made([p], split=3)
    optimizer.step()
    shapes = {key: tuple(optimizer.state[p][key].shape) for key in "mrc"}
    assert shapes == {"m": (6, 2, 1, 3), "r": (3, 2, 1), "c": (3, 1, 6)}
    other = made([q])
    other.load_state_dict(optimizer.state_dict())  # which says how the group is seen
    assert other.param_groups[0]["split"] == 3
    saved = optimizer.state_dict()
    del saved["param_groups"][0]["split"]
    with pytest.raises(ValueError, match=r"'r' of parameter 0 must be .* shape \(6, 1\)"):
        made([q]).load_state_dict(saved)


def test_another_view_from_one_step_to_the_next_is_refused_where_states_do_not_fit(seeing):
    p = torch.nn.Parameter(torch.ones(6, 4))
    p.grad = torch.rand(6, 4)
    optimizer = seeing.optimizer("torch", ALONG)([p])
    optimizer.step()
    before = p.detach().clone()
    optimizer.param_groups[0]["split"] = 2
    with pytest.raises(ValueError, match=r"'r' of .* must be of shape \(2, 3, 1\), got \(6, 1\)"):
        optimizer.step()
    assert torch.equal(p, before)
    held = np.ones((6, 4))
    optimizer = seeing.optimizer("numpy", ALONG)()
    optimizer.update(held, np.ones((6, 4)))
    before = held.copy()
    optimizer.split = 2
    with pytest.raises(ValueError, match=r"'r' of params must have shape \(2, 3, 1\)"):
        optimizer.update(held, np.ones((6, 4)))
    assert (held == before).all()


def test_what_cannot_be_seen_so_is_named(seeing):
    tall, wide = torch.nn.Parameter(torch.ones(4, 3)), torch.nn.Parameter(torch.ones(6, 3))
    wanted = r"'qkv', of shape \(4, 3\), is to be 3 equal .* its 4 rows .* with other .*split"
    with pytest.raises(ValueError, match=wanted):
        seeing.optimizer("torch", PRODUCTS)([("other", wide), ("qkv", tall)], split=3)
    optimizer = seeing.optimizer("torch", PRODUCTS)([wide, tall])
    optimizer.param_groups[0]["split"] = 3
    for p in (wide, tall):
        p.grad = torch.ones_like(p)
    with pytest.raises(ValueError, match=r"^parameter 1 of its group, of shape \(4, 3\)"):
        optimizer.step()
    assert (wide == 1).all()
    params = {"other": np.ones((6, 3)), "qkv": np.ones((4, 3))}
    with pytest.raises(ValueError, match=r"params\['qkv'\], of shape \(4, 3\), is to be 3 equal"):
        seeing.optimizer("numpy", PRODUCTS)(split=3).update(params, params_like(params))
    assert (params["other"] == 1).all()


def params_like(params):
    return {name: np.ones_like(x) for name, x in params.items()}


@pytest.mark.parametrize(
    ("split", "message"),
    [(0, "split must satisfy 1 <= split, got 0"), (1.5, "split must be a whole number, got 1.5")],
)
def test_what_is_no_number_of_matrices(split, message, seeing):
    with pytest.raises(ValueError, match=message):
        seeing.optimizer("torch", PRODUCTS)([torch.nn.Parameter(torch.ones(2, 2))], split=split)
    with pytest.raises(ValueError, match=message):
        seeing.optimizer("numpy", PRODUCTS)(split=split)


def test_a_compiled_step_sees_the_same(seeing):
    found = []
    for compiled in (False, True):
        p = torch.nn.Parameter(torch.linspace(1, 2, 36, dtype=torch.float64).view(6, 2, 1, 3))
        p.grad = torch.linspace(-1, 1, 36, dtype=torch.float64).view(6, 2, 1, 3)
        optimizer = seeing.optimizer("torch", ALONG)([p], split=2)
        step = torch.compile(optimizer.step, backend="eager") if compiled else optimizer.step
        step()
        found.append((p.detach(), *(optimizer.state[p][key] for key in "mrc")))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-14, atol=1e-14)  # loop and foreach differ


def test_autograd_sees_through_a_view(seeing):
    p = torch.ones(6, 2, 1, 3, dtype=torch.float64, requires_grad=True)
    rate = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    held = p.clone()
    held.grad = torch.linspace(-1, 1, 36, dtype=torch.float64).view(6, 2, 1, 3)
    start = held.detach().clone()
    seeing.optimizer("torch", ALONG)([held], lr=rate, differentiable=True).step()
    held.sum().backward()
    assert rate.grad is not None
    moved = (held.detach() - start).sum() / 0.5  # the step is linear in the rate
    torch.testing.assert_close(rate.grad, moved, rtol=1e-12, atol=1e-12)  # a sum of 36 numbers
