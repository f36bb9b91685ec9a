"""GaLore: AdamW whose moments are of gradients projected on their leading singular vectors.

The vectors are those of the gradient of every ``update_proj_gap``-th step; the moments go on among
the new ones as they are. The paper has no decay, which is AdamW's here. Of a square matrix it
projects the rows, and its authors' code the columns. The kernel of a convolution is seen as a
matrix, its first axis by all others, and of three axes the first is a batch.
"""

from sympy import Expr

from ..families.low_rank import STATES, Side, arguments, kept, lr, n, of_sides, rank
from ..gradients import ascend_or_descend, decay_parameter, g, thetabar
from ..language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    Update,
    View,
    basis,
    eigenvectors,
    hyperparameters,
    intermediates,
    ndim,
    t,
    theta,
)

(scale,) = hyperparameters("scale")
(u,) = intermediates("u")


def singular_vectors(side: Side) -> Expr:
    """Those of the gradient, along the axis that is projected."""
    return eigenvectors(side.gram(g[t]), basis)


SCALE = Hyper(scale, "0.25", NON_NEGATIVE, "factor of the rate of a matrix", latex=r"\alpha")

galore = Optimizer(
    "GaLore",
    summary="GaLore: AdamW on gradients projected on a few of their singular vectors.",
    source="Zhao et al., 2024, arXiv:2403.03507, Algorithm 2; not checked against the paper",
    lineage=["AdamW"],
    view=View(flat=ndim >= 4, rank=rank),
    hyper=arguments(SCALE, ranks="128"),
    states=STATES,
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        *kept(singular_vectors),
        Update(u[t], of_sides(lambda side: scale * side.back(side.n[t]), n[t])),
        Update(theta[t], thetabar[t] - lr * u[t]),
    ],
)
