"""What operators make of rules: of one of them, and of any."""

from sympy import Function, Integer

from ..language import Optimizer, State, Update, grad, hyperparameters, states, t, theta
from ..language.claims import Equivalence, Side, Verdict
from ..language.declarations import Hyper
from ..language.domains import NON_NEGATIVE
from ..operators import cautious, decay, lookahead, moments, trust
from ..operators.lookahead import alpha
from ..optimizers import adam as _adam
from ..optimizers import adamw as _adamw
from ..optimizers import lamb as _lamb
from ..optimizers import sgd as _sgd

lr, dampening, wd = hyperparameters("lr dampening weight_decay")
m, vmax = states("m vmax")
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

caution_and_decay = Equivalence(
    "caution-and-decay",
    "Decoupled decay is not masked by caution, wherever the two are done.",
    Side(cautious(decay.decoupled_decay(ANY))),
    Side(decay.decoupled_decay(cautious(ANY))),
    {},
    Verdict.PROVED,
    about=("cautious", "decoupled_decay"),
)

trust_and_decay = Equivalence(
    "trust-and-decay",
    "The trust ratio scales the decay that was in the direction before it, and none that comes "
    "after.",
    Side(trust.trust_ratio(decay.directed_decay(_sgd.sgd))),
    Side(decay.directed_decay(trust.trust_ratio(_sgd.sgd))),
    {},
    Verdict.REFUTED,
    about=("SGD", "trust_ratio", "directed_decay"),
)
