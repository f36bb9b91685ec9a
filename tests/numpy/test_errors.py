"""What is refused: before anything has been changed, and with a message that says why."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import steprule.numpy
from steprule.numpy import SGD, Adam, NAdam
from steprule.specs.language import Interval

NAN = float("nan")


def outside(domain: Interval) -> list[float]:
    """Numbers next to a domain, and nan, which is in none."""
    below = [] if domain.low is None else [float(domain.low) - 1e-9]
    above = [] if domain.high is None else [float(domain.high) + 1e-9]
    edges = [float(domain.low)] if domain.low is not None and domain.low_open else []
    edges += [float(domain.high)] if domain.high is not None and domain.high_open else []
    bounded = domain.low is not None or domain.high is not None
    return [*below, *above, *edges, *([NAN] if bounded else [])]


def inside(domain: Interval) -> list[float]:
    edges = [] if domain.low is None or domain.low_open else [float(domain.low)]
    edges += [] if domain.high is None or domain.high_open else [float(domain.high)]
    return edges


def test_hyperparameters(default_case: Any) -> None:
    """Each outside its domain: at construction, and when set later."""
    case = default_case
    for h in case.spec.hyperparameters:
        name = h.argument or h.name
        default = getattr(case.make(), name)
        members = [m for m in case.spec.hyperparameters if m.argument == h.argument]
        place = members.index(h) if h.argument else None
        label = name if place is None else f"{name}[{place}]"

        def value(number: float, place: int | None = place, default: Any = default) -> Any:
            if place is None:
                return number
            return tuple(number if i == place else x for i, x in enumerate(default))

        for number in inside(h.domain):
            case.make(**{name: value(number)})
        for number in outside(h.domain):
            wanted = f"satisfy {h.domain.describe(h.name)}"
            if h.is_whole and not float(number).is_integer():
                wanted = "be a whole number"
            expected = f"{label} must {wanted}, got {number!r}"
            with pytest.raises(ValueError) as constructed:  # noqa: PT011
                case.make(**{name: value(number)})
            assert str(constructed.value) == expected
            optimizer = case.make()
            setattr(optimizer, name, value(number))
            raised = unchanged(optimizer, np.ones(2), np.ones(2), ValueError)
            assert raised == expected


def unchanged(optimizer: Any, params: Any, grads: Any, error: type[Exception]) -> str:
    """The message of the error; params and states must be as they were."""

    def leaves(tree: Any) -> list[Any]:
        if isinstance(tree, dict):
            return [leaf for value in tree.values() for leaf in leaves(value)]
        if isinstance(tree, list | tuple):
            return [leaf for value in tree for leaf in leaves(value)]
        return [tree.tobytes() if isinstance(tree, np.ndarray) else tree]

    before, kept = leaves(params), optimizer.state_dict()
    with pytest.raises(error) as caught:
        optimizer.update(params, grads)
    assert leaves(params) == before
    after = optimizer.state_dict()
    assert leaves(after) == leaves(kept)
    assert list(after) == list(kept)
    return str(caught.value)


@pytest.mark.parametrize("rate", [-1e-9, NAN, np.float32(-1.0)])
def test_rate_of_a_step(rate: float) -> None:
    optimizer = NAdam(lr=lambda step: 0.1 if step == 0 else rate)
    params, grads = {"a": np.ones(2), "b": np.ones(3)}, {"a": np.ones(2), "b": np.ones(3)}
    optimizer.update(params, grads)
    message = unchanged(optimizer, params, grads, ValueError)
    assert message == f"lr must satisfy 0 <= lr, got {float(rate)!r}"


@pytest.mark.parametrize(
    ("eps", "change"),
    [
        (1e-8, lambda optimizer: setattr(optimizer, "eps", -1.0)),
        (np.array(1e-8), lambda optimizer: optimizer.eps.fill(-1.0)),
    ],
    ids=["another number", "an array written to"],
)
def test_arguments_are_looked_at_again_when_they_have_changed(
    eps: Any, change: Callable[[Any], object]
) -> None:
    optimizer = Adam(eps=eps)
    theta = np.ones(2)
    for _ in range(2):
        optimizer.update(theta, np.ones(2))
    before = theta.copy()
    change(optimizer)
    with pytest.raises(ValueError, match="eps must satisfy 0 <= eps"):
        optimizer.update(theta, np.ones(2))
    np.testing.assert_array_equal(theta, before)


def test_what_arguments_must_meet_together() -> None:
    with pytest.raises(ValueError, match="nesterov needs momentum > 0 and dampening = 0"):
        SGD(nesterov=True)
    optimizer = SGD(nesterov=True, momentum=0.9)
    optimizer.dampening = 0.1
    message = unchanged(optimizer, np.ones(2), np.ones(2), ValueError)
    assert message == "nesterov needs momentum > 0 and dampening = 0"


def locked(array: Any) -> Any:
    array.flags.writeable = False
    return array


one, two = np.ones(1), np.ones(2)
BAD: dict[str, tuple[Callable[[], tuple[Any, Any]], type[Exception], str]] = {
    "missing in grads": (
        lambda: ({"a": one.copy(), "b": two.copy()}, {"a": one}),
        ValueError,
        "params has 'b', which grads lacks",
    ),
    "missing in params": (
        lambda: ({"x": {"a": one.copy()}}, {"x": {"a": one, "c": one}}),
        ValueError,
        "grads['x'] has 'c', which params['x'] lacks",
    ),
    "keys of other types": (
        lambda: ({1: one.copy(), "2": two.copy()}, {"1": one, 2: two}),
        ValueError,
        "params has '2', 1, which grads lacks; grads has '1', 2, which params lacks",
    ),
    "length": (
        lambda: ([one.copy(), two.copy()], [one]),
        ValueError,
        "params has 2 entries, but grads has 1",
    ),
    "dict and list": (
        lambda: ({"0": one.copy()}, [one]),
        ValueError,
        "params is a dict, but grads is a list",
    ),
    "array and list": (
        lambda: ([one.copy(), two.copy()], [one, [two]]),
        ValueError,
        "params['1'] is a ndarray, but grads['1'] is a list",
    ),
    "one path twice": (
        lambda: ({1: one.copy(), "1": two.copy()}, {1: one, "1": two}),
        ValueError,
        "two of params have the path '1'",
    ),
    "one path twice, by a slash": (
        lambda: ({"a/b": one.copy(), "a": {"b": two.copy()}}, {"a/b": one, "a": {"b": two}}),
        ValueError,
        "two of params have the path 'a/b'",
    ),
    "no array": (lambda: ({"a": []}, {"a": []}), ValueError, "params holds no array"),
    "shape": (
        lambda: ([one.copy(), two.copy()], [one, one]),
        ValueError,
        "grads['1'] has shape (1,), but params['1'] has (2,)",
    ),
    "shape that would broadcast": (
        lambda: (np.ones((3, 1)), np.ones((3, 2))),
        ValueError,
        "grads has shape (3, 2), but params has (3, 1)",
    ),
    "dtype": (
        lambda: ([one.copy(), two.copy()], [one, two.astype(np.float32)]),
        ValueError,
        "grads['1'] has dtype float32, but params['1'] has float64",
    ),
    "byte order": (
        lambda: (two.astype(">f8"), two.astype("<f8")),
        ValueError,
        "grads has dtype float64, but params has >f8",
    ),
    "integers": (
        lambda: ([one.copy(), np.array([1, 2])], [one, two]),
        TypeError,
        "params['1'] must be of a floating-point dtype, got int64",
    ),
    "complex numbers": (
        lambda: (two.astype(complex), two.astype(complex)),
        TypeError,
        "params must be of a floating-point dtype, got complex128",
    ),
    "objects": (
        lambda: (two.astype(object), two.astype(object)),
        TypeError,
        "params must be of a floating-point dtype, got object",
    ),
    "read-only": (
        lambda: ([one.copy(), locked(two.copy())], [one, two]),
        ValueError,
        "params['1'] is read-only",
    ),
    "a list of floats": (
        lambda: ([1.0, 2.0], [1.0, 1.0]),
        TypeError,
        "params['0'] must be a NumPy array, got float",
    ),
    "gradients as floats": (
        lambda: ([one.copy(), two.copy()], [one, 1.0]),
        TypeError,
        "grads['1'] must be a NumPy array, got float",
    ),
    "a NumPy scalar": (
        lambda: ([one.copy(), np.float64(1.0)], [one, np.ones(())]),
        TypeError,
        "params['1'] must be a NumPy array, got float64",
    ),
    "a NumPy scalar for several": (
        lambda: ([one.copy(), two.copy()], [one, np.float64(1.0)]),
        ValueError,
        f"grads['1'] has shape (), but params['1'] has {two.shape}",
    ),
    "nothing": (lambda: (None, None), TypeError, "params must be a NumPy array, got NoneType"),
}


@pytest.mark.parametrize("name", BAD)
def test_params_and_grads(name: str) -> None:
    make, error, message = BAD[name]
    params, grads = make()
    optimizer = NAdam()
    assert unchanged(optimizer, params, grads, error) == message
    assert optimizer.step == 0


def shared(name: str) -> tuple[Any, Any, str]:
    x, y = np.arange(6.0), np.ones(6)
    match name:
        case "the same twice":
            return {"a": x, "b": x}, {"a": y, "b": y}, "params['a'] and params['b'] share memory"
        case "a view of another":
            return [x, x[::2]], [y, y[::2]], "params['0'] and params['1'] share memory"
        case "a transposed view":
            square = np.ones((3, 3))
            views = [square, y, square.T]
            return views, [v.copy() for v in views], "params['0'] and params['2'] share memory"
        case "its own gradient":
            return x, x, "params and grads share memory"
        case "the gradient of another":
            # The gradient of a*b: updating a first would change what b is updated with.
            return {"a": x, "b": y}, {"a": y, "b": x}, "share memory"
    raise AssertionError(name)


@pytest.mark.parametrize(
    "name",
    [
        "the same twice",
        "a view of another",
        "a transposed view",
        "its own gradient",
        "the gradient of another",
    ],
)
def test_shared_memory(name: str) -> None:
    params, grads, message = shared(name)
    assert message in unchanged(Adam(), params, grads, ValueError)


def test_views_that_interleave_share_nothing() -> None:
    whole = np.zeros((2, 6))
    SGD(1.0).update([whole[:, ::2], whole[:, 1::2]], [np.ones((2, 3)), np.full((2, 3), 2.0)])
    assert whole.tolist() == [[-1, -2] * 3] * 2


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"a": two}, r"params differ from those state 'm' was made for: ['b']"),
        (
            {"a": two, "b": one, "c": two},
            r"params differ from those state 'm' was made for: ['c']",
        ),
        (
            {"a": np.ones(3), "b": one},
            "params['a'] has shape (3,), but its state 'm' has (2,)",
        ),
        (
            {"a": two, "b": one.astype(np.float32)},
            "params['b'] has dtype float32, but its state 'm' has float64",
        ),
        (two, r"params differ from those state 'm' was made for: ['', 'a', 'b']"),
    ],
)
@pytest.mark.parametrize("loaded", [False, True])
def test_params_of_other_states(params: Any, message: str, loaded: bool) -> None:
    optimizer = NAdam()
    first = {"a": two.copy(), "b": one.copy()}
    optimizer.update(first, {"a": two, "b": one})
    if loaded:
        other = NAdam()
        other.load_state_dict(optimizer.state_dict())
        optimizer = other
    copied = {k: v.copy() for k, v in params.items()} if isinstance(params, dict) else params.copy()
    assert unchanged(optimizer, copied, params, ValueError) == message
    optimizer.update(first, {"a": two, "b": one})
    assert optimizer.step == 2


@pytest.mark.skipif(np.dtype(np.longdouble).char != "g", reason="it is float64 here")
@pytest.mark.parametrize("name", ["Dion", "GaLore", "Shampoo", "SOAP", "SPlus"])
def test_matrices_of_longdoubles_cannot_be_taken_apart(name: str) -> None:
    optimizer = getattr(steprule.numpy, name)()
    params = {"a": np.ones((2, 3)), "b": np.ones((2, 3), np.longdouble)}
    before = copy.deepcopy(params)
    message = (
        rf"^{name} takes matrices apart, which NumPy does in float32 and float64 alone, and "
        rf"params\['b'\] is of {np.dtype(np.longdouble)}; hand over float64$"
    )
    with pytest.raises(TypeError, match=message):
        optimizer.update(params, copy.deepcopy(params))
    np.testing.assert_equal(params, before)
    assert (optimizer.step, [*optimizer.state_dict()][:1]) == (0, ["step"])


@pytest.mark.parametrize("name", ["Muon", "Kron", "Adam"])
def test_longdoubles_of_rules_that_take_nothing_apart(name: str) -> None:
    theta = np.ones((2, 3), np.longdouble)
    getattr(steprule.numpy, name)().update(theta, theta.copy())
    assert (theta != 1).any()


def test_sgdsai_says_that_it_blows_up_on_tensors_of_one_element() -> None:
    kind = steprule.numpy.SGDSaI
    assert "it blows up on tensors of one element" in " ".join((kind.__doc__ or "").split())
    one, two = np.ones(1), np.ones(2)
    kind(lr=0.1).update(one, np.ones(1))
    kind(lr=0.1).update(two, np.array([1.0, 2.0]))
    assert abs(one[0]) > 1e6 > abs(two).max()
