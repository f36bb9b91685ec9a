"""Outputs of generated rules: what the oracle makes of what is stored, and parameters swapped."""

import contextlib
import copy
import pickle

import numpy as np
import pytest
import steprule.numpy
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import backends
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.program.compiled import compiled
from steprule.specs.language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    Output,
    Shape,
    State,
    Update,
    flags,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from sympy import And, Eq, Max, Piecewise
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import DTensor, Shard, distribute_tensor

lr, beta, mu = hyperparameters("lr beta mu")
(fast,) = flags("fast")
z, b, product = states("z b product")

SPEC = analyse(
    Optimizer(
        "Averaged",
        summary="Momentum with an average of the parameters.",
        source="here",
        hyper=[
            Hyper(lr, "0.5", NON_NEGATIVE, "rate"),
            Hyper(beta, "0.9", UNIT, "decay of the average", argument="decays"),
            Hyper(mu, "0.5", UNIT, "decay of the momentum", argument="decays"),
            Option(fast, "an option"),
        ],
        states=[
            State(z, init=theta[0], key="average"),
            State(b, init=0, key="momentum_buffer"),
            State(product, init=1, key="product", shape=Shape.SCALAR),
        ],
        updates=[
            Update(b[t], mu * b[t - 1] + grad(theta[t - 1])),
            Update(theta[t], theta[t - 1] - lr * b[t] * product[t]),
            Update(z[t], beta * z[t - 1] + (1 - beta) * theta[t]),
            Update(product[t], product[t - 1] * beta),
        ],
        outputs=[
            Output("averaged", z[t], "what to evaluate"),
            Output(
                "mixed",
                Piecewise(
                    (Max(z[t], theta[t]) * product[t], And(fast, t > 1)),
                    ((theta[t] - (1 - beta) * z[t]) / (1 + beta**t), True),
                ),
                "by cases",
            ),
        ],
    )
)
WAYS = [{"foreach": False}, {"foreach": True}, {"capturable": True}, {"fused": True}]
SHAPES = [(3, 2), ()]


@pytest.fixture(scope="module")
def made(package):
    return package([SPEC], kernels=True)


def expected(name, step, theta, stored, on):
    hyper = {"lr": 0.5, "beta": 0.9, "mu": 0.5}
    exact = oracle.output(
        SPEC, name, t=step, theta=theta, states=stored, hyper=hyper, options={"fast": on}
    )
    return exact.astype(float)


def random(seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=shape), dtype) for shape in SHAPES]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("on", [False, True])
def test_numpy(made, on, dtype):
    optimizer = made.optimizer("numpy", SPEC)(fast=on)
    arrays = random(0, dtype)
    params = {"a": arrays[0], "nested": (arrays[1], [arrays[0].copy()])}
    for name in ("averaged", "mixed"):  # before the first step they are the parameters
        found = optimizer.output(name, params)
        assert found["nested"][1][0] is not params["nested"][1][0]
        np.testing.assert_equal(found, params)
    for step in (1, 2, 3):
        grads = {"a": arrays[0] * step, "nested": (arrays[1], [arrays[0]])}
        optimizer.update(params, {k: _copied(v) for k, v in grads.items()})
        kept = optimizer.state_dict()
        for name in ("averaged", "mixed"):
            found = optimizer.output(name, params)
            assert type(found["nested"]) is tuple
            assert found["a"].dtype == dtype
            stored = {"z": kept["z/a"], "b": kept["b/a"], "product": float(kept["product"])}
            exact = expected(name, step, params["a"], stored, on)
            # Three roundings of the dtype computed in, and one of the dtype stored.
            rtol = max(4 * np.finfo(np.float32 if dtype == np.float16 else dtype).eps, 0)
            rtol += np.finfo(dtype).eps if dtype == np.float16 else 0
            np.testing.assert_allclose(found["a"].astype(float), exact, rtol=rtol, atol=1e-300)


def _copied(tree):
    if isinstance(tree, np.ndarray):
        return tree.copy()
    return type(tree)(map(_copied, tree))


