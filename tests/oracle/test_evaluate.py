"""What the oracle makes of each thing a spec can say."""

import numpy as np
import pytest
from flint import fmpq
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.oracle.exact import INFINITY, is_nan, same
from steprule.specs.language import (
    REAL,
    Hyper,
    Optimizer,
    Option,
    Shape,
    SpecError,
    State,
    Update,
    clip,
    flags,
    grad,
    hyperparameters,
    intermediates,
    lerp,
    matmul,
    mean,
    norm,
    one_minus_power,
    states,
    t,
    theta,
    transpose,
)
from sympy import (
    Abs,
    And,
    Eq,
    EulerGamma,
    GoldenRatio,
    Implies,
    Max,
    Min,
    Ne,
    Not,
    Or,
    Piecewise,
    Rational,
    exp,
    log,
    oo,
    pi,
    sign,
    sqrt,
)

Q = fmpq

(a,) = hyperparameters("a")
(on,) = flags("on")
s, m = states("s m")
x, y = intermediates("x y")

OLD = theta[t - 1]
G = grad(OLD)


def spec(*updates, kept=()):
    return Optimizer(
        "Probe", summary="", source="",
        hyper=[Hyper(a, "0", REAL, ""), Option(on, "")],
        states=kept, updates=updates,
    )  # fmt: skip


def new_theta(value, old, gradient=0.0, *, a=2, on=False, step=1, states=None):
    probe = value if isinstance(value, Optimizer) else spec(Update(theta[t], value))
    old = np.asarray(old, dtype=object if isinstance(old, Q) else None)
    new = oracle.step(
        probe, t=step, theta=old, gradient=np.broadcast_to(gradient, old.shape),
        states=states or {}, hyper={"a": a}, options={"on": on},
    )  # fmt: skip
    return new["theta"].tolist()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (OLD + a - 1, [4, -3]),
        (-OLD * a / 4, [Q(-3, 2), 2]),
        (1 / OLD, [Q(1, 3), Q(-1, 4)]),
        (OLD**2, [9, 16]),
        (OLD**-3, [Q(1, 27), Q(-1, 64)]),
        (sqrt(OLD**2), [3, 4]),
        (1 / sqrt(OLD**2 * 4), [Q(1, 6), Q(1, 8)]),
        (Abs(OLD) - sign(OLD), [2, 5]),
        (Max(OLD, a, -1), [3, 2]),
        (Min(OLD, a), [2, -4]),
        (clip(OLD, -1, a), [2, -1]),
        (lerp(OLD, a, Rational(1, 2)), [Q(5, 2), -1]),
        (one_minus_power(Rational(1, 2), t) * OLD, [Q(9, 4), -3]),
        (a**OLD, [8, Q(1, 16)]),
        (norm(OLD) * a, [10, 10]),
        (mean(OLD) + OLD, [Q(5, 2), Q(-9, 2)]),
        (exp(G) * 7 + log(a / 2), [7, 7]),
        (Min(OLD, oo), [3, -4]),
        (Piecewise((1, OLD > 0), (OLD, True)), [1, -4]),
        (Piecewise((1, OLD >= 3), (2, Eq(OLD, -4)), (3, True)), [1, 2]),
        (Piecewise((1, And(OLD > 0, OLD < 3)), (2, Or(OLD > 5, OLD < -3)), (3, True)), [3, 2]),
        (Piecewise((1, Ne(OLD, 3)), (0, True)), [0, 1]),
        (Piecewise((1, Not(on)), (0, True)), [1, 1]),
        (Piecewise((1, Implies(on, OLD > 0)), (0, True)), [1, 1]),
        (Piecewise((1, And(a > 1, Eq(t, 2))), (0, True)), [1, 1]),
    ],
)
def test_values(value, expected):
    assert new_theta(value, [3.0, -4.0], step=2) == expected


def test_what_is_irrational_is_enclosed():
    (two,) = new_theta(OLD ** Rational(1, 3), [8.0])
    assert same(two, Q(2))
    for expression, start, digits in (
        (exp(OLD), 1.0, "2.718281828459045235360287471352662497757247093"),
        (OLD + pi, 0.0, "3.141592653589793238462643383279502884197169399"),
        (log(OLD), 2.0, "0.6931471805599453094172321214581765680755001343"),
        (OLD * EulerGamma, 1.0, "0.57721566490153286060651209008240243104215933"),
        (OLD * GoldenRatio, 1.0, "1.618033988749894848204586834365638117720309179"),
    ):
        (value,) = new_theta(expression, [start])
        assert str(value).startswith(digits)


def test_matrices():
    old = [[1.0, 2.0, 0.0], [0.0, 3.0, -1.0]]
    assert new_theta(matmul(matmul(OLD, transpose(OLD)), OLD), old) == [
        [5, 28, -6],
        [6, 42, -10],
    ]


def test_matrices_must_fit():
    with pytest.raises(ValueError, match=r"no matrix product of the shapes \(2, 3\) and \(2, 3\)"):
        new_theta(matmul(OLD, OLD), np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"no transpose of the shape \(2,\)"):
        new_theta(transpose(OLD), np.ones(2))


