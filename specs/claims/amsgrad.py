"""AMSGrad: the largest second moment, before its correction or after it."""

from sympy import Max, sqrt

from ..language import Update, states, t
from ..language.claims import Equivalence, Side, Verdict
from ..optimizers import adam as _adam
from .adam import MHAT, OFF, VHAT, G, M, V, m, mhat, v, vhat
from .forms import beta2, eps, lr, stepping

(vmax,) = states("vmax")
_MAX_RAW = Update(vmax[t], Max(vmax[t - 1], v[t]))

_AMSGRAD = stepping(
    "AMSGrad",
    "torch.optim.Adam(amsgrad=True): the largest moment, then corrected",
    *(M, V, _MAX_RAW, MHAT),
    kept=(m, v, vmax),
    change=-lr * mhat[t] / (sqrt(vmax[t] / (1 - beta2**t)) + eps),
)

amsgrad_spec = Equivalence(
    "amsgrad-generated",
    "The generated Adam with amsgrad corrects the largest moment, as torch does.",
    Side(_AMSGRAD),
    Side(_adam.adam, options=[_adam.amsgrad], hyper=OFF),
    {},
    Verdict.PROVED,
    about=("Adam",),
)

amsgrad_optax = Equivalence(
    "amsgrad-optax",
    "The largest corrected moment, as optax takes it, is another rule.",
    Side(_AMSGRAD),
    Side(
        stepping(
            "AMSGradOptax",
            "optax.amsgrad: corrected, then the largest",
            *(M, V, VHAT),
            Update(vmax[t], Max(vmax[t - 1], vhat[t])),
            MHAT,
            kept=(m, v, vmax),
            change=-lr * mhat[t] / (sqrt(vmax[t]) + eps),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("Adam",),
)

_AMSGRAD_PLAIN = stepping(
    "AMSGradPlain",
    "Reddi et al., 2018, Algorithm 2",
    *(M, V, _MAX_RAW),
    kept=(m, v, vmax),
    change=-lr * m[t] / (sqrt(vmax[t]) + eps),
)

amsgrad_printed = Equivalence(
    "amsgrad-printed",
    "AMSGrad as printed, without its first moment and with v defined by itself, is another "
    "rule: a misprint.",
    Side(_AMSGRAD_PLAIN),
    Side(
        stepping(
            "AMSGradPrinted",
            "study notes, AMSGrad as printed",
            # v_t = beta2 v_t + (1 - beta2) g_t^2, solved for v_t
            *(M, Update(v[t], G**2), _MAX_RAW),
            kept=(m, v, vmax),
            change=-lr / (sqrt(vmax[t]) + eps),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("Adam",),
)

amsgrad_corrected = Equivalence(
    "amsgrad-corrected",
    "With v's last value and m in its step, what was printed is AMSGrad, uncorrected for bias.",
    Side(_AMSGRAD_PLAIN),
    Side(
        stepping(
            "AMSGradMended",
            "study notes, AMSGrad with both lines mended",
            *(M, V, Update(vmax[t], Max(v[t], vmax[t - 1]))),
            kept=(m, v, vmax),
            change=-lr / (sqrt(vmax[t]) + eps) * m[t],
        )
    ),
    {},
    Verdict.PROVED,
    about=("Adam",),
)