def test_numpy_refuses_what_it_has_no_states_for(made):
    optimizer = made.optimizer("numpy", SPEC)()
    with pytest.raises(ValueError, match="Averaged has no output 'mean'; it has 'averaged', 'mix"):
        optimizer.output("mean", np.zeros(2))
    optimizer.update({"a": np.zeros(2)}, {"a": np.ones(2)})
    with pytest.raises(ValueError, match=r"params has 'b', for which there is no state 'z'"):
        optimizer.output("averaged", {"b": np.zeros(2)})
    with pytest.raises(ValueError, match=r"params\['a'\] has shape \(3,\), but its state 'z'"):
        optimizer.output("averaged", {"a": np.zeros(3)})
    with pytest.raises(TypeError, match="params must be a NumPy array"):
        optimizer.output("averaged", 1.0)


def test_numpy_refuses_some_of_the_parameters(made):
    optimizer, params = in_numpy(made)
    some = {"nested": params["nested"]}
    own = copy.deepcopy(params)
    with pytest.raises(ValueError, match=r"^params lacks 'a', for which there are states; hand ov"):
        optimizer.output("averaged", some)
    with (
        pytest.raises(ValueError, match=r"all parameters, as to update$"),
        optimizer.swapped("averaged", some),
    ):
        pass
    np.testing.assert_equal(params, own)


def in_numpy(made, steps=2):
    """An optimizer, and parameters it has trained."""
    optimizer = made.optimizer("numpy", SPEC)()
    a, b = random(1)
    params = {"a": np.asfortranarray(a), "nested": (b, [a[:, ::-1].copy()])}
    for _ in range(steps):
        optimizer.update(params, {"a": a * 2, "nested": (b * 2, [a])})
    return optimizer, params


@pytest.mark.parametrize("steps", [0, 2])
def test_numpy_parameters_hold_an_output(made, steps):
    optimizer, params = in_numpy(made, steps)
    own, states = copy.deepcopy(params), optimizer.state_dict()
    averaged = optimizer.output("averaged", params)
    first_column = params["a"][:, 0]
    with optimizer.swapped("averaged", params):
        np.testing.assert_equal(params, averaged)
        np.testing.assert_equal(first_column, averaged["a"][:, 0])  # in their own memory
        np.testing.assert_equal(optimizer.state_dict(), states)
    np.testing.assert_equal(params, own)
    with contextlib.suppress(KeyError), optimizer.swapped("mixed", params):
        raise KeyError
    np.testing.assert_equal(params, own)


def test_outputs_are_of_what_numpy_parameters_are(made):
    optimizer, params = in_numpy(made)
    mixed = optimizer.output("mixed", params)
    with optimizer.swapped("averaged", params):
        np.testing.assert_equal(optimizer.output("mixed", params), mixed)


def test_no_step_is_taken_while_numpy_parameters_hold_an_output(made):
    optimizer, params = in_numpy(made)
    with optimizer.swapped("averaged", params):
        held = copy.deepcopy(params)
        for refused in (
            lambda: optimizer.update(params, held),
            lambda: optimizer.load_state_dict(optimizer.state_dict()),
            lambda: optimizer.swapped("mixed", params).__enter__(),
        ):
            with pytest.raises(RuntimeError, match="hold the output 'averaged'"):
                refused()
        np.testing.assert_equal(params, held)
        other = pickle.loads(pickle.dumps(optimizer))
        other.update(params, held)  # a copy is of its own
    optimizer.update(params, held)


def test_nothing_is_swapped_where_numpy_parameters_cannot_be_written(made):
    optimizer, params = in_numpy(made)
    params["nested"][1][0].flags.writeable = False
    own = copy.deepcopy(params)
    with (
        pytest.raises(ValueError, match=r"params\['nested/1/0'\] is read-only"),
        optimizer.swapped("averaged", params),
    ):
        pass
    np.testing.assert_equal(params, own)


def model(seed=0, dtype=torch.float64):
    return [nn.Parameter(torch.from_numpy(x).to(dtype)) for x in random(seed)]


def trained(made, params, steps=3, **how):
    optimizer = made.optimizer("torch", SPEC)(params, **how)
    for step in range(steps):
        for p, x in zip(params, random(7 + step), strict=True):
            p.grad = torch.from_numpy(x).to(p.dtype)
        optimizer.step()
    return optimizer


