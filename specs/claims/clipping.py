"""Clipping the gradient: by its norm, as misprinted by the norm's square, as it is generated."""

from sympy import Abs, Expr, Min, Pow, Rational, Symbol, sqrt

from ..gradients.clipping import clip_by_global_norm, clip_by_norm
from ..language import (
    Optimizer,
    Transform,
    Update,
    global_norm,
    grad,
    intermediates,
    norm,
    t,
    theta,
)
from ..language.claims import Equivalence, Identity, Part, Side, Verdict
from .forms import eps, form, lr, max_norm

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
    about=("ClipByNorm",),
)

clip_corrected = Equivalence(
    "clip-corrected",
    "Scaling by the root of the sum of squares is clipping by norm.",
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
    about=("ClipByNorm",),
)


WITH_TERM = form(
    "ClipByNormAndTerm",
    "torch.nn.utils.clip_grad_norm_",
    [],
    Update(scale[t], Min(1, max_norm / (norm(G) + eps))),
    STEP,
)

clip_term = Equivalence(
    "clip-term",
    "With the term that torch adds to the norm it is not Pascanu's clipping.",
    Side(BY_NORM),
    Side(WITH_TERM, hyper={eps: Rational(1, 10**6)}),
    {},
    Verdict.REFUTED,
    about=("ClipByNorm",),
)

clip_without_term = Equivalence(
    "clip-without-term",
    "Without the term that torch adds to the norm it is Pascanu's clipping.",
    Side(BY_NORM),
    Side(WITH_TERM, hyper={eps: 0}),
    {},
    Verdict.PROVED,
    about=("ClipByNorm",),
)


def _descent(transform: Transform) -> Optimizer:
    """Gradient descent on what a transform gives."""
    step = Update(theta[t], theta[t - 1] - lr * transform.result)
    renamed = {transform.hyper.symbol: max_norm}
    updates = [Update(u.target, u.value.xreplace(renamed)) for u in transform.updates]
    return form(transform.name, transform.source, [], *updates, step)


clip_generated = Equivalence(
    "clip-generated",
    "What is generated to clip by norm is torch's form.",
    Side(WITH_TERM, hyper={eps: Rational(1, 10**6)}),
    Side(_descent(clip_by_norm)),
    {},
    Verdict.PROVED,
    about=("ClipByNorm",),
)

clip_global_of_one = Equivalence(
    "clip-global-of-one",
    "Where there is one tensor, clipping by the norm over all of them is clipping by norm.",
    Side(_descent(clip_by_norm)),
    Side(_descent(clip_by_global_norm), hyper={global_norm(G): norm(G)}),
    {},
    Verdict.PROVED,
    assumptions=("there is one tensor, so that the norm over all is its own",),
    about=("ClipByNorm", "ClipByGlobalNorm"),
)


def _smaller(a: Expr, b: Expr) -> Expr:
    return (a + b - Abs(a - b)) / 2


_size = Abs(Symbol("n", real=True))

clip_shortens = Identity(
    "clip-shortens",
    "Clipping never lengthens: the clipped norm is the smaller of the norm and the limit.",
    (
        Part(
            "the scale times the norm |n|",
            _smaller(1, max_norm / _size) * _size,
            _smaller(_size, max_norm),
        ),
    ),
    Verdict.PROVED,
    assumptions=(
        "a norm scaled by s >= 0 is s times as long",
        "min(a, b) is (a + b - |a - b|)/2",
    ),
    source="Pascanu et al., 2013, arXiv:1211.5063, Algorithm 1",
    about=("ClipByNorm",),
)
