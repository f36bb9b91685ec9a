"""Rule default: an exact decimal in the domain."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import REAL, UNIT, Hyper, hyperparameters

lr, beta = hyperparameters("lr beta")


def hyper(default):
    return [
        Hyper(lr, "1", REAL, "learning rate"),
        Hyper(beta, default, UNIT, "decay rate"),
    ]


@pytest.mark.parametrize("default", ["0", "0.9", "1e-3", ".5", "5E-1", "+0.1", "0."])
def test_decimal(momentum, default):
    assert analyse(momentum(hyper=hyper(default)))


@pytest.mark.parametrize(
    ("default", "problem", "remedy"),
    [
        (0.9, "0.9 is no text", 'an exact decimal: "0.9"'),
        ("1/3", '"1/3" is no decimal', "1e-3"),
        ("0x1p-2", "no decimal", "1e-3"),
        ("nan", "no decimal", "1e-3"),
        ("", "no decimal", "1e-3"),
        ("1", "outside its domain 0 <= beta < 1", "Change the default"),
        ("-1e-9", "outside its domain", "Change the default"),
    ],
)
def test_others(momentum, refused, default, problem, remedy):
    refused(momentum(hyper=hyper(default)), "default", "hyperparameter beta", problem, remedy)
