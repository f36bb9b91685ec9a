"""Rules that step along signs, and what is lost and gained by that."""

from sympy import Integer, Rational, sign, symbols

from ..language import hyperparameters
from ..language.claims import Equivalence, Identity, Part, Side, Verdict
from ..optimizers import lion as _lion
from ..optimizers import signsgd as _signsgd
from .forms import beta1, beta2, lr

x, s, p, C = symbols("x s p C", real=True)
momentum, wd = hyperparameters("momentum weight_decay")

lion_signum = Equivalence(
    "lion-of-one-decay",
    "Lion that weighs the past in its step as it does in its momentum is Signum.",
    Side(_lion.lion, hyper={beta1: beta2}),
    Side(_signsgd.signsgd, hyper={momentum: beta2}),
    {},
    Verdict.PROVED,
    ("the decay rate is not 0",),
    about=("Lion", "Signum", "SignSGD"),
)

lion_is_not_signum = Equivalence(
    "lion-is-not-signum",
    "With two different decay rates Lion is not Signum: the newest gradient has more weight in "
    "the step than in the momentum.",
    Side(_lion.lion, hyper={wd: Integer(0)}),
    Side(_signsgd.signsgd, hyper={momentum: beta2, wd: Integer(0)}),
    {},
    Verdict.REFUTED,
    about=("Lion", "Signum", "SignSGD"),
)

_STEPPED = (1 - lr * wd) * x - lr * s

signs_bound_weights = Identity(
    "signs-bound-weights",
    "Under decoupled decay, steps along signs keep every parameter that begins between plus and "
    "minus one over the decay there.",
    (
        Part(
            "how far below the upper bound after a step, both terms not negative",
            1 / wd - _STEPPED,
            (1 - lr * wd) * (1 / wd - x) + lr * (1 + s),
        ),
        Part(
            "how far above the lower bound, likewise",
            _STEPPED + 1 / wd,
            (1 - lr * wd) * (x + 1 / wd) + lr * (1 - s),
        ),
    ),
    Verdict.PROVED,
    ("s, the sign, lies between -1 and 1", "the rate times the decay is between 0 and 1"),
    "Chen et al., 2024, arXiv:2310.05898, for the constraint that Lion's decay amounts to",
    about=("Lion", "SignSGD", "Signum", "Tiger"),
)

sign_of_noise = Identity(
    "signs-of-noise",
    "The mean of signs is not the sign of the mean: of gradients that are large and rare one way, "
    "small and frequent the other, the signs point the wrong way.",
    (
        Part("the mean of the gradient", p * C - (1 - p), Rational(1, 4)),
        Part("the mean of its sign", p - (1 - p), Rational(-1, 2)),
    ),
    Verdict.PROVED,
    ("the gradient is C with the probability p, and -1 otherwise",),
    "Karimireddy et al., 2019, arXiv:1901.09847, counterexample 1",
    {p: Rational(1, 4), C: Integer(4)},
    about=("SignSGD", "Lion"),
)

sign_of_turned = Identity(
    "signs-of-turned-axes",
    "The signs of a turned gradient are not the turned signs: which axes a loss is written in "
    "matters to a rule that takes signs.",
    (
        Part(
            "the first component",
            sign(Rational(3, 5) * x - Rational(4, 5) * s),
            Rational(3, 5) * sign(x) - Rational(4, 5) * sign(s),
        ),
    ),
    Verdict.REFUTED,
    about=("SignSGD", "Adam"),
)