@pytest.mark.parametrize("how", WAYS, ids=str)
def test_torch(made, how):
    for on in (False, True):
        params = model()
        optimizer = trained(made, params, fast=on, **how)
        for name in ("averaged", "mixed"):
            found = optimizer.output(name)
            assert list(found) == params
            for p in params:
                state = optimizer.state[p]
                stored = {"z": state["average"].numpy(), "b": state["momentum_buffer"].numpy()}
                stored["product"] = float(state["product"])
                exact = expected(name, 3, p.detach().numpy(), stored, on)
                assert not found[p].requires_grad
                # Three roundings.
                np.testing.assert_allclose(found[p].numpy(), exact, rtol=4e-16 * 2, atol=0)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.complex64])
def test_other_dtypes(made, dtype):
    params = model(dtype=dtype)
    optimizer = trained(made, params)
    for p, x in optimizer.output("mixed").items():
        average = optimizer.state[p]["average"]
        wide = torch.complex128 if dtype.is_complex else torch.float64
        exact = (p.detach().to(wide) - (1 - 0.9) * average.to(wide)) / (1 + 0.9**3)
        assert x.dtype is dtype
        # A rounding to bfloat16; of complex64 three.
        rtol = 2**-8 if dtype is torch.bfloat16 else 5e-7
        torch.testing.assert_close(x.to(wide), exact, rtol=rtol, atol=1e-7)


def test_before_the_first_step_it_is_the_parameter(made):
    params = model()
    optimizer = made.optimizer("torch", SPEC)(params)
    for p, x in optimizer.output("mixed").items():
        assert torch.equal(x, p)
        assert x.data_ptr() != p.data_ptr()
    params[0].grad = torch.ones_like(params[0])  # the other one stays without states
    optimizer.step()
    found = optimizer.output("averaged")
    assert torch.equal(found[params[0]], optimizer.state[params[0]]["average"])
    assert torch.equal(found[params[1]], params[1])


def test_swapped(made):
    params = model()
    optimizer = trained(made, params)
    before = [p.detach().clone() for p in params]
    places = [p.data_ptr() for p in params]
    saved = optimizer.state_dict()
    averaged = optimizer.output("averaged")
    with optimizer.swapped("averaged"):
        assert all(torch.equal(p, averaged[p]) for p in params)
        assert not torch.equal(params[0], before[0])
        within = optimizer.state_dict()
        assert str(within) == str(saved)
        again = optimizer.output("averaged")  # of the parameters themselves
        assert all(torch.equal(again[p], averaged[p]) for p in params)
        assert all(torch.equal(x, y) for x, y in zip(optimizer.output("mixed").values(), [
            (y - (1 - 0.9) * averaged[p]) / (1 + 0.9**3)
            for p, y in zip(params, before, strict=True)
        ], strict=True))  # fmt: skip
        for refused in (
            lambda: optimizer.step(),
            lambda: optimizer.load_state_dict(saved),
            lambda: optimizer.swapped("mixed").__enter__(),
        ):
            with pytest.raises(RuntimeError, match=r"first leave `with optimizer\.swapped"):
                refused()
        assert all(torch.equal(p, averaged[p]) for p in params)
    assert all(map(torch.equal, params, before))
    assert [p.data_ptr() for p in params] == places
    optimizer.step()  # goes on
    assert not torch.equal(params[0], before[0])


def test_what_is_raised_within_leaves_the_parameters_as_they_were(made):
    params = model()
    optimizer = trained(made, params)
    before = [p.detach().clone() for p in params]

    def evaluate():
        with optimizer.swapped("averaged"):
            params[0].data.zero_()
            raise KeyError

    with pytest.raises(KeyError):
        evaluate()
    assert all(map(torch.equal, params, before))
    with pytest.raises(ValueError, match="has no output 'mean'; it has 'averaged', 'mixed'"):
        optimizer.swapped("mean").__enter__()
    optimizer.step()


def test_what_fails_half_way_is_undone(made, monkeypatch):
    params = model()
    optimizer = trained(made, params)
    before = [p.detach().clone() for p in params]
    swap = type(optimizer).swapped.__wrapped__.__globals__["outputs"].Swap

    def put(self):
        with torch.no_grad():
            params[0].copy_(self._values[params[0]])
        raise MemoryError

    monkeypatch.setattr(swap, "put", put)
    with pytest.raises(MemoryError), optimizer.swapped("averaged"):
        pytest.fail("entered")
    assert all(map(torch.equal, params, before))
    monkeypatch.undo()
    optimizer.step()


