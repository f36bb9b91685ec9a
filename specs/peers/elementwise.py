"""Rules of elements that others have under their names, beside the specs."""

from sympy import Max, sqrt

from ..gradients import thetabar
from ..language import Update, t, theta
from ..language.peers import Difference, Peer
from ..optimizers import adam as _adam

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

ELEMENTWISE = (
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
