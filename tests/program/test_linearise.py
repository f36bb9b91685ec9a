"""One operation on tensors a statement; states are accumulated in place."""

from steprule.codegen.program.compile import compile_spec
from steprule.codegen.program.linearise import linearise
from steprule.specs.language import (
    State,
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)
from sympy import Abs, Piecewise, sqrt

lr, a, w = hyperparameters("lr a w")
(flag,) = flags("flag")
m, n = states("m n")
(x,) = intermediates("x")
G = grad(theta[t - 1])
P = theta[t - 1]


def lines(spec, text):
    return text(linearise(compile_spec(spec))).partition("---\n")[2]


def test_a_sum_is_accumulated_in_the_state(make, text):
    spec = make(Update(m[t], w * m[t - 1] + a * Abs(G)), Update(theta[t], P - m[t]))
    assert lines(spec, text) == (
        "m = w * m\ntmp1 = abs(grad)\ntmp2 = a * tmp1\nm = m + tmp2\ntheta = theta - m"
    )


def test_not_where_another_operand_reads_it(make, text):
    spec = make(Update(m[t], w * m[t - 1] + sqrt(Abs(m[t - 1]))), Update(theta[t], P - m[t] * G))
    assert lines(spec, text).splitlines()[:4] == [
        "tmp1 = w * m", "tmp2 = abs(m)", "tmp3 = sqrt(tmp2)", "m = tmp1 + tmp3",
    ]  # fmt: skip


def test_scalars_stay_expressions_and_what_they_reduce_does_not(make, text):
    spec = make(Update(theta[t], P - G / (1 + norm(G * P))))
    assert lines(spec, text) == (
        "tmp1 = theta * grad\ntmp2 = grad / (1 + norm(tmp1))\ntheta = theta - tmp2"
    )


def test_a_swap_is_completed_at_the_end(make, text):
    updates = Update(m[t], n[t - 1]), Update(n[t], m[t - 1])
    assert lines(make(*updates, Update(theta[t], P - m[t])), text) == (
        "m_new = n\nn = m\ntheta = theta - m_new\nm = m_new"
    )


def test_a_state_that_may_not_exist_is_moved_if_it_does(make, text):
    kept = [State(m, init=0, key="m", when=flag)]
    step = Piecewise((m[t - 1] - m[t], flag), (G, True))
    updates = Update(m[t], m[t - 1] * 2), Update(theta[t], P - step)
    assert lines(make(*updates, states=kept), text).endswith("if flag:\n    m = m_new")


def test_no_truth_values_in_a_state(make, text):
    updates = Update(m[t], Piecewise((w, m[t - 1] > 0), (a, True))), Update(theta[t], P - m[t])
    assert lines(make(*updates), text) == (
        "tmp1 = m > 0\nm = select(tmp1, lift(w, theta), a)\ntheta = theta - m"
    )
