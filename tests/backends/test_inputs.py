"""Inputs of generated rules: the loss, a number, a tensor beside the gradient; given or missing."""

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.bench.arrays import arrays
from steprule.codegen.bench.contenders import subject
from steprule.codegen.bench.inputs import given as bench_inputs
from steprule.codegen.bench.workload import Data, Workload
from steprule.codegen.cost import costs
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.program.compiled import compiled
from steprule.specs.language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Input,
    Optimizer,
    Source,
    State,
    Update,
    clip,
    grad,
    hyperparameters,
    inputs,
    norm,
    states,
    t,
    theta,
)
from sympy import Eq, Max, Min, Mod, Piecewise
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import DTensor, Shard, distribute_tensor

lr, beta, rho, k, eps = hyperparameters("lr beta rho k eps")
f, hessian, scale = inputs("f hessian scale")
m, h = states("m h")
G = grad(theta[t - 1])

POLYAK = analyse(
    Optimizer(
        "Polyak",
        summary="The step that would lead to a loss of 0, were it linear.",
        source="Polyak, 1987, Introduction to Optimization, section 5.3.2",
        hyper=[
            Hyper(lr, "1", NON_NEGATIVE, "largest step"),
            Hyper(eps, "1e-8", POSITIVE, "term added to the denominator"),
        ],
        states=[],
        inputs=[Input(f, Source.LOSS, "the loss, which is 0 at best", domain=NON_NEGATIVE)],
        updates=[Update(theta[t], theta[t - 1] - Min(lr, f[t] / (norm(G) ** 2 + eps)) * G)],
    )
)
REFRESHED = Eq(Mod(t, k), 1)
SOPHIA = analyse(
    Optimizer(
        "Sophia",
        summary="Momentum over the diagonal of the Hessian, clipped.",
        source="Liu et al., 2023, arXiv:2305.14342",
        hyper=[
            Hyper(lr, "0.1", NON_NEGATIVE, "rate"),
            Hyper(beta, "0.9", UNIT, "decay of both averages"),
            Hyper(rho, "0.5", POSITIVE, "what the Hessian is multiplied by"),
            Hyper(k, "3", AT_LEAST_ONE, "steps from one estimate to the next"),
            Hyper(eps, "1e-6", POSITIVE, "the least denominator"),
        ],
        states=[State(m, init=0, key="exp_avg"), State(h, init=0, key="hessian")],
        inputs=[
            Input(
                hessian, Source.ELEMENTS, "an estimate of the Hessian's diagonal", when=REFRESHED
            ),
            Input(scale, Source.NUMBER, "what the step is multiplied by"),
        ],
        updates=[
            Update(m[t], beta * m[t - 1] + (1 - beta) * G),
            Update(
                h[t],
                Piecewise((beta * h[t - 1] + (1 - beta) * hessian[t], REFRESHED), (h[t - 1], True)),
            ),
            Update(
                theta[t],
                theta[t - 1] - lr * scale[t] * clip(m[t] / Max(rho * h[t], eps), -1, 1),
            ),
        ],
    )
)
HYPER = {"lr": 0.1, "beta": 0.9, "rho": 0.5, "k": 3, "eps": 1e-6}
WAYS = [{"foreach": False}, {"foreach": True}, {"capturable": True}, {"fused": True}]
SHAPES = [(3, 4), (), (5,)]
STEPS = 5


@pytest.fixture(scope="module")
def made(package):
    return package([POLYAK, SOPHIA], kernels=True)


def draws(seed, shapes=SHAPES):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=shape)) for shape in shapes]


