"""What operators make of rules: of one of them, and of any."""

from sympy import And, Function, Integer, Piecewise

from ..gradients import gtilde
from ..language import (
    Optimizer,
    State,
    Update,
    derived,
    grad,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)
from ..language.claims import Equivalence, Side, Verdict
from ..language.declarations import Hyper
from ..language.domains import NON_NEGATIVE
from ..operators import (
    averaging,
    decay,
    gpa,
    grafting,
    lookahead,
    moments,
    noise,
    trust,
)
from ..operators.lookahead import alpha
from ..optimizers import adam as _adam
from ..optimizers import adamw as _adamw
from ..optimizers import lamb as _lamb
from ..optimizers import nadam as _nadam
from ..optimizers import sgd as _sgd

lr, dampening, momentum, wd = hyperparameters("lr dampening momentum weight_decay")
beta2, psi = hyperparameters("beta2 momentum_decay")
m, v, vmax, b, size_m, mu_product = states("m v vmax b size_m mu_product")
(local,) = intermediates("local")
F, G = (Function(name, real=True) for name in "FG")

ANY = Optimizer(
    "Rule",
    summary="Any rule that keeps a state and steps along a direction.",
    source="a state and a direction that are any functions",
    hyper=[Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma")],
    states=[State(m, init=0, key="m")],
    updates=[
        Update(m[t], F(m[t - 1], grad(theta[t - 1]))),
        Update(theta[t], theta[t - 1] - lr * G(m[t], grad(theta[t - 1]))),
    ],
)

lookahead_of_one = Equivalence(
    "lookahead-of-one",
    "Look-ahead whose slow weights follow all the way is the rule itself, whatever rule that is.",
    Side(lookahead(ANY), hyper={alpha: Integer(1)}),
    Side(ANY),
    {},
    Verdict.PROVED,
    about=("lookahead",),
)

gpa_of_the_last = Equivalence(
    "gpa-of-the-last",
    "Primal averaging that keeps nothing of its average is the rule itself, whatever rule that is.",
    Side(ANY),
    Side(gpa(ANY), hyper={averaging.keep: Integer(0)}),
    {averaging.z[t]: theta[t]},
    Verdict.PROVED,
    about=("gpa",),
)

gpa_of_sgd = Equivalence(
    "gpa-of-sgd",
    "Primal averaging over SGD, with one weight for both of its averages, is Nesterov's momentum.",
    Side(_sgd.sgd, options=[_sgd.nesterov], hyper={dampening: Integer(0), wd: Integer(0)}),
    Side(
        gpa(_sgd.sgd),
        hyper={
            averaging.keep: momentum,
            averaging.beta: momentum,
            momentum: Integer(0),
            wd: Integer(0),
            lr: lr / (1 - momentum),
        },
    ),
    {averaging.z[t]: theta[t] - momentum**2 * lr / (1 - momentum) * b[t]},
    Verdict.PROVED,
    source="Defazio et al., 2025, arXiv:2512.17131; not checked against the paper",
    about=("gpa", "SGD", "nesterov"),
)

amsgrad_of_adam = Equivalence(
    "amsgrad-of-adam",
    "The largest second moment, taken of Adam's by an operator, is Adam's own AMSGrad.",
    Side(moments.amsgrad(_adam.adam), hyper={wd: Integer(0)}),
    Side(_adam.adam, options=[_adam.amsgrad], hyper={wd: Integer(0)}),
    {vmax[t]: moments.largest[t]},
    Verdict.PROVED,
    about=("Adam", "amsgrad"),
)

adamw_of_adam = Equivalence(
    "adamw-of-adam",
    "AdamW is Adam with decoupled decay.",
    Side(decay.decoupled_decay(_adam.adam), hyper={wd: Integer(0), decay.decay: wd}),
    Side(_adamw.adamw),
    {},
    Verdict.PROVED,
    about=("Adam", "AdamW", "decoupled_decay"),
)

nesterov_of_sgd = Equivalence(
    "nesterov-of-sgd",
    "SGD with its momentum taken one step ahead is its own Nesterov form.",
    Side(moments.nesterov(_sgd.sgd), hyper={dampening: Integer(0)}),
    Side(_sgd.sgd, options=[_sgd.nesterov], hyper={dampening: Integer(0)}),
    {},
    Verdict.PROVED,
    about=("SGD", "nesterov"),
)

lamb_of_adam = Equivalence(
    "lamb-of-adam",
    "LAMB is Adam with the decay in its direction, and that scaled to the norm of each tensor.",
    Side(
        trust.trust_ratio(decay.directed_decay(_adam.adam)),
        hyper={wd: Integer(0), decay.decay: wd, trust.coefficient: Integer(1)},
    ),
    Side(_lamb.lamb),
    {},
    Verdict.PROVED,
    about=("Lamb", "Adam", "trust_ratio", "directed_decay"),
)

noise_of_none = Equivalence(
    "noise-of-none",
    "Noise of variance 0 in the gradient changes nothing, whatever the rule is.",
    Side(noise.gradient_noise(ANY), hyper={noise.variance: Integer(0)}),
    Side(ANY),
    {},
    Verdict.PROVED,
    about=("gradient_noise",),
)

graft_of_itself = Equivalence(
    "graft-of-itself",
    "A rule grafted onto the sizes of its own steps is that rule.",
    Side(ANY),
    Side(grafting.graft(ANY, size=ANY)),
    {m[t]: m[t], size_m[t]: m[t]},
    Verdict.PROVED,
    about=("graft",),
)

_SIZE = norm(theta[t - 1])
_SLOPE = norm(grad(theta[t - 1]))
LARS = Optimizer(
    "LARS",
    summary="Momentum of gradients with decay, each tensor's scaled to its norm.",
    source="You et al., 2017, arXiv:1708.03888, Algorithm 1; timm.optim.Lars likewise, but for an "
    "epsilon",
    hyper=[
        Hyper(lr, "1e-1", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(momentum, "9e-1", NON_NEGATIVE, "momentum", latex="m"),
        Hyper(wd, "1e-4", NON_NEGATIVE, "strength of the decay", latex=r"\beta"),
        Hyper(trust.coefficient, "1e-3", NON_NEGATIVE, "trust", latex=r"\eta"),
    ],
    states=[State(b, init=0, key="b")],
    updates=[
        Update(
            local[t],
            Piecewise(
                (
                    trust.coefficient * _SIZE / (_SLOPE + wd * _SIZE),
                    And(_SIZE > 0, _SLOPE > 0),
                ),
                (1, True),
            ),
        ),
        Update(
            b[t],
            momentum * b[t - 1] + lr * local[t] * (grad(theta[t - 1]) + wd * theta[t - 1]),
        ),
        Update(theta[t], theta[t - 1] - b[t]),
    ],
)

lars_of_sgd = Equivalence(
    "lars-of-sgd",
    "LARS is SGD with momentum whose gradient and decay are scaled to the norm of each tensor, at "
    "a constant rate.",
    Side(
        trust.lars(_sgd.sgd),
        hyper={dampening: Integer(0), wd: Integer(0), trust.decay: wd},
    ),
    Side(LARS),
    {b[t]: lr * b[t]},
    Verdict.PROVED,
    about=("SGD", "lars"),
)

nadam_of_adam = Equivalence(
    "nadam-of-adam",
    "NAdam is Adam with its momentum taken one step ahead while it warms up.",
    Side(moments.warm_nesterov(_adam.adam), hyper={moments.warming: psi}),
    Side(_nadam.nadam),
    {mu_product[t]: moments.product[t]},
    Verdict.PROVED,
    about=("NAdam", "Adam", "warm_nesterov"),
)

ADABELIEF = derived(
    _adam.adam,
    "AdaBelief",
    summary="Adam scaled by how far gradients lie from their average.",
    source="Zhuang et al., 2020, arXiv:2010.07468, Algorithm 2",
    updates=[Update(v[t], beta2 * v[t - 1] + (1 - beta2) * (gtilde[t] - m[t]) ** 2 + _adam.eps)],
)

adabelief_of_adam = Equivalence(
    "adabelief-of-adam",
    "AdaBelief is Adam with the squares of how far gradients lie from their average.",
    Side(moments.belief(_adam.adam), hyper={moments.least: _adam.eps}),
    Side(ADABELIEF),
    {},
    Verdict.PROVED,
    about=("Adam", "belief"),
)
