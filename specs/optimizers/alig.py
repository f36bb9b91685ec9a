"""ALI-G: Polyak's rate for losses that can be fitted to 0, never above one that is given.

The radius that its authors' code can project to is left out.
"""

from sympy import Eq, Min, Ne, Piecewise

from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Input,
    Optimizer,
    Option,
    Source,
    State,
    Update,
    flags,
    global_total,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    states,
    t,
    theta,
)

lr, momentum, eps = hyperparameters("lr momentum eps")
(adjusted_momentum,) = flags("adjusted_momentum")
(f,) = inputs("f")
(b,) = states("b")
(eta,) = intermediates("eta")

alig = Optimizer(
    "AliG",
    summary="ALI-G: SGD at a rate computed from the loss and its gradient, up to a largest one.",
    source="Berrada, Zisserman & Kumar, 2020, arXiv:1906.05661, Algorithm 1; Nesterov's momentum "
    "as in its authors' code",
    lineage=["PolyakSGD"],
    step_key="",
    hyper=[
        Hyper(
            lr,
            "1e300",
            NON_NEGATIVE,
            "largest rate; infinite where there is to be none, or as good as that",
            latex=r"\eta",
        ),
        Hyper(momentum, "0", UNIT, "momentum factor", latex=r"\mu"),
        Option(adjusted_momentum, "keep the momentum of gradients, and not of steps"),
        Hyper(eps, "1e-5", POSITIVE, "term added to the denominator", latex=r"\delta"),
    ],
    states=[State(b, init=0, key="momentum_buffer", when=Ne(momentum, 0))],
    inputs=[Input(f, Source.LOSS, "the loss, at least 0")],
    updates=[
        Update(eta[t], Min(f[t] / (global_total(grad(theta[t - 1]) ** 2) + eps), lr)),
        Update(
            b[t],
            Piecewise(
                (momentum * b[t - 1] - grad(theta[t - 1]), adjusted_momentum),
                (momentum * b[t - 1] - eta[t] * grad(theta[t - 1]), True),
            ),
        ),
        Update(
            theta[t],
            Piecewise(
                (theta[t - 1] - eta[t] * grad(theta[t - 1]), Eq(momentum, 0)),
                (
                    theta[t - 1] - eta[t] * (grad(theta[t - 1]) - momentum * b[t]),
                    adjusted_momentum,
                ),
                (theta[t - 1] - eta[t] * grad(theta[t - 1]) + momentum * b[t], True),
            ),
        ),
    ],
)
