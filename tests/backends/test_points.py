"""Gradients at other points: where a rule says, by a closure, and everything as it was after it."""

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.oracle import optimizers as oracle
from steprule.specs.language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Input,
    Optimizer,
    Shape,
    Source,
    State,
    Update,
    global_norm,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    norm,
    points,
    states,
    t,
    theta,
)
from sympy import Eq, Piecewise
from torch import nn

lr, beta, rho = hyperparameters("lr beta rho")
f, ahead, edge = inputs("f ahead edge")
(m,) = states("m")
(v,) = intermediates("v")
G = grad(theta[t - 1])

SHARP = analyse(
    Optimizer(
        "Sharp",
        summary="By the gradients at a point that momentum leads to, and at the edge of a ball.",
        source="here",
        hyper=[
            Hyper(lr, "0.1", NON_NEGATIVE, "rate"),
            Hyper(beta, "0.5", UNIT, "decay of the momentum"),
            Hyper(rho, "0.25", NON_NEGATIVE, "radius of the ball"),
        ],
        states=[State(m, init=0, key="momentum")],
        inputs=[
            Input(f, Source.LOSS, "the loss"),
            Input(ahead, Source.GRADIENT, "the gradient where momentum leads"),
            Input(edge, Source.GRADIENT, "the gradient at the edge of the ball"),
        ],
        updates=[
            Update(v[t], beta * m[t - 1] + G),
            Update(ahead[t], grad(theta[t - 1] - lr * t * v[t])),
            Update(edge[t], grad(theta[t - 1] + rho * ahead[t] / (1 + norm(ahead[t])))),
            Update(m[t], beta * m[t - 1] + ahead[t]),
            Update(theta[t], theta[t - 1] - lr * f[t] * (m[t] + edge[t])),
        ],
    )
)
(far,) = states("far")
COUNTED = analyse(
    Optimizer(
        "Counted",
        summary="By the gradient as far ahead as a number of all tensors says, which a step moves.",
        source="here",
        hyper=[Hyper(lr, "0.1", NON_NEGATIVE, "rate")],
        states=[State(far, init=1, key="far", shape=Shape.GLOBAL)],
        inputs=[Input(ahead, Source.GRADIENT, "the gradient ahead")],
        updates=[
            Update(ahead[t], grad(theta[t - 1] - far[t - 1] * G)),
            Update(far[t], global_norm(ahead[t])),
            Update(theta[t], theta[t - 1] - lr * ahead[t]),
        ],
    )
)
HYPER = {"lr": 0.1, "beta": 0.5, "rho": 0.25}
START = np.array([[0.5, -0.25, 0.125], [1.0, -0.75, 0.25]])
WAYS = [{"foreach": False}, {"foreach": True}, {"capturable": True}, {"fused": True}]


@pytest.fixture(scope="module")
def made(package):
    return package([SHARP, COUNTED], kernels=True)


def slope(x):
    """Of the loss, the sum of x**2/2 + x**3/3."""
    return x + x * x


def value(x):
    return float((x**2 / 2 + x**3 / 3).sum())


def after(steps):
    """By the oracle, which is given the gradient as a function of the point."""
    x, kept = START, np.zeros(START.shape)
    for step in range(1, steps + 1):
        new = oracle.step(
            SHARP,
            t=step,
            theta=x,
            gradient=lambda point: slope(point.astype(float)),
            states={"m": kept},
            hyper=HYPER,
            options={},
            inputs={"f": value(x)},
        )
        x, kept = new["theta"].astype(float), new["m"].astype(float)
    return x


def test_a_point_is_a_rule_of_its_own():
    first, second = points(SHARP).values()
    assert [s.name for s in first.states] == ["m"]
    assert [str(u.target) for u in first.updates] == ["v[t]", "m[t]", "theta[t]"]
    assert first.updates[1].value == m[t - 1]
    assert [i.name for i in second.inputs] == ["ahead"]
    assert second.states == ()


def test_numpy(made):
    optimizer, x = made.optimizer("numpy", SHARP)(), START.copy()
    given = np.empty_like(x)

    def loss_and_gradient(params):
        given[...] = slope(params)  # the same array each time
        return value(params), given

    for step in (1, 2, 3):
        optimizer.update(x, loss_and_gradient)
        np.testing.assert_allclose(x, after(step), rtol=1e-14)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("to_none", [True, False])
def test_torch(made, way, to_none):
    p = nn.Parameter(torch.tensor(START))
    optimizer = made.optimizer("torch", SHARP)([p], **way)

    def closure():
        optimizer.zero_grad(set_to_none=to_none)
        loss = (p**2 / 2 + p**3 / 3).sum()
        loss.backward()
        return loss

    for step in (1, 2, 3):
        before = p.detach().clone()
        assert optimizer.step(closure).item() == pytest.approx(value(before.numpy()))
        np.testing.assert_allclose(p.detach().numpy(), after(step), rtol=1e-14)
        torch.testing.assert_close(p.grad, before + before**2, rtol=1e-15, atol=0)


