"""Arrays of any nesting, shape, layout and dtype: in place, alike in value, in little memory."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from steprule.numpy import SGD, Adam, AdamW, _ufuncs
from steprule.numpy._blocks import BLOCK
from steprule.numpy._trees import address, new_like
from steprule.numpy._ufuncs import SHARED, SHARED_BLOCK, SMALL

Array = NDArray[Any]
STEPS = 3


def trained(case: Any, theta: Array, gradients: list[Array], **arguments: Any) -> Array:
    """The array itself, after a step with each gradient."""
    optimizer = case.make(**({"lr": 0.1} | arguments))
    for gradient in gradients:
        optimizer.update(theta, gradient)
    return theta


def nothing(shape: tuple[int, ...]) -> Array:
    return np.full(shape, np.nan)


LAYOUTS: dict[str, Callable[[tuple[int, ...]], Array]] = {
    "Fortran": lambda shape: np.asfortranarray(nothing(shape)),
    "every second": lambda shape: nothing((2 * shape[0], 3 * shape[1]))[::2, 1::3],
    "reversed": lambda shape: nothing(shape)[::-1, ::-1],
    "one axis reversed": lambda shape: nothing(shape)[:, ::-1],
    "transposed": lambda shape: nothing(shape[::-1]).T,
    "a column": lambda shape: nothing((*shape, 2))[..., 1],
    "unaligned": lambda shape: np.frombuffer(
        bytearray(1 + 8 * shape[0] * shape[1]), offset=1, dtype=float
    ).reshape(shape),
}


def laid_out(values: Array, layout: str) -> Array:
    array = LAYOUTS[layout](values.shape)
    array[...] = values
    return array


def test_layouts(case: Any, rng: np.random.Generator) -> None:
    start, *gradients = rng.normal(size=(1 + STEPS, 5, 6))
    # What is summed in another order is rounded otherwise, a few times a step.
    rtol = 0 if case.is_elementwise else 1e-14
    expected = trained(case, start.copy(), gradients)
    for layout in LAYOUTS:
        found = trained(case, laid_out(start, layout), gradients)
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=0, err_msg=layout)
        others = [laid_out(gradient, layout) for gradient in gradients]
        found = trained(case, start.copy(), others)
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=0, err_msg=layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_new_memory(layout: str) -> None:
    """It is laid out as NumPy's own, but begins on a cache line."""
    array = laid_out(np.zeros((5, 6)), layout)
    new, expected = new_like(array), np.empty_like(array)
    assert (new.shape, new.dtype, new.strides) == (array.shape, array.dtype, expected.strides)
    assert new.ctypes.data % 64 == 0
    array.flags.writeable = False
    assert address(array) == array.ctypes.data
    assert address(new) == new.ctypes.data


def test_what_lies_between_the_elements_of_a_view_is_left_alone() -> None:
    whole = np.arange(12.0)
    Adam(0.5, eps=0).update(whole[::3], np.ones(4))
    # A sqrt, a quotient and a product separate the step from its exact 0.5.
    expected = np.where(np.arange(12) % 3 == 0, np.arange(12) - 0.5, np.arange(12))
    np.testing.assert_allclose(whole, expected, rtol=0, atol=4e-15)
    assert whole[1::3].tolist() == [1, 4, 7, 10]


SIZES = [1, BLOCK - 1, BLOCK, BLOCK + 1, SHARED - 1, SHARED + 17, SHARED_BLOCK + 17]


