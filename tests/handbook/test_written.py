"""Rules as one would write them take the steps of the generated classes."""

import numpy as np
import pytest
import steprule.numpy
from steprule.codegen.analysis import analyse
from steprule.codegen.handbook.rules.written import written
from steprule.codegen.loading.load import builtin
from steprule.specs.language import Hyper

KNOWN = ("Adam", "AdamW", "Lamb", "Lion", "NAdam", "RMSprop", "SGD")
"""Tried every day."""
START = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -0.75]])


def gradient(theta):
    return theta**3 - 2 * theta + 0.1


def code_of(name):
    return written(analyse(builtin()[name]))


@pytest.mark.parametrize("name", KNOWN)
def test_what_plain_numpy_can_say_is_written(name):
    assert code_of(name)


@pytest.mark.parametrize("name", ["Muon", "NoisySGD", "SAM"])
def test_a_matrix_what_is_drawn_and_a_second_gradient_are_not(name):
    assert not code_of(name)


def test_adam_reads_as_in_the_paper():
    assert code_of("Adam") == (
        "m = 0\n"
        "v = 0\n"
        "for t in range(1, T + 1):\n"
        "    g = grad(theta)\n"
        "    m = beta1 * m + (1 - beta1) * g\n"
        "    v = beta2 * v + (1 - beta2) * g ** 2\n"
        "    mhat = m / (1 - beta1 ** t)\n"
        "    vhat = v / (1 - beta2 ** t)\n"
        "    theta = theta - lr * mhat / (np.sqrt(vhat) + eps)\n"
    )


def takes_the_same_steps(name, code):
    spec = builtin()[name]
    numbers = {h.symbol.name: float(h.default) for h in spec.hyper if isinstance(h, Hyper)}
    names = {"np": np, "grad": gradient, "theta": START.copy(), "T": 5, **numbers}
    exec(code, names)
    theta = START.copy()
    optimizer = getattr(steprule.numpy, name)(engine="numpy")
    for _ in range(5):
        optimizer.update(theta, gradient(theta))
    assert not np.array_equal(theta, START)
    # Roundings of five steps, of numbers of some units, in any order.
    np.testing.assert_allclose(names["theta"], theta, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", KNOWN)
def test_it_takes_the_same_steps(name):
    takes_the_same_steps(name, code_of(name))


@pytest.mark.exhaustive
def test_all_take_the_same_steps():
    found = {name: code for name in builtin() if (code := code_of(name))}
    assert len(found) > 30
    for name, code in found.items():
        takes_the_same_steps(name, code)
