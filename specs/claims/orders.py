"""Operators one after the other: where their order matters, and where it does not."""

from typing import cast

from sympy import And, Expr, Integer, Max, Min, Symbol, symbols

from ..language import hyperparameters
from ..language.claims import Equivalence, Identity, Part, Side, Verdict
from ..operators import cautious, decay, trust
from ..optimizers import adam as _adam
from ..optimizers import sgd as _sgd
from .operators import ANY

momentum, wd, l2_decay = hyperparameters("momentum weight_decay l2_decay")
g, h = symbols("g h", real=True)
limit = Symbol("c", positive=True)

caution_and_decay = Equivalence(
    "caution-and-decay",
    "Caution does not mask decoupled decay, whichever of the two is applied first.",
    Side(cautious(decay.decoupled_decay(ANY))),
    Side(decay.decoupled_decay(cautious(ANY))),
    {},
    Verdict.PROVED,
    about=("cautious", "decoupled_decay"),
)

trust_and_decay = Equivalence(
    "trust-and-decay",
    "The trust ratio scales decay that is added to the direction before it, and not decay that is "
    "added after it.",
    Side(trust.trust_ratio(decay.directed_decay(_sgd.sgd))),
    Side(decay.directed_decay(trust.trust_ratio(_sgd.sgd))),
    {},
    Verdict.REFUTED,
    about=("SGD", "trust_ratio", "directed_decay"),
)

decay_of_sgd = Equivalence(
    "l2-and-decoupled-of-sgd",
    "Weight decay in the gradient and beside the step are the same, where nothing else is done to "
    "the gradient.",
    Side(decay.l2(_sgd.sgd), hyper={momentum: Integer(0), wd: Integer(0)}),
    Side(decay.decoupled_decay(_sgd.sgd), hyper={momentum: Integer(0), wd: Integer(0)}),
    {},
    Verdict.PROVED,
    about=("SGD", "l2", "decoupled_decay"),
)

decay_of_adam = Equivalence(
    "l2-and-decoupled-of-adam",
    "Weight decay in the gradient of Adam is divided by the root of the second moment, and beside "
    "the step it is not.",
    Side(decay.l2(_adam.adam), hyper={wd: Integer(0)}),  # Adam's own, which is another
    Side(decay.decoupled_decay(_adam.adam), hyper={wd: Integer(0)}),
    {},
    Verdict.REFUTED,
    about=("Adam", "l2", "decoupled_decay"),
)

caution_and_directed_decay = Equivalence(
    "caution-and-directed-decay",
    "Caution masks decay that is added to the direction before it, and not decay that is added "
    "after it.",
    Side(cautious(decay.directed_decay(_sgd.sgd))),
    Side(decay.directed_decay(cautious(_sgd.sgd))),
    {},
    Verdict.REFUTED,
    about=("SGD", "cautious", "directed_decay"),
)


def _clipped(gradient: Expr) -> Expr:
    return cast(Expr, Max(-limit, Min(gradient, limit)))


clipping_and_accumulation = Identity(
    "clipping-and-accumulation",
    "The mean of gradients that are clipped one by one is not their clipped mean.",
    (
        Part(
            "the gradient of two small batches",
            (_clipped(g) + _clipped(h)) / 2,
            _clipped((g + h) / 2),
            And(g > limit, h > -limit, h < limit),
        ),
    ),
    Verdict.REFUTED,
    ("g and h are the gradients of the two, and c is the limit",),
    about=("SGD", "clip_by_value", "accumulate"),
)

lars_and_l2 = Equivalence(
    "lars-and-l2",
    "LARS adds the norms of the gradient and of the decay. Where the decay is in the gradient "
    "already, the norm is that of their sum.",
    Side(trust.lars(_sgd.sgd), hyper={wd: Integer(0), trust.decay: wd}),
    Side(
        decay.l2(trust.lars(_sgd.sgd)),
        hyper={wd: Integer(0), trust.decay: Integer(0), l2_decay: wd},
    ),
    {},
    Verdict.REFUTED,
    about=("SGD", "lars", "l2"),
)