@pytest.fixture(scope="module")
def expected():
    """The parameters after each of the steps, by the oracle, and those with an estimate."""
    params, found = draws(0), []
    kept = [{"m": np.zeros(p.shape), "h": np.zeros(p.shape)} for p in params]
    for step in range(1, STEPS + 1):
        grads, estimates = draws(step), draws(-step % 100)
        for i, (grad_, estimate) in enumerate(zip(grads, estimates, strict=True)):
            given = {"scale": 0.5 * step}
            given |= {"hessian": estimate} if step % 3 == 1 else {}
            new = oracle.step(
                SOPHIA,
                t=step,
                theta=params[i],
                gradient=grad_,
                states=kept[i],
                inputs=given,
                hyper=HYPER,
                options={},
            )
            params[i], *others = (new[n].astype(float) for n in ("theta", "m", "h"))
            kept[i] = dict(zip("mh", others, strict=True))
        found.append([*params])
    return found


def close(found, expected):
    # Steps of a few roundings each, of numbers about 1.
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_numpy(made, expected, engine):
    optimizer = made.optimizer("numpy", SOPHIA)(engine=engine)
    layouts = [np.asfortranarray, np.asarray, lambda x: np.repeat(x, 2)[::2]]
    params = [layout(x) for layout, x in zip(layouts, draws(0), strict=True)]
    for step in range(1, STEPS + 1):
        grads, estimates = draws(step), draws(-step % 100)
        for estimate in estimates:
            estimate.flags.writeable = False
        assert optimizer.needs("hessian") == (step % 3 == 1)
        given = {"hessian": estimates} if optimizer.needs("hessian") else {}
        optimizer.update(params, grads, scale=0.5 * step, **given)
        for param, each in zip(params, expected[step - 1], strict=True):
            close(param, each)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("by_parameter", [False, True])
def test_torch(made, expected, way, by_parameter):
    params = [nn.Parameter(torch.tensor(x)) for x in draws(0)]
    groups = [{"params": params[:2]}, {"params": params[2:]}]
    optimizer = made.optimizer("torch", SOPHIA)(groups, **way)
    for step in range(1, STEPS + 1):
        for p, grad_ in zip(params, draws(step), strict=True):
            p.grad = torch.tensor(grad_)
        given = {"scale": torch.tensor(0.5 * step, dtype=torch.float64)}
        if optimizer.needs("hessian"):  # whose count the host does not know, if it is captured
            tensors = [torch.tensor(x) for x in draws(-step % 100)]
            given["hessian"] = dict(zip(params, tensors, strict=True)) if by_parameter else tensors
        assert ("hessian" in given) == (step % 3 == 1 or "capturable" in way)
        optimizer.step(**given)
        for p, each in zip(params, expected[step - 1], strict=True):
            close(p.detach().numpy(), each)


@pytest.mark.slow  # torch.compile takes seconds to import
def test_a_step_that_is_compiled(made, expected):
    params = [nn.Parameter(torch.tensor(x)) for x in draws(0)]
    optimizer = made.optimizer("torch", SOPHIA)(params)
    step = torch.compile(optimizer.step, backend="eager")
    for count in (1, 2):
        for p, grad_ in zip(params, draws(count), strict=True):
            p.grad = torch.tensor(grad_)
        given = {"hessian": [torch.tensor(x) for x in draws(-1 % 100)]} if count == 1 else {}
        step(scale=0.5 * count, **given)
    for p, each in zip(params, expected[1], strict=True):
        close(p.detach().numpy(), each)


@pytest.fixture
def mesh():
    torch.distributed.init_process_group(
        "gloo", store=torch.distributed.HashStore(), rank=0, world_size=1
    )
    yield init_device_mesh("cpu", (1,))
    torch.distributed.destroy_process_group()


def test_sharded(made, expected, mesh):

    def sharded(x):
        return distribute_tensor(torch.tensor(x), mesh, [Shard(0)] if x.ndim else None)

    params = [nn.Parameter(sharded(x)) for x in draws(0)]
    optimizer = made.optimizer("torch", SOPHIA)(params)
    for p, grad_ in zip(params, draws(1), strict=True):
        p.grad = sharded(grad_)
    plain = [torch.tensor(x) for x in draws(-1 % 100)]
    with pytest.raises(RuntimeError, match="is a DTensor, and its hessian is a Tensor"):
        optimizer.step(hessian=plain, scale=0.5)
    optimizer.step(hessian=[sharded(x) for x in draws(-1 % 100)], scale=0.5)
    for p, each in zip(params, expected[0], strict=True):
        assert isinstance(p, DTensor)
        close(p.full_tensor().detach().numpy(), each)


