"""Arrays of a kernel's own on its stack: nobody counts who holds them, and nothing else lies there.

Counts are changed by all threads at once, which takes longer than what is then done with a hundred
elements; and where an array may overlap others, loops over it ask first.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from ._kernel import CHUNK
from ._vectors import LANES

SCALES = 3
"""Sums that there are of each term in float64."""


def _room(kind: Callable[[Any], tuple[Any, tuple[int, ...]]]) -> Any:
    """What gives an array, not filled, to the kernel in whose text it stands.

    Args:
        kind: the dtype and the shape, for the dtype of the arithmetic.
    """

    @intrinsic
    def room(typing: Any, real: Any) -> Any:
        dtype, shape = kind(real.dtype)
        result = types.Array(dtype, len(shape), "C")

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            size = context.get_abi_sizeof(context.get_data_type(dtype))
            steps, count = [size], 1
            for length in reversed(shape):
                count *= length
                steps.insert(0, steps[0] * length)
            memory = ir.ArrayType(context.get_data_type(dtype), count)
            own = cgutils.alloca_once(builder, memory)
            own.align = _ALIGNED

            def words(values: Any) -> Any:
                return cgutils.pack_array(
                    builder, [context.get_constant(types.intp, x) for x in values]
                )

            array = make_array(result)(context, builder)
            populate_array(
                array,
                data=builder.bitcast(own, array.data.type),
                shape=words(shape),
                strides=words(steps[1:]),
                itemsize=context.get_constant(types.intp, size),
                meminfo=None,
            )
            return array._getvalue()

        return result(real), generate

    return room


_ALIGNED = 64
"""Bytes: so no vector lies across two of what memory comes in."""


def _sums(real: Any) -> tuple[Any, tuple[int, int]]:
    return types.float64, ((SCALES, CHUNK) if real == types.float64 else (1, LANES))


buffer = _room(lambda real: (real, (CHUNK,)))
"""For the terms of elements that are updated together.

They are added up after these, in loops of their own: one loop with sums of all kinds would often
not be vectorised.
"""
sums_room = _room(_sums)
"""For sums of terms, in each scale."""
largest_room = _room(lambda real: (real, (1, LANES)))
"""For the largest of terms, of as many side by side."""
