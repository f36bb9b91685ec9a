"""Random numbers: the published vectors of their generator, and what statistics say of them."""

import math

import numpy as np
import pytest
import torch
from steprule.codegen.oracle.draws import normal, philox4x32
from steprule.codegen.oracle.exact import exact
from steprule.codegen.runtime._philox import philox
from steprule.codegen.verify.optimizers.drawn import NORMAL
from steprule.numpy import _random as of_numpy
from steprule.torch import _random as of_torch

ALL = 0xFFFFFFFF
# From kat_vectors of Random123, at https://github.com/DEShawResearch/random123.
PUBLISHED = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ALL,) * 4, (ALL,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
KINDS = {
    "numbers": int,
    "numpy": lambda x: np.array([x], np.uint64),
    "torch": lambda x: torch.tensor([x]),
}


@pytest.mark.parametrize(("counter", "key", "words"), PUBLISHED)
def test_the_published_vectors(counter, key, words):
    assert tuple(philox4x32(counter, key)) == words
    for kind in KINDS.values():
        found = philox(tuple(map(kind, counter)), key)
        assert tuple(int(np.ravel(x)[0]) for x in found) == words


COUNT = 1 << 18


def drawn(source, *, step=1, parameter=0, seed=0, stream=0, dtype=np.float32):
    where = {"seed": seed, "step": step, "parameter": parameter}
    return of_numpy._like(np.empty(COUNT, dtype), source, where, stream).astype(np.float64)


# Of a number of standard deviations, with which one of all that is compared here would be off by
# chance in one seed of ten thousand. The seeds are fixed: nothing here is left to chance.
MOST = 5.5


def deviations(x, mean, variance):
    """Of a mean of independent numbers, from what it should be."""
    return abs(np.mean(x) - mean) / math.sqrt(variance / x.size)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_uniform_numbers(dtype):
    x = drawn("uniform", dtype=dtype)
    assert (x >= 0).all()
    assert (x < 1).all()
    assert deviations(x, 1 / 2, 1 / 12) < MOST
    assert deviations((x - 1 / 2) ** 2, 1 / 12, 1 / 180) < MOST
    for bins in (2, 256):  # of chi-squared, whose mean is one less than there are bins
        count = np.bincount((x * bins).astype(int), minlength=bins)
        chi = ((count - COUNT / bins) ** 2).sum() / (COUNT / bins)
        assert abs(chi - bins + 1) / math.sqrt(2 * (bins - 1)) < MOST
    bits = 24 if dtype == np.float32 else 53
    last = x * 2.0**bits % 2
    assert {*last} == {0, 1}
    assert deviations(last, 1 / 2, 1 / 4) < MOST


def test_signs():
    x = drawn("rademacher")
    assert {*x} == {-1, 1}
    assert deviations(x, 0, 1) < MOST


def test_normal_numbers():
    x = drawn("normal")
    for power, mean, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert deviations(x**power, mean, variance) < MOST
    below = np.sort(0.5 * (1 + torch.erf(torch.tensor(x) / math.sqrt(2)).numpy()))
    farthest = np.abs(below - (np.arange(COUNT) + 0.5) / COUNT).max()
    # Kolmogorov's: 1.95 is exceeded once in a thousand.
    assert farthest * math.sqrt(COUNT) < 1.95


@pytest.mark.parametrize("source", ["uniform", "normal", "rademacher"])
def test_they_are_independent(source):
    """Of one another, and of those of other steps, parameters, seeds and inputs."""
    x = drawn(source)
    others = [drawn(source, **{n: 7}) for n in ("step", "parameter", "seed")]
    others += [
        drawn(source, stream=4),
        drawn(source, seed=1 << 32),
        *(np.roll(x, k) for k in (1, 2, 3, 4, 5, 256)),
    ]
    for other in others:
        assert deviations((x - x.mean()) * (other - other.mean()) / x.var(), 0, 1) < MOST


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_normal_numbers_are_as_near_as_is_said(dtype):
    """In units of what verify grants them. Measured: 3.4 of its 8."""
    p = torch.empty(COUNT, dtype=getattr(torch, dtype))
    where = {"seed": 0, "step": 1, "parameter": 0}
    u, v = (of_numpy._like(p.numpy(), "uniform", where, k).astype(np.longdouble) for k in (0, 2))
    pi = np.longdouble("3.14159265358979323846264338327950288")
    wave = np.sin(2 * pi * (np.abs(v - np.longdouble(0.5)) - np.longdouble(0.25)))
    known = np.sqrt(-2 * np.log1p(-u)) * wave
    in_numpy = of_numpy._like(p.numpy(), "normal", where, 0)
    in_torch = of_torch.Draw("normal", 0, 0, 0, p, True, 1).tensor(p.dtype).numpy()
    for found in (in_numpy, in_torch):
        off = np.abs(found - known) / np.abs(np.where(known == 0, 1, known))
        assert off.max() < NORMAL * np.finfo(dtype).eps
    for i in range(0, COUNT, COUNT // 50):
        truth = normal(*(exact(float(x[i])) for x in (u, v)))
        # What the above is held against is in an extended format.
        assert abs(float(truth) - float(known[i])) <= 1e-15 * abs(float(truth))
