"""Rule existence: a state is only read where it exists."""

from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    Constraint,
    Hyper,
    Option,
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
from sympy import And, Implies, Ne, Not, Piecewise

lr, mu = hyperparameters("lr mu")
fast, nesterov = flags("fast nesterov")
(b,) = states("b")
(d,) = intermediates("d")
g = grad(theta[t - 1])
MU = Hyper(mu, "0", NON_NEGATIVE, "momentum")
FAST, NESTEROV = Option(fast, "fast"), Option(nesterov, "nesterov")
UPDATE_B = Update(b[t], mu * b[t - 1] + g)


def spec(momentum, when, direction, *more, options=(), **changes):
    return momentum(
        hyper=[momentum().hyper[0], MU, *options],
        states=[State(b, 0, "b", when=when)],
        updates=[UPDATE_B, *more, Update(theta[t], theta[t - 1] - lr * direction)],
        **changes,
    )


def test_read_under_its_condition(momentum):
    assert analyse(spec(momentum, Ne(mu, 0), Piecewise((b[t], Ne(mu, 0)), (g, True))))


def test_read_always(momentum, refused):
    refused(
        spec(momentum, Ne(mu, 0), b[t]),
        "existence",
        "theta[t] = theta[t-1] - lr*b[t]",
        "b[t] is read when mu = 0, and b only exists when mu != 0",
        "let b exist always",
    )


def test_read_under_another_condition(momentum, refused):
    value = Piecewise((b[t], fast), (g, True))
    refused(spec(momentum, Ne(mu, 0), value, options=[FAST]), "existence", "mu = 0")


def test_positive_is_not_zero(momentum):
    assert analyse(spec(momentum, Ne(mu, 0), Piecewise((b[t], mu > 0), (g, True))))


def test_stronger_condition(momentum):
    value = Piecewise((b[t], And(fast, Ne(mu, 0))), (g, True))
    assert analyse(spec(momentum, Ne(mu, 0), value, options=[FAST]))


def test_else_branch(momentum, refused):
    value = Piecewise((g, fast), (b[t], True))
    assert analyse(spec(momentum, Not(fast), value, options=[FAST]))
    refused(spec(momentum, fast, value, options=[FAST]), "existence", "fast is off", "when fast")


def test_what_is_not_needed_is_not_read(momentum):
    value = Piecewise((d[t], Ne(mu, 0)), (g, True))
    assert analyse(spec(momentum, Ne(mu, 0), value, Update(d[t], 2 * b[t])))


def test_intermediate_needed_elsewhere(momentum, refused):
    refused(spec(momentum, Ne(mu, 0), d[t], Update(d[t], 2 * b[t])), "existence", "d[t] = 2*b[t]")


def test_constraint_rules_a_case_out(momentum, refused):
    value = Piecewise((b[t], nesterov), (g, True))
    constraint = Constraint(Implies(nesterov, mu > 0), "nesterov needs momentum")
    changes = {"options": [NESTEROV], "constraints": [constraint]}
    assert analyse(spec(momentum, Ne(mu, 0), value, **changes))
    refused(spec(momentum, Ne(mu, 0), value, options=[NESTEROV]), "existence", "mu = 0")
