"""The oracle: steps worked by hand, and PyTorch's optimizers in float64."""

import numpy as np
import pytest
import torch
from flint import fmpq
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.oracle.exact import (
    INFINITY,
    NAN,
    divide,
    exact,
    is_nan,
    same,
    square_root,
    subtract,
)
from steprule.codegen.oracle.known import allowed
from steprule.codegen.verify.optimizers.configurations import configurations
from steprule.specs.optimizers.adadelta import adadelta
from steprule.specs.optimizers.adagrad import adagrad
from steprule.specs.optimizers.adam import adam
from steprule.specs.optimizers.adamax import adamax
from steprule.specs.optimizers.adamw import adamw
from steprule.specs.optimizers.lion import lion
from steprule.specs.optimizers.nadam import nadam
from steprule.specs.optimizers.rmsprop import rmsprop
from steprule.specs.optimizers.sgd import sgd

Q = fmpq

HALF = Q(1, 2)
TENTH = Q(1, 10)


def run(spec, theta, gradients, hyper, **on):
    """Steps on one number from the initial states; the results of each."""
    hyper = {h.name: exact(h.default) for h in spec.hyperparameters} | hyper
    options = {o.name: on.get(o.name, False) for o in spec.options}
    states = oracle.initial(spec, number(theta), hyper, options)
    results = []
    for t, g in enumerate(gradients, start=1):
        new = oracle.step(
            spec, t=t, theta=number(theta), gradient=number(g), states=states,
            hyper=hyper, options=options,
        )  # fmt: skip
        results.append({name: scalar(value) for name, value in new.items()})
        theta = new.pop("theta")
        states = new
    return results


def number(x):
    return x if isinstance(x, np.ndarray) else np.array(x, dtype=object)


def scalar(x):
    return x[()] if isinstance(x, np.ndarray) else x


def test_sgd_with_momentum_and_dampening():
    results = run(
        sgd, Q(1), [Q(1), Q(2), Q(-1)], {"lr": TENTH, "momentum": HALF, "dampening": Q(1, 4)}
    )
    assert results == [
        {"theta": Q(9, 10), "b": Q(1)},
        {"theta": Q(7, 10), "b": Q(2)},
        {"theta": Q(27, 40), "b": Q(1, 4)},
    ]


@pytest.mark.parametrize("sign", [1, -1])
def test_sgd_with_nesterov_momentum_and_weight_decay(sign):
    results = run(
        sgd, Q(1), [Q(sign), Q(-sign)],
        {"lr": TENTH, "momentum": HALF, "weight_decay": Q(1, 5)},
        nesterov=True, maximize=sign < 0,
    )  # fmt: skip
    assert results == [
        {"theta": Q(82, 100), "b": Q(12, 10)},
        {"theta": Q(9154, 10000), "b": Q(-236, 1000)},
    ]


def test_sgd_without_momentum_keeps_nothing():
    assert run(sgd, Q(1), [Q(3)], {"lr": TENTH}) == [{"theta": Q(7, 10)}]


def test_the_first_step_of_adam_has_a_closed_form():
    g, eps = Q(-3, 7), exact("1e-8")
    (result,) = run(adam, Q(2), [g], {"lr": HALF})
    assert result == {
        "theta": 2 - HALF * g / (abs(g) + eps),
        "m": g / 10,
        "v": g**2 / 1000,
    }


def test_adamw_shrinks_the_parameter_and_not_the_gradient():
    hyper = {"lr": HALF, "weight_decay": TENTH, "eps": Q(1)}
    (decoupled,) = run(adamw, Q(2), [Q(3)], hyper)
    assert decoupled["theta"] == 2 * Q(95, 100) - HALF * Q(3, 4)
    (coupled,) = run(adam, Q(2), [Q(3)], hyper)
    assert coupled["theta"] == 2 - HALF * Q(32, 42)
    assert coupled["m"] == Q(32, 100)


def test_amsgrad_remembers_the_largest_second_moment():
    hyper = {"lr": TENTH, "beta1": HALF, "beta2": HALF, "eps": Q(0)}
    first, second = run(adam, Q(1), [Q(3), Q(0)], hyper, amsgrad=True)
    assert first == {"theta": Q(9, 10), "m": Q(3, 2), "v": Q(9, 2), "vmax": Q(9, 2)}
    step = divide(TENTH, square_root(Q(6)))
    assert same(second.pop("theta"), subtract(Q(9, 10), step))
    assert second == {"m": Q(3, 4), "v": Q(9, 4), "vmax": Q(9, 2)}
    (_, plain) = run(adam, Q(1), [Q(3), Q(0)], hyper)
    assert "vmax" not in plain
    step = divide(TENTH, square_root(Q(3)))
    assert same(plain["theta"], subtract(Q(9, 10), step))


def test_adamax_takes_the_larger_of_the_decayed_norm_and_the_gradient():
    hyper = {"lr": Q(1), "beta1": HALF, "beta2": HALF, "eps": TENTH}
    first, second = run(adamax, Q(1), [Q(-2), HALF], hyper)
    assert first == {"theta": 1 + Q(20, 21), "m": Q(-1), "u": Q(21, 10)}
    assert second == {
        "theta": 1 + Q(20, 21) + Q(1, 3) / Q(105, 100),
        "m": Q(-1, 4),
        "u": Q(105, 100),
    }


