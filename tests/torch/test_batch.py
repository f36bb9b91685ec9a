"""When a batch of an earlier step still holds, and which gradients it takes."""

from collections.abc import Callable

import pytest
import torch
from steprule.torch._batch import Batch
from steprule.torch._numbers import Numbers
from steprule.torch._traits import Likeness
from torch import Tensor
from torch.nn import Parameter


def _param(*shape: int) -> Parameter:
    return Parameter(torch.zeros(*shape))


def _batch() -> tuple[Batch, list[Tensor], list[dict[str, Tensor]]]:
    """A batch of a matrix and a single number, with one of two states; and what it is made of."""
    params: list[Tensor] = [_param(3, 3), _param(1)]
    states = [{"step": torch.tensor(2.0), "v": torch.zeros_like(p.detach())} for p in params]
    return Batch([0, 1], params, states, ["v", None], {"step"}, first=False), params, states


def test_what_has_not_changed_holds() -> None:
    batch, params, states = _batch()
    params[0].detach().fill_(3)
    states[0]["step"].add_(1)
    assert batch.holds([*params])


def _elsewhere(x: Tensor) -> None:
    x.data = x.data.clone()


def _turned(x: Tensor) -> None:
    x.data = x.data.t()


def _shorter(x: Tensor) -> None:
    x.data = x.data[:2]


CHANGES: dict[str, Callable[[list[Tensor], list[dict[str, Tensor]]], object]] = {
    "another parameter": lambda params, states: params.__setitem__(0, _param(3, 3)),
    "a parameter elsewhere": lambda params, states: _elsewhere(params[0]),
    "a parameter turned": lambda params, states: _turned(params[0]),
    "a parameter cut": lambda params, states: _shorter(params[0]),
    "a parameter less": lambda params, states: params.pop(),
    "another state": lambda params, states: states[1].update(v=torch.zeros(1)),
    "a state elsewhere": lambda params, states: _elsewhere(states[1]["v"]),
    "a state missing": lambda params, states: states[1].pop("v"),
    "a state of another name": lambda params, states: states[1].update(u=states[1].pop("v")),
    "no states": lambda params, states: states[0].clear(),
    "another count": lambda params, states: states[1].update(step=torch.zeros(())),
    "a count elsewhere": lambda params, states: _elsewhere(states[1]["step"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_does_not_hold(change: str) -> None:
    batch, params, states = _batch()
    CHANGES[change](given := [*params], states)
    assert not batch.holds(given)


def test_the_states_it_has() -> None:
    assert _batch()[0].keys == {"step", "v"}


def test_scalar_states_are_equal_or_not() -> None:
    batch, _, states = _batch()
    assert batch.is_uniform()
    states[1]["step"].add_(1)
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


@pytest.mark.parametrize("grads", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_not_like_what_is_taken(grads: list[Tensor]) -> None:
    """As an optimizer asks first, of what it has seen to be taken."""
    seen = Likeness(TAKEN["as the parameters are"])
    assert seen.of([torch.zeros(3, 3), torch.zeros(1)])
    assert not seen.of(grads)


def test_batches_are_right_where_torch_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steprule.torch._traits.TensorGuards", None)
    batch, params, _ = _batch()
    assert not batch.holds(params)  # so that it is made anew
    assert all(map(batch.takes, TAKEN.values()))
    assert not any(map(batch.takes, REFUSED.values()))


def test_gradients_have_the_order_of_their_parameters() -> None:
    p = Parameter(torch.zeros(3, 2).t())
    batch = Batch([0], [p], [{}], (), (), first=False)
    assert batch.takes([torch.ones(3, 2).t()])
    assert not batch.takes([torch.ones(2, 3)])


def test_the_table_counts_elements_and_has_addresses() -> None:
    batch, *columns = _batch()
    grads = TAKEN["as the parameters are"]
    params, given = [[x.data_ptr() for x in column] for column in (columns[0], grads)]
    states = [state["v"].data_ptr() for state in columns[1]]
    assert batch.table(grads).tolist() == [[0, 9], [9, 1], params, given, states, [0, 0]]
    assert batch.present == [2, 3, 4]


def test_a_complex_number_is_two_elements() -> None:
    x = Parameter(torch.zeros(3, dtype=torch.complex64))
    batch = Batch([0, 1], [x, x], [{}, {}], (), (), first=False)
    assert batch.dtype == torch.float32
    assert batch.table([x, x])[:2].tolist() == [[0, 6], [6, 6]]


def _apart(dtype: torch.dtype) -> list[Tensor]:
    return [torch.zeros((), dtype=dtype) for _ in range(2)]


def _in_a_row(dtype: torch.dtype) -> list[Tensor]:
    return list(torch.zeros(4, dtype=dtype).unbind())[1:3]


def _with_a_gap(dtype: torch.dtype) -> list[Tensor]:
    return list(torch.zeros(4, dtype=dtype).unbind())[::2]


def _of_two_dtypes(dtype: torch.dtype) -> list[Tensor]:
    return [torch.zeros((), dtype=dtype), torch.zeros((), dtype=torch.float64)]


@pytest.mark.parametrize("made", [_apart, _in_a_row, _with_a_gap, _of_two_dtypes])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("value", [3.0, torch.tensor([1.0, 2.0], dtype=torch.float64)], ids=str)
def test_numbers_are_written_and_read(
    value: float | Tensor, dtype: torch.dtype, made: Callable[[torch.dtype], list[Tensor]]
) -> None:
    tensors = made(dtype)
    numbers = Numbers(tensors)
    numbers.fill(value)
    expected = value.tolist() if isinstance(value, Tensor) else [value, value]
    assert numbers.read() == expected == [x.item() for x in tensors]
    assert numbers.vector().tolist() == expected
    assert numbers.vector().dtype == torch.float64


def test_numbers_in_a_row_are_written_alone() -> None:
    vector = torch.zeros(4)
    Numbers(list(vector.unbind())[1:3]).fill(5.0)
    assert vector.tolist() == [0, 5, 5, 0]
