"""Operators done to rules, as commands name them."""

from dataclasses import replace
from functools import cache

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import builtin, load
from steprule.codegen.loading.stacks import operators
from steprule.specs import operators as package
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Operator,
    Optimizer,
    Option,
    SpecError,
    State,
    Update,
    grad,
    intermediates,
    lr,
    states,
    t,
    theta,
)
from steprule.specs.language.averages import momentum_of, second_moment_of
from steprule.specs.language.parts import NoPartError
from steprule.specs.operators import cautious, lookahead
from sympy import sympify


def one(reference):
    (found,) = load(reference)
    return found


def arguments(spec):
    return {h.name: h.default for h in spec.hyper if isinstance(h, Hyper | Option)}


def test_a_stack_is_what_python_makes_of_it():
    made = lookahead(cautious(builtin()["AdamW"]), k=7)
    found = one("lookahead(cautious(adamw), k=7)")
    assert found == made
    assert found.name == "LookaheadCautiousAdamW"
    assert arguments(found) == arguments(builtin()["AdamW"]) | {"k": "7", "alpha": "0.5"}
    assert found.hyper[-2].keyword
    assert found.hyper[-1].keyword


def test_all_can_be_called_from_their_package():
    assert {name: getattr(package, name) for name in package.__all__} == operators()


def test_spaces_letters_and_numbers_are_as_one_writes_them():
    found = one(" LookAhead( AdamW , alpha = 1e-1, k=2,name=Slow ) ")
    assert found.name == "Slow"
    assert arguments(found)["alpha"] == "1e-1"
    assert arguments(one("sam(sgd, adaptive=True)"))["adaptive"] is True


def test_a_rule_of_ones_own(spec_file):
    file = spec_file()
    assert one(f"lookahead({file})").name == "LookaheadHeavyBall"
    assert one(f"lookahead({file}:heavy_ball, k=3)").name == "LookaheadHeavyBall"


OWN = """
from steprule.specs.language import *
(amount,) = hyperparameters("amount")
(less,) = intermediates("less")
damped = Operator(
    "damped", adds="smaller steps", source="mine",
    hyper=[Hyper(amount, "0.5", NON_NEGATIVE, "how much of a step")],
    updates=[Update(less[t], direction[t] * amount)], gives={direction: less[t]},
)
_hidden = damped
"""


@pytest.fixture
def own(tmp_path, monkeypatch, spec_file):
    """The folder of mine.py, with an operator, and of my_rule.py, with a rule."""
    spec_file()
    (tmp_path / "mine.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("reference", "name", "given"),
    [
        ("mine.py:damped(adamw)", "DampedAdamW", {"amount": "0.5"}),
        ("./mine.py:Damped( lion , amount=2, name=Mine )", "Mine", {"amount": "2"}),
        (
            "lookahead(mine.py:damped(mine.py:damped(my_rule.py:heavy_ball)), k=3)",
            "LookaheadDampedDampedHeavyBall",
            {"k": "3", "amount": "0.5", "damped_amount": "0.5"},
        ),
        ("graft(mine.py:damped(adamw), size=mine.py:damped(sgd))", "GraftDampedAdamWDampedSGD", {}),
    ],
)
def test_an_operator_of_ones_own(own, reference, name, given):
    found = one(reference)
    assert found.name == name
    assert given.items() <= arguments(found).items()
    analyse(found)


@pytest.mark.parametrize(
    ("reference", "code", "said"),
    [
        ("mine.py:dampd(adamw)", "unknown-operator", "Did you mean damped? The file holds damped"),
        ("mine.py:_hidden(adamw)", "unknown-operator", "The file holds damped"),
        ("mine.py:lookahead(adamw)", "unknown-operator", "without the file: lookahead(...)"),
        ("my_rule.py:heavy_ball(adamw)", "unknown-operator", "heavy_ball is a rule, and not an"),
        ("your.py:damped(adamw)", "no-file", "there is no such file"),
        ("mine.py:damped(adamw, k=3)", "operator", "it has amount"),
        ("mine.py:damped(adamw", "operator", "a parenthesis is missing"),
        ("mine.py:damped", "unknown-spec", "done to a rule: mine.py:damped(adamw)"),
        ("mine.py", "no-spec", "done to a rule: mine.py:damped(adamw)"),
    ],
)
def test_an_operator_that_is_not_there(own, reference, code, said):
    with pytest.raises(SpecError) as caught:
        load(reference)
    assert caught.value.code == code
    assert said in str(caught.value)


