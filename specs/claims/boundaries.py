"""At which step a rate changes, where libraries of one name disagree."""

from sympy import Basic, Expr, Gt, Integer, Le, Lt, Piecewise, Symbol

from ..language import step
from ..language.claims import Identity, Part, Verdict

m, bad, patience = (Symbol(s, integer=True, nonnegative=True) for s in ("m", "bad", "patience"))
before, after = (Symbol(s, real=True) for s in ("before", "after"))


def _pieces(boundary: Basic) -> Expr:
    return Piecewise((before, boundary), (after, True))


boundary_keras = Identity(
    "piecewise-boundary-keras",
    "Keras's PiecewiseConstantDecay, which keeps a rate at its boundary too, changes one step "
    "later than torch's and optax's schedules.",
    (Part("at the boundary m", _pieces(Lt(step, m)), _pieces(Le(step, m))),),
    Verdict.REFUTED,
    (),
    "Keras, PiecewiseConstantDecay",
    about=("PiecewiseConstantLR", "MultiStepLR"),
)

boundary_elsewhere = Identity(
    "piecewise-boundary-elsewhere",
    "At all steps but those of boundaries, Keras's schedule agrees with torch's and optax's.",
    (
        Part("before m", _pieces(Lt(step, m)), _pieces(Le(step, m)), Lt(step, m)),
        Part("after m", _pieces(Lt(step, m)), _pieces(Le(step, m)), Gt(step, m)),
    ),
    Verdict.PROVED,
    (),
    "Keras, PiecewiseConstantDecay",
    about=("PiecewiseConstantLR", "MultiStepLR"),
)


def _reduced(reduces: Basic) -> Expr:
    return Piecewise((Integer(1), reduces), (Integer(0), True))


patience_optax = Identity(
    "patience-optax",
    "With the same patience, reducing at the patience-th failure in a row, as optax does, is not "
    "reducing at the one after it, as torch does.",
    (Part("whether it reduces", _reduced(Gt(bad, patience)), _reduced(bad >= patience)),),
    Verdict.REFUTED,
    (),
    "optax.contrib.reduce_on_plateau",
    about=("ReduceLROnPlateau",),
)

patience_shifted = Identity(
    "patience-shifted",
    "torch's patience is optax's minus 1: both reduce at the same failure.",
    (
        Part(
            "at optax's patience-th failure and after it",
            _reduced(Gt(bad, patience - 1)),
            _reduced(bad >= patience),
            bad >= patience,
        ),
        Part(
            "before it",
            _reduced(Gt(bad, patience - 1)),
            _reduced(bad >= patience),
            Le(bad, patience - 1),
        ),
    ),
    Verdict.PROVED,
    ("failures and patience are whole numbers",),
    "optax.contrib.reduce_on_plateau",
    about=("ReduceLROnPlateau",),
)