def test_a_rule_without_outputs_says_so():
    from steprule.numpy import Adam
    from steprule.torch import SGD

    with pytest.raises(ValueError, match="SGD has no output 'averaged', nor any other"):
        SGD(model()).output("averaged")
    with pytest.raises(ValueError, match="Adam has no output 'averaged', nor any other"):
        Adam().output("averaged", np.zeros(1))


def test_shards(made):
    """On a mesh of one process: what is read and written is what it holds."""
    torch.distributed.init_process_group(
        "gloo", store=torch.distributed.HashStore(), rank=0, world_size=1
    )
    try:
        mesh = init_device_mesh("cpu", (1,))
        plain = model()[:1]
        sharded = [nn.Parameter(distribute_tensor(p.detach(), mesh, [Shard(0)])) for p in plain]
        grad = torch.from_numpy(random(3)[0])
        ours, whole = (made.optimizer("torch", SPEC)(params) for params in (sharded, plain))
        sharded[0].grad = distribute_tensor(grad, mesh, [Shard(0)])
        plain[0].grad = grad
        for optimizer in (ours, whole):
            optimizer.step()
        found = ours.output("mixed")[sharded[0]]
        assert type(found) is DTensor
        assert found.placements == sharded[0].placements
        assert torch.equal(found.full_tensor(), whole.output("mixed")[plain[0]])
        before = sharded[0].detach().full_tensor().clone()
        with ours.swapped("mixed"):
            assert torch.equal(sharded[0].detach().full_tensor(), found.full_tensor())
        assert torch.equal(sharded[0].detach().full_tensor(), before)
    finally:
        torch.distributed.destroy_process_group()


def test_latex_and_pages_have_a_table_of_outputs():
    (text,) = backends()["latex"].files(compiled(SPEC)).values()
    assert r"\begin{StepTable}{Outputs of Averaged}" in text
    assert r"\texttt{averaged} & $z_t$ & what to evaluate" in text


def test_states_of_other_shapes_are_not_asked_for():
    """SPlus has square matrices beside a matrix, and none beside a number."""
    rng = np.random.default_rng(0)
    params = {"number": np.array(1.5), "matrix": rng.normal(size=(3, 4))}
    average = {name: np.zeros_like(x) for name, x in params.items()}
    optimizer = steprule.numpy.SPlus(weight_decay=0.0, ema_rate=0.9)
    for _ in range(3):
        optimizer.update(params, {name: rng.normal(size=x.shape) for name, x in params.items()})
        average = {name: 0.9 * a + 0.1 * params[name] for name, a in average.items()}
    found = optimizer.output("averaged", params)
    for name, a in average.items():
        np.testing.assert_allclose(found[name], a / (1 - 0.9**3), rtol=1e-14)  # a few roundings


def outputs_of(folder_of, name, **fields):
    """The outputs of a rule in NumPy, one step after parameters of ones met gradients of ones."""
    given = {"summary": name, "source": "here", "hyper": [Hyper(lr, "0.5", NON_NEGATIVE, "rate")]}
    spec = analyse(Optimizer(name, **given, **fields))
    optimizer = folder_of([spec]).optimizer("numpy", spec)()
    params = [np.ones(2)]
    optimizer.update(params, [np.ones(2)])
    return {o.name: optimizer.output(o.name, params)[0].tolist() for o in spec.outputs}


def test_an_output_may_read_what_the_first_step_gives(package):
    g = grad(theta[t - 1])
    found = outputs_of(
        package,
        "Late",
        states=[State(b, init=None, key="b")],
        updates=[
            Update(b[t], Piecewise((3 * g, Eq(t, 1)), (b[t - 1] + g, True))),
            Update(theta[t], theta[t - 1] - lr * b[t]),
        ],
        outputs=[Output("ahead", theta[t] - b[t], "a step further")],
    )
    assert found == {"ahead": [1 - 0.5 * 3 - 3] * 2}


def test_an_output_may_be_the_parameter(package):
    found = outputs_of(
        package,
        "Itself",
        states=[],
        updates=[Update(theta[t], theta[t - 1] - lr * grad(theta[t - 1]))],
        outputs=[Output("itself", theta[t], "the same")],
    )
    assert found == {"itself": [0.5, 0.5]}
