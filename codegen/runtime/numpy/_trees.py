"""Parameters and gradients in any nesting, as the arrays they hold, checked to fit each other."""

from collections.abc import Callable, Mapping, Sequence
from ctypes import addressof, c_char
from typing import Any, NoReturn, TypeAlias, cast

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.typing import NDArray

from ._shapes import View, otherwise

Array: TypeAlias = NDArray[Any]
"""A floating-point array of any shape."""

Tree: TypeAlias = "Array | Mapping[Any, Tree] | Sequence[Tree]"
"""One array, or arrays in dicts, lists and tuples, nested in any way."""

Gradients: TypeAlias = "Tree | Callable[[Tree], Any]"
"""Nested like parameters, or a function that gives them at parameters."""

PLAIN = frozenset((np.ndarray, np.memmap))
"""Classes whose elements are those of their memory; another may mean something else by it."""

Leaves: TypeAlias = dict[str, tuple[Array, Array]]
"""Parameters and their gradients by path: ``layer/weight``, empty for a single array."""


def leaves(params: Tree, grads: Tree, what: str = "grads") -> Leaves:
    """Parameters and gradients by path, or something else that there is of each parameter.

    Raises:
        TypeError: a leaf is no array, or of a class that means something else by its elements, or
            not of a floating-point dtype.
        ValueError: structures, shapes or dtypes differ; there is no array, one is read-only, or
            one shares memory with another parameter or a gradient, or elements with one another.
    """
    found: Leaves = {}
    _collect(params, grads, what, "", found)
    if not found:
        raise ValueError("params holds no array")
    _require_apart(found, what)
    return found


def flattened(tree: Tree) -> tuple[list[Any], list[Any]]:
    """Names that tell how a tree is nested, the same for the same nesting; and its leaves."""
    names: list[Any] = []
    found: list[Any] = []
    _flatten(tree, names, found)
    return names, found


def _flatten(tree: Tree, names: list[Any], found: list[Any]) -> None:
    if isinstance(tree, (list, tuple)):
        names += (Sequence, len(tree))
        below = tree
    elif isinstance(tree, (dict, Mapping)):  # to ask for the second alone takes far longer
        names += (Mapping, len(tree), *tree)
        below = [*tree.values()]
    else:
        names.append(None)
        found.append(tree)
        return
    if {np.ndarray}.issuperset(map(type, below)):
        names.append(np.ndarray)
        found += below
        return
    for each in below:
        _flatten(each, names, found)


def key(name: str, path: str) -> str:
    """The name of a state's array in a checkpoint."""
    return f"{name}/{path}" if path else name


def address(array: Array) -> int:
    """Where an array's memory begins, of any array."""
    # Takes a third of the time, but neither memory in another order nor what is read-only, nor
    # longdoubles in the byte order of other machines.
    try:
        return addressof(_NO_BYTES.from_buffer(array))
    except (TypeError, ValueError):
        return array.ctypes.data


_NO_BYTES: Any = c_char * 0  # is typed as if it took no array


def new_like(array: Array) -> Array:
    """An array of no values yet, in memory that begins on a cache line.

    Elsewhere every vector that is stored straddles two lines, which takes up to twice as long.
    """
    model = np.empty_like(array, subok=False)
    memory = np.empty(model.nbytes + _LINE, np.uint8)
    offset = -address(memory) % _LINE
    return np.ndarray(model.shape, model.dtype, memory, offset, model.strides)


_LINE = 64


def full_like(array: Array, value: float) -> Array:
    """An array of one value, as :func:`new_like` makes them."""
    new = new_like(array)
    new.fill(value)
    return new


def copy_like(array: Array) -> Array:
    """A copy, as :func:`new_like` makes arrays."""
    new = new_like(array)
    new[...] = array
    return new


def at(path: str) -> str:
    """How an error says where an array is."""
    return f"[{path!r}]" if path else ""


def floating(array: Tree, what: str, path: str = "") -> Array:
    """The array.

    Raises:
        TypeError: it is none, or of a class of its own, or not of a floating-point dtype.
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{what}{at(path)} must be a NumPy array, got {type(array).__name__}")
    if type(array) not in PLAIN:
        raise TypeError(
            f"{what}{at(path)} must be a plain NumPy array, got {type(array).__name__}, whose "
            "elements can mean something else; hand over what np.asarray makes of it"
        )
    if array.dtype.kind != "f":
        raise TypeError(f"{what}{at(path)} must be of a floating-point dtype, got {array.dtype}")
    return array


def require_like(array: Array, model: Array, what: str, other: str, path: str) -> None:
    """Raise ValueError unless two arrays have one shape and dtype; the path is the parameter's."""
    if array.shape == model.shape and array.dtype == model.dtype:
        return
    what, other = (x if x.startswith("its ") else f"{x}{at(path)}" for x in (what, other))
    if array.shape != model.shape:
        raise ValueError(f"{what} has shape {array.shape}, but {other} has {model.shape}")
    raise ValueError(f"{what} has dtype {array.dtype}, but {other} has {model.dtype}")


def require_seen(
    found: Leaves, rule: str, view: Callable[[int], View], arguments: Sequence[str]
) -> None:
    """Raise ValueError unless a rule can see every parameter as some arguments say."""
    for path, (theta, _) in found.items():
        try:
            view(theta.ndim).of(theta.shape)
        except ValueError as error:
            raise ValueError(
                f"params{at(path)}, of shape {theta.shape}, {error}; give it to a {rule} of its "
                f"own{otherwise(arguments)}"
            ) from None