def test_reductions_of_nothing():
    assert new_theta(OLD * norm(OLD) + mean(OLD), np.ones((0, 2))) == []
    total = Optimizer(
        "Total", summary="", source="", hyper=[],
        states=[State(s, 0, "s", shape=Shape.SCALAR), State(m, 0, "m", shape=Shape.SCALAR)],
        updates=[
            Update(s[t], s[t - 1] + norm(OLD)), Update(m[t], mean(OLD)), Update(theta[t], OLD),
        ],
    )  # fmt: skip
    new = oracle.step(
        total, t=1, theta=np.ones(0), gradient=np.ones(0), states={"s": 2, "m": 0}, hyper={},
        options={},
    )  # fmt: skip
    assert new["s"] == 2
    assert is_nan(new["m"])


def test_maximum_minimum_and_sign_of_nan():
    for value in (Max(OLD, 0), Min(0, OLD), sign(OLD), clip(OLD, 0, 1), Abs(OLD)):
        nan, other = new_theta(value, [np.nan, 1.0])
        assert is_nan(nan)
        assert not is_nan(other)
    assert new_theta(Piecewise((1, OLD > 0), (2, True)), [np.nan]) == [2]


def test_division_by_zero_is_infinite():
    positive, negative, nan = new_theta(OLD / G, [1.0, -1.0, 0.0])
    assert (positive, negative) == (INFINITY, -INFINITY)
    assert is_nan(nan)


def test_updates_in_any_order():
    equations = [Update(theta[t], OLD - y[t]), Update(y[t], 2 * x[t]), Update(x[t], G + 1)]
    assert new_theta(spec(*equations), [10.0], 3.0) == [2]


def test_a_branch_not_taken_is_not_evaluated():
    kept = [State(s, init=None, key="s", when=on)]
    first = Update(s[t], Piecewise((G, Eq(t, 1)), (s[t - 1] + G, True)))
    probe = spec(first, Update(theta[t], Piecewise((OLD + s[t], on), (OLD, True))), kept=kept)
    assert new_theta(probe, [1.0], 5.0) == [1]
    assert new_theta(probe, [1.0], 5.0, on=True) == [6]
    assert new_theta(probe, [1.0], 5.0, on=True, step=2, states={"s": np.array([2.0])}) == [8]
    with pytest.raises(SpecError, match=r"s\[t - 1\]: it has no value at this step"):
        new_theta(probe, [1.0], 5.0, on=True, step=2)


@pytest.mark.parametrize(
    "condition",
    [And(s[t - 1] > 0, on), Not(Or(Not(on), s[t - 1] <= 0)), Not(Implies(on, s[t - 1] <= 0))],
)
def test_a_condition_settled_by_an_option_touches_no_state(condition):
    kept = [State(s, init=0, key="s", when=on)]
    probe = spec(
        Update(s[t], s[t - 1]), Update(theta[t], Piecewise((7, condition), (OLD, True))), kept=kept
    )
    assert new_theta(probe, [1.0, 1.0]) == [1, 1]
    given = {"s": np.array([1.0, -1.0])}
    assert new_theta(probe, [1.0, 1.0], on=True, states=given) == [7, 1]


def test_the_gradient_at_another_point():
    probe = spec(Update(theta[t], OLD - a * grad(OLD + 1)))
    arguments = {"t": 1, "theta": np.array([1.0, 2.0]), "states": {}, "hyper": {"a": 2}}
    new = oracle.step(probe, **arguments, gradient=lambda p: p * p, options={"on": False})
    assert new["theta"].tolist() == [1 - 2 * 4, 2 - 2 * 9]
    kept = [State(m, init=0, key="m")]
    ahead = spec(Update(theta[t], 2 * OLD), Update(m[t], grad(theta[t])), kept=kept)
    for away in (probe, ahead):
        with pytest.raises(ValueError, match="must be given as a function"):
            oracle.step(away, **arguments, gradient=np.ones(2), options={"on": False})


def test_a_number_fills_the_parameter():
    assert new_theta(a, [[1.0, 2.0]]) == [[2, 2]]
    assert new_theta(a, Q(1)) == 2


def test_no_case_applies():
    (value,) = new_theta(Piecewise((1, OLD > 5), evaluate=False), [1.0])
    assert is_nan(value)


def test_what_cannot_be_read():
    for value in (x[t], x[t - 1], theta[t - 2], s[t - 1]):
        with pytest.raises(SpecError, match="it has no value at this step"):
            new_theta(value + OLD, [1.0])
    with pytest.raises(SpecError, match="no hyperparameter, option or step"):
        new_theta(OLD + hyperparameters("b")[0], [1.0])
    with pytest.raises(SpecError, match="its equation depends on itself"):
        new_theta(spec(Update(x[t], y[t]), Update(y[t], x[t]), Update(theta[t], x[t])), [1.0])


def test_a_scalar_state_holds_no_tensor():
    kept = [State(s, init=0, key="s", shape=Shape.SCALAR)]
    with pytest.raises(SpecError, match="state s: it is declared scalar"):
        new_theta(spec(Update(s[t], G), Update(theta[t], OLD), kept=kept), [1.0], states={"s": 0})


def test_nan_times_zero_is_nan():
    (value,) = new_theta(OLD * G, [np.nan], 0.0)
    assert is_nan(value)
