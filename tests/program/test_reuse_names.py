"""A new value takes the name of the old one it replaces, where that is gone."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.branch import branch
from steprule.codegen.program.passes.hoist import hoist
from steprule.codegen.program.passes.reuse_names import reuse_names
from steprule.specs.language import (
    Shape,
    State,
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from sympy import Piecewise

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def reused(spec):
    return reuse_names(branch(lower(spec)))


def test_a_state(make, text):
    program = reused(make(Update(m[t], w * m[t - 1] + G), Update(theta[t], P - m[t])))
    assert text(program) == "---\nm = w * m + grad\ntheta = theta - m"


def test_a_state_whose_old_value_is_still_read(make, text):
    program = reused(make(Update(m[t], m[t - 1] + G), Update(theta[t], P - m[t] * m[t - 1])))
    assert text(program) == "---\nm_new = m + grad\ntheta = theta - m * m_new"


def test_a_name_that_is_taken(make, text):
    (taken,) = intermediates("m_new")
    updates = Update(taken[t], G * P), Update(m[t], m[t - 1] + taken[t])
    program = reused(make(*updates, Update(theta[t], P - m[t] * m[t - 1] * taken[t])))
    assert text(program) == (
        "---\nm_new = theta * grad\nm_new2 = m + m_new\ntheta = theta - m * m_new2 * m_new"
    )


def test_a_swap(make, text):
    updates = Update(m[t], n[t - 1]), Update(n[t], m[t - 1])
    program = reused(make(*updates, Update(theta[t], P - G * m[t])))
    assert text(program) == "---\nm_new = n\nn = m\ntheta = theta - m_new * grad"


def test_an_intermediate_that_is_often_what_it_was(make, text):
    updates = Update(x[t], Piecewise((-G, flag), (G, True))), Update(theta[t], P - x[t])
    assert text(reused(make(*updates))) == ("---\nif flag:\n    grad = -grad\ntheta = theta - grad")


def test_not_where_what_it_was_is_read_again(make, text):
    updates = Update(x[t], Piecewise((-G, flag), (G, True))), Update(theta[t], P - x[t] * G)
    assert text(reused(make(*updates))) == (
        "---\nif flag:\n    x = -grad\nelse:\n    x = grad\ntheta = theta - x * grad"
    )


def test_a_stored_value_never_takes_the_name_of_another(make, text):
    updates = [
        Update(x[t], Piecewise((m[t - 1], flag), (G, True))),
        Update(m[t], Piecewise((G, flag), (P, True))),
        Update(theta[t], P - x[t] * m[t]),
    ]
    assert text(reused(make(*updates))) == (
        "---\nif flag:\n    m_new = grad\nelse:\n    m = grad\n    m_new = theta\n"
        "theta = theta - m_new * m"
    )


def test_a_tensor_never_takes_the_name_of_a_scalar(make, text):
    updates = [
        Update(y[t], a + 1),
        Update(x[t], Piecewise((y[t], flag), (G, True))),
        Update(theta[t], P - x[t]),
    ]
    program = reuse_names(branch(hoist(lower(make(*updates)))))
    assert text(program) == ("y = 1 + a\n---\nif flag:\n    grad = y\ntheta = theta - grad")


def test_a_state_that_may_not_exist_is_not_written_to(make, text):
    kept = [State(m, init=0, key="m", when=flag)]
    updates = [
        Update(m[t], G),
        Update(x[t], Piecewise((m[t - 1], flag), (P, True))),
        Update(theta[t], P - x[t]),
    ]
    assert text(reused(make(*updates, states=kept))) == (
        "---\nif flag:\n    m_new = grad\n    x = m\nelse:\n    x = theta\ntheta = theta - x"
    )


def test_the_gradient_keeps_its_name(make, text):
    updates = [
        Update(x[t], Piecewise((G, flag), (m[t - 1], True))),
        Update(m[t], n[t - 1]),
        Update(n[t], x[t] ** 2),
        Update(theta[t], P - n[t]),
    ]
    assert text(reused(make(*updates))) == (
        "---\nif not flag:\n    grad = m\nm = n\nn = grad**2\ntheta = theta - n"
    )


def test_conditions_read_the_new_name_too(make, text):
    (c,) = states("c")
    kept = [State(c, init=1, key="c", shape=Shape.SCALAR)]
    updates = Update(c[t], c[t - 1] * w), Update(theta[t], Piecewise((P, c[t] > a), (G, True)))
    program = reuse_names(branch(hoist(lower(make(*updates, states=kept)))))
    assert text(program) == "c = w * c\n---\nif a >= c:\n    theta = grad"
