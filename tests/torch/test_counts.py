"""Step counts and scalar states are exact: past 2**24, where float32 counts no further."""

import copy
import io
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from steprule.torch import Adagrad, Adam, NAdam
from torch import Tensor

MODES: dict[str, dict[str, Any]] = {
    "default": {},
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"capturable": True},
    "differentiable": {"differentiable": True},
    "fused": {"fused": True},
}
FAR = 2**24


@pytest.fixture(params=[torch.float32, torch.float64, torch.bfloat16], ids=str)
def default_dtype(request: Any) -> Iterator[torch.dtype]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(request.param)
    yield request.param
    torch.set_default_dtype(before)


def given_gradients(params: list[Tensor]) -> None:
    for p in params:
        p.grad = torch.ones_like(p)


def counts(optimizer: torch.optim.Optimizer) -> list[float]:
    found = [state["step"] for state in optimizer.state.values()]
    assert {(x.dtype, x.shape) for x in found} == {(torch.float64, torch.Size())}
    return [x.item() for x in found]


def loaded(cls: Any, count: float, **mode: Any) -> tuple[Any, list[Tensor]]:
    """An optimizer so far into training, as one of torch's own saved it, with float32 counts."""
    params = [torch.zeros(3, dtype=torch.float32), torch.zeros(2, dtype=torch.float32)]
    if not mode.get("differentiable"):
        params = [p.requires_grad_() for p in params]
    optimizer = cls(params, **mode)
    given_gradients(params)
    optimizer.step()
    saved = optimizer.state_dict()
    for state in saved["state"].values():
        state["step"] = torch.tensor(float(count), dtype=torch.float32)
    optimizer.load_state_dict(saved)
    return optimizer, params


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_counting_goes_on_past_2_to_the_24(rule: Any, mode: dict[str, Any]) -> None:
    if rule.name == "SGD":
        return  # it keeps no count
    optimizer, params = loaded(rule.ours, FAR, **mode)
    for _ in range(3):
        given_gradients(params)
        optimizer.step()
    assert counts(optimizer) == [FAR + 3] * 2


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
@pytest.mark.usefixtures("default_dtype")
def test_whatever_torchs_default_dtype_is(mode: dict[str, Any]) -> None:
    optimizer, params = loaded(NAdam, FAR, **mode)
    given_gradients(params)
    optimizer.step()
    assert counts(optimizer) == [FAR + 1] * 2
    assert optimizer.state[params[0]]["mu_product"].dtype == torch.float64


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_the_decay_of_adagrad_goes_on(mode: dict[str, Any]) -> None:
    """After t - 1 = n steps the rate is lr/(1 + n*decay): a step of lr/4 for n = 3 * 2**24.

    A count that had stopped at 2**24 would give lr/2.
    """
    optimizer, (p, _) = loaded(Adagrad, 3 * FAR, lr=1.0, lr_decay=1 / FAR, **mode)
    with torch.no_grad():
        p.zero_()
        optimizer.state[p]["sum"].zero_()
    given_gradients([p])
    optimizer.step()
    assert p.tolist() == [-0.25] * 3


def through_pickle(optimizer: Any) -> Any:
    return pickle.loads(pickle.dumps(optimizer))


@pytest.mark.parametrize("copy_of", [copy.deepcopy, through_pickle])
def test_copies_count_in_float64(copy_of: Any) -> None:
    """Those of optimizers with float32 counts, as they were once made, as well."""
    optimizer, params = loaded(Adam, FAR)
    for p in params:
        optimizer.state[p]["step"] = torch.tensor(float(FAR), dtype=torch.float32)
    other = copy_of(optimizer)
    assert counts(other) == [FAR] * 2
    own = other.param_groups[0]["params"]
    given_gradients(own)
    other.step()
    assert counts(other) == [FAR + 1] * 2


@pytest.mark.parametrize("mode", [{}, {"foreach": True}, {"fused": True}], ids=str)
def test_torchs_classes_take_our_counts(mode: dict[str, Any]) -> None:
    optimizer, params = loaded(Adam, 1000, **mode)
    file = io.BytesIO()
    torch.save(optimizer.state_dict(), file)
    file.seek(0)
    theirs = torch.optim.Adam(params)  # the mode is in the checkpoint
    theirs.load_state_dict(torch.load(file, weights_only=True))
    given_gradients(params)
    theirs.step()
    assert theirs.state[params[0]]["step"].item() == 1001
