"""Every rule learns to read digits: the generated class, with its defaults but for what is said.

What each is given is its own band: the network is to tell 95 of 100 images that it has not learnt
from, after 400 batches of 64.
"""

from typing import Any

import pytest
from steprule.codegen.handbook.pictures.digits import Digits
from steprule.codegen.loading.load import builtin

from ..sample import optimizers
from .learning import accuracy

LEAST = 0.95
SPECS = optimizers()

RATES = {
    0.01: (
        *("AdaBound", "AdaGC", "AdaLOMO", "Adam", "AdamAtan2", "Adamax", "AdamC", "AdamMini"),
        *(
            "AdaMod",
            "AdamP",
            "AdamW",
            "Adan",
            "AdaNorm",
            "AdaPNM",
            "AdaShift",
            "AdaSmooth",
            "AdEMAMix",
        ),
        *("AggMo", "AMSBound", "AMSGrad", "Ano", "CAdamW", "CLion", "DiffGrad", "FAdam"),
        *("GPAAdamW", "Grams"),
        *("KahanAdamW", "Kron", "Lamb", "LaProp", "Lion", "Muon", "NAdamW", "NovoGrad"),
        *("OptimisticAdam", "QHAdam", "RAdam", "ScheduleFreeAdamW", "SignSGD", "Sophia", "SPAM"),
        *("SparseAdam", "StableAdamW", "StableSPAM", "SWATS"),
    ),
    0.03: ("Ranger", "Rprop", "VSGD"),
    0.1: (
        *("AccSGD", "Adagrad", "Adai", "ASAM", "ASGD", "DAdaptLion", "Ftrl", "NoisySGD", "OGD"),
        *("PID", "PolarGrad", "SAM", "ScheduleFreeRAdam", "SGD", "SGDP", "SGDW", "Shampoo"),
    ),
    1.0: ("LARS", "MSVAG", "PNM", "QHM"),
}
"""The learning rates of those whose default is for longer training, or for larger networks."""

BESIDE: dict[str, dict[str, Any]] = {
    "A2Grad": {"beta": 1.0},  # of its 10 the steps have shrunk before there is much to be told
    "AdamG": {"p": 0.5},  # its 0.2 is for longer training, as a rate would be
    "LARS": {"momentum": 0.9},  # its trust of 1e-3 makes steps small
    "Scion": {"scale": 10.0},  # the norm that each matrix is held to; 1 is too tight for this one
}
"""What is not the default beside a rate."""

LOWER = {"DAdaptLion": 0.9, "Kate": 0.9}
"""A lower band: DAdaptLion's estimate, made of signs, either hardly grows here or grows too far.

Of the rates from 0.001 to 1 this is the best; at half of it, and at twice, less than half is told.
KATE's first step is longer the smaller a gradient is, so that some elements are thrown far off.
"""


def test_each_is_named_once_and_exists() -> None:
    named = [name for names in RATES.values() for name in names]
    assert len(named) == len({*named})
    assert {*named, *BESIDE, *LOWER} <= {*builtin()}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", SPECS.params())
def test_it_learns_to_read_digits(name: str, digits: Digits) -> None:
    arguments = dict(BESIDE.get(name, {}))
    for rate, names in RATES.items():
        if name in names:
            arguments["lr"] = rate
    assert accuracy(SPECS[name], arguments, digits) >= LOWER.get(name, LEAST)
