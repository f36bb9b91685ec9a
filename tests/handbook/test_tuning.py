"""What pages say of settings: what is declared, of the rule or of what it grew out of."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.handbook.edition import edition
from steprule.codegen.handbook.pages.tuning import tuning
from steprule.codegen.handbook.pictures.tried import is_tried
from steprule.codegen.handbook.rules.settings import tuned
from steprule.codegen.handbook.writer import Writer
from steprule.codegen.loading.load import builtin
from steprule.specs.language import Update
from steprule.specs.settings import SETTINGS

TRIED = {name: next((s for s in own if s.tried), None) for name, own in SETTINGS.items()}


def said(name: str, *others: str) -> str:
    """The section of a rule in a handbook of it and of others, without pictures."""
    specs = [analyse(builtin()[each]) for each in (name, *others)]
    material = SimpleNamespace(is_complete=True, optimizers=specs, builtin=frozenset(builtin()))
    return tuning(specs[0], material, [], Writer(edition(), "optimizers"))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_of_arguments_and_within_their_domains(name: str) -> None:
    hypers = {h.name: h for h in builtin()[name].hyperparameters}
    for setting in SETTINGS[name]:
        domain = hypers[setting.name].domain
        numbers = [float(x) for x in (setting.low, setting.high, *setting.tried) if x]
        for number in numbers:
            assert domain.low is None or number >= domain.low
            assert domain.high is None or number <= domain.high
        if setting.high:
            assert float(setting.low) < float(setting.high)
    assert len({s.name for s in SETTINGS[name]}) == len(SETTINGS[name])


@pytest.mark.parametrize("name", [name for name, setting in TRIED.items() if setting])
def test_the_default_is_among_what_is_tried(name: str) -> None:
    (spec, setting) = builtin()[name], TRIED[name]
    assert setting is not None
    (default,) = (h.default for h in spec.hyperparameters if h.name == setting.name)
    assert default in setting.tried


def test_a_rule_has_its_own_settings() -> None:
    name, found = tuned(builtin()["Lion"])
    assert name == "Lion"
    assert [each.hyper.name for each in found] == ["lr", "weight_decay", "beta2", "beta1"]


def test_a_rule_has_those_of_what_it_grew_out_of_where_defaults_are_alike() -> None:
    name, found = tuned(builtin()["NAdam"])
    assert name == "Adam"
    # Its rate is 2e-3 by default, and Adam's 1e-3.
    assert [each.hyper.name for each in found] == ["beta1", "eps", "beta2"]
    assert tuned(builtin()["CAdamW"])[0] == "AdamW"
    # A decay that is off there is in the gradient, and here beside it.
    assert tuned(builtin()["SGDW"])[0] == "SGD"
    assert [each.hyper.name for each in tuned(builtin()["SGDW"])[1]] == ["lr"]


def test_what_is_said_of_a_rule_is_not_said_of_another_of_its_name() -> None:
    lion = builtin()["Lion"]
    *others, last = lion.updates
    longer = Update(last.target, 2 * last.value)
    assert tuned(replace(lion, lineage=(), updates=[*others, longer])) == ("", [])


def test_a_rule_that_is_declared_to_have_none_has_none() -> None:
    assert tuned(builtin()["NovoGrad"]) == ("NovoGrad", [])
    assert said("NovoGrad") == ""


def test_a_row_says_what_is_usual_and_who_says_so() -> None:
    text = said("Lion")
    assert (
        "| {code}`lr` | {code}`1e-4` | {code}`3e-5` to {code}`3e-4` | Three to ten times smaller "
        "than for AdamW. | github.com/google/automl, lion/README.md |" in text
    )
    assert "{code}`betas[1]` | {code}`0.99` |" in text


def test_what_is_left_alone_is_named_once() -> None:
    text = said("Muon")
    assert (
        "Usually left at the default: "
        "{code}`ns_coefficients`, {code}`eps`, {code}`ns_steps`, {code}`split`." in text
    )


def test_a_rule_that_is_not_measured_leads_to_the_one_that_is() -> None:
    text = said("NAdam", "Adam")
    assert "Of [Adam](/optimizers/adam.md), from which this rule grew" in text
    assert "was measured for [Adam](/optimizers/adam.md)." in text
    assert "(/optimizers/" not in said("NAdam")  # in a handbook without a page of Adam


def test_what_is_tried_can_be_run() -> None:
    measured = {name for name, spec in builtin().items() if is_tried(spec)}
    assert measured == {name for name, setting in TRIED.items() if setting}
