"""What is done to the averages a rule keeps: Nesterov's look-ahead, AMSGrad's maximum, belief."""

from sympy import Max, Rational

from ..language import (
    NON_NEGATIVE,
    UNIT_CLOSED,
    Hyper,
    Operator,
    Shape,
    State,
    Update,
    added,
    forgetting,
    hyperparameters,
    intermediates,
    momentum,
    second_moment,
    second_weight,
    squared,
    squares,
    states,
    t,
)

warming, least = hyperparameters("warming least")
largest, product = states("largest product")
ahead, now, soon, fresh, surprise, doubt = intermediates("ahead now soon fresh surprise doubt")

_BASE = Rational(96, 100)

nesterov = Operator(
    "nesterov",
    adds="its momentum taken one step ahead",
    source="Nesterov, 1983; as Sutskever et al., 2013, On the importance of initialization and "
    "momentum in deep learning, eqs. 3 and 4, seen from the point where gradients are taken",
    updates=[Update(ahead[t], forgetting[t] * momentum[t] + added[t])],
    gives={momentum: ahead[t]},
)

amsgrad = Operator(
    "amsgrad",
    adds="the largest second moment so far in place of the last",
    source="Reddi et al., 2018, arXiv:1904.09237, Algorithm 2",
    states=[State(largest, init=0, key="max_exp_avg_sq", domain=NON_NEGATIVE, latex=r"v^{\max}")],
    updates=[Update(largest[t], Max(largest[t - 1], second_moment[t]))],
    gives={second_moment: largest[t]},
)

warm_nesterov = Operator(
    "warm_nesterov",
    adds="its momentum, which it corrects for its start, taken one step ahead while it warms up",
    source="Dozat, 2016, Incorporating Nesterov momentum into Adam, Algorithm 8",
    hyper=[
        Hyper(warming, "4e-3", NON_NEGATIVE, "rate at which momentum warms up", latex=r"\psi"),
    ],
    states=[
        State(
            product,
            init=1,
            key="mu_product",
            shape=Shape.SCALAR,
            domain=UNIT_CLOSED,
            latex="M",
        )
    ],
    updates=[
        Update(now[t], forgetting[t] * (1 - _BASE ** (t * warming) / 2)),
        Update(soon[t], forgetting[t] * (1 - _BASE ** ((t + 1) * warming) / 2)),
        Update(product[t], product[t - 1] * now[t]),
        Update(fresh[t], added[t] / (1 - forgetting[t])),
        Update(
            ahead[t],
            (
                soon[t] * momentum[t] / (1 - product[t] * soon[t])
                + (1 - now[t]) * fresh[t] / (1 - product[t])
            )
            * (1 - forgetting[t] ** t),
        ),
    ],
    gives={momentum: ahead[t]},
)

belief = Operator(
    "belief",
    adds="the squares of how far gradients lie from their average in place of their own",
    source="Zhuang et al., 2020, arXiv:2010.07468, Algorithm 2, which adds its epsilon here too",
    hyper=[
        Hyper(least, "1e-16", NON_NEGATIVE, "term added to the average in each step", latex="c")
    ],
    updates=[
        Update(surprise[t], squared[t] - momentum[t]),
        Update(doubt[t], second_weight[t] * surprise[t] ** 2 + least),
    ],
    gives={squares: doubt[t]},
)
