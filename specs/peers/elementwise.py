"""Rules of elements that others have under their names, beside the specs."""

from sympy import And, Eq, Expr, Max, Piecewise, Rational, sign, sqrt

from ..gradients import g, gtilde, thetabar
from ..language import Update, clip, intermediates, t, theta
from ..language.peers import Difference, Peer
from ..operators.lookahead import alpha as _alpha
from ..operators.lookahead import is_due as _is_due
from ..operators.lookahead import k as _k
from ..operators.lookahead import slow as _slow
from ..optimizers import adam as _adam
from ..optimizers import adapnm as _adapnm
from ..optimizers import diffgrad as _diffgrad
from ..optimizers import madgrad as _madgrad
from ..optimizers import radam as _radam
from ..optimizers import rprop as _rprop
from .optimizers import SHRUNK

_INTO_RATE = Difference(
    "the learning rate stands within the average, so that its past ones count",
    claim="laprop-rate-within",
)

_EPS_BELOW = Difference(
    "epsilon is the least that is divided by, and not added",
    [
        Update(
            theta[t],
            thetabar[t] - _adam.lr * _adam.mhat[t] / Max(sqrt(_adam.vhat[t]), _adam.eps),
        )
    ],
)

_TINY = Rational(1, 10**15)


def _over_uncorrected_root(direction: Expr, moment: Expr) -> Difference:
    """A step whose epsilon stands beside the root before it is corrected."""
    root = (sqrt(moment + _TINY) + _adam.eps) / sqrt(1 - _adam.beta2**t)
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
            / (sqrt(_adam.v[t] + _TINY) + _adam.eps),
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
_IS_TRACTABLE = _radam.rho[t] >= 5
_NOT_BEFORE = Difference(
    "nothing moves and nothing decays before the rate can be rectified, which is from rho = 5 on; "
    "decay that is not decoupled is left out",
    [
        Update(gtilde[t], g[t]),
        Update(
            thetabar[t],
            Piecewise(
                (SHRUNK.value, And(_radam.decoupled_weight_decay, _IS_TRACTABLE)),
                (theta[t - 1], True),
            ),
        ),
        Update(_radam.d[t], Piecewise((_radam.mhat[t] * _radam.ADAPTED, _IS_TRACTABLE), (0, True))),
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

ELEMENTWISE = (
    Peer("AdaBelief", "optax.adabelief", (_BELIEF_EPS,)),
    Peer(
        "AdamC",
        "pytorch_optimizer.AdamC",
        (_over_uncorrected_root(_adam.mhat[t], _adam.v[t]), _ALWAYS_DECAYED),
    ),
    Peer(
        "AdaPNM",
        "pytorch_optimizer.AdaPNM",
        (_over_uncorrected_root(_adapnm.d[t] / (1 - _adam.beta1**t), _adam.vtilde[t]),),
    ),
    Peer("DiffGrad", "pytorch_optimizer.DiffGrad", (_FROM_A_LEAST,)),
    Peer("lookahead(adamw)", "timm.optim.Lookahead(torch.optim.AdamW)", (_BEGUN_LATE,)),
    Peer("MADGRAD", "timm.optim.MADGRAD", (_DECAY_BEFORE,)),
    Peer("Rprop", "optax.rprop", (_ONE_BEHIND,)),
    Peer("RAdam", "pytorch_optimizer.RAdam", (_NOT_BEFORE,)),
    Peer(
        "NAdamW",
        "optax.nadamw",
        (
            Difference(
                "momentum and gradient are corrected for the start by counts of their own",
                claim="nadamw-optax",
            ),
        ),
    ),
    Peer("LaProp", "timm.optim.LaProp", (_INTO_RATE,)),
    Peer("LaProp", "pytorch_optimizer.LaProp", (_INTO_RATE,)),
    Peer("GrokFastAdamW", "pytorch_optimizer.GrokFastAdamW", (_EPS_BELOW,)),
)
