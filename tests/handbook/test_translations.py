"""A translation is whole: nothing in it is left in English but names, titles of papers and code."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from steprule.codegen.backends.latex import LatexPrinter
from steprule.codegen.handbook import edition as editions
from steprule.codegen.handbook.edition import ENGLISH, Edition, edition, languages
from steprule.codegen.handbook.markdown import escaped
from steprule.codegen.handbook.material import Material
from steprule.codegen.handbook.pages import all_pages
from steprule.codegen.handbook.pages.api import api_pages
from steprule.codegen.handbook.pages.notebooks import FOLDER, cells
from steprule.codegen.handbook.proofs.claims import said
from steprule.codegen.loading.audited import audited
from steprule.codegen.loading.load import all_builtin, transforms
from steprule.codegen.loading.stacks import operators
from steprule.codegen.prove.discover import builtin_claims
from steprule.codegen.prove.identity import parts_of
from steprule.specs.families.order import FAMILIES, OTHERS
from steprule.specs.language import Operator, Spec
from steprule.specs.language.claims import Equivalence, Identity, Stability
from steprule.specs.peers import PEERS
from steprule.specs.settings import SETTINGS

from .test_chapters import CALL, calls

TRANSLATIONS = [language for language in languages() if language != ENGLISH]
NAMES = {"Adam", "AMSGrad", "NumPy", "PyTorch", "keras", "optax", "sgdw", "timm", "torch"}
"""What is the same in every language."""
SUBTITLES = {"a view from the trenches"}
"""What follows a colon in the title of a paper."""

WORD = rf"(?<![\w./(=-])(?!(?:{'|'.join(NAMES)})\b)[a-z]{{2,}}(?![\w./(=-]|:/)"
"""A word of English, and no part of a path or of code."""
PLACEHOLDER = re.compile(r"\{\w*\}")
CODE = re.compile(r"(`+)[^`].*?\1", re.DOTALL)
MATH = re.compile(r"\$[^$]+\$")
TEXT = re.compile(r"\\text\{(.*?)\}")
TITLE = re.compile(r"(?<!\*)\*[A-Z][ -)+-~]+\*(?!\*)")
"""Of a paper, in a chapter; or the words that a name is short for."""
DISPLAY = re.compile(r"^\$\$\n(.*?)^\$\$$", re.DOTALL | re.MULTILINE)

every_translation = pytest.mark.parametrize("language", TRANSLATIONS)


def specs() -> list[Spec]:
    return [*all_builtin().values(), *(each.rule for each in transforms().values())]


def declared() -> Iterator[str]:
    """What specs, operators and peers say of themselves."""
    for spec in specs():
        yield spec.summary
        yield from (c.message for c in spec.constraints)
    for each in (*specs(), *operators().values()):
        yield from (h.doc for h in each.hyper)
        yield from (i.doc for i in getattr(each, "inputs", ()))
        yield from (o.doc for o in getattr(each, "outputs", ()))
        if isinstance(each, Operator):
            yield each.adds
    yield from (each.summary for each in transforms().values())
    for peer in PEERS:
        yield from (d.words for d in peer.differences)
    for found in audited():
        yield from (found.fault, found.dialect)
    yield from (each.doc for settings in SETTINGS.values() for each in settings)
    yield from (family.title for family in (*FAMILIES, OTHERS))


@pytest.fixture(scope="module")
def documented(material: Material) -> set[str]:
    """What docstrings say, on the pages of the reference."""
    found: set[str] = set()

    class Heard(Edition):
        def said(self, text: str) -> str:
            found.add(text)
            return text

    api_pages(material, Heard(**vars(edition())))
    assert len(found) > 100
    return found


@cache
def claimed() -> frozenset[str]:
    """What claims say, but for where something stands."""
    found: set[str] = set()
    for claim in builtin_claims().values():
        found |= {claim.statement, *claim.assumptions}
        if isinstance(claim, Identity | Stability):
            found |= {part.what for part in parts_of(claim)}
    return frozenset(found)


@cache
def sources() -> frozenset[str]:
    found = {each.source for each in (*specs(), *transforms().values(), *operators().values())}
    found |= {each.source for settings in SETTINGS.values() for each in settings}
    for claim in builtin_claims().values():
        found.add(claim.source)
        match claim:
            case Equivalence():
                found |= {claim.left.spec.source, claim.right.spec.source}
            case Stability():
                found.add(claim.side.spec.source)
    return frozenset(found)


def phrases() -> set[str]:
    return {phrase for source in sources() for phrase in re.split("[,:;] ", source)}


@cache
def words_in_formulas() -> frozenset[str]:
    printed = (LatexPrinter(s).equation(u) for s in specs() for u in s.updates)
    return frozenset(word for tex in printed for word in TEXT.findall(tex))


def paragraphs() -> Iterator[str]:
    """Of notebooks."""
    for file in FOLDER.glob("*.ipynb"):
        for kind, text in cells(file.read_text()):
            if kind == "markdown":
                yield from (" ".join(p.split()) for p in text.split("\n\n"))


def own_tables(language: str) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """A language's own: the name of the table, its file, and the texts."""
    folder = Path(editions.__file__).parent / "prose" / language / "words"
    for file in sorted(folder.rglob("*.toml")):
        name = file.relative_to(folder).with_suffix("")
        yield name.parts[0], str(name), tomllib.loads(file.read_text(encoding="utf-8"))


