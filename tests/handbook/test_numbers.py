"""Numbers that stand in the prose of chapters, and in no claim, computed anew."""

import math
import re
from decimal import Decimal

import numpy as np
import pytest
from steprule.codegen.handbook.edition import edition
from steprule.specs.language import Hyper
from steprule.specs.optimizers.adadelta import adadelta
from steprule.specs.optimizers.adam import adam
from steprule.specs.optimizers.lion import lion
from steprule.specs.optimizers.muon import muon

CHAPTERS = {name: re.sub(r"\s+", " ", text) for name, text in edition().chapters.items()}


def _default(spec, name):
    (found,) = (h.default for h in spec.hyper if isinstance(h, Hyper) and h.symbol.name == name)
    return float(found)


BETA1, BETA2 = _default(adam, "beta1"), _default(adam, "beta2")


def window(beta):
    return (1 + beta) / (1 - beta)


def drift(c):
    """Of gradients c, -1, -1 in turn, each over the root of its average in the long run."""
    beta, v, total = 1 / (1 + c * c), 0.0, 0.0
    for step in range(300):
        gradient = c if step % 3 == 0 else -1
        v = beta * v + (1 - beta) * gradient**2
        if step >= 297:
            total -= gradient / math.sqrt(v)
    return total


def adadelta_first():
    rho, eps = _default(adadelta, "rho"), _default(adadelta, "eps")
    gradient = 1e9
    return math.sqrt(eps) / math.sqrt((1 - rho) * gradient**2 + eps) * gradient


def steps_off_a_saddle():
    y, steps = 1e-6, 0
    while y < 1:
        y, steps = y * 1.01, steps + 1
    return steps


NUMBERS = [
    ("adam", "$\\beta_1 = 0.9$", BETA1, 0.9),
    ("adam", "$10^{-8}$ by default", _default(adam, "eps"), 1e-8),
    ("adam", "which is 19 of them", window(BETA1), 19),
    ("ground", "takes 1389 steps", steps_off_a_saddle(), 1389),
    ("rates", "which is 38 for $\\beta_1 = 0.9$", 2 * window(BETA1), 38),
    ("rates", "over 19 with $\\beta = 0.9$, over 1999", window(0.999), 1999),
    ("rates", "2000 for $\\beta_2 = 0.999$", 2 / (1 - BETA2), 2000),
    ("signs", "0.99 by default", _default(lion, "beta2"), 0.99),
    ("signs", "$\\beta_1 = 0.9$. The momentum", _default(lion, "beta1"), 0.9),
    ("signs", "ten times the weight", (1 - 0.9) / (1 - 0.99), 10),
    ("heavy-ball", "it is 1.026", 2 / (1 + math.sqrt(0.9)), 1.026),
    ("heavy-ball", "by $2/3$ a step", (5 - 1) / (5 + 1), 2 / 3),
    ("forgetting", "37 %", 100 * 0.999**1000, 37),
    ("forgetting", "| 0.99 | 100 | 199 |", window(0.99), 199),
    ("forgetting", "that is 0.0032", adadelta_first(), 0.0032),
    ("forgetting", "= 0.71$ times the rate", -1 + 1 / math.sqrt(2) + 1, 0.71),
    ("forgetting", "With $C = 4$ it is 0.69", drift(4), 0.69),
    ("rate-free", "1.25 times for a factor of 2", (2 + 1 / 2) / 2, 1.25),
    ("rate-free", "5.05 times for a factor of 10", (10 + 1 / 10) / 2, 5.05),
    ("matrices", "$1.5$, or $1.875$", 15 / 8, 1.875),
]


@pytest.mark.parametrize(("chapter", "words", "found", "printed"), NUMBERS)
def test_a_number_is_what_it_is(chapter, words, found, printed):
    assert words in CHAPTERS[chapter]
    digits = Decimal(str(printed))
    assert Decimal(found).quantize(digits) == digits


def test_an_average_that_forgets_leads_the_wrong_way():
    """As a theorem of the limit of large gradients has it, and long before that limit."""
    assert drift(1e4) == pytest.approx(1 / math.sqrt(2), abs=1e-3)
    assert all(drift(c) > 0 for c in (3, 4, 10))


def test_singular_values_after_the_rounds_of_muon():
    assert (
        "all singular values that began above 0.005 lie between 0.68 and 1.16"
        in CHAPTERS["matrices"]
    )
    a, b, c = (_default(muon, name) for name in "abc")
    s = np.linspace(0.005, 1, 100_001)
    for _ in range(5):
        s = a * s + b * s**3 + c * s**5
    assert 0.68 < s.min() < s.max() < 1.16
