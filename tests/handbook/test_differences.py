"""What one rule changes in another, by hand."""

import re
from itertools import pairwise

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.rules.differences import Difference, difference
from steprule.codegen.handbook.rules.lineage import Stage, pairs, rule
from steprule.codegen.handbook.rules.marked_printer import MarkedPrinter
from steprule.codegen.handbook.rules.roles import Role, is_corrected, roles
from steprule.codegen.loading.load import builtin
from steprule.specs.language import Optimizer

from ..sample import optimizers

_MOMENTUM = Stage("SGD", ("momentum",))
_NESTEROV = Stage("SGD", ("momentum", "nesterov"))


def _rule(name: str, *on: str) -> Optimizer:
    found = rule(Stage(name, on), [analyse(builtin()[name])])
    assert found is not None
    return found


def _kinds(found: Difference) -> dict[str, str]:
    sides = [(each, each.after or each.before) for each in found.equations]
    return {side.target.name: each.kind for each, side in sides if side}


def _marked(found: Difference, name: str, before: Optimizer, after: Optimizer) -> tuple[str, str]:
    for each in found.equations:
        if each.after and each.before and each.after.target.name == name:
            return (
                MarkedPrinter(before, each.gone).equation(each.before),
                MarkedPrinter(after, each.new).equation(each.after),
            )
    raise AssertionError(name)


def test_rmsprop_forgets_what_adagrad_sums() -> None:
    before, after = _rule("Adagrad"), _rule("RMSprop")
    found = difference(before, after)
    assert {a.name: b.name for a, b in found.renamed.items()} == {"s": "v"}
    assert _kinds(found) == {"g": "equal", "v": "changed", "theta": "equal"}
    assert _marked(found, "v", before, after) == (
        "s_t = s_{t-1} + g_t^2",
        r"v_t = \changed{\alpha} v_{t-1} + (\changed{1 - \alpha}) g_t^2",
    )


def test_adam_averages_the_gradient_and_corrects_both_averages() -> None:
    before, after = _rule("RMSprop"), _rule("Adam")
    found = difference(before, after)
    assert {a.name: b.name for a, b in found.renamed.items()} == {"alpha": "beta2"}
    assert _kinds(found) == {
        "g": "equal", "m": "added", "v": "equal", "mhat": "added", "vhat": "added",
        "theta": "changed",
    }  # fmt: skip
    assert _marked(found, "theta", before, after) == (
        r"\theta_t = \theta_{t-1} - \gamma \frac{\changed{g_t}}{\sqrt{\changed{v_t}} + \epsilon}",
        r"\theta_t = \theta_{t-1} - "
        r"\gamma \frac{\changed{\hat{m}_t}}{\sqrt{\changed{\hat{v}_t}} + \epsilon}",
    )


def test_adamw_takes_the_step_from_a_smaller_parameter() -> None:
    before, after = _rule("Adam"), _rule("AdamW")
    found = difference(before, after)
    assert found.renamed == {}
    kinds = _kinds(found)
    assert kinds.pop("thetabar") == "added"
    assert kinds.pop("theta") == "changed"
    assert {*kinds.values()} == {"equal"}
    assert _marked(found, "theta", before, after)[1] == (
        r"\theta_t = \changed{\bar{\theta}_t} - "
        r"\gamma \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}"
    )


def test_adamax_needs_no_second_correction() -> None:
    found = difference(_rule("Adam"), _rule("Adamax"))
    assert {a.name: b.name for a, b in found.renamed.items()} == {"v": "u"}
    assert _kinds(found)["vhat"] == "removed"


@pytest.mark.parametrize("name", optimizers().params())
def test_a_rule_does_not_differ_from_itself(name: str) -> None:
    found = difference(_rule(name), _rule(name))
    assert {*_kinds(found).values()} == {"equal"}


def test_roles_are_those_of_the_textbook() -> None:
    assert roles(_rule("Adam")) == {
        "g": Role.GRADIENT, "m": Role.FIRST, "v": Role.SECOND, "mhat": Role.CORRECTION,
        "vhat": Role.CORRECTION, "theta": Role.STEP,
    }  # fmt: skip
    assert roles(_rule("AdamW"))["thetabar"] is Role.DECAY
    assert roles(_rule("NAdam"))["mu"] is Role.COEFFICIENT
    assert roles(_rule("SGD", "momentum", "nesterov"))["d"] is Role.DIRECTION
    for name in ("Adam", "AdamW", "Adamax", "NAdam"):
        assert is_corrected(_rule(name))
    for name in ("Adadelta", "Adagrad", "ASGD", "Lion", "RMSprop", "SGD"):
        assert not is_corrected(_rule(name))


def test_the_page_compares_every_pair(pages: dict[str, Page]) -> None:
    specs = [*builtin().values()]
    found = pairs(specs)
    own = [after.spec for before, after in found if before.spec != after.spec]
    assert sorted(own, key=str.lower) == [spec.name for spec in specs if spec.name != "SGD"]
    within = [after for before, after in found if before.spec == after.spec]
    assert within == [_MOMENTUM, _NESTEROV, Stage("Adam", ("amsgrad",))]
    assert {(_MOMENTUM, Stage("Lion")), (Stage("Adam"), Stage("AdamW"))} <= {*found}
    # Without a switch that both have, the two would be one rule.
    assert (_MOMENTUM, Stage("PID", ("momentum",))) in found
    assert (Stage("SGD", ("weight_decay",)), Stage("SGDW", ("weight_decay",))) in found
    # Of a stack, what is declared stands for what is not: it is Nesterov's of AdamW.
    assert (Stage("AdamW"), Stage("NAdamW")) in found
    own_page = pages["optimizers/adam"].text
    assert "\nAdam, compared with [RMSprop](/optimizers/rmsprop.md). The equations" in own_page
    text = pages["comparison"].text
    assert "| [SGD](/optimizers/sgd.md) | 0 | 12 B | 2 | {code}`momentum` | no | no |" in text
    assert "| [Adam](/optimizers/adam.md) | 2 | 28 B | 12 | yes | yes | yes |" in text


def test_no_table_is_empty(pages: dict[str, Page]) -> None:
    """LaTeX could not set one, and nobody read it."""
    tables = 0
    for name, page in pages.items():
        lines = [line.strip() for line in page.text.splitlines()]
        for line, following in pairwise([*lines, ""]):
            if re.fullmatch(r"\|( --- \|)+", line):
                assert following.startswith("|"), name
                tables += 1
    assert tables > len(pages)
