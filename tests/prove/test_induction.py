"""What has to vanish for two formulations to be one, and which part of it does not."""

from dataclasses import replace

import pytest
from steprule.codegen.prove.induction import obligations
from steprule.codegen.prove.prove import prove
from steprule.specs.claims import momentum
from steprule.specs.claims.forms import beta, form, lr
from steprule.specs.language import (
    Hyper,
    Optimizer,
    SpecError,
    State,
    Update,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from steprule.specs.language.claims import Equivalence, Side, Verdict
from steprule.specs.language.domains import REAL
from steprule.specs.optimizers import sgd
from sympy import Eq, Integer, Piecewise, expand, sqrt

d, v, unknown = states("d v unknown")
G = grad(theta[t - 1])
PLAIN = Side(form("Plain", "", [], Update(theta[t], theta[t - 1] - lr * G)))


def claim(left, right, phi=None):
    return Equivalence("made-up", "Made up.", left, right, phi or {}, Verdict.PROVED)


def unmet(made):
    return {o.what: o.residual for o in obligations(made) if not o.is_met}


def test_what_is_to_be_shown():
    found = obligations(momentum.momentum_velocity)
    assert [o.what for o in found] == [
        "theta at the start",
        "v at the start",
        "theta after a step",
        "v after a step",
    ]
    assert all(o.is_met for o in found)


def test_a_wrong_map_names_the_quantity():
    wrong = replace(momentum.momentum_velocity, phi={v[t]: lr * d[t]})
    residuals = unmet(wrong)
    assert set(residuals) == {"theta after a step", "v after a step"}
    # From phi(d): lr*(beta*d + g), from the velocity: beta*lr*d - lr*g.
    (g,) = residuals["v after a step"].free_symbols - {lr, beta, d.symbol, t}
    assert expand(residuals["v after a step"] - 2 * lr * g) == 0


def test_a_map_that_is_wrong_in_time():
    late = replace(momentum.momentum_velocity, phi={v[t]: -lr * d[t] * t})
    assert "v after a step" in unmet(late)


def test_another_initial_state():
    right = Optimizer(
        "Started",
        summary="Momentum from 1.",
        source="",
        hyper=momentum.momentum_velocity.left.spec.hyper,
        states=[State(d, Integer(1), "d")],
        updates=momentum.momentum_velocity.left.spec.updates,
    )
    made = claim(momentum.momentum_velocity.left, Side(right))
    assert unmet(made) == {"d at the start": -1}
    assert prove(made).verdict is Verdict.REFUTED


(x, s) = states("x s")
DESCENT = Update(theta[t], theta[t - 1] - lr * G)


def averaged(start):
    return Optimizer(
        "Averaged",
        summary="Descent, and the mean of its parameters.",
        source="",
        hyper=PLAIN.spec.hyper,
        states=[State(x, start, "x")],
        updates=[DESCENT, Update(x[t], x[t - 1] + (theta[t] - x[t - 1]) / t)],
    )


def test_a_first_step_may_forget_the_start():
    """The mean after step 1 is the parameter, whatever was there before."""
    assert prove(claim(Side(averaged(theta[0])), Side(averaged(0)))).verdict is Verdict.PROVED
    found = {(o.quantity, o.when) for o in obligations(claim(Side(averaged(1)), Side(averaged(0))))}
    assert ("x", "first-step") in found
    assert ("x", "start") not in found


def test_a_map_may_divide_by_the_steps_that_were_taken():
    added = form("Added", "", [s], DESCENT, Update(s[t], s[t - 1] + theta[t]))
    made = claim(Side(added), Side(averaged(theta[0])), {x[t]: s[t] / t})
    assert prove(made).verdict is Verdict.PROVED
    late = replace(made, phi={x[t]: s[t] / (t + 1)})
    assert prove(late).verdict is not Verdict.PROVED


def test_another_point_of_the_gradient():
    ahead = form("Ahead", "", [], Update(theta[t], theta[t - 1] - lr * grad(theta[t - 1] * 2)))
    residuals = unmet(claim(PLAIN, Side(ahead)))
    assert residuals["the point of the gradient in a step"] == theta[t - 1]
    assert "theta after a step" in residuals


def test_a_gradient_of_one_side_alone():
    still = form("Still", "", [], Update(theta[t], theta[t - 1] * (1 - lr)))
    assert set(unmet(claim(Side(still), PLAIN))) == {
        "the point of the gradient in a step",
        "theta after a step",
    }
    assert set(unmet(claim(PLAIN, Side(still)))) == {"theta after a step"}


def test_a_hyperparameter_named_like_the_gradient():
    """A step by the number g is no step by the gradient."""
    (g,) = hyperparameters("g")
    by_number = Optimizer(
        "ByNumber",
        summary="A constant step.",
        source="",
        hyper=[*PLAIN.spec.hyper, Hyper(g, "1", REAL, "a number")],
        states=[],
        updates=[Update(theta[t], theta[t - 1] - lr * g)],
    )
    assert prove(claim(PLAIN, Side(by_number))).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("phi", "where", "named"),
    [
        ({unknown[t]: d[t]}, "phi", "unknown"),
        ({v[t]: unknown[t]}, "phi of v", "unknown"),
        ({}, "phi of v", "v"),
        ({v[t]: -lr * d[t - 1]}, "phi of v", "d[t - 1]"),
        ({v[t]: -lr * G}, "phi of v", "grad(theta[t - 1])"),
    ],
    ids=["no state of the right", "no state of the left", "left out", "earlier", "a gradient"],
)
def test_a_map_that_is_not_defined(phi, where, named):
    with pytest.raises(SpecError) as caught:
        obligations(replace(momentum.momentum_velocity, phi=phi))
    assert caught.value.code == "map"
    assert caught.value.spec == "momentum-velocity"
    assert caught.value.where == where
    assert named in caught.value.problem