def require_matrices(found: Leaves, rule: str) -> None:
    """Raise ValueError unless every parameter is a matrix or a batch of them."""
    for path, (theta, _) in found.items():
        if theta.ndim < 2:
            raise ValueError(
                f"{rule} works on matrices, and params{at(path)} has shape {theta.shape}; "
                "give such parameters to another optimizer"
            )


def require_doubles(found: Leaves, rule: str) -> None:
    """Raise TypeError for a matrix of longdoubles, which NumPy cannot take apart."""
    for path, (theta, _) in found.items():
        if theta.ndim >= 2 and theta.dtype.char == "g":
            raise TypeError(
                f"{rule} takes matrices apart, which NumPy does in float32 and float64 alone, and "
                f"params{at(path)} is of {theta.dtype}; hand over float64"
            )


def _collect(params: Tree, grads: Tree, what: str, path: str, found: Leaves) -> None:
    """Add the leaves below a path to those found."""
    if isinstance(cast(Any, grads), np.floating):  # which arithmetic makes of an array without axes
        grads = np.asarray(grads)
    if isinstance(params, np.ndarray) and isinstance(grads, np.ndarray):
        if path in found:
            raise ValueError(f"two of params have the path {path!r}")
        if not (
            params.dtype == grads.dtype
            and params.shape == grads.shape
            and params.dtype.kind == "f"
            and params.flags.writeable
            and PLAIN.issuperset((type(params), type(grads)))
            and (params.flags.forc or not _overlaps_itself(params))
        ):
            _refuse(params, grads, what, path)
        found[path] = params, grads
        return
    ours, theirs = f"params{at(path)}", f"{what}{at(path)}"
    below = f"{path}/" if path else ""
    if isinstance(params, Mapping) and isinstance(grads, Mapping):
        if params.keys() != grads.keys():
            raise ValueError(_unlike(params, grads, ours, theirs))
        for name in params:
            _collect(params[name], grads[name], what, f"{below}{name}", found)
    elif isinstance(params, list | tuple) and isinstance(grads, list | tuple):
        if len(params) != len(grads):
            raise ValueError(f"{ours} has {len(params)} entries, but {theirs} has {len(grads)}")
        for i, (theta, grad) in enumerate(zip(params, grads, strict=True)):
            _collect(theta, grad, what, f"{below}{i}", found)
    elif isinstance(params, Mapping | list | tuple) or isinstance(grads, Mapping | list | tuple):
        kinds = type(params).__name__, type(grads).__name__
        raise ValueError(f"{ours} is a {kinds[0]}, but {theirs} is a {kinds[1]}")
    else:
        _refuse(params, grads, what, path)


def _unlike(params: Mapping[Any, Tree], grads: Mapping[Any, Tree], ours: str, theirs: str) -> str:
    """Which of two dicts has what the other lacks."""
    found: list[str] = []
    for one, its, other, others in ((params, ours, grads, theirs), (grads, theirs, params, ours)):
        if names := sorted(repr(name) for name in one.keys() - other.keys()):
            found.append(f"{its} has {', '.join(names)}, which {others} lacks")
    return "; ".join(found)


def _refuse(params: Tree, grads: Tree, what: str, path: str) -> NoReturn:
    """Raise what is wrong with leaves of which something is."""
    theta, grad = floating(params, "params", path), floating(grads, what, path)
    require_like(grad, theta, what, "params", path)
    if not theta.flags.writeable:
        raise ValueError(f"params{at(path)} is read-only")
    raise ValueError(
        f"elements of params{at(path)} share memory (its strides are {theta.strides}), so that "
        "they cannot be updated by themselves; hand over a copy"
    )


def _overlaps_itself(array: Array) -> bool:
    """Whether two elements share a byte."""
    spread = sorted((abs(s), n) for s, n in zip(array.strides, array.shape, strict=True) if n != 1)
    reach = array.itemsize
    for stride, count in spread:
        if stride < reach:
            break
        reach += stride * (count - 1)
    else:
        return False  # each dimension steps over all that the smaller ones reach
    places = np.zeros(1, np.int64)
    for stride, count in zip(array.strides, array.shape, strict=True):
        places = np.concatenate([places + stride * k for k in range(count)])
    places.sort()
    return bool((places[1:] - places[:-1] < array.itemsize).any())


def _require_apart(found: Leaves, what: str) -> None:
    """Writing to a parameter must change neither another one nor a gradient yet to be read."""
    arrays = [
        (path, array, written)
        for path, (theta, grad) in found.items()
        for array, written in ((theta, True), (grad, False))
    ]
    bounds = [_bounds(array) for _, array, _ in arrays]
    if are_apart(*np.array(bounds).T):
        return
    spans = sorted(zip(bounds, arrays, strict=True), key=lambda span: span[0][0])
    reached: list[tuple[int, str, Array, bool]] = []
    for (first, end), (path, array, written) in spans:
        reached = [span for span in reached if span[0] > first]
        for _, its_path, its_array, its_written in reached:
            if (written or its_written) and np.shares_memory(array, its_array):
                one = f"{'params' if its_written else what}{at(its_path)}"
                other = f"{'params' if written else what}{at(path)}"
                raise ValueError(f"{one} and {other} share memory")
        reached.append((end, path, array, written))


def are_apart(low: NDArray[np.int64], high: NDArray[np.int64]) -> bool:
    """Whether no two spans of memory overlap, of their first bytes and those after the last."""
    order = low.argsort(kind="stable")
    return bool((low[order][1:] >= np.maximum.accumulate(high[order])[:-1]).all())


def _bounds(array: Array) -> tuple[int, int]:
    """The addresses of the first byte and of the one after the last."""
    if array.flags.forc:
        first = address(array)
        return first, first + array.nbytes
    return byte_bounds(array)
