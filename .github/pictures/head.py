"""The picture at the head of the README: one equation of Adam, and what is made of it.

``python .github/pictures/head.py`` writes ``.github/head.svg`` anew, from the spec and from what
lies in ``generated``. Needs the extra ``docs``.
"""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import ziamath
from steprule.codegen.handbook.rules.excerpts import declaration_source
from svg import LINE, lines, panel, picture, text

ROOT = Path(__file__).parents[2]
SAID = "One equation, declared once, and what is generated of it for five packages."


def generated(package: str) -> str:
    """The last lines that compute Adam's first moment."""
    code = (ROOT / "generated" / package / "adam.py").read_text(encoding="utf-8")
    found = re.findall(r"^ *# m\[t\].*\n((?: *[^ #\n].*\n)+)", code, re.MULTILINE)
    return dedent(found[-1])


def formula(x: float, y: float) -> str:
    """The equation as LaTeX has it, set."""
    code = (ROOT / "generated" / "latex" / "adam.tex").read_text(encoding="utf-8")
    (found,) = re.findall(r"\\StepEquation\{(m_t = .*)\}$", code, re.MULTILINE)
    made: Any = ziamath.Latex(found, size=17, color="currentColor")
    inner = re.sub(r"<svg ", f'<svg x="{x}" y="{y}" ', made.svg(), count=1)
    return f'<g class="formula">{inner}</g>'


def head() -> str:
    """The picture."""
    spec = (ROOT / "specs" / "optimizers" / "adam.py").read_text(encoding="utf-8")
    declared = (
        declaration_source(spec, "m").replace("], ", "],\n       ").replace(" + ", "\n       + ")
    )
    body = [
        text(16, 22, "declared once, in SymPy", "title"),
        panel(8, 32, 326, 3 * LINE + 14),
        *lines(20, 55, declared),
        text(16, 135, "and set", "title"),
        panel(8, 145, 326, 56),
        formula(20, 158),
    ]
    y = 32
    for title, package in (
        ("NumPy", "numpy"),
        ("PyTorch, all tensors at once", "torch"),
        ("Triton, for CUDA", "triton"),
        ("Numba, for the CPU", "numba"),
    ):
        code = generated(package)
        height = len(code.splitlines()) * LINE + 14
        body += [text(388, y - 10, title, "title"), panel(380, y, 492, height)]
        body += [*lines(392, y + 20, code)]
        body.append(f'<path class="arrow" d="M338 60 C358 60 356 {y + 18} 376 {y + 18}"/>')
        y += height + 32
    return picture(880, y - 24, SAID, "", body)


if __name__ == "__main__":
    (ROOT / ".github" / "head.svg").write_text(head(), encoding="utf-8")
