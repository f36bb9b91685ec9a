"""How a launch finds its tensors: pure functions of their sizes and addresses."""

from typing import Any

import numpy as np
import pytest
import torch
from steprule.torch._batch import Batch


def test_every_block_of_every_tensor_has_a_row(interpreted: Any) -> None:
    size = interpreted.tables.BLOCK
    assert interpreted.tables.blocks(np.array([size + 1, 0, 3, 2 * size])).tolist() == [
        [0, 0],
        [0, 1],
        [2, 0],
        [3, 0],
        [3, 1],
    ]


def test_a_row_is_a_size_and_the_addresses(interpreted: Any) -> None:
    theta, grad, v = ([torch.zeros(4), torch.zeros(2)] for _ in range(3))
    batch = Batch([0, 1], theta, [{"v": x} for x in v], [None, "v"], (), first=False)
    tables = interpreted.tables.tables(batch, grad, ())
    assert tables.places == (1, 2, 1, 3)
    expected = [[n, *(x[k].data_ptr() for x in (theta, grad, v))] for k, n in enumerate((4, 2))]
    assert tables.rows.tolist() == expected


def test_tables_are_kept_and_written_again_when_a_gradient_moves(interpreted: Any) -> None:
    theta, grad, other = ([torch.zeros(4), torch.zeros(2)] for _ in range(3))
    batch = Batch([0, 1], theta, [{}, {}], [], (), first=False)
    first = interpreted.tables.tables(batch, grad, ())
    where = first.rows.data_ptr()
    assert interpreted.tables.tables(batch, [grad[0], other[1]], ()) is first
    assert first.rows.data_ptr() == where
    assert first.rows[:, 2].tolist() == [grad[0].data_ptr(), other[1].data_ptr()]


def test_there_is_nothing_to_launch_for_tensors_without_elements(interpreted: Any) -> None:
    empty = [torch.zeros(0)]
    batch = Batch([0], empty, [{}], [None], (), first=False)
    interpreted.prepare("sgd", batch, empty, {}, None)()


@pytest.mark.parametrize("given", [0.5, torch.tensor(0.5).double(), torch.tensor([0.5, 0.5])])
def test_a_number_in_memory_is_one_for_each_tensor(interpreted: Any, given: Any) -> None:
    made = interpreted.as_argument(given, torch.device("cpu"), 2, True)
    assert made.dtype == (given.dtype if isinstance(given, torch.Tensor) else torch.float64)
    assert made.tolist() == [0.5, 0.5]
    assert made.is_contiguous()


def test_a_float_goes_with_the_launch(interpreted: Any) -> None:
    made = interpreted.as_argument(1, torch.device("cpu"), 2, False)
    assert (type(made), made) == (float, 1.0)
