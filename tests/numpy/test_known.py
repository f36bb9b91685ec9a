"""What changes between steps is noticed, though little is asked of arrays that were seen before."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray
from steprule.numpy import Adam
from steprule.numpy._known import Known
from steprule.numpy._trees import flattened

Array = NDArray[Any]
Tree = dict[str, Any]


def params() -> Tree:
    rng = np.random.default_rng(0)
    return {"a": rng.normal(size=(3, 4)), "b": [rng.normal(size=5), rng.normal(size=(2, 2))]}


def like(theta: Tree, step: int) -> Tree:
    rng = np.random.default_rng(1 + step)
    return {
        "a": rng.normal(size=theta["a"].shape).astype(theta["a"].dtype),
        "b": [rng.normal(size=x.shape).astype(x.dtype) for x in theta["b"]],
    }


def arrays(theta: Tree) -> list[Array]:
    return [theta["a"], *theta["b"]]


def _same(theta: Tree, grads: Tree, optimizer: Any) -> None: ...


def _another_parameter(theta: Tree, grads: Tree, optimizer: Any) -> None:
    theta["a"] = theta["a"] * 2


def _gradients_of_another_order(theta: Tree, grads: Tree, optimizer: Any) -> None:
    grads["a"] = np.asfortranarray(grads["a"])


def _gradients_with_gaps(theta: Tree, grads: Tree, optimizer: Any) -> None:
    grads["a"] = np.repeat(grads["a"], 2, axis=1)[:, ::2]


def _gradients_off_the_grid(theta: Tree, grads: Tree, optimizer: Any) -> None:
    memory = np.frombuffer(bytearray(1 + grads["a"].nbytes), np.uint8)[1:]
    moved = memory.view(np.float64).reshape(3, 4)
    moved[...] = grads["a"]
    grads["a"] = moved


def _gradients_of_a_subclass(theta: Tree, grads: Tree, optimizer: Any) -> None:
    grads["a"] = grads["a"].view(np.memmap)


def _gradients_that_are_read_only(theta: Tree, grads: Tree, optimizer: Any) -> None:
    grads["a"].flags.writeable = False


def _a_state_more(theta: Tree, grads: Tree, optimizer: Any) -> None:
    optimizer.amsgrad = True


def _loaded_states(theta: Tree, grads: Tree, optimizer: Any) -> None:
    kept = optimizer.state_dict()
    optimizer.load_state_dict({k: v if k == "step" else v * 2 for k, v in kept.items()})


def _a_limit(theta: Tree, grads: Tree, optimizer: Any) -> None:
    optimizer.clipnorm = 0.1


def _keys_in_another_order(theta: Tree, grads: Tree, optimizer: Any) -> None:
    grads["a"] = grads.pop("a")


CHANGES = [
    *(_same, _another_parameter, _gradients_of_another_order, _gradients_with_gaps),
    *(_gradients_off_the_grid, _gradients_of_a_subclass, _gradients_that_are_read_only),
    *(_a_state_more, _loaded_states, _a_limit, _keys_in_another_order),
]


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__[1:])
def test_steps_are_as_if_nothing_were_known(
    change: Callable[[Tree, Tree, Any], None], engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained() -> list[Array]:
        theta, optimizer = params(), Adam(lr=0.1, engine=engine)
        for step in range(5):
            grads = like(theta, step)
            if step == 2:
                change(theta, grads, optimizer)
            optimizer.update(theta, grads)
        return [*arrays(theta), *optimizer.state_dict().values()]

    known = trained()
    monkeypatch.setattr(Known, "gradients", lambda *_: None)
    for ours, theirs in zip(known, trained(), strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)


def test_what_was_seen_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Known] = []
    monkeypatch.setattr(
        "steprule.numpy._optimizer.Known", lambda *args: made.append(Known(*args)) or made[-1]
    )
    theta, optimizer = params(), Adam()
    for step in range(4):
        optimizer.update(theta, like(theta, step))
    assert len(made) == 1


def _flat_gradient(theta: Tree, grads: Tree) -> None:
    grads["a"] = grads["a"].ravel()


def _read_only(theta: Tree, grads: Tree) -> None:
    theta["b"][0].flags.writeable = False


def _half(theta: Tree, grads: Tree) -> None:
    grads["a"] = grads["a"].astype(np.float32)


def _its_own_gradient(theta: Tree, grads: Tree) -> None:
    grads["b"][0] = theta["b"][0]


def _shared_gradient(theta: Tree, grads: Tree) -> None:
    grads["b"][1] = theta["a"].reshape(-1)[2:6].reshape(2, 2)


def _one_less(theta: Tree, grads: Tree) -> None:
    grads["b"].pop()


def _numbers(theta: Tree, grads: Tree) -> None:
    grads["b"][0] = [1.0] * 5


def _reshaped(theta: Tree, grads: Tree) -> None:
    theta["a"] = theta["a"].reshape(4, 3)
    grads["a"] = grads["a"].reshape(4, 3)


def _renamed(theta: Tree, grads: Tree) -> None:
    for tree in (theta, grads):
        tree["c"] = tree["b"]
        del tree["b"]


def _whole_numbers(theta: Tree, grads: Tree) -> None:
    grads["a"] = grads["a"].astype(np.int64)


def _masked(theta: Tree, grads: Tree) -> None:
    grads["a"] = np.ma.masked_array(grads["a"], grads["a"] > 0)


def _matrix(theta: Tree, grads: Tree) -> None:
    theta["a"], grads["a"] = theta["a"].view(np.matrix), grads["a"].view(np.matrix)


def _one_for_all(theta: Tree, grads: Tree) -> None:
    theta["a"] = as_strided(theta["a"], (3, 4), (0, 8))


FAULTS = [
    (_masked, "plain NumPy array, got MaskedArray"),
    (_matrix, "plain NumPy array, got matrix"),
    (_one_for_all, "share memory"),
    (_flat_gradient, "shape"),
    (_read_only, "read-only"),
    (_half, "dtype"),
    (_its_own_gradient, "share memory"),
    (_shared_gradient, "share memory"),
    (_one_less, "entries"),
    (_numbers, "is a ndarray, but|NumPy array"),
    (_reshaped, "shape"),
    (_renamed, "params differ"),
    (_whole_numbers, "floating-point dtype"),
]


@pytest.mark.parametrize(
    ("fault", "message"), FAULTS, ids=[fault.__name__[1:] for fault, _ in FAULTS]
)
def test_faults_are_found_in_later_steps_too(
    fault: Callable[[Tree, Tree], None], message: str
) -> None:
    theta, optimizer = params(), Adam()
    for step in range(2):
        optimizer.update(theta, like(theta, step))
    grads = like(theta, 2)
    fault(theta, grads)
    held = flattened(theta)[1]
    before = [x.copy() for x in (*held, *optimizer.state_dict().values())]
    with pytest.raises((TypeError, ValueError), match=message):
        optimizer.update(theta, grads)
    assert all(map(np.array_equal, before, [*held, *optimizer.state_dict().values()]))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_steps_its_own_arrays(copied: Callable[[Any], Any]) -> None:
    theta, optimizer = params(), Adam(lr=0.1)
    optimizer.update(theta, like(theta, 0))
    theirs, other = copied((theta, optimizer))
    before = [x.copy() for x in arrays(theta)]
    other.update(theirs, like(theta, 1))
    assert all(map(np.array_equal, arrays(theta), before))
    optimizer.update(theta, like(theta, 1))
    assert all(map(np.array_equal, arrays(theta), arrays(theirs)))


def test_a_gradient_among_the_elements_of_a_parameter_with_gaps() -> None:
    whole = np.ones(24)
    theta, optimizer = whole[::2], Adam()
    for _ in range(2):
        optimizer.update(theta, np.ones(12))
    with pytest.raises(ValueError, match="share memory"):
        optimizer.update(theta, whole[12:])


@pytest.mark.parametrize(("first", "is_apart"), [(0, True), (1, False), (15, False), (16, True)])
def test_gradients_that_touch_a_parameter_or_reach_into_it(first: int, is_apart: bool) -> None:
    whole = np.ones(24)
    theta, optimizer = whole[8:16], Adam()
    for _ in range(2):
        optimizer.update(theta, np.ones(8))
    if is_apart:
        optimizer.update(theta, whole[first : first + 8])
        assert optimizer.step == 3
        return
    with pytest.raises(ValueError, match="share memory"):
        optimizer.update(theta, whole[first : first + 8])


def test_what_is_not_aligned_is_not_taken_for_what_is() -> None:
    theta, grad = np.ones(3), np.ones(3)
    known = Known(theta, grad, {"": (theta, grad)}, {}, [], {(): [0]})
    moved = np.frombuffer(bytearray(25), offset=1)
    tables, others = known.tables([0], by_lines=False)
    assert {dtype: table.rows for dtype, table in tables.items()} == {"float64": [0]}
    assert others == []
    assert known.gradients(theta, moved[:3]) is None
    (again,) = known.gradients(theta, grad) or [None]
    assert again is grad


def test_nestings_are_told_apart() -> None:
    x, y = np.ones(2), np.ones(3)
    trees: list[Any] = [x, [x], [[x]], {"a": x}, {"b": x}, [x, y], [[x], y], [[x, y]], [[x], [y]]]
    names = [flattened(tree)[0] for tree in trees]
    assert all(a != b for i, a in enumerate(names) for b in names[:i])
    assert flattened([x, (y,)])[0] == flattened((y, [x]))[0]
    assert all(a is b for a, b in zip(flattened({"a": [x], "b": y})[1], (x, y), strict=True))
