"""What others compute under the names of rules that reduce tensors, whatever decay and epsilon."""

from sympy import Integer, sqrt

from ..gradients import weight_decay
from ..language import Update, derived, t, theta
from ..language.claims import Equivalence, Side, Verdict
from ..optimizers import lamb as _lamb

_PLAIN = {weight_decay.symbol: Integer(0), _lamb.eps: Integer(0)}

lamb_corrected_after = Equivalence(
    "lamb-corrected-after",
    "LAMB that corrects its first moment after the trust ratio, which the length of the moment has "
    "no part in, is not LAMB: its first step is 1/(1 - beta1) times as long.",
    Side(_lamb.lamb, hyper=_PLAIN),
    Side(
        derived(
            _lamb.lamb,
            "LambCorrectedAfter",
            summary="LAMB whose ratio is of uncorrected moments.",
            source="pytorch_optimizer 4.1.0",
            updates=[
                Update(
                    _lamb.u[t],
                    _lamb.m[t] / (sqrt(_lamb.v[t]) + _lamb.eps)
                    + weight_decay.symbol * theta[t - 1],
                ),
                Update(
                    theta[t],
                    theta[t - 1] - _lamb.lr / (1 - _lamb.beta1**t) * _lamb.ratio[t] * _lamb.u[t],
                ),
            ],
        ),
        hyper=_PLAIN,
    ),
    {},
    Verdict.REFUTED,
    source="pytorch_optimizer 4.1.0",
    about=("Lamb",),
)
