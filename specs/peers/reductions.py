"""Optimizers of other libraries that reduce tensors, beside the specs."""

from sympy import Piecewise, sqrt

from ..language import Update, cols, mean, rows, t
from ..language.peers import Difference
from ..optimizers import adafactor as _adafactor
from ..optimizers import lamb as _lamb
from ..optimizers.adafactor import FACTORED
from .optimizers import peer

_CLIPPED = Difference("gradients are clipped by their norm over all tensors, to 1 by default")
_ADAPTS_WITH_DECAY = Difference("without weight decay a step is Adam's, unless always_adapt is set")
_W, _R, _C, _V = (_adafactor.w[t], _adafactor.r, _adafactor.c, _adafactor.v)
_SQUARE = _adafactor.g[t] ** 2 + _adafactor.eps1
_EPS_IN_SQUARE = Difference(
    "the first epsilon is added to the squared gradient, as in the paper, and to nothing else",
    [
        Update(_R[t], (1 - _W) * _R[t - 1] + _W * mean(_SQUARE, over=cols)),
        Update(_C[t], (1 - _W) * _C[t - 1] + _W * mean(_SQUARE, over=rows)),
        Update(_V[t], (1 - _W) * _V[t - 1] + _W * _SQUARE),
        Update(
            _adafactor.vhat[t],
            Piecewise((_R[t] * _C[t] / mean(_R[t], over=rows), FACTORED), (_V[t], True)),
        ),
        Update(_adafactor.u[t], _adafactor.g[t] / sqrt(_adafactor.vhat[t])),
    ],
)
_LARGE_ALONE = "matrices are factored alone that have at least {} rows and columns"

REDUCTIONS = (
    peer(
        "SM3",
        "optax.sm3",
        Difference("a tensor of more than two axes has a sum for each entry of each axis"),
        lr="",
        momentum="0.9",
        eps="1e-8",
    ),
    peer(
        "Lamb",
        "keras.optimizers.Lamb",
        Difference(
            "weight decay shrinks the parameter before the step, and is not in the ratio",
            [Update(_lamb.u[t], _lamb.mhat[t] / (sqrt(_lamb.vhat[t]) + _lamb.eps))],
        ),
        eps="1e-7",
        weight_decay="0",
    ),
    peer("Lamb", "optax.lamb", lr="", weight_decay="0"),
    peer("Lamb", "timm.optim.Lamb", _CLIPPED, _ADAPTS_WITH_DECAY),
    peer(
        "NovoGrad",
        "optax.novograd",
        lr="",
        beta1="0.9",
        beta2="0.25",
        eps="1e-6",
    ),
    peer(
        "NovoGrad",
        "timm.optim.NvNovoGrad",
        Difference("a tensor whose gradients were all zero so far counts as new"),
    ),
    peer("Adafactor", "torch.optim.Adafactor"),
    peer(
        "Adafactor",
        "keras.optimizers.Adafactor",
        _EPS_IN_SQUARE,
        lr="1e-3",
        eps1="1e-30",
    ),
    peer(
        "Adafactor",
        "optax.adafactor",
        _EPS_IN_SQUARE,
        Difference(_LARGE_ALONE.format(128)),
        Difference(
            "the rate does not fall with the step",
            [Update(_adafactor.rho[t], _adafactor.lr)],
        ),
        Difference("weight decay is not multiplied by the rate"),
        lr="",
        eps1="1e-30",
    ),
    peer(
        "Adafactor",
        "timm.optim.Adafactor",
        _EPS_IN_SQUARE,
        Difference(_LARGE_ALONE.format(17)),
        Difference(
            "a rate that is set is taken as it is, neither bounded nor relative; without one it is "
            "bounded by 0.01",
            [Update(_adafactor.alpha[t], _adafactor.lr)],
        ),
        eps1="1e-30",
    ),
)