def test_adagrad_decays_its_rate_by_the_steps_before():
    hyper = {"lr": Q(1), "lr_decay": HALF, "eps": Q(0), "initial_accumulator_value": Q(7)}
    results = run(adagrad, Q(0), [Q(3), Q(0), Q(3)], hyper)
    assert [r["s"] for r in results] == [16, 16, 25]
    assert [r["theta"] for r in results] == [Q(-3, 4), Q(-3, 4), Q(-3, 4) - Q(3, 10)]


def test_lion_steps_along_the_sign():
    hyper = {"lr": TENTH, "beta1": HALF, "beta2": Q(3, 4), "weight_decay": Q(1)}
    results = run(lion, Q(1), [Q(-4), Q(1), Q(3, 4)], hyper)
    assert [r["m"] for r in results] == [Q(-1), HALF * -1, Q(-3, 16)]
    assert [r["theta"] for r in results] == [Q(1), Q(9, 10), Q(81, 100) - TENTH]


def test_infinities_and_nan_pass_through_as_ieee():
    (plain,) = run(sgd, Q(1), [INFINITY], {})
    assert plain == {"theta": -INFINITY}
    (infinite,) = run(adam, Q(1), [-INFINITY], {})
    assert (infinite["m"], infinite["v"]) == (-INFINITY, INFINITY)
    assert is_nan(infinite["theta"])
    for spec in (adam, adamax, lion):
        (result,) = run(spec, Q(1), [NAN], {})
        assert all(map(is_nan, result.values())), spec.name


def test_floats_stand_for_the_numbers_they_are():
    (result,) = run(sgd, 1.0, [0.1], {"lr": 0.1})
    assert result["theta"] == 1 - exact(0.1) ** 2


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_any_shape(shape):
    hyper = {h.name: exact(h.default) for h in nadam.hyperparameters}
    options = {o.name: False for o in nadam.options}
    states = oracle.initial(nadam, np.zeros(shape), hyper, options)
    assert states["mu_product"] == 1
    new = oracle.step(
        nadam, t=1, theta=np.ones(shape), gradient=np.ones(shape), states=states,
        hyper=hyper, options=options,
    )  # fmt: skip
    assert {name: np.shape(value) for name, value in new.items()} == {
        "theta": shape, "m": shape, "v": shape, "mu_product": (),
    }  # fmt: skip
    assert float(new["mu_product"]) == pytest.approx(0.9 * (1 - 0.5 * 0.96**0.004))
    assert all(m == Q(1, 10) for m in np.ravel(new["m"]))


def test_arguments_must_be_those_of_the_spec():
    with pytest.raises(ValueError, match=r"SGD has the hyperparameters .*not \['lr'\]"):
        oracle.initial(sgd, 0.0, {"lr": 1}, {"nesterov": False, "maximize": False})
    hyper = {h.name: exact(h.default) for h in sgd.hyperparameters}
    with pytest.raises(ValueError, match=r"SGD has the options .*'sideways'"):
        oracle.initial(sgd, 0.0, hyper, {"nesterov": False, "sideways": True})


def test_constraints():
    hyper = {h.name: exact(h.default) for h in sgd.hyperparameters}
    on, off = ({"nesterov": n, "maximize": False} for n in (True, False))
    assert allowed(sgd, hyper, off)
    assert not allowed(sgd, hyper, on)
    assert allowed(sgd, hyper | {"momentum": HALF}, on)
    assert not allowed(sgd, hyper | {"momentum": HALF, "dampening": HALF}, on)


def peer_of(spec, parameter, configuration):
    """PyTorch's class for a spec, made with a configuration."""
    module, _, name = spec.peer.rpartition(".")
    assert module == "torch.optim"
    arguments = dict(configuration.options)
    for h in spec.hyperparameters:
        value = configuration.hyper[h.name]
        if h.argument:
            arguments[h.argument] = (*arguments.get(h.argument, ()), value)
        else:
            arguments[h.name] = value
    return getattr(torch.optim, name)([parameter], **arguments)


PEERS = [adadelta, adagrad, adam, adamax, adamw, nadam, rmsprop, sgd]
TRIED = [
    pytest.param(spec, configuration, id=f"{spec.name}-{i}")
    for spec in PEERS
    for i, configuration in enumerate(configurations(spec))
]


@pytest.fixture
def double_precision():
    """PyTorch keeps NAdam's product of momenta in the default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize(("spec", "configuration"), TRIED)
def test_pytorch_in_float64_agrees(spec, configuration):
    rng = np.random.default_rng(7)
    theta = rng.standard_normal((2, 3))
    gradients = [rng.standard_normal((2, 3)) * 10.0**k for k in (0, -2, 1)]
    parameter = torch.nn.Parameter(torch.from_numpy(theta.copy()))
    peer = peer_of(spec, parameter, configuration)
    hyper, options = configuration.hyper, configuration.options
    states = oracle.initial(spec, theta, hyper, options)
    for t, gradient in enumerate(gradients, start=1):
        parameter.grad = torch.from_numpy(gradient)
        peer.step()
        new = oracle.step(
            spec, t=t, theta=theta, gradient=gradient, states=states, hyper=hyper, options=options
        )
        # Roundings of three steps in double precision, on values around 1.
        np.testing.assert_allclose(
            parameter.detach().numpy(), new["theta"].astype(float), rtol=1e-12, atol=1e-13
        )
        theta = new.pop("theta")
        states = new
        keys = {state.name: state.key for state in spec.states}
        kept = peer.state[parameter]
        assert {keys[name] for name in states} == set(kept) - {"step"}
        for name, value in states.items():
            expected = np.asarray(value, dtype=float)
            np.testing.assert_allclose(
                kept[keys[name]].numpy(), expected, rtol=1e-12, atol=1e-13, err_msg=name
            )
