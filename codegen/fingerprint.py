"""The hash that says which declarations a generated file was made from."""

import hashlib

from sympy import sstr

from ..specs.language import Hyper, Optimizer
from .text import TextPrinter


def fingerprint(spec: Optimizer) -> str:
    """``sha256:`` and 16 digits, over everything a spec declares; no order of SymPy's matters."""
    text = TextPrinter(spec)
    lines = [spec.name, spec.summary, spec.source, spec.peer, spec.step_key, str(spec.eager)]
    for h in spec.hyper:
        if isinstance(h, Hyper):
            domain = h.domain.describe(h.name)
            lines.append(f"{h.name} {h.default} {domain} {h.doc} {h.tex} {h.argument} {h.optional}")
        else:
            lines.append(f"{h.name} {h.doc} {h.keyword}")
    for s in spec.states:
        when = text.condition(s.when) if s.when.args or s.when.is_Symbol else sstr(s.when)
        init = "" if s.init is None else text.expression(s.init)
        domain = s.domain.describe(s.name)
        lines.append(f"{s.name} {init} {s.key} {when} {s.shape.value} {domain} {s.tex}")
    lines += [text.equation(u) for u in spec.updates]
    lines += [f"{sstr(c.condition)} {c.message}" for c in spec.constraints]
    return f"sha256:{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}"
