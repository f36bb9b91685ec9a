"""Sums of many terms, side by side in LLVM's vectors, which any machine's are put together to.

So all machines add in one order; and what sums lie in is not written after every term, as it would
be in a loop over elements, of which nobody knows whether they lie elsewhere.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 16
"""Terms that are added at once, each to a sum of its own."""

_INDEX = ir.IntType(64)


Joins: TypeAlias = Callable[[Any, Any, Any], Any]
"""From a builder, sums and terms, code for the sums with them."""


def _sum(builder: Any, sums: Any, x: Any) -> Any:
    return builder.fadd(sums, x)


def _sum_of_squares(builder: Any, sums: Any, x: Any) -> Any:
    return builder.fadd(sums, builder.fmul(x, x))


def _larger(builder: Any, sums: Any, x: Any) -> Any:
    """Or NaN, where one is."""
    is_kept = builder.fcmp_ordered(">=", sums, x)
    is_kept = builder.or_(is_kept, builder.fcmp_unordered("uno", sums, sums))
    return builder.select(is_kept, sums, x)


def _joining(joins: Joins, *, is_each: bool) -> Callable[..., None]:
    """What joins terms to ``LANES`` sums in turns, or each to its own."""

    @intrinsic
    def join(typing: Any, sums: Any, first: Any, terms: Any, count: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kinds = (signature.args[0], arguments[0]), (signature.args[2], arguments[2])
            into, of = (context.make_array(kind)(context, builder, x).data for kind, x in kinds)
            into = builder.gep(into, [arguments[1]])
            own = cgutils.alloca_once(builder, ir.VectorType(into.type.pointee, LANES))
            if not is_each:
                builder.store(_loaded(builder, into), own)
            vectors = builder.udiv(arguments[3], _INDEX(LANES))
            with cgutils.for_range(builder, vectors) as loop:
                at = builder.mul(loop.index, _INDEX(LANES))
                x = _loaded(builder, builder.gep(of, [at]))
                if of.type != into.type:
                    x = builder.fpext(x, ir.VectorType(into.type.pointee, LANES))
                if is_each:
                    place = builder.gep(into, [at])
                    _store(builder, joins(builder, _loaded(builder, place), x), place)
                else:
                    builder.store(joins(builder, builder.load(own), x), own)
            if not is_each:
                _store(builder, builder.load(own), into)
            return context.get_dummy_value()

        return types.void(sums, types.int64, terms, types.int64), generate

    return join


def _vector(builder: Any, place: Any) -> Any:
    return builder.bitcast(place, ir.VectorType(place.type.pointee, LANES).as_pointer())


def _size(place: Any) -> int:
    """Bytes of an element: what arrays are aligned to."""
    return 4 if isinstance(place.type.pointee, ir.FloatType) else 8


def _loaded(builder: Any, place: Any) -> Any:
    return builder.load(_vector(builder, place), align=_size(place))


def _store(builder: Any, value: Any, place: Any) -> None:
    builder.store(value, _vector(builder, place), align=_size(place))


add = _joining(_sum, is_each=False)
"""Add whole vectors of the first ``count`` terms to the sums from the element ``first`` on."""
add_squares = _joining(_sum_of_squares, is_each=False)
"""The same of their squares."""
keep_larger = _joining(_larger, is_each=False)
"""The same, but for the larger ones."""
add_each = _joining(_sum, is_each=True)
"""Add each of them, of whole vectors, to a sum of its own, of those from ``first`` on."""
add_each_square = _joining(_sum_of_squares, is_each=True)
"""The same of their squares."""
keep_each_larger = _joining(_larger, is_each=True)
"""The same, but for the larger ones."""
