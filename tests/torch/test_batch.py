"""When a batch of an earlier step still holds, and which gradients it takes."""

from collections.abc import Callable

import pytest
import torch
from steprule.torch._batch import Batch, Numbers
from torch import Tensor
from torch.nn import Parameter


def _param(*shape: int) -> Parameter:
    return Parameter(torch.zeros(*shape))


def _batch() -> tuple[Batch, list[list[Tensor]], dict[str, list[Tensor]]]:
    """A batch of a matrix and a single number, with one of two states; and what it is made of."""
    params = [_param(3, 3), _param(1)]
    columns = [params, [torch.zeros_like(p.detach()) for p in params], []]
    counts = {"step": [torch.tensor(2.0), torch.tensor(2.0)]}
    numbers = {key: Numbers(column) for key, column in counts.items()}
    return Batch([0, 1], columns, numbers, first=False), columns, counts


def test_what_has_not_changed_holds() -> None:
    batch, columns, counts = _batch()
    columns[0][0].detach().fill_(3)
    counts["step"][0].add_(1)
    assert batch.holds([[*column] for column in columns], counts)


def _elsewhere(x: Tensor) -> None:
    x.data = x.data.clone()


def _turned(x: Tensor) -> None:
    x.data = x.data.t()


def _shorter(x: Tensor) -> None:
    x.data = x.data[:2]


CHANGES: dict[str, Callable[[list[list[Tensor]], dict[str, list[Tensor]]], object]] = {
    "another parameter": lambda columns, counts: columns[0].__setitem__(0, _param(3, 3)),
    "a parameter elsewhere": lambda columns, counts: _elsewhere(columns[0][0]),
    "a parameter turned": lambda columns, counts: _turned(columns[0][0]),
    "a parameter cut": lambda columns, counts: _shorter(columns[0][0]),
    "a parameter less": lambda columns, counts: columns[0].pop(),
    "another state": lambda columns, counts: columns[1].__setitem__(1, torch.zeros(1)),
    "a state elsewhere": lambda columns, counts: _elsewhere(columns[1][0]),
    "a state missing": lambda columns, counts: columns[1].__setitem__(1, None),  # pyright: ignore
    "a state more": lambda columns, counts: columns[2].extend(columns[1]),
    "a state less": lambda columns, counts: columns[1].clear(),
    "another count": lambda columns, counts: counts["step"].__setitem__(1, torch.zeros(())),
    "a count elsewhere": lambda columns, counts: _elsewhere(counts["step"][1]),
    "a scalar less": lambda columns, counts: counts.clear(),
    "a scalar more": lambda columns, counts: counts.update(product=counts["step"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_does_not_hold(change: str) -> None:
    batch, columns, counts = _batch()
    given = [[*column] for column in columns]
    CHANGES[change](given, counts)
    assert not batch.holds(given, counts)


def test_scalar_states_are_equal_or_not() -> None:
    batch, _, counts = _batch()
    assert batch.is_uniform()
    counts["step"][1].add_(1)
    assert not batch.is_uniform()


class Wrapped(Tensor):
    """A subclass, whose memory may be no parameter's."""


TAKEN: dict[str, list[Tensor]] = {
    "as the parameters are": [torch.ones(3, 3), torch.ones(1)],
    "of strides that nothing depends on": [torch.ones(3, 3), torch.ones(4)[::4]],
}
REFUSED: dict[str, list[Tensor]] = {
    "of another size": [torch.ones(3, 3), torch.ones(2)],
    "one less": [torch.ones(3, 3)],
    "of another dtype": [torch.ones(3, 3), torch.ones(1).double()],
    "elsewhere": [torch.ones(3, 3), torch.ones(1, device="meta")],
    "of another order": [torch.ones(3, 3).t(), torch.ones(1)],
    "with gaps": [torch.ones(6, 3)[::2], torch.ones(1)],
    "of another type": [torch.ones(3, 3).as_subclass(Wrapped), torch.ones(1)],
    "to be negated": [torch.ones(3, 3), torch.tensor([2j]).conj().imag],
}


@pytest.mark.parametrize("grads", TAKEN.values(), ids=TAKEN)
def test_gradients_that_are_taken(grads: list[Tensor]) -> None:
    assert _batch()[0].takes(grads)


@pytest.mark.parametrize("grads", REFUSED.values(), ids=REFUSED)
def test_gradients_that_are_refused(grads: list[Tensor]) -> None:
    assert not _batch()[0].takes(grads)


def test_gradients_have_the_order_of_their_parameters() -> None:
    p = Parameter(torch.zeros(3, 2).t())
    batch = Batch([0], [[p]], {}, first=False)
    assert batch.takes([torch.ones(3, 2).t()])
    assert not batch.takes([torch.ones(2, 3)])


def test_the_table_counts_elements_and_has_addresses() -> None:
    batch, columns, _ = _batch()
    grads = TAKEN["as the parameters are"]
    params, states = [[x.data_ptr() for x in column] for column in columns[:2]]
    given = [x.data_ptr() for x in grads]
    assert batch.table(grads).tolist() == [[0, 9], [9, 1], params, given, states, [0, 0]]


def test_a_complex_number_is_two_elements() -> None:
    x = Parameter(torch.zeros(3, dtype=torch.complex64))
    batch = Batch([0, 1], [[x, x]], {}, first=False)
    assert batch.dtype == torch.float32
    assert batch.table([x, x])[:2].tolist() == [[0, 6], [6, 6]]


@pytest.mark.parametrize("value", [3.0, torch.tensor([1.0, 2.0], dtype=torch.float64)], ids=str)
def test_numbers_are_written_and_read(value: float | Tensor) -> None:
    numbers = Numbers([torch.zeros(()), torch.zeros((), dtype=torch.float64)])
    numbers.fill(value)
    expected = value.tolist() if isinstance(value, Tensor) else [value, value]
    assert numbers.read() == expected
    assert numbers.vector().tolist() == expected