def counted(steps):
    """The same in plain numbers, for the loss x**2 + y**2 from -1 and 2."""
    x, y, far = -1.0, 2.0, 1.0
    for _ in range(steps):
        a, b = (2 * (z - far * 2 * z) for z in (x, y))
        x, y, far = x - a / 10, y - b / 10, (a**2 + b**2) ** 0.5
    return [x, y]


def test_a_number_of_all_tensors_leads_to_the_point_that_it_has_come_to(made):
    x = [np.array([-1.0]), np.array([2.0])]
    optimizer = made.optimizer("numpy", COUNTED)()
    p = [nn.Parameter(torch.tensor([-1.0]).double()), nn.Parameter(torch.tensor([2.0]).double())]
    theirs = made.optimizer("torch", COUNTED)(p)

    def closure():
        for each in p:
            each.grad = 2 * each.detach()

    for step in (1, 2, 3):
        optimizer.update(x, lambda params: [2 * each for each in params])
        theirs.step(closure)
        np.testing.assert_allclose(np.concatenate(x), counted(step), rtol=1e-14)
        np.testing.assert_allclose(torch.cat(p).detach().numpy(), counted(step), rtol=1e-14)


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_nothing_has_changed_where_a_closure_raises(made, fails_at):
    p = nn.Parameter(torch.tensor(START, dtype=torch.float32) / 3)
    before = p.detach().clone()
    optimizer = made.optimizer("torch", SHARP)([p])
    calls = []

    def closure():
        calls.append(p.detach().clone())
        if len(calls) == fails_at:
            raise KeyboardInterrupt
        p.grad = p.detach() * 1
        return 1.0

    with pytest.raises(KeyboardInterrupt):
        optimizer.step(closure)
    assert torch.equal(p.detach(), before)
    assert not optimizer.state
    if fails_at > 1:
        assert torch.equal(p.grad, before)
        assert not torch.equal(calls[-1], before)

    x, seen = START.copy(), []

    def function(params):
        seen.append(params.copy())
        if len(seen) == fails_at:
            raise KeyboardInterrupt
        return 1.0, params.copy()

    rule = made.optimizer("numpy", SHARP)()
    with pytest.raises(KeyboardInterrupt):
        rule.update(x, function)
    assert (x == START).all()
    assert rule.step == 0
    assert (seen[-1] == START).all() == (fails_at == 1)


def test_every_gradient_is_clipped(made):
    """To 0.125, which all elements exceed: so the step is the same wherever they are taken."""
    p, x = nn.Parameter(torch.tensor(START)), START.copy()
    steep = torch.where(p.detach() > 0, 9.0, -9.0).double()
    optimizer = made.optimizer("torch", SHARP)([p], clipvalue=0.125)

    def closure():
        p.grad = steep.clone()
        return 1.0

    optimizer.step(closure)
    expected = START - 0.1 * 2 * 0.125 * np.sign(START)
    np.testing.assert_allclose(p.detach().numpy(), expected, rtol=1e-14)
    rule = made.optimizer("numpy", SHARP)(clipvalue=0.125)
    rule.update(x, lambda params: (1.0, 9 * np.sign(START)))
    np.testing.assert_allclose(x, expected, rtol=1e-14)


def test_a_gradient_that_is_at_hand_is_not_asked_for(made):
    p = nn.Parameter(torch.tensor(START))
    p.grad = slope(p.detach())
    here = [torch.tensor(slope(START))]
    made.optimizer("torch", SHARP)([p]).step(f=1.0, ahead=here, edge=here)
    expected = START - 0.1 * 2 * slope(START)
    np.testing.assert_allclose(p.detach().numpy(), expected, rtol=1e-14)


def test_what_to_do_where_there_is_no_closure(made):
    p = nn.Parameter(torch.tensor(START))
    p.grad = torch.ones_like(p)
    with pytest.raises(
        TypeError, match=r"the input 'ahead': hand over a closure .*step\(closure\)"
    ):
        made.optimizer("torch", SHARP)([p]).step(f=1.0)
    with pytest.raises(TypeError, match=r"hand over what gives .*update\(params, function\)"):
        made.optimizer("numpy", SHARP)().update(START.copy(), START.copy(), f=1.0)


def test_a_point_may_read_what_the_first_step_gives(package):
    """Of x**2/2, whose gradient is x: by hand from 1, at rate 1/2."""
    before = Piecewise((G, Eq(t, 1)), (m[t - 1], True))
    spec = analyse(
        Optimizer(
            "Late",
            summary="By the gradient as far ahead as it has changed.",
            source="here",
            hyper=[Hyper(lr, "0.5", NON_NEGATIVE, "rate")],
            states=[State(m, init=None, key="last")],
            inputs=[Input(ahead, Source.GRADIENT, "the gradient ahead")],
            updates=[
                Update(ahead[t], grad(theta[t - 1] + G - before)),
                Update(m[t], G),
                Update(theta[t], theta[t - 1] - lr * ahead[t]),
            ],
        )
    )
    optimizer = package([spec]).optimizer("numpy", spec)()
    params, found = [np.ones(1)], []
    for _ in range(3):
        optimizer.update(params, lambda at: [x.copy() for x in at])
        found.append(float(params[0][0]))
    assert found == [0.5, 0.5, 0.25]
