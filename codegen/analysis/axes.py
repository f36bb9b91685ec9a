"""The shapes that heads on matrices give, and what is said of shapes they cannot be given."""

from collections.abc import Callable, Mapping, Sequence

from sympy import Basic

from ...specs.language import (
    descending,
    diagonal,
    eigenvalues,
    eigenvectors,
    iterate,
    leading,
    lower,
    matmul,
    qr,
    solve,
    trace,
    transpose,
)
from ...specs.language.decompositions import Decomposition
from ...specs.language.reductions import Reduction
from ...specs.language.shapes import ONE, Axes, basis, narrowed, ordered, product, square, tall


def _traced(shapes: Sequence[Axes]) -> Axes:
    if shapes[0]:
        square(shapes)
    return ONE, ONE


def _row(shapes: Sequence[Axes]) -> Axes:
    return ONE, square(shapes)[1]


def _eigenvectors(shapes: Sequence[Axes]) -> Axes:
    axes = square(shapes[:1])
    return narrowed(axes, basis) if shapes[1:] else axes


def _solved(shapes: Sequence[Axes]) -> Axes:
    return product(square(shapes[:1]), shapes[1])


MATRICES: Mapping[type, Callable[[Sequence[Axes]], Axes]] = {
    matmul: lambda shapes: product(shapes[0], shapes[1]),
    transpose: lambda shapes: shapes[0][::-1],
    trace: _traced,
    lower: square,
    solve: _solved,
    eigenvectors: _eigenvectors,
    qr: tall,
    eigenvalues: _row,
    diagonal: _row,
    descending: lambda shapes: ordered(shapes[0], shapes[1]),
}
"""The shape of what a head gives, by those of its operands; or a MisfitError."""


def misfit(node: Basic, one: str, other: str, axes: str) -> tuple[str, str]:
    """What is wrong with the shapes of a node's operands, and what to do.

    Args:
        node: the node.
        one: what has the first shape, in words.
        other: what has the other.
        axes: the axes of the other.
    """
    name = type(node).__name__
    match node:
        case matmul():
            problem = f"a product of matrices, of {one} and {other}"
            remedy = "The first needs as many columns as the second has rows: transpose one of them"
        case qr():
            problem = f"qr is taken of {one}"
            remedy = "Take it of a square matrix, or of one of the shape (rows, basis)"
        case leading():
            problem = f"leading columns are taken of {one}"
            remedy = "Take them of a tensor, or of a matrix of as many columns as it has"
        case solve():
            problem = f"solve takes {one} to solve for {other}"
            remedy = "Give it a square matrix, and another of as many rows"
        case lower() | trace() | diagonal() | Decomposition():
            problem = f"{name} is taken of {one}"
            remedy = "Take it of a square matrix, (rows, rows) or (cols, cols)"
            if isinstance(node, Decomposition):
                remedy += ", as matmul(x, transpose(x)) is"
        case descending():
            problem = f"descending orders the columns of {one} by {other}"
            remedy = "Give it a row of as many numbers as there are columns, as diagonal makes one"
        case iterate():
            problem = f"a round of iterate starts from {one} and gives {other}"
            remedy = "Let a round give a value of the shape that it starts from"
        case Reduction():
            problem = f"{name} goes over {axes} of {one}"
            remedy = (
                "Name both axes that it has, or one of them: rows where that is its first, cols or "
                "basis where it is its second; where it is not, transpose it first"
            )
        case _:
            problem = f"{one} meets {other}"
            remedy = "Reduce one of them over the axes that the other lacks, or transpose it"
    return problem, remedy
