"""Averages by any weight, and quotients of roots of any size: the cases that shorter forms miss."""

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    UNIT,
    UNIT_CLOSED,
    Hyper,
    Optimizer,
    State,
    Update,
    grad,
    hyperparameters,
    lerp,
    states,
    t,
    theta,
)

FORMS = {
    "loop": {"foreach": False, "fused": False},
    "foreach": {"foreach": True},
    "capturable": {"capturable": True, "fused": False},
    "fused": {"fused": True},
}
ENGINES = ("numpy", "numba", *FORMS)


def stepped(name, engine, gradients, **arguments):
    """The parameter, from 0, and the states after steps along some gradients, in float32."""
    if engine in FORMS:
        p = torch.nn.Parameter(torch.zeros(1))
        optimizer = getattr(steprule.torch, name)([p], **arguments, **FORMS[engine])
        for g in gradients:
            p.grad = torch.tensor([g])
            optimizer.step()
        return p.item(), {key: x.item() for key, x in optimizer.state[p].items()}
    theta = np.zeros(1, np.float32)
    optimizer = getattr(steprule.numpy, name)(**arguments, engine=engine)
    for g in gradients:
        optimizer.update(theta, np.array([g], np.float32))
    return float(theta[0]), {
        k.split("/")[0]: float(x[()].flat[0]) for k, x in optimizer.state_dict().items()
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_without_memory_the_new_gradient_decides(engine):
    theta, _ = stepped("Lion", engine, [1e5, 1e-6], lr=0.1, betas=(0, 0.99))
    assert theta == pytest.approx(-0.2, rel=1e-6)  # float32


@pytest.mark.parametrize("engine", ENGINES)
def test_without_memory_the_moment_is_the_gradient(engine):
    _, kept = stepped("Adam", engine, [1e8, 1e-3], betas=(0, 0.999))
    assert kept["exp_avg" if engine in FORMS else "m"] == np.float32(1e-3)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("eps", "g"), [(1e-30, 1e8), (1e-6, 1e19), (1e-30, 1e-12), (1e-6, 1e-20)])
def test_adadelta_takes_roots_of_anything(eps, g, engine):
    theta, _ = stepped("Adadelta", engine, [g], eps=eps)
    g = float(np.float32(g))
    exact = -np.sqrt(eps) / np.sqrt(0.1 * g * g + eps) * g
    # Ten roundings of float32, two roots among them; a quotient under one root is 18 % off.
    assert theta == pytest.approx(exact, rel=6e-7)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_weighted_square_need_not_fit_without_its_weight(engine):
    _, kept = stepped("RMSprop", engine, [1e20], alpha=0.999)
    # A rounding of each of two products, and of the weight.
    assert kept["square_avg" if engine in FORMS else "v"] == pytest.approx(1e37, rel=3e-7)


lr, beta, nu = hyperparameters("lr beta nu")
(m,) = states("m")
G, P = grad(theta[t - 1]), theta[t - 1]

qhm = analyse(
    Optimizer(
        "QHM",
        summary="Quasi-hyperbolic momentum.",
        source="Ma & Yarats, 2019, eq. 1",
        hyper=[
            Hyper(lr, "0.5", NON_NEGATIVE, "rate"),
            Hyper(beta, "0.9", UNIT, "a weight"),
            Hyper(nu, "0.7", UNIT_CLOSED, "a weight"),
        ],
        states=[State(m, init=0, key="m")],
        updates=[
            Update(m[t], lerp(G, m[t - 1], beta)),
            Update(theta[t], P - lr * ((1 - nu) * G + nu * m[t])),
        ],
    )
)


@pytest.fixture(scope="module")
def of_qhm(package):
    return package([qhm], formatted=False)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("form", ["numpy", "loop", "foreach", "capturable"])
@pytest.mark.parametrize(("beta_", "nu_"), [(0.9, 0.7), (0.5, 0.5), (0.0, 0.25)])
def test_infinities_are_those_of_the_equation(form, beta_, nu_, of_qhm, assert_as_oracle):
    inf = np.inf
    thetas = [np.array([1.0, 2.0, 3.0, 4.0])]
    gradients = [[np.array([inf, -inf, 1e300, -1e308])], [np.array([1.0, -inf, -1e-300, 1e308])]]
    assert_as_oracle(
        of_qhm, qhm, form, thetas, gradients, hyper={"lr": 0.5, "beta": beta_, "nu": nu_},
        options={}, rtol=1e-15,
    )  # fmt: skip
