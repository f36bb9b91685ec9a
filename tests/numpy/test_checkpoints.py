"""States kept and taken over: training continues as if it had never stopped."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from steprule.numpy import SGD, Adam, NAdam
from steprule.numpy._shapes import told


def tree(rng: np.random.Generator, dtype: Any = np.float32) -> dict[str, Any]:
    return {
        "layer": {"weight": rng.normal(size=(3, 4)).astype(dtype), "bias": np.ones(4, dtype)},
        "scale": np.array(2.0, dtype),
        "table": [np.asfortranarray(rng.normal(size=(2, 3)).astype(dtype)), np.ones((0, 2), dtype)],
    }


def bits(params: dict[str, Any]) -> list[bytes]:
    layer, (first, second) = params["layer"], params["table"]
    arrays = (layer["weight"], layer["bias"], params["scale"], first, second)
    return [array.tobytes() for array in arrays]


@pytest.mark.parametrize("through", ["copy", "file", "loaded beforehand"])
def test_training_continues(
    case: Any, through: str, rng: np.random.Generator, tmp_path: Path
) -> None:
    params, steps = tree(rng), [tree(rng) for _ in range(4)]
    optimizer = case.make(lr=lambda step: 0.5 / (1 + step))
    for gradients in steps[:2]:
        optimizer.update(params, gradients)
    np.savez(tmp_path / "state.npz", **optimizer.state_dict())
    kept = optimizer.state_dict()
    copy = tree(rng)
    for theirs, ours in ((copy, params),):
        theirs["layer"] = {key: value.copy() for key, value in ours["layer"].items()}
        theirs["scale"] = ours["scale"].copy()
        theirs["table"] = [value.copy() for value in ours["table"]]
    resumed = case.make(lr=lambda step: 0.5 / (1 + step))
    if through == "copy":
        resumed.load_state_dict(kept)
    else:
        with np.load(tmp_path / "state.npz") as file:
            resumed.load_state_dict(file if through == "file" else dict(file))
    assert resumed.step == 2
    for gradients in steps[2:]:
        optimizer.update(params, gradients)
        resumed.update(copy, gradients)
        assert bits(copy) == bits(params)
    ours, theirs = optimizer.state_dict(), resumed.state_dict()
    assert list(ours) == list(theirs)
    assert all(ours[key].tobytes() == theirs[key].tobytes() for key in ours)


def test_states_by_the_names_of_the_spec(case: Any) -> None:
    optimizer = case.make()
    assert {key: int(value) for key, value in optimizer.state_dict().items()} == {"step": 0}
    theta = np.ones((2, 3), np.float32)
    optimizer.update({"w": theta}, {"w": np.full((2, 3), 0.5, np.float32)})
    kept = optimizer.state_dict()
    expected = {"step": ((), np.dtype(int))}
    for state in case.spec.states:
        if state.shape.is_number:
            expected[state.name] = ((), np.dtype(float))
        elif state.name in optimizer._existing(0.001, told(optimizer._facts, (2, 3), 2.0**-23)):
            lengths = state.shape.lengths((2, 3), getattr(optimizer, "rank", 1))
            expected[f"{state.name}/w"] = (lengths, np.dtype(np.float32))
    assert {key: (a.shape, a.dtype) for key, a in kept.items()} == expected
    assert int(kept["step"]) == 1


def test_a_single_array_has_no_path() -> None:
    optimizer = Adam(betas=(0.5, 0.75))
    optimizer.update(np.zeros(2), np.array([4.0, -2.0]))
    kept = optimizer.state_dict()
    assert list(kept) == ["step", "m", "v"]
    assert kept["m"].tolist() == [2.0, -1.0]
    assert kept["v"].tolist() == [4.0, 1.0]
    other = Adam(betas=(0.5, 0.75))
    other.load_state_dict(kept)
    theta = np.zeros(2)
    other.update(theta, np.zeros(2))
    assert other.state_dict()["m"].tolist() == [1.0, -0.5]


def test_kept_states_are_copies() -> None:
    optimizer = SGD(1.0, momentum=0.5)
    optimizer.update(np.zeros(2), np.ones(2))
    kept = optimizer.state_dict()
    other = SGD(1.0, momentum=0.5)
    other.load_state_dict(kept)
    optimizer.update(np.zeros(2), np.ones(2))
    assert kept["b"].tolist() == [1, 1]
    kept["b"][:] = np.nan
    assert other.state_dict()["b"].tolist() == [1, 1]


def started() -> NAdam:
    optimizer = NAdam()
    optimizer.update({"a": np.ones(2), "b": np.ones(3)}, {"a": np.ones(2), "b": np.ones(3)})
    return optimizer


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda s: s | {"u/a": s["m/a"]}, ValueError, "unknown state 'u/a'; the states here are "),
        (lambda s: s | {"mu_product/a": s["m/a"]}, ValueError, "unknown state 'mu_product/a'"),
        (lambda s: s | {"step/a": s["m/a"]}, ValueError, "unknown state 'step/a'"),
        (lambda s: s | {"lr": np.array(0.1)}, ValueError, "unknown state 'lr'"),
        (lambda s: s | {"m/c": s["m/a"]}, ValueError, "states are missing: v/c$"),
        (lambda s: without(s, "v/b"), ValueError, "states are missing: v/b$"),
        (lambda s: without(s, "mu_product"), ValueError, "states are missing: mu_product$"),
        (lambda s: without(s, "step"), ValueError, "the state 'step' is missing"),
        (lambda s: {"step": s["step"]}, ValueError, "states are missing: mu_product, m, v$"),
        (lambda s: s | {"step": np.array(-1)}, ValueError, "'step' must be a whole number, got -1"),
        (lambda s: s | {"step": np.array(1.5)}, ValueError, "'step' must be a whole number"),
        (lambda s: s | {"m/a": np.array([1, 2])}, TypeError, "state 'm/a' must be of a floating"),
        (lambda s: s | {"m/a": np.array([None])}, TypeError, "state 'm/a' must be of a floating"),
    ],
)
def test_states_that_do_not_fit(change: Any, error: type[Exception], message: str) -> None:
    optimizer = started()
    kept = optimizer.state_dict()
    with pytest.raises(error, match=message):
        optimizer.load_state_dict(change(kept))
    after = optimizer.state_dict()
    assert {key: a.tobytes() for key, a in after.items()} == {
        key: a.tobytes() for key, a in kept.items()
    }


def without(state: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in state.items() if k != key}


def test_states_of_another_option() -> None:
    plain, option = Adam(), Adam(amsgrad=True)
    for optimizer in (plain, option):
        optimizer.update(np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="states are missing: vmax"):
        option.load_state_dict(plain.state_dict())
    with pytest.raises(ValueError, match="unknown state 'vmax'"):
        plain.load_state_dict(option.state_dict())


def test_back_to_the_beginning(rng: np.random.Generator) -> None:
    optimizer, gradient, first, second = NAdam(), rng.normal(size=3), np.ones(3), np.ones(3)
    beginning = optimizer.state_dict()
    optimizer.update(first, gradient)
    optimizer.load_state_dict(beginning)
    assert optimizer.step == 0
    optimizer.update(second, gradient)
    assert first.tobytes() == second.tobytes()
