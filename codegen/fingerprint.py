"""The hash that says which declarations a generated file was made from."""

import hashlib
from collections.abc import Iterator

from sympy import sstr, sympify

from ..specs.language import Hyper, Optimizer
from .text import TextPrinter


def fingerprint(spec: Optimizer) -> str:
    """``sha256:`` and 16 digits, over everything a spec declares; no order of SymPy's matters."""
    declared = "\n".join(map(repr, _declared(spec)))
    return f"sha256:{hashlib.sha256(declared.encode()).hexdigest()[:16]}"


def _declared(spec: Optimizer) -> Iterator[tuple[str | bool, ...]]:
    text = TextPrinter(spec)
    yield spec.name, spec.summary, spec.source, spec.peer, spec.step_key, spec.eager
    for h in spec.hyper:
        if isinstance(h, Hyper):
            domain = h.domain.describe(h.name)
            yield "hyper", h.name, h.default, domain, h.doc, h.tex, h.argument, h.optional
        else:
            yield "option", h.name, h.doc, h.keyword
    for s in spec.states:
        when = text.condition(s.when) if s.when.args or s.when.is_Symbol else sstr(s.when)
        init = "" if s.init is None else text.expression(sympify(s.init))
        domain = s.domain.describe(s.name)
        yield "state", s.name, init, s.key, when, s.shape.value, domain, s.tex
    for u in spec.updates:
        yield "update", text.equation(u)
    for c in spec.constraints:
        yield "constraint", sstr(c.condition), c.message
