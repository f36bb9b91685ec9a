"""Weight decay: in the gradient, beside it, before the step and after."""

from sympy import Expr, sqrt

from ..language import Optimizer, Series, Update, grad, intermediates, states, t, theta
from ..language.claims import Equivalence, Side, Verdict
from ..optimizers import adamw as _adamw
from .forms import beta, beta1, beta2, eps, form, lr, wd

m, v, d = states("m v d")
(g,) = intermediates("g")

PLAIN = Update(g[t], grad(theta[t - 1]))
L2 = Update(g[t], grad(theta[t - 1]) + wd * theta[t - 1])
MOMENTS = (
    Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
    Update(v[t], beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
)
MHAT = m[t] / (1 - beta1**t)
DIRECTION = MHAT / (sqrt(v[t] / (1 - beta2**t)) + eps)
SHRUNK = theta[t - 1] * (1 - lr * wd)


def _rule(
    name: str, source: str, *updates: Update, kept: tuple[Series, ...] = (), to: Expr
) -> Optimizer:
    return form(name, source, kept, *updates, Update(theta[t], to))


sgd_decay = Equivalence(
    "decay-sgd",
    "For plain SGD, L2 and decoupled decay are one, the decay scaled by the learning rate.",
    Side(_rule("SGDL2", "gradient descent with an L2 term", L2, to=theta[t - 1] - lr * g[t])),
    Side(
        _rule(
            "SGDDecoupled",
            "Loshchilov & Hutter, 2019, Proposition 1",
            PLAIN,
            to=theta[t - 1] * (1 - wd) - lr * g[t],
        ),
        hyper={wd: lr * wd},
    ),
    {},
    Verdict.PROVED,
    about=("SGD",),
)

_ACCUMULATE = Update(d[t], beta * d[t - 1] + g[t])

momentum_decay = Equivalence(
    "decay-momentum",
    "With momentum, L2 and decoupled decay differ.",
    Side(_rule("MomentumL2", "L2", L2, _ACCUMULATE, kept=(d,), to=theta[t - 1] - lr * d[t])),
    Side(
        _rule(
            "MomentumDecoupled", "decoupled", PLAIN, _ACCUMULATE, kept=(d,), to=SHRUNK - lr * d[t]
        )
    ),
    {},
    Verdict.REFUTED,
    about=("SGD",),
)

_BEFORE = _rule(
    "AdamDecayBefore",
    "Loshchilov & Hutter, 2019, Algorithm 2, as torch has it",
    PLAIN,
    *MOMENTS,
    kept=(m, v),
    to=SHRUNK - lr * DIRECTION,
)

adamw_spec = Equivalence(
    "adamw-generated",
    "The generated AdamW decays the parameter before the step.",
    Side(_BEFORE),
    Side(_adamw.adamw, hyper={_adamw.weight_decay.symbol: wd}),
    {},
    Verdict.PROVED,
    about=("AdamW",),
)

adamw_in_update = Equivalence(
    "adamw-decay-in-update",
    "Decay before the step is decay added to the update, as optax has it.",
    Side(_BEFORE),
    Side(
        _rule(
            "AdamDecayInUpdate",
            "optax.adamw",
            PLAIN,
            *MOMENTS,
            kept=(m, v),
            to=theta[t - 1] - lr * (DIRECTION + wd * theta[t - 1]),
        )
    ),
    {},
    Verdict.PROVED,
    about=("AdamW",),
)

adamw_after = Equivalence(
    "adamw-decay-after",
    "Decay after the step is another rule.",
    Side(_BEFORE),
    Side(
        _rule(
            "AdamDecayAfter",
            "the parameter shrunk once the step is taken",
            PLAIN,
            *MOMENTS,
            kept=(m, v),
            to=(theta[t - 1] - lr * DIRECTION) * (1 - lr * wd),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("AdamW",),
)

adam_l2 = Equivalence(
    "decay-adam",
    "In Adam, L2 and decoupled decay differ.",
    Side(_BEFORE),
    Side(_rule("AdamL2", "L2", L2, *MOMENTS, kept=(m, v), to=theta[t - 1] - lr * DIRECTION)),
    {},
    Verdict.REFUTED,
    about=("Adam", "AdamW"),
)

adamw_printed = Equivalence(
    "adamw-printed-brackets",
    "AdamW with the decay inside the denominator, as printed, is another rule: a misprint.",
    Side(_BEFORE),
    Side(
        _rule(
            "AdamWPrinted",
            "study notes, AdamWeightDecay as printed",
            PLAIN,
            *MOMENTS,
            kept=(m, v),
            to=theta[t - 1] + lr * (MHAT / (sqrt(v[t] / (1 - beta2**t)) + wd * theta[t - 1]) + eps),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("AdamW",),
)
