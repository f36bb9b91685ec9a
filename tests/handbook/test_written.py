"""Rules as one would write them take the steps of the generated classes."""

import numpy as np
import pytest
import steprule.numpy
from steprule.codegen.analysis import analyse
from steprule.codegen.handbook.rules.written import written
from steprule.codegen.loading.load import builtin
from steprule.specs.language import Hyper

WRITTEN = {name: code for name, s in builtin().items() if (code := written(analyse(s)))}
START = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -0.75]])


def gradient(theta):
    return theta**3 - 2 * theta + 0.1


def test_most_rules_are_written():
    assert {"Adam", "AdamW", "Lamb", "Lion", "NAdam", "RMSprop", "SGD"} <= {*WRITTEN}
    # Of a matrix, of a second gradient, and of numbers that are drawn, plain NumPy has no line.
    assert not {"Muon", "NoisySGD", "SAM"} & {*WRITTEN}


def test_adam_reads_as_in_the_paper():
    assert WRITTEN["Adam"] == (
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


@pytest.mark.parametrize("name", WRITTEN)
def test_it_takes_the_same_steps(name):
    spec = builtin()[name]
    numbers = {h.symbol.name: float(h.default) for h in spec.hyper if isinstance(h, Hyper)}
    names = {"np": np, "grad": gradient, "theta": START.copy(), "T": 5, **numbers}
    exec(WRITTEN[name], names)
    theta = START.copy()
    optimizer = getattr(steprule.numpy, name)(engine="numpy")
    for _ in range(5):
        optimizer.update(theta, gradient(theta))
    assert not np.array_equal(theta, START)
    # Roundings of five steps, of numbers of some units, in any order.
    np.testing.assert_allclose(names["theta"], theta, rtol=1e-12, atol=1e-14)
