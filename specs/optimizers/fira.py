"""Fira: GaLore that also steps along what its projection leaves out of the gradient.

That part, row by row or column by column along the longer axis, is made longer by as much as Adam
makes what is seen of the same one. Its length may grow by a factor from one step to the next. Of
more than two axes, the first by all others is seen as a matrix.
"""

from dataclasses import replace

from sympy import Expr

from ..families.low_rank import Side, held, n, of_sides
from ..gradients import g
from ..language import Update, View, derived, intermediates, ndim, norm, t
from .apollo import GROWTH, LENGTH, growth, length, longer
from .galore import galore as _galore
from .galore import scale, u

rest, breadth = intermediates("rest breadth")


def left_out(side: Side) -> Expr:
    """What the projection does of the gradient, made longer."""
    return (g[t] - side.back(side.low[t])) * longer(side)


_limited, _step = held(rest[t], breadth[t], length, growth)

fira = derived(
    replace(_galore, view=View(flat=ndim >= 3, rank=_galore.view.rank)),
    "Fira",
    summary="Fira: GaLore with steps along what the projection leaves out of the gradient.",
    source="Chen et al., 2024, arXiv:2410.01623, Algorithm 1; not checked against the paper",
    hyper=[GROWTH],
    states=[LENGTH],
    updates=[
        Update(rest[t], of_sides(left_out, g[t])),
        Update(breadth[t], norm(rest[t])),
        _limited,
        Update(u[t], of_sides(lambda side: scale * (side.back(side.n[t]) + _step), n[t])),
    ],
)
