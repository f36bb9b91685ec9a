"""Numbers that refute a claim, worked by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest
from steprule.codegen.oracle.exact import fraction
from steprule.codegen.prove.prove import prove
from steprule.codegen.prove.witness import find_witness, replay
from steprule.specs.claims import adam, decay, momentum, scale
from steprule.specs.claims.forms import eps, form, lr
from steprule.specs.language import Shape, State, Update, grad, states, t, theta
from steprule.specs.language.claims import Equivalence, Side, Verdict
from steprule.specs.operators import accumulate, clip_by_value
from steprule.specs.optimizers.sgd import sgd
from sympy import sqrt

G = grad(theta[t - 1])
HALVES = {"lr": Fraction(1, 2), "beta": Fraction(1, 2), "rate_decay": Fraction(1)}
PLAIN = Side(form("Plain", "", [], Update(theta[t], theta[t - 1] - lr * G)))


def claim(left, right):
    return Equivalence("made-up", "Made up.", left, right, {}, Verdict.REFUTED)


def test_a_sign():
    """At 2 with slope 1 the gradient is 2 + 4/4 = 3: half of it down is 1/2, up is 7/2."""
    up = Side(form("Up", "", [], Update(theta[t], theta[t - 1] + lr * G)))
    w = replay(claim(PLAIN, up), {"lr": Fraction(1, 2)}, Fraction(2), Fraction(1))
    assert (w.step, fraction(w.left), fraction(w.right)) == (1, Fraction(1, 2), Fraction(7, 2))
    assert (w.start, w.slope, w.hyper) == (Fraction(2), Fraction(1), {"lr": Fraction(1, 2)})


def test_look_ahead_against_momentum():
    """Both go from 2 to 1/2 with d = 3. Then, gradient x + x**2/4, beta = lr = 1/2:

    ahead: at 1/2 - 3/4 = -1/4 the gradient is -15/64, d = 81/64, theta = -17/128;
    plain: at 1/2 the gradient is 9/16, d = 33/16, theta = -17/32.
    """
    w = replay(momentum.nesterov_is_not_momentum, HALVES, Fraction(2), Fraction(1))
    assert (w.step, fraction(w.left), fraction(w.right)) == (
        2,
        Fraction(-17, 128),
        Fraction(-17, 32),
    )


def test_a_rate_that_varies():
    """Rates 1/2 and 1/4; from 2 to 1/2 with d = 3, v = -3/2. At 1/2 the gradient is 9/16:

    accumulated: d = 33/16, theta = 1/2 - 33/64 = -1/64;
    velocity: v = -3/4 - 9/64 = -57/64, theta = -25/64.
    """
    w = replay(momentum.momentum_velocity_varying, HALVES, Fraction(2), Fraction(1))
    assert (w.step, fraction(w.left), fraction(w.right)) == (2, Fraction(-1, 64), Fraction(-25, 64))


def test_decay_with_momentum():
    """The first step is the same. lr = wd = beta = 1/2, from 2, gradient 3:

    L2: d = 4, theta = 0; decoupled: d = 3, theta = 2*3/4 - 3/2 = 0. Then at 0, gradient 0,
    L2: d = 2, theta = -1; decoupled: d = 3/2, theta = -3/4.
    """
    w = replay(decay.momentum_decay, HALVES | {"wd": Fraction(1, 2)}, Fraction(2), Fraction(1))
    assert (w.step, fraction(w.left), fraction(w.right)) == (2, Fraction(-1), Fraction(-3, 4))


def test_a_state_that_is_a_number():
    """Halved before each step. From 2, gradient 3, lr = 1/2: to 2 - 3/4; plain to 2 - 3/2."""
    (p,) = states("p")
    moved = Update(theta[t], theta[t - 1] - lr * p[t] * G)
    plain = form("Fading", "", [p], Update(p[t], p[t - 1] / 2), moved)
    kept = State(p, init=1, key="p", shape=Shape.SCALAR)
    fading = Side(replace(plain, states=[kept]))
    w = replay(claim(fading, PLAIN), {"lr": Fraction(1, 2)}, Fraction(2), Fraction(1))
    assert (w.step, fraction(w.left), fraction(w.right)) == (1, Fraction(5, 4), Fraction(1, 2))


@pytest.mark.parametrize(
    "held",
    [momentum.nesterov, momentum.nesterov_spec, adam.adam_rate, decay.adamw_in_update],
    ids=lambda held: held.name,
)
def test_none_where_the_claim_holds(held):
    assert find_witness(held) is None


def test_the_hyperparameters_of_the_left_side_are_given_too():
    """Were they not, two sides that are the same would part."""
    squared = replace(PLAIN, hyper={lr: lr**2})
    assert replay(claim(squared, squared), {"lr": Fraction(1, 2)}, Fraction(2), Fraction(1)) is None
    w = replay(claim(squared, PLAIN), {"lr": Fraction(1, 2)}, Fraction(2), Fraction(1))
    assert (w.step, fraction(w.left), fraction(w.right)) == (1, Fraction(5, 4), Fraction(1, 2))


def test_a_hyperparameter_of_the_right_alone():
    more = Side(form("More", "", [], Update(theta[t], theta[t - 1] - lr * G - eps)))
    w = prove(claim(PLAIN, more)).witness
    assert set(w.hyper) == {"lr", "eps"}
    assert fraction(w.left) - fraction(w.right) == w.hyper["eps"]


def test_what_is_no_number_refutes_nothing():
    """Two roots that do not exist are both NaN, and NaN differs from itself."""

    def rooted(term):
        step = theta[t - 1] - lr * sqrt(-1 - G**2) * term
        return Side(form("Rooted", "", [], Update(theta[t], step)))

    settled = prove(claim(rooted(G), rooted(2 * G)))
    assert settled.verdict is Verdict.UNKNOWN
    assert settled.witness is None


def test_a_state_that_no_step_reads_refutes_nothing():
    """The map is broken, the parameters stay together: no verdict."""
    broken = replace(momentum.nesterov, phi=momentum.NESTEROV | {momentum.p[t]: momentum.d[t]})
    assert prove(broken).verdict is Verdict.UNKNOWN


def test_the_same_witness_every_time():
    assert find_witness(momentum.nesterov_varying) == find_witness(momentum.nesterov_varying)


def test_a_hyperparameter_that_is_positive_by_declaration():
    w = prove(scale.scale_momentum_same).witness
    assert w.hyper["c"] > 0


def test_a_count_is_a_whole_number():
    """For one loss it makes no difference whether each part is clipped, or their mean, as all parts
    are alike; after one and a half parts it would.
    """
    each = Side(accumulate(clip_by_value(sgd)))
    mean = Side(clip_by_value(accumulate(sgd)))
    assert find_witness(claim(each, mean)) is None
    w = find_witness(claim(Side(accumulate(sgd)), Side(sgd)))
    assert w.hyper["every"].denominator == 1
    assert w.hyper["every"] > 1