@pytest.mark.parametrize("size", SIZES)
def test_blocks_do_not_show(elementwise_case: Any, size: int, rng: np.random.Generator) -> None:
    """An element's value does not depend on how many there are, or on which one it is."""
    start, *gradients = (rng.normal(size=size) for _ in range(1 + STEPS))
    whole = trained(elementwise_case, start.copy(), gradients)
    for part in (slice(0, 5), slice(size // 2, size // 2 + 5), slice(max(size - 5, 0), size)):
        alone = trained(elementwise_case, start[part].copy(), [g[part].copy() for g in gradients])
        assert whole[part].tobytes() == alone.tobytes()


@pytest.mark.parametrize(
    "limit", [{}, {"clipvalue": 0.5}, {"clipnorm": 0.5}, {"global_clipnorm": 1.0}], ids=str
)
def test_small_arrays_together_are_as_each_alone(
    default_case: Any,
    limit: dict[str, float],
    rng: np.random.Generator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More than a block of them, of two dtypes and orders, with one that is too large."""
    if default_case.cls._totals:
        pytest.skip("no array is alone where all make totals together")
    sizes = [1, 7, 64, SMALL - 1, SMALL, SMALL + 1, 2 * SMALL] * 10
    assert sum(size for size in sizes if size <= SMALL) > BLOCK
    start = [rng.normal(size=size).astype(("f4", "f8")[k % 2]) for k, size in enumerate(sizes)]
    start += [np.asfortranarray(rng.normal(size=(3, 4))), rng.normal(size=9)[::3], np.ones((0, 2))]
    gradients = [[rng.normal(size=x.shape).astype(x.dtype) for x in start] for _ in range(STEPS)]
    together, alone = ([x.copy(order="K") for x in start] for _ in range(2))
    total = [np.sqrt(sum(float(np.sum(np.square(g, dtype=float))) for g in of)) for of in gradients]
    optimizer = default_case.make(**limit)
    for of in gradients:
        kept = [g.copy() for g in of]
        optimizer.update(together, of)
        assert all(map(np.array_equal, of, kept))
    monkeypatch.setattr(_ufuncs, "SMALL", 0)
    for k, x in enumerate(alone):
        # The norm of all is no array's own: scale as the definition says.
        own = default_case.make(**(limit if "global_clipnorm" not in limit else {}))
        for of, norm in zip(gradients, total, strict=True):
            scale = min(1.0, 1.0 / (1e-6 + norm)) if "global_clipnorm" in limit else 1.0
            own.update(x, of[k] * of[k].dtype.type(scale))
    for ours, theirs in zip(together, alone, strict=True):
        if "global_clipnorm" in limit:  # the norms were added in another order
            np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)
        else:
            np.testing.assert_array_equal(ours, theirs, strict=True)


@pytest.mark.parametrize("shape", [(2, BLOCK), (BLOCK + 3, 2), (3, 5, 7)])
def test_blocks_of_a_transposed_parameter(shape: tuple[int, ...], rng: np.random.Generator) -> None:
    start, *gradients = rng.normal(size=(1 + STEPS, *shape))
    expected, theta, optimizer, other = start.copy(), start.T.copy().T, Adam(0.1), Adam(0.1)
    for gradient in gradients:
        other.update(expected, gradient)
        optimizer.update(theta, np.ascontiguousarray(gradient))
    np.testing.assert_array_equal(theta, expected, strict=True)


def test_no_dimension_and_no_element(case: Any) -> None:
    scalar, empty, vector = np.array(1.0), np.ones((0, 3)), np.array([1.0])
    optimizer, other = case.make(), case.make()
    for gradient in (0.5, 2.0, *[1.0] * 10):  # the first ones say too little for some rules
        optimizer.update([scalar, empty], [np.array(gradient), np.ones((0, 3))])
        other.update(vector, np.array([gradient]))
    assert scalar.shape == ()
    assert scalar == vector[0] != 1
    assert empty.shape == (0, 3)


@pytest.mark.parametrize(
    "dtype", [np.float16, np.float32, np.float64, np.longdouble, ">f4", ">f8", ">g"]
)
def test_dtypes(case: Any, dtype: Any, rng: np.random.Generator) -> None:
    start, *gradients = (rng.normal(size=9).astype(dtype) for _ in range(1 + STEPS))
    small = getattr(case.make(), "eps", None)  # 1e-8 is 0 in float16
    eps = {} if small is None else {"eps": (2.0**-10,) * len(np.atleast_1d(small))}
    eps = {name: x if isinstance(small, tuple) else x[0] for name, x in eps.items()}
    optimizer, theta = case.make(lr=0.1, **eps), start.copy()
    for gradient in gradients:
        optimizer.update(theta, gradient)
    assert theta.dtype == np.dtype(dtype)
    scalars = {"step", *(s.name for s in case.spec.states if s.shape.is_number)}
    assert {a.dtype for key, a in optimizer.state_dict().items() if key not in scalars} <= {
        np.dtype(dtype)
    }
    exact = trained(case, start.astype(float), [g.astype(float) for g in gradients], **eps)
    digits = np.finfo(dtype).eps
    # Three steps of ten roundings, on values of about 1; where a moment nearly cancels, a few
    # times that.
    np.testing.assert_allclose(
        theta.astype(float), exact, rtol=0, atol=100 * max(digits, np.finfo(float).eps)
    )


@pytest.mark.parametrize("scalar", [np.float64, np.float32, np.array], ids=str)
def test_numpy_scalars_as_hyperparameters(case: Any, scalar: Any, rng: np.random.Generator) -> None:
    """They are the numbers they are, and widen nothing: the step is computed in float32."""
    start, *gradients = rng.normal(size=(1 + STEPS, 500)).astype(np.float32)
    start *= 0  # so that no digit of a step is rounded away
    plain, wrapped = case.make(), case.make()
    for h in case.spec.hyperparameters:
        name = h.argument or h.name
        value = getattr(plain, name)
        numbers = value if isinstance(value, tuple) else (value,)
        # A term as small as eps by default would not show how it was computed.
        numbers = [0.3 if x is None or 0 < x < 1e-4 else x for x in numbers]
        exact = [float(np.float32(x)) if scalar is np.float32 else float(x) for x in numbers]
        setattr(plain, name, tuple(exact) if isinstance(value, tuple) else exact[0])
        given = [scalar(x) for x in exact]
        setattr(wrapped, name, tuple(given) if isinstance(value, tuple) else given[0])
    first, second = start.copy(), start.copy()
    for gradient in gradients:
        plain.update(first, gradient)
        wrapped.update(second, gradient)
    assert second.dtype == np.float32
    assert second.tobytes() == first.tobytes()


def test_numbers_are_gradients_of_arrays_without_axes(case: Any) -> None:
    """Which arithmetic on such arrays makes of them."""
    first, second = np.array(0.75), np.array(0.75)
    of_numbers, of_arrays = case.make(), case.make()
    for scale in (1.0, -0.5, 2.0):
        gradient = scale * first
        assert not isinstance(gradient, np.ndarray)
        of_numbers.update({"x": first}, {"x": gradient})
        of_arrays.update({"x": second}, {"x": np.array(gradient)})
        assert first.tobytes() == second.tobytes()


def test_nesting(rng: np.random.Generator) -> None:
    def tree() -> Any:
        return {"a": [np.ones(3), (np.ones((2, 2)),)], 7: {"b/c": np.ones(()), "d": np.ones(4)}}

    def leaves(nested: Any) -> list[Array]:
        (a, (b,)), (c, d) = nested["a"], nested[7].values()
        return [a, b, c, d]

    params, grads, flat = tree(), tree(), leaves(tree())
    optimizer, other = Adam(0.1), Adam(0.1)
    before = [id(leaf) for leaf in leaves(params)]
    for _ in range(STEPS):
        for leaf in leaves(grads):
            leaf[...] = rng.normal(size=leaf.shape)
        optimizer.update(params, grads)
        other.update(flat, leaves(grads))
    assert [id(leaf) for leaf in leaves(params)] == before
    assert [a.tobytes() for a in leaves(params)] == [a.tobytes() for a in flat]
    keys = ["step", "m/a/0", "m/a/1/0", "m/7/b/c", "m/7/d", "v/a/0", "v/a/1/0", "v/7/b/c", "v/7/d"]
    assert list(optimizer.state_dict()) == keys


def test_a_list_for_a_tuple_and_keys_in_another_order() -> None:
    params = {"a": np.zeros(2), "b": (np.zeros(1), np.zeros(3))}
    SGD(1.0).update(params, {"b": [np.full(1, 2.0), np.full(3, 3.0)], "a": np.full(2, 1.0)})
    assert [params["a"].tolist(), *map(np.ndarray.tolist, params["b"])] == [
        [-1] * 2,
        [-2],
        [-3] * 3,
    ]


def test_gradients_are_not_changed(case: Any, rng: np.random.Generator) -> None:
    theta, gradient = rng.normal(size=(2, 3, BLOCK // 2))
    before = gradient.tobytes()
    optimizer = case.make(lr=0.1)
    for _ in range(STEPS):
        optimizer.update(theta, gradient)
        gradient.flags.writeable = False  # nor need they be writeable
        assert gradient.tobytes() == before


def test_one_gradient_for_two_parameters() -> None:
    params, shared = [np.zeros(2), np.zeros(2)], np.ones(2)
    SGD(1.0).update(params, [shared, shared[::-1]])
    SGD(1.0).update(params, [np.broadcast_to(1.0, 2)] * 2)
    assert [p.tolist() for p in params] == [[-2, -2], [-2, -2]]


@pytest.mark.parametrize("make", [SGD, Adam, AdamW])
@pytest.mark.parametrize("view", ["whole", "rows of another order"])
def test_no_temporary_of_the_size_of_a_parameter(make: Any, view: str) -> None:
    theta = np.ones((2000, 2000))
    gradient = np.asfortranarray(theta) if view != "whole" else theta.copy()
    optimizer = make(weight_decay=0.1)
    optimizer.update(theta, gradient)  # makes the states
    tracemalloc.start()
    try:
        optimizer.update(theta, gradient)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Where layouts differ, nditer copies the blocks of all five operands; parameters are 32 MB.
    assert peak < 8 * BLOCK * theta.itemsize < theta.nbytes / 15
