"""The naive NumPy takes the steps of the exact equations."""

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.bench.arrays import DeviceArrays
from steprule.codegen.bench.contenders import subject
from steprule.codegen.bench.textbook import Textbook
from steprule.codegen.bench.workload import is_of_matrices
from steprule.codegen.loading.load import builtin
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.oracle.formats import FORMATS
from steprule.codegen.verify.optimizers.configurations import Configuration, configurations

from ..sample import optimizers, takes_any_shape

SIZE = 5
RULES = optimizers(lambda spec: takes_any_shape(spec) and not is_of_matrices(spec))
"""What takes a vector, and its gradient alone."""


def compare(spec, rule, configuration, steps):
    """Each of some steps, from what the naive code itself arrived at."""
    rng = np.random.default_rng(0)
    theta = rng.standard_normal(SIZE)
    states = rule.initial(theta)
    names = [s.name for s in spec.states]
    for t in range(1, steps + 1):
        grad = rng.standard_normal(SIZE)
        kept = {n: s for n, s in zip(names, states, strict=True) if s is not None}
        expected = oracle.step(
            spec, t=t, theta=theta, gradient=grad, states=kept,
            hyper=configuration.hyper, options=configuration.options, form=FORMATS["float64"],
        )  # fmt: skip
        theta, states = rule.step(t, theta, grad, states)
        for name, value in zip(["theta", *names], [theta, *states], strict=True):
            assert (value is None) == (name not in expected)
            if value is not None:
                # A step is a few tens of float64 operations, of numbers of about 1. Some of
                # them cancel, and 1 - 0.999 alone loses three digits.
                # A state may stay the one number that it starts as.
                exact = np.array(expected[name], dtype=object).astype(np.float64)
                np.testing.assert_allclose(value, exact, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", RULES.params())
def test_defaults(name):
    spec = analyse(builtin()[name])
    entered = subject(spec, lambda backend: pytest.fail("nothing is imported"))
    compare(spec, entered.rule, entered.configuration, steps=3)


@pytest.mark.parametrize("name", RULES.params())
def test_options(name):
    spec = analyse(builtin()[name])
    for configuration in configurations(spec):
        compare(spec, Textbook(spec, configuration), configuration, steps=2)


@pytest.mark.parametrize("name", RULES.params())
def test_torch_takes_the_same_steps(name):
    spec = analyse(builtin()[name])
    functions = DeviceArrays("float64", torch.device("cpu")).functions
    rng = np.random.default_rng(0)
    for configuration in configurations(spec):
        rule = Textbook(spec, configuration)
        theta = rng.standard_normal(SIZE)
        states = rule.initial(theta)
        theirs, their_states = torch.tensor(theta), rule.by(functions).initial(torch.tensor(theta))
        for t in (1, 2, 3):
            grad = rng.standard_normal(SIZE)
            theta, states = rule.step(t, theta, grad, states)
            theirs, their_states = rule.by(functions).step(
                t, theirs, torch.tensor(grad), their_states
            )
            for value, other in zip([theta, *states], [theirs, *their_states], strict=True):
                # What NumPy reduces to one number is no array, and has its dtype.
                is_tensor = isinstance(value, np.ndarray | np.float64)
                assert isinstance(other, torch.Tensor) == is_tensor
                if is_tensor:
                    # The same operations, each of which is rounded once in either; but torch may
                    # divide by a number as it multiplies by its inverse. What is rounded
                    # otherwise may cancel: RMSprop's variance loses a digit or two.
                    np.testing.assert_allclose(other, value, rtol=1e-13, atol=1e-15)
                    assert other.dtype == torch.float64
                else:
                    assert other == (value and pytest.approx(value, rel=1e-13))


def test_what_is_kept_between_steps():
    def kept(name, **changed):
        spec = analyse(builtin()[name])
        hyper = {h.name: float(h.default) for h in spec.hyperparameters}
        options = {option.name: False for option in spec.options}
        settings = Configuration(
            {n: changed.get(n, x) for n, x in hyper.items()},
            {n: changed.get(n, x) for n, x in options.items()},
        )
        return Textbook(spec, settings).kept

    assert kept("SGD") == 1
    assert kept("SGD", momentum=0.9) == 2
    assert kept("Adam") == 3
    assert kept("Adam", amsgrad=True) == 4
    assert kept("NAdam") == 3  # a product of numbers is no array


def test_it_reads_as_a_textbook():
    spec = analyse(builtin()["Lion"])
    source = subject(spec, lambda backend: pytest.fail("nothing is imported")).rule.source
    assert "    c = beta1 * m + (1 - beta1) * g\n" in source
    assert "    new_m = beta2 * m + (1 - beta2) * g\n" in source
    assert "    new_theta = thetabar - lr * np.sign(c)\n" in source
    assert source.endswith("    return new_theta, new_m,\n")


def test_arrays_keep_their_dtype():
    for name in RULES:
        rule = subject(analyse(builtin()[name]), lambda backend: pytest.fail("no import")).rule
        theta = np.ones(SIZE, np.float32)
        new, states = rule.step(1, theta, theta / 2, rule.initial(theta))
        arrays = [new, *(s for s in states if isinstance(s, np.ndarray))]
        assert {x.dtype for x in arrays} == {np.dtype(np.float32)}, name