def test_a_part_is_no_name_of_ones_own():
    squares = intermediates("squares")[0]
    mine = Operator("mine", adds="x", source="x", updates=[Update(squares[t], t * theta[t - 1])])
    with pytest.raises(SpecError, match=r"squares stands for a part of the rule"):
        mine(builtin()["AdamW"])


def test_names_of_two_are_told_apart():
    found = one("lookahead(lookahead(lookahead(sgd, k=2), k=3), k=4)")
    given = {"k": "2", "lookahead_k": "3", "lookahead_k2": "4"}
    assert given.items() <= arguments(found).items()
    keys = [s.key for s in found.states]
    assert keys[1:] == ["slow_buffer", "lookahead_slow_buffer", "lookahead_slow_buffer2"]
    analyse(found)


@pytest.mark.parametrize(
    ("reference", "code", "said"),
    [
        ("lokahead(adamw)", "unknown-operator", "Did you mean lookahead?"),
        ("lookahead(adamm)", "unknown-spec", "Did you mean"),
        ("lookahead(adamw, j=4)", "operator", "it has k, alpha"),
        ("lookahead(adamw, k=many)", "operator", "Give it a number"),
        ("sam(sgd, adaptive=3)", "operator", "Give it True or False"),
        ("lookahead(adamw, sgd)", "operator", "done to one rule"),
        ("lookahead(adamw", "operator", "a parenthesis is missing"),
        ("lookahead(adamw,,k=5)", "operator", "a parenthesis is missing"),
        ("lookahead(StepLR)", "operator", "it is a schedule"),
        ("cautious(lookahead(adamw))", "operator", "no multiple of theta[t-1] less a step"),
        ("cautious(kahanadamw)", "operator", "no multiple of theta[t-1] less a step"),
        ("cautious(scheduleFreeAdamW)", "operator", "drawn to z"),
        ("nesterov(asgd)", "operator", "nothing of its step reads ax[t]"),
        ("graft(adamw)", "operator", "Give it both: graft(adamw, size=sgd)"),
        ("graft(adamw, size=steplr)", "operator", "it is a schedule"),
        ("graft(adamw, size=muon)", "operator", "Muon sees parameters by a view of its own"),
        ("nesterov(adagrad)", "operator", "no state that could be its momentum"),
        ("skip(sophia)", "operator", "it is given hessian at some steps"),
        ("accumulate(sam)", "operator", "a gradient elsewhere, which is of the last batch alone"),
        ("accumulate(momo)", "operator", "the loss, which is of the last batch alone"),
    ],
)
def test_what_cannot_be_is_said_in_one_error(reference, code, said):
    with pytest.raises(SpecError) as caught:
        load(reference)
    assert caught.value.code == code
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("mars(ftrl)", "cannot be done to Ftrl: in what it makes of it, hyperparameter gamma"),
        ("warm_nesterov(sgd)", "the denominator 1 - momentum can be 0"),
        ("belief(ftrl)", "so none of them can be computed first"),
        ("skip(soap)", "gives one factor of many"),
        ("schedule_free(cocob)", "lr is not declared"),
        ("amsgrad(adafactor)", "v only exists when ndim < 2"),
    ],
)
def test_what_makes_no_rule_is_said_of_the_operator(reference, said):
    found = one(reference)
    with pytest.raises(SpecError) as caught:
        analyse(found)
    assert caught.value.code == "operator"
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "code"),
    [("lookahead(adamw, k=0)", "default"), ("lookahead(adamw, name='two words')", "name")],
)
def test_what_is_said_with_an_operator_is_not_of_the_rule(reference, code):
    with pytest.raises(SpecError) as caught:
        analyse(one(reference))
    assert caught.value.code == code


def test_a_fault_of_the_rule_itself_is_said_of_the_rule():
    wrong = replace(builtin()["Lion"], hyper=builtin()["Lion"].hyper[1:])
    with pytest.raises(SpecError) as caught:
        analyse(OPERATORS["lookahead"](wrong))
    assert caught.value.code == "undeclared"


def test_what_is_changed_afterwards_is_no_longer_of_the_operator():
    changed = replace(one("lookahead(lion)"), hyper=())
    with pytest.raises(SpecError) as caught:
        analyse(changed)
    assert caught.value.code == "undeclared"


@pytest.mark.parametrize("reference", ["mechanic(adafactor)", "zclip(came)"])
def test_an_argument_of_several_numbers_is_told_apart_too(reference):
    found = analyse(one(reference))
    assert f"{reference.partition('(')[0]}_eps" in arguments(found)


