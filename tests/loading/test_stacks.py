"""Operators done to rules, as commands name them."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import builtin, load
from steprule.codegen.loading.stacks import operators
from steprule.specs import operators as package
from steprule.specs.language import Hyper, Option, SpecError
from steprule.specs.operators import cautious, lookahead


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
        ("nesterov(rmsprop)", "operator", "several that could be its momentum: gbar, b"),
        ("nesterov(adagrad)", "operator", "no state that could be its momentum"),
    ],
)
def test_what_cannot_be_is_said_in_one_error(reference, code, said):
    with pytest.raises(SpecError) as caught:
        load(reference)
    assert caught.value.code == code
    assert said in str(caught.value)


PAIRS = [(outer, inner) for outer in operators() for inner in operators()]


def made(outer, inner):
    """The stack of two on AdamW; nothing, if it is refused."""
    try:
        return operators()[outer](operators()[inner](builtin()["AdamW"]))
    except SpecError:
        return None


STEPS = {
    *("cautious", "cautious_decay", "corrected_decay", "decay_to_start", "decoupled_decay"),
    *("directed_decay", "grams", "independent_decay", "trust_ratio"),
}
"""What takes a step apart."""

REFUSED = {
    # they say where the step leads, or lead it elsewhere than by a multiple of the parameter
    "lookahead": STEPS,
    "schedule_free": STEPS,
    "decay_to_start": STEPS,
    # they hold averages at some steps, or bring one of their own
    "accumulate": {"amsgrad", "mars", "nesterov"},
    "skip": {"amsgrad"},
    "grokfast": {"mars", "nesterov"},
}
"""What cannot be done to AdamW after an operator."""


def test_every_stack_of_two_is_made_or_refused():
    refused = {(outer, inner) for outer, inner in PAIRS if made(outer, inner) is None}
    assert refused == {(outer, inner) for inner, others in REFUSED.items() for outer in others}


@pytest.mark.exhaustive
@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_every_stack_of_two_is_valid(outer, inner):
    found = made(outer, inner)
    if found is not None:
        analyse(found)
