"""Every operator has a page, of what it declares and of what is proved of it."""

import re
from typing import Any

import pytest
from steprule.codegen.handbook.page import Page
from steprule.codegen.loading.fingerprint import fingerprint
from steprule.codegen.loading.load import load
from steprule.codegen.loading.stacks import operators
from steprule.codegen.prove.discover import builtin_claims
from steprule.specs.language import Hyper

from . import shown


def test_the_index_lists_all(pages: dict[str, Page]) -> None:
    listed = re.findall(r"^- \[.*?\]\((\w+)\.md\): \w", pages["operators/index"].text, re.MULTILINE)
    assert listed == [*operators()]
    assert {name for name in pages if name.startswith("operators/")} == {
        "operators/index",
        *(f"operators/{name}" for name in operators()),
    }


@pytest.mark.parametrize("name", operators())
def test_a_page_says_what_is_declared(name: str, pages: dict[str, Page]) -> None:
    operator, text = operators()[name], pages[f"operators/{name}"].text
    for each in operator.hyper:
        if isinstance(each, Hyper):
            assert f"| {{code}}`{each.name}` |" in text
    for state in operator.states:
        assert f"{{code}}`{state.key}`" in text
    for part in operator.gives:
        assert f"in place of its {{code}}`{part.name}`" in text
    equations = text[: text.index("## On ")].count(":::{math}")
    assert equations == len(operator.updates)
    about = [claim.name for claim in builtin_claims().values() if name in claim.about]
    # On the site, and in a line of the book.
    assert about == [*dict.fromkeys(re.findall(r"\]\(#claim-(\S+?)\)", text))]


@pytest.mark.parametrize("name", operators())
def test_its_commands_name_a_rule_there_is(name: str, pages: dict[str, Page]) -> None:
    text = pages[f"operators/{name}"].text
    (reference,) = set(re.findall(r'^steprule \w+ "(.*?)"', text, re.MULTILINE))
    (made,) = load(reference)
    program = re.search(r"code-block\} python\n+(.*?)\n:::", text, re.DOTALL)
    assert program
    namespace: dict[str, Any] = {}
    exec(program[1], namespace)
    assert fingerprint(namespace["rule"]) == fingerprint(made)
    assert f"{{admonition}} {made.name}\n" in text


def test_no_equation_is_labelled_twice(pages: dict[str, Page]) -> None:
    labels = [
        label
        for page in pages.values()
        for label in re.findall(r"^:label: (\S+)", page.text, re.MULTILINE)
    ]
    assert len(labels) == len({*labels})


def test_rules_lead_to_the_operators_that_claims_relate_them_to(pages: dict[str, Page]) -> None:
    def linked(name: str) -> set[str]:
        return set(re.findall(r"\]\(/operators/(\w+)\.md\)", pages[f"optimizers/{name}"].text))

    assert linked("lion") == {"index"}
    assert {"index", "trust_ratio", "directed_decay"} <= linked("lamb")
    assert all("index" in linked(spec.module) for spec in shown.optimizers().values())