@every_translation
def test_every_chapter_is_translated(language: str) -> None:
    assert set(edition().chapters) - edition(language).translated_chapters == set()


@every_translation
def test_every_word_is_translated(language: str) -> None:
    english, found = edition().words, edition(language).words
    assert [
        (table, key, text)
        for table, texts in english.items()
        if table != "statements"
        for key, text in texts.items()
        if found[table][key] == text
        and {*re.findall(r"[A-Za-z]{2,}", PLACEHOLDER.sub("", text))} - NAMES
    ] == []


@every_translation
def test_words_name_what_they_are_given(language: str) -> None:
    english = edition().words
    for table, file, texts in own_tables(language):
        for key in texts.keys() & english.get(table, {}).keys():
            if table != "statements":
                given = {*PLACEHOLDER.findall(english[table][key])}
                assert {*PLACEHOLDER.findall(texts[key])} <= given, (file, key)


@every_translation
def test_what_is_declared_is_translated(language: str) -> None:
    found = edition(language)
    assert {
        text for text in declared() if re.search(WORD, text) and found.said(text) == text
    } == set()


@every_translation
def test_what_docstrings_say_is_translated(language: str, documented: set[str]) -> None:
    known = edition(language)
    assert {text for text in documented if known.said(text) == text} == set()


@every_translation
def test_what_claims_say_is_translated(language: str) -> None:
    english, found = edition(), edition(language)
    said_alike = {text for text in claimed() if said(text, found) == said(text, english)}
    assert {
        text for text in said_alike if re.search(WORD, MATH.sub("", said(text, found)))
    } == set()


@every_translation
def test_words_in_formulas_are_translated(language: str) -> None:
    assert words_in_formulas() - edition(language).words["formulas"].keys() == set()


def test_a_page_is_set_in_its_language() -> None:
    text = "若为零，\n则停。 又 $x$ 处\nAdam 停，\nSGD 不停\\text{if }\n\n# 一"
    assert edition("zh").typeset(text) == (
        "若为零，则停。又 $x$ 处\nAdam 停，SGD 不停\\text{若 }\n\n# 一"
    )
    assert edition().typeset("It stops, \\text{if }\nso") == "It stops, \\text{if }\nso"


@every_translation
def test_what_notebooks_say_is_translated(language: str) -> None:
    assert {*paragraphs()} - edition(language).words["notebooks"].keys() == set()


@every_translation
def test_of_sources_only_names_and_titles_are_not_translated(language: str) -> None:
    found = edition(language)
    whole = {source for source in sources() if source in found.words["statements"]}
    assert {
        phrase
        for source in sources() - whole
        for phrase in re.split("[,:;] ", source)
        if phrase[:1].islower() and re.search(WORD, phrase) and found.cited(phrase) == phrase
    } <= SUBTITLES


