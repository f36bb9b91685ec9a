"""Products move into the branches that read them, and nowhere else."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.branch import branch
from steprule.codegen.program.passes.contract import contract
from steprule.codegen.program.passes.reuse_names import reuse_names
from steprule.codegen.program.passes.sink import sink
from steprule.specs.language import (
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from sympy import Abs, Piecewise

lr, a = hyperparameters("lr a")
(flag,) = flags("flag")
m, n = states("m n")
x, y = intermediates("x y")
G = grad(theta[t - 1])
P = theta[t - 1]

QUOTIENT = Update(x[t], G / (1 + Abs(P)))


def chosen(yes, no):
    return Update(theta[t], Piecewise((yes, flag), (no, True)))


def sunk(spec, text):
    return text(sink(branch(lower(spec)))).removeprefix("---\n").splitlines()


def test_a_quotient_is_part_of_the_calls_that_add_it(make, text):
    spec = make(QUOTIENT, chosen(a * P + x[t], P - lr * x[t]))
    assert sunk(spec, text) == [
        "x_part = 1 + abs(theta)",
        "if flag:",
        "    theta[t] = grad / x_part + a * theta",
        "else:",
        "    theta[t] = theta - lr * (grad / x_part)",
    ]
    assert "addcdiv(theta, grad, x_part, -lr)" in text(contract(sink(branch(lower(spec)))))


def test_one_branch_is_enough(make, text):
    spec = make(Update(x[t], G**2), chosen(P - lr * x[t], P))
    assert sunk(spec, text)[0] == "if flag:"


def stays(spec, text):
    before = text(branch(lower(spec)))
    assert text(sink(branch(lower(spec)))) == before


def test_what_is_read_elsewhere_stays(make, text):
    after = Update(m[t], x[t])
    stays(make(QUOTIENT, chosen(P + x[t], P - x[t]), after), text)


def test_what_is_read_twice_in_a_branch_stays(make, text):
    stays(make(QUOTIENT, chosen(P + x[t] * Abs(x[t]), P - x[t])), text)


def test_what_is_no_product_stays(make, text):
    stays(make(Update(x[t], G + Abs(P)), chosen(P + x[t], P - x[t])), text)


def test_what_is_not_next_to_the_branches_stays(make, text):
    between = Update(m[t], m[t - 1] + G)
    stays(make(QUOTIENT, between, chosen(P + x[t], P - x[t])), text)


def test_a_state_stays(make, text):
    stays(make(Update(m[t], G * P), chosen(P + m[t], P - m[t])), text)


def test_a_name_that_is_used_again_is_not_taken_for_the_result(make, text):
    """As names are reused, a branch may overwrite an operand before the result is read."""
    scaled = Update(y[t], Piecewise((G * 2, flag), (G, True)))
    spec = make(QUOTIENT, scaled, chosen(P + y[t] + x[t], P - x[t]))
    program = reuse_names(branch(lower(spec)))
    assert text(sink(program)) == text(program)
