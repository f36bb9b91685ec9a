"""analyse(): all built-in specs pass, and updates come back in an order that can be run."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from steprule.codegen.analysis import OF_SCHEDULES, OF_TRANSFORMS, RULES, analyse
from steprule.specs.language import (
    SpecError,
    State,
    Update,
    Value,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from sympy import Ne, Piecewise

from ..sample import optimizers

lr, beta = hyperparameters("lr beta")
(m,) = states("m")
a, b, c = intermediates("a b c")
g = grad(theta[t - 1])

BUILTIN = optimizers()


def assert_executable(spec):
    computed = {i.name for i in spec.inputs}
    for update in spec.updates:
        now = {v.name for v in update.value.atoms(Value) if v.index == t}
        assert now <= computed, f"{update.target} reads ahead"
        computed.add(update.target.name)


@pytest.mark.parametrize("name", BUILTIN.params())
def test_builtin(name):
    spec = BUILTIN[name]
    assert analyse(spec) == spec
    assert_executable(analyse(spec))


@pytest.mark.parametrize("name", BUILTIN.params())
def test_builtin_backwards(name):
    spec = BUILTIN[name]
    backwards = analyse(replace(spec, updates=spec.updates[::-1]))
    assert_executable(backwards)
    assert set(backwards.updates) == set(spec.updates)


def chain(momentum):
    updates = [
        Update(a[t], g),
        Update(m[t], beta * m[t - 1] + a[t]),
        Update(b[t], m[t] + a[t]),
        Update(c[t], b[t] + theta[t - 1]),
        Update(theta[t], theta[t - 1] - lr * c[t]),
    ]
    return momentum(updates=updates)


def names(spec):
    return "".join(u.target.name[0] for u in spec.updates)


def test_declaration_order_is_kept(momentum):
    assert names(analyse(chain(momentum))) == "ambct"


def test_every_order_is_put_right(momentum):
    for updates in permutations(chain(momentum).updates):
        assert_executable(analyse(momentum(updates=updates)))


def test_only_what_is_needed_earlier_moves(momentum):
    a_, m_, b_, c_, theta_ = chain(momentum).updates
    assert names(analyse(momentum(updates=[a_, b_, m_, c_, theta_]))) == "ambct"
    free = [Update(a[t], g), Update(b[t], 2 * g), m_, Update(c[t], a[t] + b[t] + m[t]), theta_]
    assert names(analyse(momentum(updates=free))) == "abmct"
    swapped = [free[1], free[0], *free[2:]]
    assert names(analyse(momentum(updates=swapped))) == "bamct"


def test_the_first_fault_is_reported(momentum):
    spec = momentum(name="lower", updates=[Update(m[t], 0.5 * m[t - 1])])
    with pytest.raises(SpecError) as caught:
        analyse(spec)
    assert caught.value.code == "float"
    assert (caught.value.spec, caught.value.where) == ("lower", "m[t] = 0.5*m[t - 1]")


def test_message_names_code_spec_equation_problem_and_remedy(momentum):
    spec = momentum(updates=[Update(m[t], beta * m[t - 1] + g), Update(theta[t], lr * m[t - 3])])
    with pytest.raises(SpecError) as caught:
        analyse(spec)
    assert str(caught.value) == (
        "[time] Momentum: theta[t] = lr*m[t-3]: m[t-3] is neither stored nor computed when it is "
        "read. Use m[t - 1] or m[t]; to look further back, keep the older value in a state."
    )


def test_a_state_may_depend_on_a_condition_in_an_intermediate(momentum):
    updates = [
        Update(theta[t], theta[t - 1] - lr * a[t]),
        Update(a[t], Piecewise((m[t], Ne(beta, 0)), (g, True))),
        Update(m[t], beta * m[t - 1] + g),
    ]
    ordered = analyse(momentum(states=[State(m, 0, "m", when=Ne(beta, 0))], updates=updates))
    assert names(ordered) == "mat"


def test_every_rule_has_a_code_a_sentence_and_a_test_of_its_own():
    rules_ = {*RULES, *OF_SCHEDULES, *OF_TRANSFORMS}
    codes = [rule.CODE for rule in rules_]
    assert len(set(codes)) == len(codes)
    here = Path(__file__).parent
    rules = here.parents[1] / "codegen" / "analysis" / "rules"
    files = {f.stem for f in rules.glob("[!_]*.py")}
    assert files == {rule.__name__.rpartition(".")[2] for rule in rules_}
    assert files <= {f.stem.removeprefix("test_") for f in here.glob("test_*.py")}
    assert all(rule.__doc__ for rule in rules_)
