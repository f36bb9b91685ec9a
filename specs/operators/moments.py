"""What is done to the averages a rule keeps: Nesterov's look-ahead, and AMSGrad's maximum."""

from sympy import Max

from ..language import (
    NON_NEGATIVE,
    Operator,
    State,
    Update,
    added,
    forgetting,
    intermediates,
    momentum,
    second_moment,
    states,
    t,
)

(largest,) = states("largest")
(ahead,) = intermediates("ahead")

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
