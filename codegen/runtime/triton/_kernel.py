"""The kernel that applies a rule to all elements of all tensors, and the rules' arithmetic.

A program of the launch takes one block of elements of one tensor: four warps, eight elements a
thread, which is two 128-bit accesses of float32 and one of half precision. Rules see values alone,
in the dtype of the arithmetic.
"""

import triton
import triton.language as tl
from triton.language.extra import libdevice


@triton.jit
def step(
    tensors,  # int64, a row a tensor: its size, and the addresses of theta, grad and states
    blocks,  # int32, a row a program: which tensor, and which block of it
    numbers,  # a float each, or a pointer to floats, one a tensor
    limit,  # the same, of the number that CLIP takes if any
    RULE: tl.constexpr,
    FLAGS: tl.constexpr,  # what RULE is compiled for
    ROUNDS: tl.constexpr,  # whether it takes the dtype that is stored, last
    CLIP: tl.constexpr,  # a function of gradient and limit, or None
    PLACES: tl.constexpr,  # the column of each tensor of RULE, 1 for a state that does not exist
    COLUMNS: tl.constexpr,
    STORED: tl.constexpr,
    COMPUTED: tl.constexpr,
    BLOCK: tl.constexpr,
):
    block = blocks + 2 * tl.program_id(0)
    row = tl.load(block)
    start = tl.load(block + 1).to(tl.int64) * BLOCK
    tensor = tensors + row * COLUMNS
    left = tl.minimum(tl.load(tensor) - start, BLOCK).to(tl.int32)
    skipped = start * (STORED.primitive_bitwidth // 8)
    addresses = ()
    misaligned = 0
    for i in tl.static_range(len(PLACES)):
        address = tl.load(tensor + PLACES[i]) + skipped
        addresses += (address,)
        misaligned |= address % 16
    values = [number(x, row, COMPUTED) for x in numbers]
    limits = [number(x, row, COMPUTED) for x in limit]
    given = (addresses, left, values, limits)
    # Two copies of the same: the first needs no mask, and is the one with 128-bit accesses.
    if (left == BLOCK) & (misaligned == 0):
        update(*given, RULE, FLAGS, ROUNDS, CLIP, PLACES, STORED, COMPUTED, BLOCK, True)
    else:
        update(*given, RULE, FLAGS, ROUNDS, CLIP, PLACES, STORED, COMPUTED, BLOCK, False)


@triton.jit
def number(x, row, COMPUTED: tl.constexpr):
    if isinstance(x, float):  # as Triton's interpreter leaves it
        x = tl.full((), x, COMPUTED)
    if x.dtype.is_ptr():
        x = tl.load(x + row)
    return x.to(COMPUTED)


@triton.jit
def update(
    addresses,
    left,
    numbers,
    limit,
    RULE: tl.constexpr,
    FLAGS: tl.constexpr,
    ROUNDS: tl.constexpr,
    CLIP: tl.constexpr,
    PLACES: tl.constexpr,
    STORED: tl.constexpr,
    COMPUTED: tl.constexpr,
    BLOCK: tl.constexpr,
    WHOLE: tl.constexpr,
):
    i = tl.arange(0, BLOCK)
    # What is loaded in place of a state that does not exist is never used, and not loaded.
    values = [load(address, i, left, STORED, WHOLE).to(COMPUTED) for address in addresses]
    grad = values[1]
    if CLIP is not None:
        grad = CLIP(grad, *limit)
    flags = ()
    for k in tl.static_range(len(FLAGS)):
        flags += (FLAGS[k],)
    if ROUNDS:
        new = RULE(values[0], grad, *values[2:], *numbers, *flags, STORED)
    else:
        new = RULE(values[0], grad, *values[2:], *numbers, *flags)
    store(addresses[0], i, left, new[0].to(STORED), WHOLE)
    for k in tl.static_range(1, len(new)):
        if PLACES[k + 1] != 1:
            store(addresses[k + 1], i, left, new[k].to(STORED), WHOLE)


@triton.jit
def load(address, i, left, STORED: tl.constexpr, WHOLE: tl.constexpr):
    pointer = address.to(tl.pointer_type(STORED))
    if WHOLE:
        value = tl.load(tl.multiple_of(pointer, 16) + i)
    else:
        value = tl.load(pointer + i, mask=i < left)
    return value


@triton.jit
def store(address, i, left, value, WHOLE: tl.constexpr):
    pointer = address.to(tl.pointer_type(value.dtype))
    if WHOLE:
        tl.store(tl.multiple_of(pointer, 16) + i, value)
    else:
        tl.store(pointer + i, value, mask=i < left)


@triton.jit
def divide(x, y):
    """Rounded to nearest: Triton's own quotients and roots of float32 are approximate."""
    x, y = alike(x, y)
    return tl.div_rn(x, y) if x.dtype == tl.float32 else x / y


@triton.jit
def alike(x, y):
    """Both in the dtype of their sum: of a literal, which a cast would make a float32 first."""
    one = tl.full((), 1, (x + y).dtype)
    return x * one, y * one


@triton.jit
def sqrt(x):
    return tl.sqrt_rn(x) if x.dtype == tl.float32 else tl.sqrt(x)


@triton.jit
def square(x):
    return x * x


@triton.jit
def stored(x, STORED: tl.constexpr):
    """As memory will hold it, in the dtype of the arithmetic."""
    return x.to(STORED).to(x.dtype)


@triton.jit
def tanh(x):
    return libdevice.tanh(x)


@triton.jit
def atan2(y, x):
    y, x = alike(y, x)
    return libdevice.atan2(y, x)


@triton.jit
def sign(x):
    """-1, 0 or 1; of NaN it is NaN."""
    return tl.where(x > 0, 1.0, tl.where(x < 0, -1.0, x))


@triton.jit
def maximum(x, y):
    """NaN where either is."""
    return tl.maximum(x, y, propagate_nan=tl.PropagateNan.ALL)


@triton.jit
def minimum(x, y):
    """NaN where either is."""
    return tl.minimum(x, y, propagate_nan=tl.PropagateNan.ALL)


@triton.jit
def fill(value, like):
    return tl.full(like.shape, value, like.dtype)


@triton.jit
def power(base, exponent):
    base, exponent = alike(base, exponent)
    return libdevice.pow(base, exponent)
