"""One coefficient changed in one spec: the code, the page, the book, the picture and the claims."""

import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent

RUN = """
import sys
from steprule.codegen.cli import cli
cli(sys.argv[1:])
"""

STEP = "Update(theta[t], thetabar[t] - lr * mhat[t] / (sqrt(vhat[t]) + eps))"
CHANGED = STEP.replace("lr *", "2 * lr *")

needs_latex = pytest.mark.skipif(
    shutil.which("latexmk") is None and "CI" not in os.environ, reason="needs latexmk"
)


@pytest.mark.exhaustive
@needs_latex
def test_everything_follows(tmp_path: Path, python: Any) -> None:
    tree = tmp_path / "steprule"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "generated", tree, ignore=ignored)
    for part in ("specs", "codegen"):
        shutil.copytree(ROOT / part, tree / part, ignore=ignored)
    cache = tmp_path / "cache"

    def run(*arguments: str) -> Any:
        places = {"PYTHONPATH": str(tmp_path), "XDG_CACHE_HOME": str(cache)}
        return python(RUN, *arguments, cwd=tmp_path, **places)

    def published(*more: str) -> dict[str, Any]:
        done = run("docs", "adam", "--html", "site", *more)
        assert done.returncode == 0, done.stderr
        site = tmp_path / "site"
        return {
            "page": (site / "optimizers/adam.html").read_text(),
            "picture": (site / "_images/adam.svg").read_bytes(),
            "code": (tree / "numpy/adam.py").read_text(),
            # Matplotlib says once, in a new cache and on a slow machine, what it is waiting for.
            "said": re.sub("Matplotlib is building the font cache.*\n", "", done.stderr),
        }

    before = published()
    spec = tree / "specs/optimizers/adam.py"
    assert STEP in spec.read_text()
    spec.write_text(spec.read_text().replace(STEP, CHANGED))
    assert run("generate").returncode == 0
    after = published("--pdf", "book.pdf")
    (book,) = cache.glob("steprule/handbook/*/latex/steprule.tex")
    assert (book.parent / "steprule.pdf").read_bytes() == (tmp_path / "book.pdf").read_bytes()

    # The equation of the step, as the page has it in MathML, and the book in LaTeX.
    step = r"<mi>θ</mi><mi>t</mi></msub><mo>=</mo><msub><mover.*?</msub><mo>−</mo>(.*?)<mfrac>"
    assert re.findall(step, before["page"])[0] == "<mi>γ</mi>"
    assert re.findall(step, after["page"])[0] == "<mn>2</mn><mi>γ</mi>"
    step = r"\\theta_t = \\bar\{\\theta\}_t - (.*?)\\frac"
    assert re.findall(step, book.read_text())[0] == r"2 \gamma "
    assert before["code"] != after["code"]
    # The code of the step, beside the equations.
    counts = [re.sub("<[^>]+>", "", x["page"]).count("2 * lr") for x in (before, after)]
    assert counts[0] == 0 < counts[1]
    assert before["picture"] != after["picture"]
    assert before["said"] == ""
    assert "claims that are not as their authors expect" in after["said"]
    assert "adam-generated" in after["said"]
    proof = run("prove", "adam-generated")
    assert proof.returncode == 1
    assert "REFUTED" in proof.stdout
