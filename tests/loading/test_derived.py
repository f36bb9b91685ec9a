"""A rule made of another by the lines that differ."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.notation.text import TextPrinter
from steprule.specs.language import (
    NON_NEGATIVE,
    Constraint,
    Hyper,
    State,
    Update,
    derived,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from steprule.specs.operators import lookahead
from steprule.specs.optimizers.adam import adam, beta1, eps, gtilde, lr, m, mhat, v
from steprule.specs.optimizers.sgd import sgd
from sympy import Max, sqrt

(floor,) = hyperparameters("floor")
(top,) = states("top")
(reach,) = intermediates("reach")


def lines(rule):
    text = TextPrinter(rule)
    return [text.equation(u) for u in analyse(rule).updates]


def test_an_equation_takes_the_place_of_that_for_the_same_value():
    rule = derived(
        adam, "Rule", summary="A rule.", updates=[Update(m[t], m[t - 1] + beta1 * gtilde[t])]
    )
    changed = {*lines(rule)} - {*lines(adam)}
    assert changed == {"m[t] = m[t-1] + beta1*gtilde[t]"}
    assert [u.target for u in rule.updates] == [u.target for u in adam.updates]
    assert rule.source == adam.source
    assert (rule.lineage[0], rule.peer) == ("Adam", "")


def test_what_nothing_reads_any_more_goes_with_all_that_only_it_reads():
    rule = derived(
        adam, "Rule", summary="A rule.", updates=[Update(theta[t], theta[t - 1] - lr * mhat[t])]
    )
    assert [s.name for s in rule.states] == ["m"]
    assert [h.name for h in rule.hyper] == ["lr", "beta1", "weight_decay", "maximize",
                                            "decoupled_weight_decay"]  # fmt: skip
    assert lines(rule)[-2:] == [
        "mhat[t] = m[t]/(1 - beta1**t)",
        "theta[t] = theta[t-1] - lr*mhat[t]",
    ]


def test_what_is_new_comes_behind_and_is_computed_before_it_is_read():
    rule = derived(
        adam,
        "Rule",
        summary="A rule.",
        options={"amsgrad": False, "decoupled_weight_decay": True},
        defaults={eps: "0.5"},
        hyper=[Hyper(floor, "1", NON_NEGATIVE, "the least size")],
        states=[State(top, init=0, key="top", domain=NON_NEGATIVE)],
        updates=[
            Update(theta[t], theta[t - 1] - lr * mhat[t] / (reach[t] + eps)),
            Update(reach[t], Max(top[t], floor)),
            Update(top[t], Max(top[t - 1], sqrt(v[t]))),
        ],
    )
    assert [h.name for h in rule.hyper][-3:] == ["eps", "floor", "maximize"]
    assert [s.name for s in rule.states] == ["m", "v", "top"]
    assert [h.default for h in rule.hyperparameters if h.symbol == eps] == ["0.5"]
    assert lines(rule)[-4:] == [
        "mhat[t] = m[t]/(1 - beta1**t)",
        "top[t] = max(top[t-1], sqrt(v[t]))",
        "reach[t] = max(top[t], floor)",
        "theta[t] = theta[t-1] - lr*mhat[t]/(reach[t] + eps)",
    ]


def test_a_constraint_goes_with_what_it_is_about():
    assert sgd.constraints
    rule = derived(
        sgd, "Rule", summary="A rule.", updates=[Update(theta[t], theta[t - 1] - lr * gtilde[t])]
    )
    assert rule.constraints == ()
    assert not rule.states
    kept = derived(sgd, "Rule", summary="A rule.")
    assert all(isinstance(c, Constraint) for c in kept.constraints)
    assert kept.constraints


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"options": {"amsgard": True}}, "Adam has no option amsgard"),
        ({"options": {"lr": True}}, "Adam has no option lr"),
        ({"defaults": {"amsgrad": "1"}}, "Adam has no hyperparameter amsgrad"),
    ],
)
def test_what_it_does_not_have_is_named(given, words):
    with pytest.raises(ValueError, match=words):
        derived(adam, "Rule", summary="A rule.", **given)


def test_a_stack_remembers_what_it_is_of():
    assert lookahead(lookahead(adam)).lineage[:2] == ("LookaheadAdam", "Adam")
