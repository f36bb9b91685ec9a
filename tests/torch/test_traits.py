"""What is remembered of the tensors of a group, and that a step sees what has changed since."""

from collections.abc import Callable

import pytest
import torch
from steprule.torch import SGD
from steprule.torch._traits import Traits
from torch import Tensor
from torch.nn import Parameter


def _pair() -> tuple[list[Tensor], list[Tensor]]:
    params: list[Tensor] = [Parameter(torch.zeros(2, 3)), Parameter(torch.zeros(4))]
    return params, [torch.ones_like(p) for p in params]


def test_new_gradients_of_one_kind_are_alike() -> None:
    params, grads = _pair()
    traits = Traits(params, grads)
    traits.remember(grads)
    assert traits.are_of(params, [2 * grad for grad in grads])
    assert traits.are_of([*params], grads)


def _other_parameter(params: list[Tensor], grads: list[Tensor]) -> None:
    params[1] = Parameter(torch.zeros(4))


def _other_layout(params: list[Tensor], grads: list[Tensor]) -> None:
    params[0].data = torch.zeros(3, 2).t()


def _other_size(params: list[Tensor], grads: list[Tensor]) -> None:
    params[1].data = torch.zeros(5)


def _other_dtype(params: list[Tensor], grads: list[Tensor]) -> None:
    params[1].data = params[1].data.double()


def _gradient_of_another_dtype(params: list[Tensor], grads: list[Tensor]) -> None:
    grads[0] = grads[0].double()


def _sparse(params: list[Tensor], grads: list[Tensor]) -> None:
    grads[0] = grads[0].to_sparse()


def _conjugated(params: list[Tensor], grads: list[Tensor]) -> None:
    grads[1] = torch.ones(4, dtype=torch.complex64).conj()


def _negated(params: list[Tensor], grads: list[Tensor]) -> None:
    grads[1] = torch.ones(4, dtype=torch.complex64).conj().imag


def _subclass(params: list[Tensor], grads: list[Tensor]) -> None:
    grads[1] = grads[1].as_subclass(type("Other", (Tensor,), {}))


def _fewer(params: list[Tensor], grads: list[Tensor]) -> None:
    del params[1], grads[1]


@pytest.mark.parametrize(
    "change",
    [
        *(_other_parameter, _other_layout, _other_size, _other_dtype),
        *(_gradient_of_another_dtype, _sparse, _conjugated, _negated, _subclass, _fewer),
    ],
)
def test_what_has_changed_is_not_alike(change: Callable[..., None]) -> None:
    params, grads = _pair()
    traits = Traits([*params], grads)
    traits.remember(grads)
    change(params, grads)
    assert not traits.are_of(params, grads)


def test_sparse_gradients_are_not_remembered() -> None:
    """How many numbers they have is none of their traits."""
    params, grads = _pair()
    grads[0] = grads[0].to_sparse()
    traits = Traits(params, grads)
    traits.remember(grads)
    assert traits.is_sparse
    assert not traits.are_of(params, grads)


def test_nothing_is_alike_where_torch_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steprule.torch._traits.TensorGuards", None)
    params, grads = _pair()
    traits = Traits(params, grads)
    traits.remember(grads)
    assert not traits.are_of(params, grads)


def test_pieces_have_at_most_so_many_elements_or_one_row() -> None:
    params: list[Tensor] = [torch.zeros(n) for n in (3, 3, 7, 2)]
    traits = Traits(params, params)
    (kind,) = traits.kinds(params)
    assert traits.pieces(kind, 6) == [[0, 1], [2], [3]]
    assert traits.pieces(kind, 0) == [[0], [1], [2], [3]]


@pytest.mark.parametrize("way", [{"foreach": True}, {"foreach": False}, {"fused": True}], ids=str)
@pytest.mark.parametrize("change", [_other_layout, _other_size, _other_dtype])
def test_a_step_sees_what_has_changed(way: dict[str, bool], change: Callable[..., None]) -> None:
    """Memory that a user puts in the place of a parameter's is updated, all of it, as by torch."""
    steps = []
    for made in (SGD, torch.optim.SGD):
        params, _ = _pair()
        optimizer = made(params, lr=0.5, **way)
        for turn in range(4):
            if turn == 2:
                change(params, [])
            for k, p in enumerate(params):
                p.grad = torch.full_like(p, turn + k + 1.0)
            optimizer.step()
        steps.append([p.detach() for p in params])
    torch.testing.assert_close(*steps, rtol=0, atol=0)  # halves of whole numbers: all is exact