@pytest.mark.parametrize(
    ("rule", "given", "steps"),
    [
        ("sophia", "hessian", [3, 33]),
        ("dion", "xi", [3]),
    ],
)
def test_what_is_gathered_for_is_given_inputs_where_it_steps(rule, given, steps):
    """Of three gradients each: a step of the rule is every third, and counted as one."""
    found = analyse(one(f"accumulate({rule}, every=3)"))
    (read,) = (i.when for i in found.inputs if i.name == given)
    numbers = {h.symbol: sympify(h.default) for h in found.hyperparameters}
    assert [k for k in range(1, 36) if read.subs({**numbers, t: k}) == True] == steps  # noqa: E712


def test_two_rules_share_their_rate_and_are_else_told_apart():
    found = one("graft(adamw, size=lookahead(adam, k=2))")
    given = {"lr": "1e-3", "weight_decay": "1e-2", "size_weight_decay": "0", "k": "2"}
    assert given.items() <= arguments(found).items()
    assert [h.argument for h in found.hyper if h.name.startswith("size_beta")] == ["size_betas"] * 2
    assert [name for name in arguments(found) if "maximize" in name] == ["maximize"]
    assert found.summary == (
        "GraftAdamWLookaheadAdam: AdamW with steps of each tensor as long as those of "
        "LookaheadAdam."
    )
    analyse(found)


m, n = states("m n")
OF_TWO = Optimizer(
    "OfTwo",
    summary="Two averages alike.",
    source="this test",
    hyper=[Hyper(lr, "1", NON_NEGATIVE, "rate")],
    states=[State(x, init=0, key=x.name) for x in (m, n)],
    updates=[
        *(Update(x[t], x[t - 1] / k + grad(theta[t - 1])) for k, x in ((2, m), (3, n))),
        Update(theta[t], theta[t - 1] - lr * (m[t] + n[t])),
    ],
)


@pytest.mark.parametrize(
    ("rule", "part", "found"),
    [
        ("rmsprop", momentum_of, "b"),
        ("rmsprop", second_moment_of, "v"),
        ("prodigy", momentum_of, "m"),
        ("adadelta", second_moment_of, "v"),
        ("accumulate(sgd)", momentum_of, "b"),
        ("grokfast(adam)", momentum_of, "m"),
        ("mars(grokfast(sgd))", momentum_of, "b"),
    ],
)
def test_which_of_several_averages_is_meant(rule, part, found):
    assert part(one(rule)).series.name == found


def test_an_average_that_stays_at_some_steps_is_what_it_is_at_others():
    held, own = momentum_of(one("accumulate(lion)")), momentum_of(one("lion"))
    assert held.forgetting == own.forgetting


def test_two_averages_alike_are_no_momentum():
    with pytest.raises(NoPartError, match="several that could be its momentum: m, n"):
        momentum_of(OF_TWO)


def test_steps_are_counted_for_rules_that_ask_for_their_count():
    assert [s.key for s in one("skip(adamw)").states][-1] == "steps_taken"
    assert [s.key for s in one("skip(lion)").states] == [s.key for s in one("lion").states]


OPERATORS = operators()
PAIRS = [(outer, inner) for outer in OPERATORS for inner in OPERATORS]


BESIDE = {"graft": {"size": builtin()["SGD"]}}


def made(outer, inner):
    """The stack of two on AdamW; nothing, if it is refused."""
    try:
        return OPERATORS[outer](first(inner), **BESIDE.get(outer, {}))
    except SpecError:
        return None


@cache
def first(inner):
    return OPERATORS[inner](builtin()["AdamW"], **BESIDE.get(inner, {}))


STEPS = {
    *("cautious", "cautious_decay", "corrected_decay", "decay_to_start", "decoupled_decay"),
    *("directed_decay", "grams", "independent_decay", "trust_ratio"),
}
"""What takes a step apart."""

REFUSED = dict.fromkeys(
    ["lookahead", "schedule_free", "gpa", "decay_to_start", "graft", "mechanic"], STEPS
)
"""What cannot be done to AdamW after an operator: where its step leads is no multiple of the
parameter, less a step."""


def test_every_stack_of_two_is_made_or_refused():
    refused = {(outer, inner) for outer, inner in PAIRS if made(outer, inner) is None}
    made_of_parts = {(outer, inner) for inner, others in REFUSED.items() for outer in others}
    assert refused == made_of_parts | {
        ("belief", "belief"),  # whose squares have a name by then
        ("accumulate", "sam"),  # whose second gradient would be of the last batch alone
        ("accumulate", "asam"),
    }


@pytest.mark.exhaustive
@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_every_stack_of_two_that_is_made_is_valid(outer, inner):
    if (found := made(outer, inner)) is not None:
        analyse(found)
