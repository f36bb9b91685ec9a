"""What is stepped: sizes, and numbers that are fair to all."""

import numpy as np
import pytest
import torch
from steprule.codegen.bench.arrays import DeviceArrays, HostArrays
from steprule.codegen.bench.workload import Data, Workload, large, model, small


def test_large_tensors_add_up():
    assert large(10).sizes == (3, 3, 2, 2)
    assert large(20_000_000).sizes == (5_000_000,) * 4


def test_small_tensors():
    assert small().sizes == (4096,) * 300


def test_the_model():
    sizes = model().sizes
    assert len(sizes) == 300
    assert (min(sizes), max(sizes)) == (64, 262144)
    # Of each layer a square matrix and three vectors, 30, 25, 15 and 5 of each width.
    layers = {64: 30, 128: 25, 256: 15, 512: 5}
    assert model().parameters == sum(n * (w * w + 3 * w) for w, n in layers.items()) == 2860800


DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])


def drawn(arrays):
    """Gradients of three steps and parameters, after what holds of them wherever they are."""
    data = Data(Workload("two", (100, 1000)), 3, arrays)
    again = Data(Workload("two", (100, 1000)), 3, arrays)
    steps = [data.gradients(step) for step in range(3)]
    found = [*steps, data.parameters()]
    for numbers in found:
        assert [len(x) for x in numbers] == [100, 1000]
        for x in numbers:
            assert (abs(x) > 1e-15).all()  # squares are normal numbers, also of float32
    assert all((x == y).all() for x, y in zip(steps[2], again.gradients(2), strict=True))
    assert all((x == y).all() for x, y in zip(found[-1], again.parameters(), strict=True))
    for i in range(2):
        assert not (steps[0][i] == steps[1][i]).all()
        assert not (steps[1][i] == steps[2][i]).all()
    data.parameters()[0][:] = 0
    assert data.parameters()[0].all()  # each contender has its own
    return found


@DTYPES
def test_data_on_the_host(dtype):
    for x in (x for numbers in drawn(HostArrays(dtype)) for x in numbers):
        assert x.dtype == ("float64" if dtype == "float64" else "float32")
        assert x.ctypes.data % 64 == 0
        if dtype == "bfloat16":
            assert torch.equal(torch.tensor(x).bfloat16().float(), torch.tensor(x))


@DTYPES
def test_data_on_a_device(dtype):
    for x in (x for numbers in drawn(DeviceArrays(dtype, torch.device("cpu"))) for x in numbers):
        assert x.dtype == getattr(torch, dtype)
        assert x.data_ptr() % 64 == 0
        assert not x.requires_grad


@DTYPES
@pytest.mark.parametrize("make", [HostArrays, lambda d: DeviceArrays(d, torch.device("cpu"))])
def test_numbers_are_normal(make, dtype):
    data = Data(Workload("one", (100_000,)), 1, make(dtype))
    (grad,), (theta,) = data.gradients(0), data.parameters()
    for x, spread in ((grad, 1.0), (theta, 0.02)):
        wide = np.asarray(data.arrays.wide(x)) / spread
        # Five standard errors of a mean, and ten of a deviation: bfloat16 on the host is cut
        # off, which makes numbers smaller by half a unit in the last of 8 bits, or 0.3 %.
        assert abs(wide.mean()) < 5 / np.sqrt(wide.size)
        assert abs(wide.std() - 1) < 10 / np.sqrt(2 * wide.size)
        assert 0.675 < np.mean(abs(wide) < 1) < 0.69  # 0.6827 of a normal distribution
        assert np.mean(abs(wide) > 3) == pytest.approx(0.0027, abs=0.001)
    # Windows begin where equal terms are given to all.
    assert data.windows(0)[0].start % 64 == 0
