"""What only some steps read is computed in those steps alone."""

from fractions import Fraction

import sympy
from steprule.codegen.oracle.exact import exact, same
from steprule.codegen.program.evaluate import evaluate
from steprule.codegen.program.listing import TEXT
from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.branch import branch
from steprule.codegen.program.passes.confine import confine
from steprule.codegen.program.passes.hoist import hoist
from steprule.specs.language import (
    Input,
    Shape,
    Source,
    State,
    Update,
    flags,
    global_norm,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    norm,
    states,
    t,
    theta,
)
from sympy import Abs, Eq, Mod, Piecewise

lr, a = hyperparameters("lr a")
(flag,) = flags("flag")
m, n = states("m n")
x, y = intermediates("x y")
(hessian,) = inputs("hessian")
G = grad(theta[t - 1])
P = theta[t - 1]

DUE = Eq(Mod(t, 3), 0)
M = State(m, init=0, key="m")


def where(yes, condition, no):
    return Piecewise((yes, condition), (no, True))


def confined(spec, text):
    return text(branch(confine(lower(spec)))).removeprefix("---\n").splitlines()


def test_what_one_branch_reads_is_computed_in_it(make, text):
    spec = make(
        Update(x[t], Abs(G)),
        Update(m[t], m[t - 1] + G),
        Update(y[t], x[t] + x[t] ** 2),
        Update(theta[t], where(P - lr * y[t] * m[t] - y[t], DUE, P)),
        states=[M],
    )
    assert confined(spec, text) == [
        "m[t] = m + grad",
        "if t % 3 == 0:",
        "    x = abs(grad)",
        "    y = x + x**2",
        "    theta[t] = theta - lr * m[t] * y - y",
        "else:",
        "    theta[t] = theta",
    ]


def test_what_is_read_at_every_step_is_computed_there(make, text):
    spec = make(
        Update(x[t], Abs(G)),
        Update(m[t], m[t - 1] + x[t]),
        Update(theta[t], where(P - x[t], DUE, P)),
        states=[M],
    )
    assert confined(spec, text)[0] == "x = abs(grad)"


def test_two_readers_have_their_common_condition(make, text):
    spec = make(
        Update(x[t], Abs(G)),
        Update(m[t], where(where(m[t - 1] + x[t], flag, m[t - 1]), DUE, m[t - 1])),
        Update(theta[t], where(where(P - x[t], lr > 1, P - x[t] ** 2), DUE, P)),
        states=[M],
    )
    lines = confined(spec, text)
    assert lines[:2] == ["if t % 3 == 0:", "    x = abs(grad)"]


def read_by_two(make, when):
    """An input that two states take, one of them under a further condition."""
    return make(
        Update(x[t], hessian[t] ** 2),
        Update(m[t], where(m[t - 1] + x[t], sympy.And(DUE, flag), m[t - 1])),
        Update(theta[t], where(P - x[t], DUE, P)),
        states=[M],
        inputs=[Input(hessian, Source.ELEMENTS, "estimates", when=when)],
    )


def test_an_input_is_read_where_it_is_given(make, text):
    """One reader asks for two conditions together, the other for the first of them alone."""
    assert confined(read_by_two(make, DUE), text)[:2] == ["if t % 3 == 0:", "    x = hessian**2"]


def test_conditions_that_stand_together_are_not_parted_for_nothing(make, text):
    assert confined(read_by_two(make, sympy.true), text)[0] == "x = hessian**2"


def test_a_choice_that_is_made_is_not_made_again(make, text):
    spec = make(
        Update(x[t], where(Abs(G), DUE, G)),
        Update(theta[t], where(P - x[t] - x[t] ** 2, DUE, P)),
    )
    assert confined(spec, text)[:2] == ["if t % 3 == 0:", "    x = abs(grad)"]


def test_a_choice_between_choices_joins_what_follows(make, text):
    spec = make(
        Update(m[t], where(where(G, flag, G**2), DUE, m[t - 1])),
        Update(x[t], where(m[t], lr > 1, G)),
        Update(theta[t], where(P - x[t] - x[t] ** 2, DUE, P)),
        states=[M],
    )
    assert sum(line.startswith("if") for line in confined(spec, text)) == 1


def test_nothing_moves_past_what_overwrites_what_it_reads(make, text):
    spec = make(
        Update(x[t], m[t - 1] + G),
        Update(m[t], G),
        Update(theta[t], where(P - x[t] - x[t] ** 2, DUE, P)),
        states=[M],
    )
    assert confined(spec, text)[:3] == ["if t % 3 == 0:", "    x = m + grad", "m[t] = grad"]


def test_a_number_of_a_tensor_is_computed_where_it_is_read(make, text):
    spec = make(
        Update(x[t], norm(G)),
        Update(theta[t], where(P - x[t] * G / (1 + x[t]), DUE, P)),
    )
    assert confined(spec, text)[:2] == ["if t % 3 == 0:", "    x = norm(grad)"]


def test_all_tensors_hand_over_parts_of_totals_at_every_step(make, text):
    spec = make(
        Update(y[t], Abs(G)),
        Update(n[t], where(n[t - 1] + global_norm(y[t]) + global_norm(y[t] ** 2), DUE, n[t - 1])),
        Update(theta[t], P - lr * n[t] * G),
        states=[State(n, init=0, key="n", shape=Shape.GLOBAL)],
    )
    assert confined(spec, text)[:7] == [
        "if t % 3 == 0:",
        "    y = abs(grad)",
        "    n_part = norm(y)",
        "    n_part2 = norm(y**2)",
        "else:",
        "    n_part = 0",
        "    n_part2 = 0",
    ]


def counted(make, *updates):
    """A rule with a number that grows every third step, and its equations."""
    grown = Update(n[t], where(n[t - 1] * a, DUE, n[t - 1]))
    return make(grown, *updates, states=[State(n, init=1, key="n", shape=Shape.SCALAR)])


def test_a_number_that_some_steps_cannot_make_is_0_in_these(make):
    """1 - n[t] is 0 until n has grown, and two statements read what is made of it."""
    spec = counted(
        make,
        Update(x[t], 1 / (1 - n[t])),
        Update(y[t], x[t] * Abs(G) + x[t]),
        Update(theta[t], where(P - lr * y[t] * x[t], DUE, P)),
    )
    program = confine(hoist(lower(spec)))
    given = {"lr": 1, "a": Fraction(1, 2), "n": 1, "theta": 1, "grad": 4, "t": 1, "first": True}
    held = evaluate(program, {name: exact(value) for name, value in given.items()})
    assert same(held["theta"], exact(1))
    due = evaluate(program, {name: exact(value) for name, value in (given | {"t": 3}).items()})
    assert same(due["theta"], exact(1 - (2 * 4 + 2) * 2))


def test_a_number_that_either_of_two_conditions_asks_for(make):
    spec = counted(
        make,
        Update(x[t], 1 / (1 - n[t])),
        Update(y[t], where(x[t] * G, Eq(t, 9), Abs(G))),
        Update(theta[t], where(P - lr * x[t] * y[t], DUE, P - y[t])),
    )
    (found,) = (a.value for a in confine(hoist(lower(spec))).host if a.target.id == "x")
    assert TEXT(found) == "select(t == 9 or t_mod_3 == 0, 1 / (1 - n[t]), 0)"
