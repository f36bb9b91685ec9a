"""The chapters: they render, rest on verdicts that hold, and say so where one has turned."""

import builtins
import re
from dataclasses import replace
from keyword import iskeyword
from types import MappingProxyType

import pytest
from steprule.codegen.analysis.reserved import objection
from steprule.codegen.handbook.edition import Edition, edition, languages
from steprule.codegen.handbook.material import Material
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.pages.chapters import chapter_pages
from steprule.specs.language import Optimizer, Schedule, SpecError
from steprule.specs.language.claims import Verdict

CALL = re.compile(r"<<\s*(\w+)\((.*?)\)\s*>>", re.DOTALL)
CHAPTERS = sorted(edition().chapters)
TURNED = {Verdict.PROVED: Verdict.REFUTED, Verdict.REFUTED: Verdict.PROVED}


def rendered(material: Material, edition: Edition) -> dict[str, Page]:
    return {page.name: page for page in chapter_pages(material, edition)}


def calls(text: str) -> list[tuple[str, ...]]:
    """The helpers a chapter calls, with their arguments, in order."""
    return [(name, *re.findall(r'"(.*?)"', listed)) for name, listed in CALL.findall(text)]


def written(text: str, material: Material) -> str:
    """A chapter of this text alone."""
    (page,) = chapter_pages(material, replace(edition(), chapters={"made-up": text}))
    return page.text


def turned(material: Material, *names: str) -> Material:
    """The material with other verdicts on some claims."""
    settled = dict(material.settled)
    for name in names:
        settled[name] = replace(settled[name], verdict=TURNED[settled[name].verdict])
    return replace(material, settled=MappingProxyType(settled))


@pytest.mark.parametrize("language", languages())
def test_every_chapter_renders(language: str, material: Material) -> None:
    pages = rendered(material, edition(language))
    assert sorted(pages) == CHAPTERS
    for name, page in pages.items():
        assert page.text.startswith("# "), name
        assert not re.search("<<|<%", page.text), name


@pytest.mark.parametrize("language", languages())
def test_every_sentence_rests_on_the_verdict_it_needs(language: str, material: Material) -> None:
    before_claim = edition(language).words["chapters"]["broken"].partition("{claim}")[0]
    for name, page in rendered(material, edition(language)).items():
        assert before_claim not in page.text, name
        assert "{danger}" not in page.text, name


def test_chapters_are_about_all_specs(material: Material) -> None:
    assert chapter_pages(replace(material, is_complete=False), edition()) == []


@pytest.mark.parametrize("language", languages())
def test_a_verdict_that_turns_is_shown_and_fails_nothing(language: str, material: Material) -> None:
    found = edition(language)
    names = "average-constant", "nesterov", "nesterov-varying-rate"
    pages = rendered(turned(material, *names), found)
    broken = found.words["chapters"]["broken"]
    for chapter, name in (
        ("bias-correction", "average-constant"),
        ("nesterov", "nesterov"),
        ("nesterov", "nesterov-varying-rate"),
    ):
        verdict = material.settled[name].verdict
        words = found.words["chapters"]
        warning = broken.format(
            claim=f"[{name}](#claim-{name})",
            relied_on=words[verdict.value],
            verdict=words[TURNED[verdict].value],
        )
        assert warning in pages[chapter].text


def test_a_reference_says_what_turned(material: Material) -> None:
    text = written('True << proved("nesterov", "decay-sgd") >>.', turned(material, "nesterov"))
    assert "**What is said here relies on [nesterov](#claim-nesterov) being proved" in text
    assert "; [decay-sgd](#claim-decay-sgd)" in text


