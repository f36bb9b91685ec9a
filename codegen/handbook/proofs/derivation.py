"""A claim as mathematics: what it says, and line by line what settles it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Basic

from ...prove.derivation import Chain, Equation, Formula, Image, Passage, derivation
from ...prove.prove import Settled
from ..edition import Edition
from ..markdown import capital, directive, display, inline
from ..measure import width
from .claims import assumed, badge, cited, printer, said, verdict
from .printer import ProofPrinter
from .roots import named_roots
from .rows import WIDEST, Row, aligned, chained, continued, rows
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
    for passage in _once(derivation(settled).passages):
        made += _passage(passage, settled, edition)
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


def _passage(passage: Passage, settled: Settled, edition: Edition) -> Iterator[str]:
    """A sentence, and its formulas in displays."""
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
            yield from _residual(formula, prints, edition)
    elif passage.formulas:
        yield display(aligned(list(_lines(passage.key, passage.formulas, prints))))


def _is_itself(formula: Formula) -> bool:
    return isinstance(formula, Image) and formula.value == formula.given


def _said(name: str, e: str | Basic, edition: Edition, prints: ProofPrinter) -> str:
    if not isinstance(e, str):
        is_condition = e.is_Boolean or e.is_Relational
        return inline(prints.condition(e) if is_condition else prints.expression(e))
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


def _residual(formula: Formula, prints: ProofPrinter, edition: Edition) -> Iterator[str]:
    """What is left; where it is too wide for a row, with names for the roots that recur."""
    assert isinstance(formula, Chain)
    (residual,) = formula.steps
    cut = rows(residual, prints)
    if len(cut) == 1:
        yield display(cut)
        return
    named, roots = named_roots(residual)
    yield display(aligned(list(chained([rows(named, prints)]))))
    if roots:
        meanings = [Equation(name, root) for name, root in roots.items()]
        yield edition.words["derivation"]["roots"]
        yield display(aligned(list(_lines("roots", meanings, prints))))
