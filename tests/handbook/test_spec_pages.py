"""The pages of specs say all that the specs declare, and follow them when they change."""

import re

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.pictures.drawn import is_drawn
from steprule.codegen.loading.audited import audited
from steprule.codegen.loading.load import transforms
from steprule.codegen.program.compiled import compiled

from . import shown

OPTIMIZERS = shown.optimizers()
SCHEDULES = shown.schedules()
CLAIMED = ("Adam", "Adamax", "AdamW", "Adagrad", "Lamb", "NAdam", "RAdam", "RMSprop", "SGD")
"""Rules that claims are about."""
OF_SOME = ("Proofs and counterexamples", "What to tune")
ELSEWHERE = {each.of for each in audited() if each.found}


def _titles(text: str) -> list[str]:
    return re.findall(r"^## (.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_has_all_parts(name: str, pages: dict[str, Page]) -> None:
    spec = OPTIMIZERS[name]
    page = pages[f"optimizers/{spec.module}"]
    assert page.text.startswith(f"# {name}\n")
    assert [title for title in _titles(page.text) if title not in OF_SOME] == [
        "One step",
        *(["Arguments"] if spec.hyper else []),
        "Use",
        "Code",
        "State",
        *(["Inputs"] if spec.inputs else []),
        *(["Outputs"] if spec.outputs else []),
        "What each option changes",
        "What it takes and refuses",
        *(["Compared with the rule it grew out of"] if name != "SGD" else []),
        *(["Cost"] if compiled(spec).has_kernel else []),
        *(["In pictures"] if is_drawn(analyse(spec)) else []),
        "With operators",
        *(["In other libraries"] if name in ELSEWHERE else []),
    ]
    assert name not in CLAIMED or "Proofs and counterexamples" in _titles(page.text)
    for update in spec.updates:
        assert f":label: eq-{spec.module}-{update.target.name}\n" in page.text
    for state in spec.states:
        assert f"{{code}}`{state.key}`" in page.text
    for output in spec.outputs:
        assert f"{{code}}`{output.name}`" in page.text
    for entry in spec.hyper:
        assert entry.doc.split(";")[0] in page.text.replace("\\:", ":")
    drawn = (
        [
            f"paths/{spec.module}",
            f"training/{spec.module}",
        ]
        if is_drawn(analyse(spec))
        else []
    )
    shown_of_it = [picture.name for picture in page.pictures]
    assert [name for name in shown_of_it if not name.startswith("sensitivity/")] == drawn
    assert f"class {name}(Optimizer):" in page.text


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_all_parts(name: str, pages: dict[str, Page]) -> None:
    schedule = SCHEDULES[name]
    page = pages[f"schedules/{schedule.module}"]
    assert page.text.startswith(f"# {name}\n")
    assert {"The rate", "The curve", "Arguments", "Use"} <= {*_titles(page.text)}
    for update in schedule.updates:
        assert f":label: eq-{schedule.module}-{update.target.name}\n" in page.text
    for argument in schedule.hyper:
        assert f"{{code}}`{argument.name}`" in page.text
    assert [picture.name for picture in page.pictures] == [f"curves/{schedule.module}"]


def test_adam_by_its_page(pages: dict[str, Page]) -> None:
    """What a reader looks for, written down by hand."""
    text = pages["optimizers/adam"].text
    for formula in (
        r"m_t = \beta_1 m_{t-1} + (1 - \beta_1) \tilde{g}_t",
        r"v_t = \beta_2 v_{t-1} + (1 - \beta_2) \tilde{g}_t^2",
        r"\theta_t = \bar{\theta}_t - \gamma \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}",
        r"| $\beta_2$ | {code}`betas[1]` | $0.999$ | $[0, 1)$ | decay rate of the second moment |",
        r"| $v^{\max}_t$ | {code}`max_exp_avg_sq` | {code}`vmax/...` | tensor "
        r"| if $\mathtt{amsgrad}$ | $0$ |",
        "[arXiv\\:1412.6980](https://arxiv.org/abs/1412.6980)",
        # Four numbers read, three written; two states.
        "| defaults | 16 B | 12 B | 28 B | 8 B |",
        "| {code}`amsgrad` | 20 B | 16 B | 36 B | 12 B |",
        "torch.optim.Adam",
        "**{code}`keras.optimizers.Adam`** (3.15",
        "](#claim-adam-rate-form-unscaled)",
    ):
        assert formula in text


def test_many_claims_are_folded_by_theme_and_one_line_of_the_book(pages: dict[str, Page]) -> None:
    text = pages["optimizers/adam"].text
    section = text[text.index("## Proofs and counterexamples") :]
    counts = r"\{dropdown\} (.+): (\d+) proved, (\d+) by counterexample$"
    themes = re.findall(counts, section, re.MULTILINE)
    assert ("Adam", *themes[[t[0] for t in themes].index("Adam")][1:]) in themes
    assert sum(int(p) + int(r) for _, p, r in themes) <= section.count("{bdg-")
    (line,) = re.findall(r"^Proved: .*By counterexample: .*\.$", section, re.MULTILINE)
    # What is unfolded on the site is named in it, once.
    for name in set(re.findall(r"\]\(#(claim-[\w-]+)\)", section)):
        assert line.count(f"](#{name})") == 1


def test_the_list_of_optimizers_finds_them_by_what_they_need(pages: dict[str, Page]) -> None:
    text = pages["optimizers/index"].text
    for name, spec in OPTIMIZERS.items():
        assert text.count(f"| [{name}](/optimizers/{spec.module}.md) | ") == 1
    assert re.search(r"\{dropdown\} Gradient descent and momentum: .*\bSGD\b", text)
    (none,) = re.findall(r"^\| Keeps nothing \| (.*) \|$", text, re.MULTILINE)
    assert "[SGD](/optimizers/sgd.md)" in none
    assert "[Adam](" not in none


def test_the_page_of_gradients_has_every_transform(pages: dict[str, Page]) -> None:
    text = pages["gradients"].text
    for name, transform in transforms().items():
        assert f"\n## {name}\n" in text
        assert f"{{code}}`{transform.hyper.name}`" in text
    # Of clipping by value nothing is claimed.
    assert text.count("### Proofs and counterexamples") == 2
    assert "](#claim-clip-term)" in text


def test_a_rule_of_ones_own_has_what_can_be_said_of_it(own_pages: dict[str, Page]) -> None:
    assert own_pages.keys() == {
        "index",
        "gradients",
        "symbols",
        # Clipping serves every rule, and what is claimed of it stands beside it.
        "claims/index",
        "claims/clipping",
        "claims/of_own_rules",
        "optimizers/index",
        "optimizers/normed",
        "schedules/index",
        "schedules/halved",
        "schedules/index-spec",
    }
    text = own_pages["optimizers/normed"].text
    # Nothing is an option, and nobody has made a peer of it.
    assert _titles(text) == [
        *("One step", "Arguments", "Use", "Code", "State", "What it takes and refuses"),
        *("Cost", "In pictures"),
        "Proofs and counterexamples",
    ]
    assert "- It is what it is. {bdg-success}`Proved` ([proof](#claim-normed-itself))" in text
    assert "(claim-normed-itself)=" in own_pages["claims/of_own_rules"].text
    assert r"\lVert \nabla f(\theta_{t-1}) \rVert_2" in text
    assert "| required |" in own_pages["schedules/halved"].text
    assert "from mine.numpy import Normed" in text
    assert "https://doi.org/10.1000/182" in text
    assert _titles(own_pages["schedules/halved"].text) == [
        "The rate",
        "The curve",
        "Arguments",
        "Use",
        "Code",
    ]


def test_what_is_not_said_of_a_rule_is_left_out(own_pages: dict[str, Page]) -> None:
    """No sentence is about nothing; and the list of all stays what it is beside a rule Index."""
    assert own_pages["schedules/index-spec"].text.splitlines()[:4] == ["# Index", "", "", ""]
    listed = own_pages["schedules/index"].text
    assert "[Halved](halved.md): A share of the rate, at every step.\n" in listed
    assert re.search(r"\[Index\]\(index-spec\.md\)$", listed, re.MULTILINE)
    assert re.search(
        r"\[Index\]\(/schedules/index-spec\.md\)$", own_pages["index"].text, re.MULTILINE
    )


def test_symbols_lead_to_their_equations(pages: dict[str, Page]) -> None:
    text = pages["symbols"].text
    row = next(line for line in text.splitlines() if r"$\hat{m}_t$" in line)
    for name in ("Adam", "AdamW", "Adamax", "NAdam"):
        assert f"[{name}](/optimizers/{name.lower()}.md) {{eq}}`eq-{name.lower()}-mhat`" in row
    assert "| $\\beta_1$ | decay rate of the first moment |" in text
    for spec in (*OPTIMIZERS.values(), *SCHEDULES.values()):
        for label in re.findall(rf"eq-{spec.module}-\w+", text):
            folder = "optimizers" if spec.name in OPTIMIZERS else "schedules"
            assert f":label: {label}\n" in pages[f"{folder}/{spec.module}"].text