def test_sources_are_translated_phrase_by_phrase() -> None:
    cited = "Xie et al., 2022, arXiv:2208.06677, Algorithm 1, without restarts; over SGD: eqs. 1-4"
    assert edition("zh").cited(cited) == (
        "Xie 等, 2022, arXiv:2208.06677, 算法 1, 不含重启; 作用于 SGD: 式 1-4"
    )
    assert edition().cited(cited) == cited


@every_translation
def test_nothing_is_translated_that_is_not_said(language: str, documented: set[str]) -> None:
    """What was said otherwise is to be translated anew."""
    english = edition().words
    known = {
        **{table: {*texts} for table, texts in english.items()},
        "statements": claimed() | sources(),
        "specs": {*declared()} | documented,
        "notebooks": {*paragraphs()},
        "formulas": words_in_formulas(),
    }
    for table, file, texts in own_tables(language):
        if table == "sources":
            patterns = [re.escape(key).replace(r"\{\}", ".+") for key in texts]
            said_by = {p: any(re.fullmatch(p, phrase) for phrase in phrases()) for p in patterns}
            assert [pattern for pattern, is_said in said_by.items() if not is_said] == []
        elif table != "search":  # whose keys are words of its own titles
            assert texts.keys() - known[table] == set(), file


@every_translation
def test_nothing_is_translated_twice(language: str) -> None:
    seen: dict[tuple[str, str], str] = {}
    for table, file, texts in own_tables(language):
        for key in texts:
            assert seen.setdefault((table, key), file) == file, key


@every_translation
def test_a_translation_calls_for_the_same_things(language: str) -> None:
    translated = edition(language)
    for name in translated.translated_chapters:
        assert calls(translated.chapters[name]) == calls(edition().chapters[name]), name


@every_translation
def test_a_translation_has_the_same_formulas(language: str) -> None:
    """And, in displays, in the same order."""
    found = edition(language)
    for name in found.translated_chapters:
        english, own = edition().chapters[name], found.chapters[name]
        assert displays(own) == displays(english), name
        assert formulas(own) == formulas(english), name


def displays(text: str) -> list[str]:
    """But for the words in them."""
    return [TEXT.sub(r"\\text{}", each) for each in DISPLAY.findall(text)]


def formulas(text: str) -> set[str]:
    within = CODE.sub("", CALL.sub("", DISPLAY.sub("", text)))
    return {" ".join(each.split()) for each in MATH.findall(within)}


@pytest.mark.exhaustive
@every_translation
def test_no_page_speaks_english(language: str, material: Material) -> None:
    """Neither do templates, nor what makes pages."""
    found = edition(language)
    titles = untranslated_titles(found)
    two_words = re.compile(rf"{WORD}[ ,;]+{WORD}")
    assert [
        (page.name, line)
        for page in all_pages(material, found)
        for line in prose(page.text, titles)
        if two_words.search(line)
    ] == []


def untranslated_titles(found: Edition) -> list[str]:
    """Of papers, longest first."""
    left = (escaped(each) for each in phrases() if found.cited(each) == each and " " in each)
    return sorted(left, key=len, reverse=True)


def prose(text: str, titles: list[str]) -> Iterator[str]:
    """The lines of a page without code, formulas, the targets of links, and titles of papers."""
    fence = ""
    for line in text.splitlines():
        if fence:
            fence = "" if line.strip() == fence else fence
        elif found := re.match(r" *(`{3,}|:{3,}(?=\{(?:math|code-block|tabul|toctree|raw)))", line):
            fence = found[1]
        elif not re.match(r" *(?::[\w-]+:|\(|:{3,}\{py:)", line):
            bare = re.sub(r"^ *:param \w+:", "", line)
            bare = re.sub(r"\]\([^)]*\)|\{[\w-]+\}", "]", MATH.sub("", CODE.sub("", bare)))
            bare = TITLE.sub("", bare)
            for title in titles:
                bare = bare.replace(title, "")
            yield bare