def test_a_first_step_of_its_own():
    """The buffer of torch does not exist before the first step, which gives it the gradient."""
    found = obligations(momentum.momentum_spec)
    assert [o.what for o in found] == [
        "theta at the start",
        "theta after the first step",
        "b after the first step",
        "theta after a step",
        "b after a step",
    ]
    assert all(o.is_met for o in found)


def test_a_first_step_that_its_number_tells_apart():
    """All states exist before it."""
    rate = Piecewise((lr / 2, Eq(t, 1)), (lr, True))
    careful = Side(form("Careful", "", [], Update(theta[t], theta[t - 1] - rate * G)))
    found = obligations(claim(careful, careful))
    assert [o.what for o in found] == [
        "theta at the start",
        "theta after the first step",
        "theta after a step",
    ]
    assert "theta after the first step" in unmet(claim(PLAIN, careful))


def test_dampening_shows_after_the_first_step_only():
    """The first gradient is not dampened, whatever the later ones are."""
    damped = replace(
        momentum.momentum_spec.right,
        hyper={**momentum.momentum_spec.right.hyper, sgd.dampening: beta},
    )
    made = replace(momentum.momentum_spec, right=damped)
    assert set(unmet(made)) == {"theta after a step", "b after a step"}
    assert prove(made).witness.step == 2


def test_a_buffer_on_the_left():
    turned = claim(momentum.momentum_spec.right, momentum.momentum_spec.left, {d[t]: sgd.b[t]})
    assert unmet(turned) == {}


def test_hyperparameters_of_the_left_side_are_given_too():
    made = claim(replace(PLAIN, hyper={lr: lr**2}), replace(PLAIN, hyper={lr: lr * lr}))
    assert unmet(made) == {}
    assert set(unmet(claim(replace(PLAIN, hyper={lr: lr**2}), PLAIN))) == {"theta after a step"}


def test_the_root_of_a_square_is_no_gradient():
    """sqrt(g**2) is |g|: a step by it always descends in theta."""
    rooted = form("Rooted", "", [], Update(theta[t], theta[t - 1] - lr * sqrt((2 * G) ** 2) / 2))
    assert set(unmet(claim(PLAIN, Side(rooted)))) == {"theta after a step"}


def test_a_value_older_than_the_last_is_refused():
    older = form("Older", "", [d], Update(d[t], G), Update(theta[t], theta[t - 2] - lr * d[t]))
    with pytest.raises(SpecError, match=r"theta\[t - 2\].*Keep an older value in a state"):
        obligations(claim(Side(older), Side(older)))