@pytest.mark.parametrize("way", WAYS[:3], ids=str)
def test_the_loss_is_what_a_closure_returns(made, way):
    """At (1, 2) the loss x.x is 5, its gradient (2, 4) with the square 20: a quarter of it."""
    w = nn.Parameter(torch.tensor([1.0, 2.0], dtype=torch.float64))
    optimizer = made.optimizer("torch", POLYAK)([w], **way)

    def closure():
        optimizer.zero_grad()
        loss = w @ w
        loss.backward()
        return loss

    assert optimizer.step(closure) == 5
    torch.testing.assert_close(w.detach(), torch.tensor([0.5, 1.0]).double(), rtol=1e-8, atol=0)
    w.grad = 2 * w.detach()
    optimizer.step(f=1.25)
    torch.testing.assert_close(w.detach(), torch.tensor([0.25, 0.5]).double(), rtol=1e-8, atol=0)


def test_the_loss_in_numpy(made):
    theta_ = np.array([1.0, 2.0])
    made.optimizer("numpy", POLYAK)().update(theta_, 2 * theta_, f=np.float32(5))
    np.testing.assert_allclose(theta_, [0.5, 1], rtol=1e-8)  # eps is 1e-8


NUMPY_REFUSED = [
    ({}, TypeError, r"reads the input 'hessian': hand it over, update\(params, grads, hessian=..."),
    ({"hessian": np.ones(2)}, TypeError, "reads the input 'scale'"),
    ({"hessian": np.ones(2), "scale": "a"}, ValueError, "scale must be a number, got 'a'"),
    ({"hessian": np.ones(3), "scale": 1}, ValueError, r"hessian has shape \(3,\), but params has"),
    ({"hessian": [1.0], "scale": 1}, ValueError, "params is a ndarray, but hessian is a list"),
    ({"hessian": np.ones(2, "f"), "scale": 1}, ValueError, "hessian has dtype float32"),
    ({"h": 1}, TypeError, "Sophia has no input 'h'; its inputs are 'hessian', 'scale'"),
]


@pytest.mark.parametrize(("given", "error", "words"), NUMPY_REFUSED, ids=str)
def test_numpy_refuses_before_anything_changes(made, given, error, words):
    optimizer, theta_ = made.optimizer("numpy", SOPHIA)(), np.ones(2)
    with pytest.raises(error, match=words):
        optimizer.update(theta_, np.ones(2), **given)
    assert (theta_ == 1).all()
    assert optimizer.step == 0


def test_numpy_refuses_one_in_the_memory_of_a_parameter(made):
    theta_ = np.ones(2)
    with pytest.raises(ValueError, match="params and hessian share memory"):
        made.optimizer("numpy", SOPHIA)().update(theta_, np.ones(2), hessian=theta_, scale=1)


TORCH_REFUSED = [
    ({}, TypeError, r"reads the input 'hessian': hand it over, step\(hessian=...\)"),
    ({"hessian": [torch.ones(2)]}, TypeError, "reads the input 'scale'"),
    ({"hessian": [torch.ones(3)], "scale": 1}, ValueError, r"hessian has shape \(3,\)"),
    ({"hessian": [torch.ones(2).double()], "scale": 1}, ValueError, "hessian is .*float64"),
    ({"hessian": [], "scale": 1}, ValueError, "hessian has 0 tensors, and .* 1 parameters"),
    ({"hessian": [None], "scale": 1}, ValueError, "hessian has nothing for a parameter of shape"),
    ({"hessian": 3, "scale": 1}, TypeError, "hessian must be tensors in the order"),
    ({"hessian": {"w": torch.ones(2)}, "scale": 1}, ValueError, "for 'w', .* have no names: make"),
    ({"hessian": torch.ones(2), "scale": "a"}, TypeError, "scale must be a number, got 'a'"),
    ({"hessian": torch.ones(2), "scale": torch.ones(2)}, ValueError, "must be one real number"),
    ({"h": 1}, TypeError, "Sophia has no input 'h'"),
]


