"""The hash that says which declarations a generated file was made from."""

import hashlib
from collections.abc import Iterator, Mapping

from sympy import Basic, Lambda, sstr, sympify

from ...specs.language import (
    Choice,
    Function,
    Hyper,
    Numbers,
    Optimizer,
    Option,
    Sample,
    Schedule,
    Schedules,
    Spec,
)
from ...specs.language.schedule import Argument
from ..notation.memo import once
from ..notation.text import TextPrinter, text_of


@once
def fingerprint(spec: Spec) -> str:
    """``sha256:`` and 16 digits, over everything a spec declares; no order of SymPy's matters."""
    declared = "\n".join(map(repr, _declared(spec)))
    return f"sha256:{hashlib.sha256(declared.encode()).hexdigest()[:16]}"


def _declared(spec: Spec) -> Iterator[tuple[object, ...]]:
    text = text_of(spec)
    yield spec.name, spec.summary, spec.source, spec.peer
    if isinstance(spec, Schedule):
        yield "schedule", str(spec.momentum_when), spec.span, *_example(spec.example)
        yield "kept", spec.outright, *spec.keys.items()
    else:
        yield "optimizer", spec.step_key, spec.eager, *spec.positional
    yield from (_argument(h) for h in spec.hyper)
    for s in spec.states:
        when = _condition(text, s.when)
        init = "" if s.init is None else text.expression(sympify(s.init))
        domain = s.domain.describe(s.name)
        yield "state", s.name, init, s.key, when, str(s.shape), domain, s.tex
    for u in spec.updates:
        yield "update", text.equation(u)
    for i in spec.inputs:
        domain = i.domain.describe(i.name)
        yield "input", i.name, i.source.value, i.doc, _condition(text, i.when), domain, i.tex
    for o in () if isinstance(spec, Schedule) else spec.outputs:
        yield "output", o.name, text.expression(o.value), o.doc, o.tex
    if isinstance(spec, Optimizer) and not spec.view.is_plain:
        numbers = map(sympify, (spec.view.parts, spec.view.rank))
        yield "view", _condition(text, spec.view.flat), *map(text.expression, numbers)
    for c in spec.constraints:
        yield "constraint", sstr(c.condition), c.message


def _condition(text: TextPrinter, when: Basic) -> str:
    return text.condition(when) if when.args or when.is_Symbol else sstr(when)


def _argument(h: Argument) -> tuple[object, ...]:
    match h:
        case Hyper():
            domain = h.domain.describe(h.name)
            what = h.name, h.is_whole, h.default, domain, h.doc, h.tex, h.argument, h.optional
            return "hyper", *what, h.per_group, h.keyword, sstr(h.derived), h.omissible
        case Option():
            return "option", h.name, h.doc, h.keyword, h.default
        case Choice():
            by_keyword = ("keyword",) if h.keyword else ()
            return "choice", h.name, *h.words, h.doc, h.omissible, *by_keyword
        case Numbers():
            domain = h.domain.describe(h.name)
            return "numbers", h.name, h.doc, domain, h.increasing, h.is_whole, h.tex
        case Function():
            return "function", h.name, h.doc, h.optional, h.per_group, h.tex
        case Schedules():
            return "schedules", h.name, h.doc, h.many, h.tex


def _example(given: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in given.items():
        yield name, _exemplar(value)


def _exemplar(value: object) -> object:
    match value:
        case Lambda():
            return sstr(value)
        case Sample():
            return value.schedule.name, *_example(value.arguments)
        case tuple():
            return tuple(map(_exemplar, value))
    return value
