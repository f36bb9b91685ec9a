"""Arrays on the host and on a device: the same functions, the same norms."""

import re

import numpy as np
import pytest
import torch
from steprule.codegen.bench.arrays import DeviceArrays, HostArrays, arrays
from steprule.codegen.bench.textbook import _TEXTBOOK
from steprule.codegen.program import operations as ops
from steprule.codegen.program.forms import Printer
from steprule.codegen.program.nodes import Apply, Name
from steprule.codegen.program.types import TENSOR

HOST = HostArrays("float32")
DEVICE = DeviceArrays("float32", torch.device("cpu"))

X = np.array([-2.0, -0.0, 0.5, 3.0, np.nan])
Y = np.array([0.25, 1.0, np.nan, -4.0, 2.0])
TEST = np.array([True, False, True, False, True])
MATRIX = np.array([[1.0, 2.0], [3.0, 4.0]])

CALLS = [
    ("sqrt", abs(X)),
    ("exp", X),
    ("log", abs(X)),
    ("tanh", X),
    ("arctan2", X, Y),
    ("abs", X),
    ("sign", X),
    ("maximum", X, Y),
    ("maximum", X, 0),
    ("maximum", 0.1, X),
    ("minimum", X, Y),
    ("minimum", X, 0.1),
    ("clip", X, -1, 0.1),
    ("clip", X, Y, 0.7),
    ("clip", X, 1, -1),
    ("where", TEST, X, Y),
    ("where", TEST, X, 0),
    ("where", TEST, 0.1, 0.2),
    ("logical_and", TEST, ~TEST),
    ("logical_and", TEST, True),
    ("logical_or", TEST, False),
    ("logical_not", TEST),
    ("matmul", MATRIX, MATRIX),
    ("linalg.norm", Y[:2]),
    ("linalg.norm", MATRIX),
    ("mean", MATRIX),
    ("sum", MATRIX),
    ("amax", MATRIX),
    ("full_like", X, 0.1),
    # What is left of tensors can be a number.
    ("maximum", 0.1, 0.2),
    ("sqrt", 0.1),
    ("sqrt", 2),
]


def found(functions, name, operands):
    for part in name.split("."):
        functions = getattr(functions, part)
    return functions(*operands)


@pytest.mark.parametrize(("name", "operands"), [(name, rest) for name, *rest in CALLS])
def test_functions_are_those_of_numpy(name, operands):
    with np.errstate(divide="ignore"):  # the logarithm of 0
        expected = np.asarray(found(np, name, operands))
    tensors = [torch.tensor(x) if isinstance(x, np.ndarray) else x for x in operands]
    result = found(DEVICE.functions, name, tensors)
    assert result.numpy().dtype == expected.dtype
    # exp, log, tanh and arctan2 are not rounded correctly, but to a unit or so.
    np.testing.assert_allclose(result, expected, rtol=2**-51, atol=0)


def test_numbers_leave_tensors_their_dtype():
    x, f = torch.tensor(X, dtype=torch.float32), DEVICE.functions
    for result in (
        f.maximum(x, 0.1), f.minimum(0.1, x), f.clip(x, 0, 0.1), f.where(x > 0, x, 0.1),
        f.full_like(x, 0.1), f.maximum(x, f.mean(x)),
    ):  # fmt: skip
        assert result.dtype == torch.float32


def test_all_that_is_printed_is_there():
    x = Name("x", TENSOR)
    choice = Apply(ops.SELECT, (Apply(ops.LT, (x, x)), x, x))
    forms = {**_TEXTBOOK.host, **_TEXTBOOK.elements}.values()
    texts = [str(form) for form in forms] + [Printer(_TEXTBOOK)(choice)]
    printed = {name for text in texts for name in re.findall(r"\bnp\.([\w.]+)", text)}
    assert printed == {name for name, *_ in CALLS} - {"full_like"}


@pytest.mark.parametrize("size", [1, 4095, 4096, 4097, 3 * 4096])
def test_norms(size):
    x = np.random.default_rng(0).standard_normal(size).astype(np.float32)
    expected = [np.linalg.norm(x[low : low + 4096].astype(float)) for low in range(0, size, 4096)]
    # Of 4096 positive terms, summed in another order: far below what a bound is compared to.
    np.testing.assert_allclose(HOST.norms(x), expected, rtol=1e-13)
    found = DEVICE.norms(torch.tensor(x))
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    assert (type(found), found.dtype) == (np.ndarray, np.float64)


def test_the_reference_is_in_double_precision():
    (x,) = HOST.normal(0, [5])
    assert HOST.wide(x).dtype == np.float64
    (x,) = DEVICE.normal(0, [5])
    assert DEVICE.wide(x).dtype == torch.float64


def test_norms_of_what_is_no_number():
    x = np.ones(5000)
    x[4500] = np.nan
    for found in (HOST.norms(x), DEVICE.norms(torch.tensor(x))):
        assert found[0] == 64
        assert np.isnan(found[1])


def test_where_they_are():
    assert isinstance(arrays("float32", "cpu"), HostArrays)
    there = arrays("float64", "meta")
    assert isinstance(there, DeviceArrays)
    assert (there.dtype, there.device) == ("float64", torch.device("meta"))


def test_half_precision_is_rounded_from_single():
    single, half = (
        DeviceArrays(dtype, torch.device("cpu")).normal(0, [1000], 0.02)[0]
        for dtype in ("float32", "bfloat16")
    )
    assert torch.equal(half, single.bfloat16())


def test_without_torch(python, tmp_path):
    ran = python(
        """
        from steprule.codegen.bench.arrays import arrays
        here = arrays("float32", "cpu")
        (x,) = here.normal(0, [5000])
        print(here.norms(here.wide(x)).shape)
        """,
        cwd=tmp_path,
        without=("torch",),
    )
    assert (ran.stdout, ran.stderr) == ("(2,)\n", "")
