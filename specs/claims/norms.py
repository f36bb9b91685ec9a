"""Rules that look at whole tensors: their norms, their rows and their columns."""

from sympy import Expr, Integer, sqrt, symbols

from ..language.claims import Identity, Part, Verdict
from .forms import lr

a1, a2, b1, b2 = symbols("a1 a2 b1 b2", positive=True)
v1, v2, v3, v4 = symbols("v1 v2 v3 v4", positive=True)
x, y, k, p, q = symbols("x y k p q", real=True)
w, u, r = symbols("w u r", positive=True)

r1, r2, c1, c2 = symbols("r1 r2 c1 c2", positive=True)

_MEANS = {r1: (v1 + v2) / 2, r2: (v3 + v4) / 2, c1: (v1 + v3) / 2, c2: (v2 + v4) / 2}
_OF_ONE = {v1: a1 * b1, v2: a1 * b2, v3: a2 * b1, v4: a2 * b2}
TWO = "the matrix has the rows v1, v2 and v3, v4"


def factored(row: Expr, column: Expr) -> Expr:
    """What Adafactor makes of the means of rows and of columns."""
    return row * column / ((r1 + r2) / 2)


factored_rank_one = Identity(
    "factored-rank-one",
    "A matrix of squares that is a column times a row follows from the means of its rows and of "
    "its columns, which Adafactor keeps.",
    (
        Part("the first entry", factored(r1, c1), v1),
        Part("the second", factored(r1, c2), v2),
    ),
    Verdict.PROVED,
    (TWO,),
    "Shazeer & Stern, 2018, arXiv:1804.04235, section 3",
    {**_OF_ONE, **_MEANS},
    about=("Adafactor",),
)

factored_means = Identity(
    "factored-means",
    "What Adafactor makes of any matrix has the means of its rows and columns.",
    (
        Part("the first row", (factored(r1, c1) + factored(r1, c2)) / 2, r1),
        Part("the first column", (factored(r1, c1) + factored(r2, c1)) / 2, c1),
    ),
    Verdict.PROVED,
    (TWO,),
    "Shazeer & Stern, 2018, arXiv:1804.04235, section 3",
    _MEANS,
    about=("Adafactor",),
)

factored_any = Identity(
    "factored-any",
    "The entries of a matrix do not, in general, follow from the means of its rows and columns.",
    (Part("the first entry", factored(r1, c1), v1),),
    Verdict.REFUTED,
    (TWO,),
    where=_MEANS,
    about=("Adafactor",),
)

scale_free_growth = Identity(
    "scale-free-growth",
    "Where scaling a tensor leaves the loss as it is, the gradient stands at right angles to it, "
    "and every step of descent makes it longer.",
    (
        Part("the product of parameter and gradient", x * p + y * q, Integer(0)),
        Part(
            "the squared norm after a step",
            (x - lr * p) ** 2 + (y - lr * q) ** 2,
            (x**2 + y**2) + lr**2 * (p**2 + q**2),
        ),
    ),
    Verdict.PROVED,
    (
        "the tensor has the entries x and y, the gradient p and q, and k is its slope along the "
        "circle over the radius",
    ),
    "van Laarhoven, 2017, arXiv:1706.05350, for what this does to the learning rate",
    {p: -k * y, q: k * x},
    about=("SGD", "LARS", "SGDP", "AdamP"),
)

trust_relative = Identity(
    "trust-is-relative",
    "Scaled by a trust ratio a step is a fixed share of the tensor's norm, however long the "
    "direction is.",
    (Part("the squared length of a step", (lr * r * p) ** 2 + (lr * r * q) ** 2, lr**2 * w**2),),
    Verdict.PROVED,
    ("the tensor has the entries x and y, the direction p and q, and neither norm is 0",),
    "You et al., 2020, arXiv:1904.00962",
    {w: sqrt(x**2 + y**2), u: sqrt(p**2 + q**2), r: w / u},
    about=("Lamb", "trust_ratio"),
)
