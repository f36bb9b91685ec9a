"""Rule example: a schedule's example makes one; and the other rules, on schedules."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.analysis.subject import is_required
from steprule.codegen.loading.load import builtin_schedules
from steprule.specs.language import (
    AT_LEAST_ONE,
    POSITIVE,
    REAL,
    Choice,
    Constraint,
    Function,
    Hyper,
    Numbers,
    Option,
    Sample,
    Schedule,
    Schedules,
    SpecError,
    Update,
    call,
    counts,
    eta,
    flags,
    grad,
    hyperparameters,
    intermediates,
    item,
    lr,
    rate_of,
    step,
    t,
    theta,
)
from sympy import Eq, Float, Lambda, Mod, Piecewise, Symbol, floor, sinh, sqrt

gamma, values, f, inner = hyperparameters("gamma values f inner")
(period,) = counts("period")
(held,) = flags("held")
(x,) = intermediates("x")

GAMMA = Hyper(gamma, "", POSITIVE, "factor")
PERIOD = Hyper(period, "10", AT_LEAST_ONE, "steps")
STEPS = Schedule(
    "Steps",
    summary="Steps.",
    source="Here",
    hyper=[GAMMA, PERIOD],
    updates=[Update(eta[step], lr * gamma ** floor(step / period))],
    example={"lr": "0.1", "gamma": "0.5"},
)


def given(declaration, equation, **example):
    """A schedule of one more argument, and an example for it."""
    return replace(
        STEPS,
        hyper=sorted((declaration, *STEPS.hyper), key=lambda h: not is_required(h)),
        updates=[Update(eta[step], STEPS.updates[0].value * equation)],
        example={**STEPS.example, **example},
    )


@pytest.mark.parametrize("name", builtin_schedules())
def test_builtin(name):
    schedule = analyse(builtin_schedules()[name])
    required = {h.name for h in schedule.hyper if is_required(h)}
    assert required <= {*schedule.example}


def test_the_starting_rate_is_an_argument_where_it_is_read():
    assert [h.name for h in STEPS.hyper] == ["lr", "gamma", "period"]
    assert [h.name for h in replace(STEPS, name="Other").hyper] == ["lr", "gamma", "period"]
    free = replace(STEPS, updates=[Update(eta[step], gamma**step)], hyper=(GAMMA,))
    assert [h.name for h in free.hyper] == ["gamma"]
    composed = replace(
        free,
        hyper=(Schedules(inner, "another"),),
        updates=[Update(eta[step], rate_of(inner, step, lr))],
    )
    assert [h.name for h in composed.hyper] == ["inner"]


k = Symbol("k")
VALID = [
    (Option(held, "held"), Piecewise((1, held), (2, True)), True),
    (Choice("mode", ("a", "b"), "mode"), None, "b"),
    (Numbers(values, "values"), item(values, 0), ("0.5", "1")),
    (Function(f, "a function"), call(f, step), Lambda(k, 1 / (k + 1))),
    (
        Schedules(inner, "inner"),
        rate_of(inner, step, lr),
        Sample(STEPS, {"lr": "0.1", "gamma": "0.5"}),
    ),
]
WRONG = [1, "c", ("a",), lambda n: n, "0.1"]


def _equation(declaration, equation):
    if isinstance(declaration, Choice):
        return Piecewise((1, declaration["a"]), (2, True))
    return equation


@pytest.mark.parametrize(("declaration", "equation", "value"), VALID)
def test_every_kind_of_argument(declaration, equation, value):
    equation = _equation(declaration, equation)
    assert analyse(given(declaration, equation, **{declaration.name: value}))


@pytest.mark.parametrize(("valid", "wrong"), [*zip(VALID, WRONG, strict=True)])
def test_a_value_of_another_kind(refused, valid, wrong):
    declaration, equation, _ = valid
    broken = given(declaration, _equation(declaration, equation), **{declaration.name: wrong})
    refused(broken, "example", f"{declaration.name} in example", "nothing it can be", "Give")


def test_what_is_required_is_there(refused):
    broken = replace(STEPS, example={"lr": "0.1"})
    refused(broken, "example", "gamma in example", "the example lacks it", 'Add "gamma"')


def test_required_arguments_come_first(refused):
    broken = replace(STEPS, hyper=(PERIOD, GAMMA))
    refused(broken, "argument", "gamma", "follows hyperparameter period", "Move it before period")


def test_nothing_else_is_there(refused):
    broken = replace(STEPS, example={**STEPS.example, "perod": "2"})
    refused(broken, "example", "example", "no argument perod", "Write period")


@pytest.mark.parametrize("value", ["0", "-1", "nan", "one", 0.5])
def test_numbers_lie_in_their_domain(refused, value):
    broken = replace(STEPS, example={"lr": "0.1", "gamma": value})
    refused(broken, "example", "gamma in example", "nothing it can be", "0 < gamma")


def test_counts_are_whole(refused):
    broken = replace(STEPS, example={**STEPS.example, "period": "2.5"})
    refused(broken, "example", "period in example", "nothing it can be", "a whole number")


def test_samples_are_looked_into(refused):
    declaration, equation, _ = VALID[-1]
    broken = given(declaration, equation, inner=Sample(STEPS, {"lr": "0.1"}))
    refused(broken, "example", "gamma in inner in example", "lacks it", 'Add "gamma"')


@pytest.mark.parametrize(
    ("update", "code", "problem"),
    [
        (Update(x[step], lr), "unassigned", "no equation gives the rate eta[step]"),
        (Update(eta[t], lr * gamma), "target", "gives a value at step"),
        (Update(eta[step], lr * gamma * x[step]), "undeclared", "x is given nowhere"),
        (Update(eta[step], lr * grad(theta[t - 1])), "unsupported", "GradientAt is nothing"),
        (Update(eta[step], lr * sinh(step)), "unsupported", "sinh is nothing a backend"),
        (Update(eta[step], lr * gamma * Float(0.5)), "float", "0.5 is a float"),
        (Update(eta[step], lr * gamma / (step - period)), "division", "can be 0"),
        (
            Update(eta[step], lr * gamma * period * Mod(period, gamma - 1)),
            "division",
            "can be 0",
        ),
        (Update(eta[step], lr * sqrt(gamma - period)), "root", "can be negative"),
        (Update(eta[step], lr * gamma), "unused", "no equation depends on it"),
        (Update(eta[step], eta[step - 1] * gamma * period), "time", "is gone when it is read"),
        (
            Update(eta[step], Piecewise((gamma, step < period))),
            "no-default",
            "is the last",
        ),
    ],
)
def test_the_other_rules_hold_for_schedules_too(update, code, problem):
    with pytest.raises(SpecError) as caught:
        analyse(replace(STEPS, updates=[update]))
    assert caught.value.code == code
    assert problem in caught.value.problem


@pytest.mark.parametrize("default", ["1/3", "0.5"])
def test_a_default_can_be_a_fraction(default):
    hyper = (Hyper(gamma, default, REAL, "factor"), PERIOD)
    assert analyse(
        replace(STEPS, hyper=hyper, updates=[Update(eta[step], gamma * period)], example={})
    )


def test_a_word_of_a_choice_decides_alone():
    """With both words of a choice settled there is no course a step takes with neither."""
    mode = Choice("mode", ("a", "b"), "mode")
    equation = Piecewise((1 / gamma, mode["a"]), (gamma, mode["b"]), (1 / (gamma - period), True))
    assert analyse(given(mode, equation))


def test_constraints_are_analysed(refused):
    broken = replace(STEPS, constraints=[Constraint(Eq(gamma, values), "must agree")])
    refused(broken, "undeclared", "constraint 'must agree'", "values is not declared", "Declare")
