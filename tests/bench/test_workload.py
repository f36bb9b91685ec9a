"""What is stepped: sizes, and numbers that are fair to all."""

import numpy as np
import pytest
import torch
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


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_data(dtype):
    data = Data(Workload("two", (100, 1000)), 3, dtype)
    again = Data(Workload("two", (100, 1000)), 3, dtype)
    steps = [data.gradients(step) for step in range(3)]
    for arrays in (*steps, data.parameters()):
        assert [x.size for x in arrays] == [100, 1000]
        for x in arrays:
            assert x.dtype == ("float64" if dtype == "float64" else "float32")
            assert x.ctypes.data % 64 == 0
            assert (np.abs(x) > 1e-15).all()  # squares are normal numbers, also of float32
            if dtype == "bfloat16":
                assert torch.equal(torch.tensor(x).bfloat16().float(), torch.tensor(x))
    assert all(np.array_equal(x, y) for x, y in zip(steps[2], again.gradients(2), strict=True))
    for i in range(2):
        assert not np.array_equal(steps[0][i], steps[1][i])
        assert not np.array_equal(steps[1][i], steps[2][i])
    data.parameters()[0][:] = 0
    assert data.parameters()[0].all()  # each contender has its own
