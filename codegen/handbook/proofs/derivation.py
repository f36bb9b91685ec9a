"""A claim as mathematics: what it says, and line by line what settles it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Basic, Symbol

from ....specs.language import Value
from ...prove.derivation import Chain, Equation, Formula, Image, Passage, derivation
from ...prove.prove import Settled
from ..edition import Edition
from ..markdown import capital, directive, display, inline
from ..measure import width
from .claims import assumed, badge, cited, printer, said, verdict
from .parts import named_parts
from .printer import ProofPrinter
from .roots import named_roots
from .rows import WIDEST, Row, aligned, chained, continued, fits, rows
from .witness import witnessed

_OF_EACH = ("equal", "vanishes")
_OPEN = ("residual", "remains")
"""Passages that say so of each formula by itself, and those that leave something over."""


def derived(settled: Settled, edition: Edition) -> str:
    """One claim, to stand in a chapter or on a page: Markdown, without a heading.

    Statement, verdict, assumptions and source; the formulations or equations; the algebra, or
    what does not vanish and the numbers that show it. A verdict that is not the author's stands
    in an error of its own above all.
    """
    return f"{stated(settled, edition)}\n{argued(settled, edition)}"


def stated(settled: Settled, edition: Edition) -> str:
    """The first half of it: what is claimed."""
    return _paragraphs([broken(settled, edition), *_head(settled, edition)])


def argued(settled: Settled, edition: Edition) -> str:
    """The second: what settles it."""
    made: list[str] = []
    names: dict[Basic, Symbol] = {}
    for passage in _once(derivation(settled).passages):
        made += _passage(passage, names, settled, edition)
    if settled.is_as_expected:
        made.append(witnessed(settled, edition))
    return _paragraphs(made)


def _paragraphs(texts: Sequence[str]) -> str:
    return "\n\n".join(text.strip() for text in texts if text) + "\n"


def broken(settled: Settled, edition: Edition) -> str:
    """What is to be said where the verdict is not the one expected; nothing where it is."""
    if settled.is_as_expected:
        return ""
    words = edition.words["claims"]
    expected = settled.claim.expected
    text = words["broken"].format(
        expected=words[expected.value.lower() if expected else "proved"],
        found=verdict(settled, edition),
    )
    return directive("error", "", "\n\n".join(filter(None, (text, witnessed(settled, edition)))))


def _head(settled: Settled, edition: Edition) -> Iterator[str]:
    claim, words = settled.claim, edition.words["derivation"]
    yield words["claim"].format(
        statement=said(claim.statement, edition), verdict=badge(settled, edition)
    )
    if listed := assumed(claim, edition):
        yield words["assumptions"].format(assumptions=listed)
    if claim.source:
        yield words["source"].format(source=cited(claim.source, edition))


def _once(passages: Sequence[Passage]) -> Iterator[Passage]:
    """What is said of every formula alike is said of all together, after the last."""
    keys = [passage.key for passage in passages]
    for i, passage in enumerate(passages):
        alike = keys.count(passage.key) if passage.key in _OF_EACH else 1
        if alike == 1 or any(key.startswith(_OPEN) for key in keys):
            yield passage
        elif passage.key not in keys[i + 1 :]:
            yield replace(passage, key=f"{passage.key}-all")


def _passage(
    passage: Passage, names: dict[Basic, Symbol], settled: Settled, edition: Edition
) -> Iterator[str]:
    """A sentence, and its formulas in displays; parts of these may have names, or get some."""
    notation = passage.notation
    prints = ProofPrinter([notation]) if notation else printer(settled.claim)
    words = edition.words["derivation"]
    if passage.key == "map" and all(_is_itself(each) for each in passage.formulas):
        yield words["map-of-itself"]
        return
    key = passage.key if passage.formulas else f"{passage.key}-alone"
    arguments = {name: _said(name, e, edition, prints) for name, e in passage.arguments.items()}
    yield capital(words.get(key, words[passage.key]).format(**arguments))
    if passage.key.startswith(_OPEN):
        for formula in passage.formulas:
            yield from _residual(formula, names, prints, edition)
    elif passage.formulas:
        formulas, meanings = _readable(passage.formulas, names, prints)
        yield display(aligned(list(_lines(passage.key, formulas, prints))))
        yield from _where(meanings, prints, edition)


def _readable(
    formulas: Sequence[Formula], names: dict[Basic, Symbol], prints: ProofPrinter
) -> tuple[list[Formula], dict[Symbol, Basic]]:
    """Formulas that fit a page, and what the names in them stand for.

    Of the forms of one, those that fit; or the first of the others, with names for its parts.
    """
    found: list[Formula] = []
    meanings: dict[Symbol, Basic] = {}
    for formula in formulas:
        if isinstance(formula, Chain):
            steps = [e for e in formula.steps if fits(rows(e, prints))]
            wide = [e for e in formula.steps if e not in steps]
            if wide and all(e.is_Atom or isinstance(e, Value) for e in steps):
                named, more = named_parts(wide[0], names, prints)
                steps.append(named)
                meanings |= more
            formula = replace(formula, steps=tuple(steps))
        found.append(formula)
    return found, meanings


def _where(meanings: Mapping[Symbol, Basic], prints: ProofPrinter, edition: Edition) -> list[str]:
    """What names stand for, if there are any."""
    if not meanings:
        return []
    equations = [Equation(name, part) for name, part in meanings.items()]
    lines = display(aligned(list(_lines("named", equations, prints))))
    return [edition.words["derivation"]["named"], lines]


def _is_itself(formula: Formula) -> bool:
    return isinstance(formula, Image) and formula.value == formula.given


def _said(name: str, e: str | Basic, edition: Edition, prints: ProofPrinter) -> str:
    if not isinstance(e, str):
        is_condition = e.is_Boolean or e.is_Relational
        return inline(prints.condition(e) if is_condition else prints.expression(e))
    if name == "options":  # Set as code, where nothing is escaped.
        return e
    return cited(e, edition) if name == "source" else said(e, edition)


def _lines(key: str, formulas: Sequence[Formula], prints: ProofPrinter) -> Iterator[Row]:
    for formula in formulas:
        match formula:
            case Equation():
                yield from _equation(formula.left, formula.right, "=", prints, prints)
            case Image():
                arrow = "=" if key.startswith("with") else r"\leftarrow"
                of = ProofPrinter([formula.of])
                yield from _equation(formula.value, formula.given, arrow, of, prints)
            case Chain():
                steps = list(dict.fromkeys(tuple(rows(e, prints)) for e in formula.steps))
                both = steps * 2 if len(formula.steps) > 1 and len(steps) == 1 else steps
                yield from chained(both)


def _equation(
    left: Basic, right: Basic, sign: str, of_left: ProofPrinter, of_right: ProofPrinter
) -> Iterator[Row]:
    name = of_left.expression(left)
    head, *rest = rows(right, of_right, WIDEST - width(name))
    yield name, f"{sign} {head}"
    yield from continued(rest)


def _residual(
    formula: Formula, names: dict[Basic, Symbol], prints: ProofPrinter, edition: Edition
) -> Iterator[str]:
    """What is left; where it is too wide, with names for roots that recur, and for wide parts."""
    assert isinstance(formula, Chain)
    (residual,) = formula.steps
    cut = rows(residual, prints)
    if len(cut) == 1:
        yield display(cut)
        return
    named, meanings = named_roots(residual)
    named, parts = named_parts(named, names, prints)
    yield display(aligned(list(chained([rows(named, prints)]))))
    yield from _where(meanings | parts, prints, edition)
