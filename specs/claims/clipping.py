"""Clipping the gradient: by its norm, and as misprinted by the norm's square."""

from sympy import Min, Pow, sqrt

from ..language import Update, grad, intermediates, norm, t, theta
from ..language.claims import Equivalence, Side, Verdict
from .forms import form, lr, max_norm

scale, squares = intermediates("scale squares")

G = grad(theta[t - 1])
STEP = Update(theta[t], theta[t - 1] - lr * scale[t] * G)
SQUARES = Update(squares[t], Pow(norm(G), 2))

BY_NORM = form(
    "ClipByNorm",
    "Pascanu et al., 2013, Algorithm 1",
    [],
    Update(scale[t], Min(1, max_norm / norm(G))),
    STEP,
)

clip_printed = Equivalence(
    "clip-printed",
    "Scaling by the sum of squares, and comparing it, is not clipping by norm: a misprint.",
    Side(BY_NORM),
    Side(
        form(
            "ClipBySquares",
            "study notes, gradient clipping as printed",
            [],
            SQUARES,
            Update(scale[t], Min(1, max_norm / squares[t])),
            STEP,
        )
    ),
    {},
    Verdict.REFUTED,
)

clip_corrected = Equivalence(
    "clip-corrected",
    "With the root of the sum of squares it is clipping by norm.",
    Side(BY_NORM),
    Side(
        form(
            "ClipByRoot",
            "study notes, gradient clipping with the root supplied",
            [],
            SQUARES,
            Update(scale[t], Min(1, max_norm / sqrt(squares[t]))),
            STEP,
        )
    ),
    {},
    Verdict.PROVED,
)
