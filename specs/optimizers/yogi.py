"""Yogi: Adam whose second moment changes by no more than the squared gradient."""

from sympy import Max, sign

from ..gradients import gtilde
from ..language import NON_NEGATIVE, Hyper, State, Update, derived, hyperparameters, t
from .adam import adam as _adam
from .adam import beta2, m, v

(initial_accumulator,) = hyperparameters("initial_accumulator")

yogi = derived(
    _adam,
    "Yogi",
    options={"amsgrad": False},
    defaults={"lr": "1e-2", "eps": "1e-3"},
    summary="Yogi: Adam whose second moment changes by no more than the squared gradient.",
    source="Zaheer et al., 2018, Adaptive methods for nonconvex optimization, Algorithm 2, both "
    "moments corrected for their start as Adam's; as in optax, not checked against the paper",
    hyper=[
        "beta2",
        Hyper(
            initial_accumulator,
            "1e-6",
            NON_NEGATIVE,
            "initial value of both moments",
            latex=r"v_{\mathrm{init}}",
        ),
    ],
    states=[
        State(m, init=initial_accumulator, key="exp_avg"),
        State(v, init=initial_accumulator, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        Update(
            v[t],
            Max(v[t - 1] - (1 - beta2) * sign(v[t - 1] - gtilde[t] ** 2) * gtilde[t] ** 2, 0),
        )
    ],
)
