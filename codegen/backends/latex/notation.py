"""The notation of a spec: how its names are written in formulas."""

import re
from dataclasses import dataclass

from ....specs.language import Choice, Option, Schedule, Spec, lr, metric, step
from .escape import escaped
from .letters import GREEK

METRIC = "x"
_OF_SCHEDULES = {step.name: "k", lr.name: r"\eta", metric.name: f"{METRIC}_k"}
"""What every schedule's equations can read, beside its arguments."""

_ACCENTS = ("ddot", "hat", "tilde", "bar", "dot", "check", "breve")
_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau"
    "|upsilon|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)
_RUNS = re.compile(rf"[{''.join(GREEK)}]|[\x00-\x7f]+|[^\x00-\x7f{''.join(GREEK)}]+")
"""Letters that a formula has or takes alike."""
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)


@dataclass(frozen=True)
class Notation:
    """A symbol and its scripts apart, so that an index or a power never collides with them."""

    base: str
    sub: str = ""
    sup: str = ""

    @classmethod
    def parse(cls, tex: str) -> "Notation":
        r"""Takes the scripts off: ``v^{\max}`` is the base v and the superscript \max."""
        base, scripts, mark = "", {"_": "", "^": ""}, ""
        for part in _parts(tex):
            if part in scripts:
                mark = part
            elif mark and part.startswith("{"):
                # The script itself, or the argument of the command it starts with.
                scripts[mark] += part if scripts[mark] else part[1:-1]
                mark = ""
            elif mark and scripts[mark] and part.startswith(" "):
                mark = ""
            elif mark:
                scripts[mark] += part
                mark = mark if part.startswith("\\") else ""
            elif part == "'":
                scripts["^"] += r"\prime"
            else:
                base += part
        return cls(base, scripts["_"], scripts["^"])

    def at(self, index: str) -> "Notation":
        """With a time index, behind a subscript that is there already."""
        return Notation(self.base, f"{self.sub},{index}" if self.sub else index, self.sup)

    @property
    def tex(self) -> str:
        return self.base + script("^", self.sup) + script("_", self.sub)


def script(mark: str, tex: str) -> str:
    """A subscript or superscript, in braces unless it is a single character; or nothing."""
    if not tex:
        return ""
    return f"{mark}{tex}" if len(tex) == 1 else f"{mark}{{{tex}}}"


class Names:
    """The notation of every name in one spec.

    Arguments and states are written as declared. Intermediates declare none; theirs is read
    the name: ``mhat`` an m with a hat, ``lrbar`` the learning rate's symbol with a bar,
    ``gprime`` a g with a prime,
    ``mu_next`` a mu with the superscript "next", ``variance`` the word, upright.
    """

    def __init__(self, spec: Spec) -> None:
        declared = dict(_OF_SCHEDULES) if isinstance(spec, Schedule) else {}
        declared |= {h.name: h.latex for h in spec.hyper if not isinstance(h, Option | Choice)}
        declared |= {s.name: s.latex for s in (*spec.states, *spec.inputs)}
        self._declared = {name: tex for name, tex in declared.items() if tex}

    def of(self, name: str) -> Notation:
        if name in self._declared:
            return Notation.parse(self._declared[name])
        if numbered := re.fullmatch(r"([A-Za-z]\w*?)_?(\d+)", name):
            inner = self.of(numbered[1])
            return inner.at(numbered[2])
        stem, _, suffix = name.partition("_")
        if suffix and self._is_letter(stem):
            inner = self.of(stem)
            word = _upright(suffix)
            return Notation(inner.base, inner.sub, f"{inner.sup},{word}" if inner.sup else word)
        for accent in _ACCENTS:
            bare = name.removesuffix(accent)
            if bare != name and self._is_letter(bare):
                inner = self.of(bare)
                return Notation(rf"\{accent}{{{inner.base}}}", inner.sub, inner.sup)
        bare = name.removesuffix("prime")
        if bare != name and self._is_letter(bare):
            inner = self.of(bare)
            return Notation(inner.base, inner.sub, rf"\prime{inner.sup}")
        if _GREEK.fullmatch(name):
            return Notation(rf"\{name}")
        return Notation(_letters(name) if len(name) == 1 else _upright(name))

    def _is_letter(self, name: str) -> bool:
        return bool(name) and not self.of(name).base.startswith(r"\mathrm")


def _upright(name: str) -> str:
    return rf"\mathrm{{{_letters(name)}}}"


def _letters(name: str) -> str:
    """A name's letters, as a formula has them; it has but Latin and Greek ones of its own."""
    runs = (
        f"{GREEK[run]} " if run in GREEK else escaped(run) if run.isascii() else rf"\text{{{run}}}"
        for run in _RUNS.findall(name)
    )
    return "".join(runs).rstrip()


def _parts(tex: str) -> list[str]:
    """The tokens of a formula, a group in braces taken as one."""
    parts: list[str] = []
    depth = 0
    for token in _TOKEN.findall(tex):
        if depth:
            parts[-1] += token
        else:
            parts.append(token)
        depth += (token == "{") - (token == "}")
    return parts
