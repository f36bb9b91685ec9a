"""When a rule steps: after several gradients, or where they can be trusted."""

from fractions import Fraction

from sympy import Eq, Max, Mod, Piecewise, floor

from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Interval,
    Operator,
    Shape,
    State,
    Update,
    counts,
    global_norm,
    gradient,
    hyperparameters,
    intermediates,
    states,
    t,
)

(every,) = counts("every")
(limit,) = hyperparameters("limit")
gathered, taken = states("gathered taken")
length, trusted = intermediates("length trusted")
is_due = Eq(Mod(t, every), 0)

accumulate = Operator(
    "accumulate",
    adds="a step after several gradients, by their mean",
    source="the gradient of a larger batch, taken in parts",
    hyper=[Hyper(every, "4", Interval(low=Fraction(1)), "gradients a step is taken by", latex="k")],
    states=[State(gathered, init=0, key="accumulated", latex="G")],
    updates=[
        Update(
            gathered[t],
            Piecewise(
                (gradient[t] / every, Eq(Mod(t - 1, every), 0)),
                (gathered[t - 1] + gradient[t] / every, True),
            ),
        ),
    ],
    gives={gradient: gathered[t]},
    when=is_due,
    clock=1 + floor((t - 1) / every),
)

skip = Operator(
    "skip",
    adds="no step where the gradients are larger than a limit, or no numbers",
    source="Chowdhery et al., 2022, arXiv:2204.02311, section 5.1, by the norm of the gradients",
    hyper=[Hyper(limit, "1e3", POSITIVE, "largest norm of all gradients together", latex="c")],
    states=[
        State(taken, init=0, key="steps_taken", shape=Shape.GLOBAL, domain=NON_NEGATIVE, latex="n")
    ],
    updates=[
        Update(length[t], global_norm(gradient[t])),
        Update(taken[t], taken[t - 1] + Piecewise((1, length[t] <= limit), (0, True))),
    ],
    when=length[t] <= limit,
    clock=Max(1, taken[t]),
)
