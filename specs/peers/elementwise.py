"""Rules of elements that others have under their names, beside the specs."""

from sympy import Eq, Expr, Max, Piecewise, Rational, sign, sqrt

from ..gradients import g, gtilde, thetabar
from ..language import Update, clip, intermediates, t, theta
from ..language.peers import Difference, Peer
from ..operators.lookahead import alpha as _alpha
from ..operators.lookahead import is_due as _is_due
from ..operators.lookahead import k as _k
from ..operators.lookahead import slow as _slow
from ..optimizers import acprop as _acprop
from ..optimizers import adam as _adam
from ..optimizers import adapnm as _adapnm
from ..optimizers import adopt as _adopt
from ..optimizers import bcos as _bcos
from ..optimizers import diffgrad as _diffgrad
from ..optimizers import kate as _kate
from ..optimizers import madgrad as _madgrad
from ..optimizers import rprop as _rprop
from .optimizers import SHRUNK

_EPS_BELOW = Difference(
    "epsilon is the least that is divided by, and not added",
    [
        Update(
            theta[t],
            thetabar[t] - _adam.lr * _adam.mhat[t] / Max(sqrt(_adam.vhat[t]), _adam.eps),
        )
    ],
)

TINY = Rational(1, 10**15)


def over_uncorrected_root(direction: Expr, moment: Expr) -> Difference:
    """A step whose epsilon stands beside the root before it is corrected."""
    root = (sqrt(moment + TINY) + _adam.eps) / sqrt(1 - _adam.beta2**t)
    return Difference(
        "epsilon stands beside the uncorrected root, so that its weight shrinks in the first "
        "steps, and 1e-15 under it",
        [Update(theta[t], thetabar[t] - _adam.lr * direction / root)],
        "adam-rate-form-unscaled",
    )


_FROM_A_LEAST = Difference(
    "1e-15 stands under the root",
    [
        Update(
            theta[t],
            thetabar[t]
            - _adam.lr
            * sqrt(1 - _adam.beta2**t)
            / (1 - _adam.beta1**t)
            * _diffgrad.friction[t]
            * _adam.m[t]
            / (sqrt(_adam.v[t] + TINY) + _adam.eps),
        )
    ],
)
_BELIEF_EPS = Difference(
    "epsilon stands beside the root alone, and a second one in the average, 1e-16 by default",
    [
        Update(
            _adam.v[t],
            _adam.beta2 * _adam.v[t - 1]
            + (1 - _adam.beta2) * (gtilde[t] - _adam.m[t]) ** 2
            + Rational(1, 10**16),
        )
    ],
)
_SHRUNK_FIRST = Piecewise((SHRUNK.value, _madgrad.decouple_decay), (theta[t - 1], True))
_DECAY_BEFORE = Difference(
    "decoupled decay shrinks the parameter before the step, not after it",
    [
        Update(
            _madgrad.origin[t],
            Piecewise(
                (
                    _SHRUNK_FIRST + _madgrad.s[t - 1] / _madgrad.root(_madgrad.v[t - 1]),
                    Eq(_madgrad.momentum, 0),
                ),
                (_madgrad.start[t - 1], True),
            ),
        ),
        Update(
            theta[t],
            _madgrad.momentum * _SHRUNK_FIRST + (1 - _madgrad.momentum) * _madgrad.z[t],
        ),
    ],
)
_PRODUCT = _rprop.g[t] * _rprop.prev[t - 1]
_ONE_BEHIND = Difference(
    "the parameter takes the step of the gradient before, and none where the sign turns; a size "
    "is held between its bounds only where it changes",
    [
        Update(
            _rprop.step_size[t],
            Piecewise(
                (_rprop.step_size[t - 1], Eq(_PRODUCT, 0)),
                (
                    clip(
                        _rprop.factor[t] * _rprop.step_size[t - 1],
                        _rprop.step_size_min,
                        _rprop.step_size_max,
                    ),
                    True,
                ),
            ),
        ),
        Update(
            theta[t],
            theta[t - 1]
            - Piecewise(
                (0, _PRODUCT < 0), (sign(_rprop.prev[t - 1]) * _rprop.step_size[t - 1], True)
            ),
        ),
    ],
)
(_thetahat,) = intermediates("thetahat")  # where look-ahead finds the rule it is done to
_BEGUN_LATE = Difference(
    "the slow parameters begin as the fast ones are at the first synchronization, which changes "
    "nothing",
    [
        Update(
            _slow[t],
            Piecewise(
                (_thetahat[t], Eq(t, _k)),
                (_slow[t - 1] + _alpha * (_thetahat[t] - _slow[t - 1]), _is_due),
                (_slow[t - 1], True),
            ),
        )
    ],
)
_ALWAYS_DECAYED = Difference(
    "the decay takes the rate as it is, but in groups that are marked as normalized",
    [SHRUNK],
)

