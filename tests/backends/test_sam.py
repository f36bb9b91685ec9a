"""SAM over rules: beside its two steps written out round torch's own classes."""

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from steprule.codegen.analysis import analyse
from steprule.specs.operators.sharpness import sam
from steprule.specs.optimizers.adamw import adamw
from torch import nn

STEPS = 12
WAYS = [{"foreach": False}, {"foreach": True}, {"capturable": True}, {"fused": True}]
OVER_ADAMW = analyse(sam(adamw))


def model():
    torch.manual_seed(0)
    layers = nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3), nn.Tanh(), nn.Linear(3, 1)
    return nn.Sequential(*layers).double()


def data():
    torch.manual_seed(1)
    return torch.randn(STEPS, 16, 4, dtype=torch.float64)


def loss_of(network, batch):
    return (network(batch) - batch.sum(1, keepdim=True).sin()).square().mean()


def expected(base, *, adaptive, rho=0.05, maximize=False):
    """The parameters after climbing to the edge of a ball, and down from where one was, 12 times.

    The radius is measured over all tensors together.
    """
    network = model()
    params = [*network.parameters()]
    optimizer = base(params)
    for batch in data():
        optimizer.zero_grad()
        loss_of(network, batch).backward()
        before = [p.detach().clone() for p in params]
        sign = -1 if maximize else 1
        wide = [p.detach().abs() if adaptive else torch.ones_like(p) for p in params]
        scaled = [w * p.grad for w, p in zip(wide, params, strict=True)]
        length = torch.stack([x.norm() for x in scaled]).norm() + 1e-12
        with torch.no_grad():
            for p, w, x in zip(params, wide, scaled, strict=True):
                p += sign * rho / length * w * x
        optimizer.zero_grad()
        loss_of(network, batch).backward()
        with torch.no_grad():
            for p, old in zip(params, before, strict=True):
                p.copy_(old)
        optimizer.step()
    return [p.detach() for p in params]


def found(cls, **arguments):
    network = model()
    params = [*network.parameters()]
    optimizer = cls([{"params": params[:2]}, {"params": params[2:]}], **arguments)
    for batch in data():

        def closure(batch=batch):
            optimizer.zero_grad()
            loss = loss_of(network, batch)
            loss.backward()
            return loss

        optimizer.step(closure)
    return [p.detach() for p in params]


def in_numpy(cls, **arguments):
    network = model()
    theirs = [*network.parameters()]
    params, optimizer = [p.detach().numpy().copy() for p in theirs], cls(**arguments)
    for batch in data():

        def gradient(params, batch=batch):
            with torch.no_grad():
                for p, x in zip(theirs, params, strict=True):
                    p.copy_(torch.tensor(x))
            return [x.numpy() for x in torch.autograd.grad(loss_of(network, batch), theirs)]

        optimizer.update(params, gradient)
    return params


def close(one, other):
    for x, y in zip(one, other, strict=True):
        np.testing.assert_allclose(np.asarray(x), np.asarray(y), rtol=0, atol=1e-12)


SETTINGS = [
    {"lr": 0.1},
    {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05},
    {"lr": 0.01, "momentum": 0.9, "nesterov": True, "maximize": True},
]


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("adaptive", [False, True])
def test_over_sgd(adaptive, way):
    for settings in SETTINGS:
        climbs = settings.get("maximize", False)
        wanted = expected(
            lambda params, settings=settings: torch.optim.SGD(params, **settings),
            adaptive=adaptive,
            maximize=climbs,
        )
        close(found(steprule.torch.SAM, adaptive=adaptive, **settings, **way), wanted)
        close(in_numpy(steprule.numpy.SAM, adaptive=adaptive, **settings), wanted)


@pytest.fixture(scope="module")
def made(package):
    return package([OVER_ADAMW], kernels=True)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_over_adamw(made, way):
    wanted = expected(lambda params: torch.optim.AdamW(params, lr=0.01), adaptive=False, rho=0.1)
    close(found(made.optimizer("torch", OVER_ADAMW), lr=0.01, rho=0.1, **way), wanted)


def test_over_adamw_in_numpy(made):
    wanted = expected(lambda params: torch.optim.AdamW(params, lr=0.01), adaptive=False, rho=0.1)
    close(in_numpy(made.optimizer("numpy", OVER_ADAMW), lr=0.01, rho=0.1), wanted)


def test_a_checkpoint_goes_on():
    """The state is the base's: of SGD, momentum alone."""
    network = model()
    optimizer = steprule.torch.SAM(network.parameters(), lr=0.1, momentum=0.9)

    def step(optimizer, network, batch):
        def closure():
            optimizer.zero_grad()
            loss = loss_of(network, batch)
            loss.backward()
            return loss

        optimizer.step(closure)

    batches = data()
    step(optimizer, network, batches[0])
    saved = optimizer.state_dict()
    assert {*saved["state"][0]} == {"momentum_buffer"}
    other = model()
    other.load_state_dict(network.state_dict())
    again = steprule.torch.SAM(other.parameters(), lr=0.1)
    again.load_state_dict(saved)
    for each, own in ((optimizer, network), (again, other)):
        step(each, own, batches[1])
    close(*([p.detach() for p in own.parameters()] for own in (network, other)))
