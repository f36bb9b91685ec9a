"""What switches change, by hand."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.handbook.rules.variants import changes, is_allowed, plain, switches, usual
from steprule.codegen.loading.load import builtin
from steprule.codegen.notation.text import TextPrinter
from steprule.specs.language import Optimizer

RULES = builtin()


def _equations(spec: Optimizer) -> list[str]:
    text = TextPrinter(spec)
    return [text.equation(u) for u in spec.updates]


def _plain(name: str, *on: str) -> list[str]:
    spec = analyse(RULES[name])
    return _equations(plain(spec, usual(spec) | {*on}).spec)


def test_plain_rules_are_as_in_papers() -> None:
    assert _plain("SGD") == ["g[t] = grad(theta[t-1])", "theta[t] = theta[t-1] - lr*g[t]"]
    assert _plain("SGD", "momentum", "nesterov") == [
        "g[t] = grad(theta[t-1])",
        "b[t] = g[t] if t == 1 else momentum*b[t-1] + g[t]",
        "d[t] = momentum*b[t] + g[t]",
        "theta[t] = theta[t-1] - lr*d[t]",
    ]
    assert _plain("Adam", "amsgrad") == [
        "g[t] = grad(theta[t-1])",
        "m[t] = beta1*m[t-1] + (1 - beta1)*g[t]",
        "v[t] = beta2*v[t-1] + (1 - beta2)*g[t]**2",
        "vmax[t] = max(vmax[t-1], v[t])",
        "mhat[t] = m[t]/(1 - beta1**t)",
        "vhat[t] = vmax[t]/(1 - beta2**t)",
        "theta[t] = theta[t-1] - lr*mhat[t]/(sqrt(vhat[t]) + eps)",
    ]


def test_what_is_on_by_default() -> None:
    assert usual(analyse(RULES["AdamW"])) == {"weight_decay"}
    assert usual(analyse(RULES["Adam"])) == frozenset()


CHANGES = [
    ("Adam", "amsgrad", (), ["vtilde[t] = v[t]"],
     ["vmax[t] = max(vmax[t-1], v[t])", "vtilde[t] = vmax[t]"], ["vmax"]),
    ("Adam", "decoupled_weight_decay", ("weight_decay",),
     ["gtilde[t] = g[t] + weight_decay*theta[t-1]", "thetabar[t] = theta[t-1]"],
     ["gtilde[t] = g[t]", "thetabar[t] = (1 - lr*weight_decay)*theta[t-1]"], []),
    ("SGD", "nesterov", ("momentum",), ["d[t] = b[t]"], ["d[t] = momentum*b[t] + gtilde[t]"], []),
    ("RMSprop", "momentum", (), ["theta[t] = theta[t-1] - lr*d[t]"],
     ["b[t] = momentum*b[t-1] + d[t]", "theta[t] = theta[t-1] - lr*b[t]"], ["b"]),
    ("AdamW", "weight_decay", (), ["thetabar[t] = theta[t-1]"],
     ["thetabar[t] = (1 - lr*weight_decay)*theta[t-1]"], []),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "switch", "within", "before", "after", "added"), CHANGES)
def test_what_a_switch_changes(
    rule: str, switch: str, within: tuple[str, ...], before: list[str], after: list[str],
    added: list[str],
) -> None:  # fmt: skip
    spec = analyse(RULES[rule])
    text = TextPrinter(spec)
    (found,) = [change for change in changes(spec) if change.switch == switch]
    assert found.within == within
    assert [text.equation(u) for u in found.before] == before
    assert [text.equation(u) for u in found.after] == after
    assert [s.name for s in found.added] == added


def test_a_state_that_only_starts_elsewhere() -> None:
    (found,) = [
        c for c in changes(analyse(RULES["Adagrad"])) if c.switch == "initial_accumulator_value"
    ]
    assert not found.before
    assert not found.after
    assert [s.name for s in found.initial] == ["s"]


@pytest.mark.parametrize("name", RULES)
def test_every_switch_changes_something(name: str) -> None:
    assert tuple(change.switch for change in changes(analyse(RULES[name]))) == switches(
        analyse(RULES[name])
    )


def test_constraints_are_kept() -> None:
    sgd = analyse(RULES["SGD"])
    assert not is_allowed(sgd, frozenset({"nesterov"}))
    assert not is_allowed(sgd, frozenset({"nesterov", "momentum", "dampening"}))
    assert is_allowed(sgd, frozenset({"nesterov", "momentum"}))