_LATER_BOUND = Difference(
    "the bound is the power of the step, and not of the steps before it",
    [Update(_adopt.limit[t], t**_adopt.clip_exp)],
)
_FIRST_DECAYED = Difference(
    "decoupled decay shrinks the parameter in the first step too",
    [
        Update(
            theta[t],
            Piecewise((thetabar[t], Eq(t, 1)), (thetabar[t] - _adam.lr * _adam.m[t], True)),
        )
    ],
)
_OF_MEAN_BEFORE = Difference(
    "how far a gradient lies from the mean is taken before the mean takes it in",
    [
        Update(
            _adam.v[t],
            _adam.beta2 * _adam.v[t - 1]
            + (1 - _adam.beta2) * (gtilde[t] - _adam.m[t - 1]) ** 2
            + _acprop.eps,
        )
    ],
)
_TAKEN_IN = Difference(
    "the momentum that is squared has the gradient of the step in it",
    [
        Update(
            _bcos.v[t],
            _bcos.beta2 * _bcos.m[t] ** 2 + (1 - _bcos.beta2) * g[t] ** 2,
        )
    ],
)
_EPS_ADDS_UP = Difference(
    "epsilon is added to the sum itself in every step, and the roots of both sums are kept",
    [
        Update(_kate.total[t], _kate.b[t - 1] ** 2 + g[t] ** 2 + _kate.eps),
        Update(_kate.b[t], sqrt(_kate.total[t])),
        Update(
            _kate.m[t],
            sqrt(_kate.m[t - 1] ** 2 + _kate.eta * g[t] ** 2 + g[t] ** 2 / _kate.total[t]),
        ),
        Update(theta[t], thetabar[t] - _kate.lr * _kate.m[t] * g[t] / _kate.total[t]),
    ],
)

ELEMENTWISE = (
    Peer("ACProp", "optax.contrib.acprop", (_OF_MEAN_BEFORE,)),
    Peer("ADOPT", "pytorch_optimizer.ADOPT", (_LATER_BOUND, _FIRST_DECAYED)),
    Peer("AdaBelief", "optax.adabelief", (_BELIEF_EPS,)),
    Peer(
        "AdamC",
        "pytorch_optimizer.AdamC",
        (over_uncorrected_root(_adam.mhat[t], _adam.v[t]), _ALWAYS_DECAYED),
    ),
    Peer(
        "AdaPNM",
        "pytorch_optimizer.AdaPNM",
        (over_uncorrected_root(_adapnm.d[t] / (1 - _adam.beta1**t), _adam.vtilde[t]),),
    ),
    Peer("BCOS", "pytorch_optimizer.BCOS", (_TAKEN_IN,)),
    Peer("DiffGrad", "pytorch_optimizer.DiffGrad", (_FROM_A_LEAST,)),
    Peer("Kate", "pytorch_optimizer.Kate", (_EPS_ADDS_UP,)),
    Peer("lookahead(adamw)", "timm.optim.Lookahead(torch.optim.AdamW)", (_BEGUN_LATE,)),
    Peer("MADGRAD", "timm.optim.MADGRAD", (_DECAY_BEFORE,)),
    Peer("Rprop", "optax.rprop", (_ONE_BEHIND,)),
    Peer(
        "NAdamW",
        "optax.nadamw",
        (
            Difference(
                "momentum and gradient are corrected for the start by counts of their own",
                [
                    Update(
                        _adam.mhat[t],
                        _adam.beta1 * _adam.m[t] / (1 - _adam.beta1 ** (t + 1))
                        + (1 - _adam.beta1) * g[t] / (1 - _adam.beta1**t),
                    )
                ],
                "nadamw-optax",
            ),
        ),
    ),
    Peer("GrokFastAdamW", "pytorch_optimizer.GrokFastAdamW", (_EPS_BELOW,)),
)
