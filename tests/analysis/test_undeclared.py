"""Rule undeclared: every symbol is declared."""

from dataclasses import replace

from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    Constraint,
    Gradient,
    Update,
    flags,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from sympy import Ne, Piecewise, Symbol, symbols

lr, beta, beta1, scale = hyperparameters("lr beta beta1 scale")
m, mm, q = states("m mm q")
g = grad(theta[t - 1])


def changed(momentum, value):
    return momentum(updates=[Update(m[t], value), momentum().updates[1]])


def test_all_declared(momentum):
    assert analyse(changed(momentum, beta * m[t - 1] + (1 - beta) * g))


def test_hyperparameter(momentum, refused):
    refused(
        changed(momentum, beta1 * m[t - 1] + beta * g),
        "undeclared",
        "m[t] = ",
        "beta1 is not declared",
        "write beta",
    )


def test_nothing_near(momentum, refused):
    error = refused(changed(momentum, scale * beta * g), "undeclared", "scale is not declared")
    assert error.remedy == "Declare scale in hyper, as a Hyper or an Option"


def test_flag(momentum, refused):
    (fast,) = flags("fast")
    value = Piecewise((beta * m[t - 1], fast), (g, True))
    refused(changed(momentum, value), "undeclared", "fast is not declared")


def test_same_name_other_symbol(momentum, refused):
    value = symbols("beta") * m[t - 1] + beta * g
    refused(changed(momentum, value), "undeclared", "is another one", 'hyperparameters("beta")')


def test_stored_value_of_nothing(momentum, refused):
    value = beta * mm[t - 1] + m[t - 1] + g
    refused(
        changed(momentum, value), "undeclared", "mm is given nowhere", "State(mm, ...)", "write m"
    )


def test_value_without_equation(momentum, refused):
    refused(
        changed(momentum, beta * q[t] + g), "undeclared", "q is given nowhere", "equation for q[t]"
    )


def test_series_without_time(momentum, refused):
    value = beta * Symbol("m", real=True) + g
    refused(changed(momentum, value), "undeclared", "stands without a time", "m[t - 1]")


def test_declarations(momentum, refused):
    (state,) = momentum().states
    refused(momentum(states=[replace(state, init=beta1)]), "undeclared", "init of state m", "beta1")
    refused(momentum(states=[replace(state, when=Ne(beta1, 0))]), "undeclared", "when of state m")
    constraint = Constraint(beta1 > 0, "beta1 is positive")
    refused(momentum(constraints=[constraint]), "undeclared", "constraint 'beta1 is positive'")


def test_other_gradient(momentum, refused):
    value = beta * m[t - 1] + Gradient("slope")(theta[t - 1])
    refused(changed(momentum, value), "undeclared", "slope is not the gradient", "Use grad")
