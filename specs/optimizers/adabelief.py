"""AdaBelief: Adam that divides by how far gradients lie from their average."""

from ..gradients import gtilde
from ..language import NON_NEGATIVE, State, Update, derived, t
from .adam import adam as _adam
from .adam import amsgrad, beta2, eps, m, v, vmax

adabelief = derived(
    _adam,
    "AdaBelief",
    defaults={eps: "1e-16"},
    summary="AdaBelief: Adam that divides by how far gradients lie from their average.",
    source="Zhuang et al., 2020, arXiv:2010.07468, Algorithm 2, whose epsilon is added twice; "
    "equations as in github.com/juntang-zhuang/Adabelief-Optimizer, without rectification; not "
    "checked against the paper",
    states=[
        State(v, init=0, key="exp_avg_var", domain=NON_NEGATIVE, latex="s"),
        State(
            vmax,
            init=0,
            key="max_exp_avg_var",
            when=amsgrad,
            domain=NON_NEGATIVE,
            latex=r"s^{\max}",
        ),
    ],
    updates=[Update(v[t], beta2 * v[t - 1] + (1 - beta2) * (gtilde[t] - m[t]) ** 2 + eps)],
)