def test_torch_takes_tensors_in_order_by_parameter_and_by_name(made):
    def stepped(named):
        model = nn.Linear(2, 1)
        with torch.no_grad():
            for p in model.parameters():
                p.fill_(1.0)
                p.grad = torch.full_like(p, 0.5)
        optimizer = made.optimizer("torch", SOPHIA)(model.named_parameters())
        own = {n: torch.full_like(p, 2.0 + p.ndim) for n, p in model.named_parameters()}
        given = {"order": [*own.values()], "name": own}
        given["parameter"] = {p: own[n] for n, p in model.named_parameters()}
        with pytest.raises(ValueError, match=r"for 'w', and the parameters .* have other names"):
            optimizer.step(hessian={"w": torch.ones(2)}, scale=1.0)
        optimizer.step(hessian=given[named], scale=1.0)
        return torch.cat([p.detach().ravel() for p in model.parameters()])

    in_order = stepped("order")
    assert torch.equal(stepped("name"), in_order)
    assert torch.equal(stepped("parameter"), in_order)


@pytest.mark.parametrize(("given", "error", "words"), TORCH_REFUSED, ids=str)
def test_torch_refuses_before_anything_changes(made, given, error, words):
    w = nn.Parameter(torch.ones(2))
    w.grad = torch.ones(2)
    optimizer = made.optimizer("torch", SOPHIA)([w])
    with pytest.raises(error, match=words):
        optimizer.step(**given)
    assert (w == 1).all()
    assert not optimizer.state


def test_a_closure_is_not_called_where_an_input_is_missing(made):
    def closure():
        raise AssertionError

    w = nn.Parameter(torch.ones(2))
    w.grad = torch.ones(2)
    with pytest.raises(TypeError, match=r"hand it over, step\(closure, hessian=...\)"):
        made.optimizer("torch", SOPHIA)([w]).step(closure, scale=1.0)
    polyak = made.optimizer("torch", POLYAK)([w])
    with pytest.raises(TypeError, match="or a closure that returns the loss"):
        polyak.step()
    with pytest.raises(TypeError, match="a closure, which returns the loss, and 'f', too"):
        polyak.step(closure, f=1.0)
    with pytest.raises(TypeError, match="the closure must return the loss, which the rule reads"):
        polyak.step(lambda: None)
    assert (w == 1).all()


def test_a_rule_without_inputs_takes_none():
    from steprule.torch import SGD

    w = nn.Parameter(torch.ones(2))
    with pytest.raises(TypeError, match="SGD has no input 'hessian'; its inputs are none"):
        SGD([w], lr=0.1).step(hessian=[w])


def test_what_a_step_reads_costs_memory():
    plain, refreshed = costs(compiled(SOPHIA))
    assert (plain.read, plain.written) == (4, 2)
    assert refreshed.settings == "hessian given"
    assert (refreshed.read, refreshed.written) == (5, 3)


def test_a_bench_hands_over_what_is_read():
    rule = subject(SOPHIA, lambda name: None).rule
    data = Data(Workload("two", (64, 128)), 4, arrays("float64", "cpu"))
    first, second = (bench_inputs(rule, data, step, list) for step in (0, 1))
    assert [x.shape for x in first["hessian"]] == [(64,), (128,)]
    assert first["scale"] == 1
    assert second.keys() == {"scale"}
    gradient, estimate = data.gradients(0)[0], first["hessian"][0]
    new, _ = rule.step(
        1, gradient, gradient, [0 * gradient, 0 * gradient], first | {"hessian": estimate}
    )
    assert np.isfinite(new).all()
