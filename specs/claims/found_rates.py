"""Rates that a rule finds: from the loss, and from how far it has come."""

from sympy import Symbol, sqrt, symbols

from ..language.claims import Identity, Part, Verdict

F, S, R, D, k, d = symbols("F S R D k d", positive=True)
h, x = symbols("h x", positive=True)
f, g = symbols("f g", real=True)
gamma = Symbol("gamma", positive=True)

polyak_distance = Identity(
    "polyak-distance",
    "Of all rates, Polyak's makes the bound on the distance from a minimum smallest after a step "
    "on a convex loss.",
    (
        Part(
            "the bound, by completing the square",
            R - 2 * gamma * F + gamma**2 * S,
            R - F**2 / S + S * (gamma - F / S) ** 2,
        ),
    ),
    Verdict.PROVED,
    (
        "R is the squared distance before the step, F how far the loss is above its least, S the "
        "squared norm of the gradient",
    ),
    "Polyak, 1969, Minimization of unsmooth functionals; not checked against the paper",
    about=("PolyakSGD",),
)

_QUADRATIC = {f: h * x**2 / 2, g: h * x}

polyak_quadratic = Identity(
    "polyak-quadratic",
    "On a quadratic of one dimension Polyak's rate halves the distance in every step, whatever the "
    "curvature.",
    (
        Part("the rate", f / g**2, 1 / (2 * h)),
        Part("the parameter after a step", x - (f / g**2) * g, x / 2),
    ),
    Verdict.PROVED,
    ("the least loss is 0, and it is known",),
    where=_QUADRATIC,
    about=("PolyakSGD",),
)

polyak_too_low = Identity(
    "polyak-too-low",
    "If the least loss is guessed too low, the steps grow as the minimum comes near.",
    (Part("the parameter after a step", x - (f + d) / g, x / 2 - d / (h * x)),),
    Verdict.PROVED,
    ("the least loss is 0, and guessed to be d lower",),
    where=_QUADRATIC,
    about=("PolyakSGD",),
)

rate_of_distance = Identity(
    "rate-of-distance",
    "The bound on what descent loses by its distance from the minimum, and by the size of its "
    "gradients, is smallest where the rate is that distance over the root of the sum of their "
    "squares.",
    (
        Part(
            "the bound, by completing the square",
            D**2 / (2 * gamma) + gamma * S / 2,
            D * sqrt(S) + (D - gamma * sqrt(S)) ** 2 / (2 * gamma),
        ),
        Part(
            "the bound at k times that rate",
            D**2 / (2 * gamma) + gamma * S / 2,
            (k + 1 / k) / 2 * D * sqrt(S),
        ),
    ),
    Verdict.PROVED,
    (
        "D is the distance from the start to the minimum, S the sum of the squared norms of all "
        "gradients",
    ),
    "Zinkevich, 2003, Online convex programming and generalized infinitesimal gradient ascent, for "
    "the bound",
    {gamma: k * D / sqrt(S)},
    about=("DoG", "DoWG", "Prodigy", "DAdaptSGD", "DAdaptAdam"),
)