@pytest.mark.parametrize(
    ("call", "named", "nearest"),
    [
        ('proved("nesterv")', "nesterv", "nesterov"),
        ('counterexample("decay-adm")', "decay-adm", "decay-adam"),
        ('equations("adm")', "adm", "adam"),
        ('equations("adam", "amsgrd")', "amsgrd", "amsgrad"),
        ('equation("adam", "mhatt")', "mhatt", "mhat"),
        ('part("average-corrected", "mhatt")', "mhatt", "mhat"),
        ('picture("dampin")', "dampin", "damping"),
    ],
)
def test_a_name_that_is_nowhere_is_one_clear_error(
    call: str, named: str, nearest: str, material: Material
) -> None:
    with pytest.raises(SpecError) as caught:
        written(f"# A\n\n<< {call} >>\n", material)
    assert caught.value.spec == "en/made-up.md"
    assert caught.value.where == named
    assert nearest in caught.value.remedy


def test_a_claim_of_another_kind_is_an_error(material: Material) -> None:
    with pytest.raises(SpecError, match=r"made-up.md: nesterov: there is no identity of this name"):
        written('<< part("nesterov", "d") >>', material)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('equation("adam", "mhat")', r"\hat{m}_t = \frac{m_t}{1 - \beta_1^t}"),
        (
            'left("nesterov")',
            r"d_t &= \beta d_{t-1} + \nabla f(\theta_{t-1} - \gamma \beta d_{t-1})",
        ),
        ('correspondence("nesterov")', r"\theta^{\prime}_t &= \theta_t - \gamma \beta d_t"),
        ('polynomial("stability-momentum")', r"p(z) = z^2 - (1 + \beta - \gamma h) z + \beta"),
        ('polynomial("stability-sgd")', r"p(z) = z - (1 - \gamma h)"),
        ('region("stability-sgd")', r"$0 < \gamma h < 2$"),
        ('page_of("adam")', "[Adam](/optimizers/adam.md)"),
        ('page_of("steplr")', "[StepLR](/schedules/steplr.md)"),
    ],
)
def test_equations_come_from_specs_and_claims(call: str, expected: str, material: Material) -> None:
    assert expected in written(f"<< {call} >>", material)


def test_a_chapter_brings_its_pictures(material: Material) -> None:
    pages = rendered(material, edition())
    shown = {name: [p.name for p in page.pictures] for name, page in pages.items()}
    assert len(shown["momentum"]) == 3
    for names in shown.values():
        assert len(names) == len(set(names))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_speaks_of_claims_or_of_how_to_read_them(chapter: str) -> None:
    assert any(helper in ("proved", "theorem") for helper, *_ in calls(edition().chapters[chapter]))


def test_one_equation_in_all_its_forms(material: Material) -> None:
    text = written('<< forms("adam", "v") >>', material)
    for form in (
        "Update(v[t], beta2 * v[t - 1] + (1 - beta2) * gtilde[t] ** 2)",
        r"v_t = \beta_2 v_{t-1} + (1 - \beta_2) \tilde{g}_t^2",
        "np.multiply(step.one_minus_beta2, grad, out=tmp2)",
        "v = step.beta2 * v + step.one_minus_beta2 * grad * grad",
    ):
        assert form in text
    with pytest.raises(SpecError, match="there is no quantity of Adam of this name"):
        written('<< forms("adam", "w") >>', material)


def listed(language: str, material: Material) -> list[set[str]]:
    """The names in each list of names that are taken."""
    text = rendered(material, edition(language))["writing"].text
    lists = re.findall(r"^(?:`\w+` ?){5,}$", text, re.MULTILINE)
    return [set(re.findall(r"\w+", each)) for each in lists]


@pytest.mark.parametrize("language", languages())
def test_names_that_are_taken_are_listed(language: str, material: Material) -> None:
    of_language, of_optimizers, of_schedules = listed(language, material)
    assert {"t", "theta", "grad", "rows"} <= of_language
    assert {"params", "state_dict", "closure", "np", "size", "values"} <= of_optimizers
    assert {"step", "last_epoch", "get_lr", "np", "dataclass"} <= of_schedules
    assert not {"lr", "beta", "m", "last_epoch"} & of_optimizers
    for names, kind in ((of_optimizers, Optimizer), (of_schedules, Schedule)):
        assert all("generated code" in objection(name, kind) for name in names)
        # What is said of names in general is not said of each.
        assert not any(iskeyword(n) or hasattr(builtins, n) or n[0] == "_" for n in names)
