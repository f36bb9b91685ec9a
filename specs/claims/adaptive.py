"""Adagrad and RMSprop: forms, misprints, and where an epsilon stands."""

from sympy import Integer, Rational, sqrt

from ..language import Update, grad, states, t, theta
from ..language.claims import Equivalence, Side, Verdict
from ..optimizers import adagrad as _adagrad
from ..optimizers import rmsprop as _rmsprop
from .forms import beta, eps, lr, stepping

v, s = states("v s")
G = grad(theta[t - 1])
_SUM = Update(s[t], s[t - 1] + G**2)

_ADAGRAD = stepping(
    "AdagradForm", "Duchi et al., 2011", _SUM, kept=(s,), change=-lr * G / (eps + sqrt(s[t]))
)

adagrad_spec = Equivalence(
    "adagrad-generated",
    "The generated Adagrad is identical to the paper's.",
    Side(_ADAGRAD),
    Side(
        _adagrad.adagrad,
        hyper={
            _adagrad.lr_decay: Integer(0),
            _adagrad.initial_accumulator_value: Integer(0),
            _adagrad.weight_decay.symbol: Integer(0),
        },
    ),
    {},
    Verdict.PROVED,
    about=("Adagrad",),
)

adagrad_printed = Equivalence(
    "adagrad-printed-sign",
    "Adagrad with its step added climbs: a misprint.",
    Side(_ADAGRAD),
    Side(
        stepping(
            "AdagradPrinted",
            "study notes, Adagrad as printed",
            _SUM,
            kept=(s,),
            change=lr * G / (eps + sqrt(s[t])),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("Adagrad",),
)

_SQUARES = Update(v[t], beta * v[t - 1] + (1 - beta) * G**2)

_RMSPROP = stepping(
    "RMSpropNotes",
    "Tieleman & Hinton, 2012",
    _SQUARES,
    kept=(v,),
    change=-lr * G / (eps + sqrt(v[t])),
)

rmsprop_spec = Equivalence(
    "rmsprop-generated",
    "The generated RMSprop is identical to the lecture's.",
    Side(_RMSPROP),
    Side(
        _rmsprop.rmsprop,
        hyper={
            _rmsprop.alpha: beta,
            _rmsprop.momentum: Integer(0),
            _rmsprop.weight_decay.symbol: Integer(0),
        },
    ),
    {},
    Verdict.PROVED,
    about=("RMSprop",),
)

rmsprop_printed = Equivalence(
    "rmsprop-printed-sign",
    "RMSprop with its step added climbs: a misprint.",
    Side(_RMSPROP),
    Side(
        stepping(
            "RMSpropPrinted",
            "study notes, RMSprop as printed",
            _SQUARES,
            kept=(v,),
            change=lr * G / (eps + sqrt(v[t])),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("RMSprop",),
)

rmsprop_epsilon = Equivalence(
    "rmsprop-epsilon-inside",
    "RMSprop with epsilon inside the root, as Keras and TensorFlow have it, is another rule.",
    Side(_RMSPROP),
    Side(
        stepping(
            "RMSpropInside",
            "keras.optimizers.RMSprop",
            _SQUARES,
            kept=(v,),
            change=-lr * G / sqrt(v[t] + eps),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("RMSprop",),
)

adagrad_not_rmsprop = Equivalence(
    "adagrad-is-not-rmsprop",
    "A sum of squares is no average of them: the generated Adagrad is not RMSprop.",
    Side(_adagrad.adagrad),
    Side(
        _rmsprop.rmsprop,
        hyper={
            _rmsprop.alpha: Rational(1, 2),
            _rmsprop.momentum: Integer(0),
        },
    ),
    {_rmsprop.v[t]: s[t]},
    Verdict.REFUTED,
    about=("Adagrad", "RMSprop"),
)
