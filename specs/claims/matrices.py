"""Rules for matrices, by what they do to singular values."""

from sympy import Expr, Integer, Limit, Rational, Symbol, sqrt, symbols

from ..language import Hyper
from ..language.claims import Identity, Part, Verdict
from ..optimizers import muon as _muon

s, S, L, R = symbols("s S L R", positive=True)
g = Symbol("g", real=True)
a, b, c = _muon.a, _muon.b, _muon.c

CUBIC = (3 * s - s**3) / 2
QUINTIC = (15 * s - 10 * s**3 + 3 * s**5) / 8
_DEFAULTS: dict[Symbol, Expr] = {
    h.symbol: Rational(h.default)
    for h in _muon.muon.hyper
    if isinstance(h, Hyper) and h.symbol in (a, b, c)
}

newton_schulz = Identity(
    "newton-schulz",
    "The rounds of Newton and Schulz bring singular values to one, and what is left is about the "
    "square of what was, or its cube.",
    (
        Part("what a cubic round leaves", 1 - CUBIC, (1 - s) ** 2 * (2 + s) / 2),
        Part("a round of the fifth power", 1 - QUINTIC, (1 - s) ** 3 * (8 + 9 * s + 3 * s**2) / 8),
    ),
    Verdict.PROVED,
    ("s is a singular value",),
    "Björck & Bowie, 1971, An iterative algorithm for computing the best estimate of an orthogonal "
    "matrix; not checked against the paper",
    about=("Muon",),
)

ROUND = a * s + b * s**3 + c * s**5

muon_rounds = Identity(
    "muon-rounds",
    "Muon's coefficients give up that limit for speed: small singular values grow more than "
    "threefold in a round, and one does not stay one.",
    (
        Part("the growth of the smallest", Limit(ROUND / s, s, 0), Rational("3.4445")),
        Part("one after a round", ROUND.xreplace({s: Integer(1)}), Rational("0.701")),
    ),
    Verdict.PROVED,
    ("s is a singular value",),
    "Jordan et al., 2024, https://kellerjordan.github.io/posts/muon",
    _DEFAULTS,
    about=("Muon",),
)

shampoo_one_gradient = Identity(
    "shampoo-of-one-gradient",
    "Between the roots that one gradient makes of itself, Shampoo's singular values are all one: "
    "without a past Shampoo is Muon with its rounds carried out to the end.",
    (Part("a singular value", L ** Rational(-1, 4) * s * R ** Rational(-1, 4), Integer(1)),),
    Verdict.PROVED,
    ("s is a singular value of the gradient, and not 0", "what the sums start from is left out"),
    "Bernstein & Newhouse, 2024, arXiv:2409.20325",
    {L: s * s, R: s * s},
    about=("Shampoo", "Muon"),
)

shampoo_number = Identity(
    "shampoo-of-a-number",
    "Of a matrix of one row and one column, Shampoo is Adagrad.",
    (Part("the direction", L ** Rational(-1, 4) * g * R ** Rational(-1, 4), g / sqrt(S)),),
    Verdict.PROVED,
    ("S is the sum of the squared gradients", "what the sums start from is left out"),
    "Gupta, Koren & Singer, 2018, arXiv:1802.09568",
    {L: S, R: S},
    about=("Shampoo", "Adagrad"),
)
