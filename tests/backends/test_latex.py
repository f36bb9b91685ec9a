"""The files of the LaTeX backend: algorithm boxes, tables, and a document that compiles."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import Entry
from steprule.codegen.backends.latex import backend
from steprule.codegen.backends.latex.escape import escaped
from steprule.codegen.loading.load import builtin, transforms
from steprule.codegen.program.compiled import compiled
from steprule.specs.language import (
    REAL,
    Hyper,
    Optimizer,
    Schedule,
    Spec,
    State,
    Update,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)

from ..sample import optimizers, schedules

OVERFULL_LIMIT_PT = 10.0
"""Wider than this a line visibly runs into the margin."""

OPTIMIZERS = {
    spec.module: spec
    for name, spec in builtin().items()
    if name in ("Adam", "AdamW", "NAdam", "RMSprop", "SGD") or name in optimizers()
}
SCHEDULES = {spec.module: analyse(spec) for spec in schedules().values()}
TRANSFORMS = {spec.module: spec for spec in transforms().values()}


def _files(specs: Iterable[Spec]) -> dict[str, str]:
    specs = list(specs)
    entries = [Entry(s.name, s.module, isinstance(s, Schedule)) for s in specs]
    files = dict(backend.shared(entries))
    for spec in specs:
        files |= backend.files(compiled(spec))
    return files


@pytest.fixture(scope="module")
def every_file() -> Mapping[str, str]:
    return _files([*OPTIMIZERS.values(), *SCHEDULES.values()])


def test_text_is_escaped() -> None:
    assert escaped(r"a_b & 5% #1 {x} $ ~ ^ \ <") == (
        r"a\_b \& 5\% \#1 \{x\} \$ \textasciitilde{} \textasciicircum{} \textbackslash{} "
        r"\textless{}"
    )
    assert escaped("α ≤ ß") == r"\ensuremath{\alpha} \ensuremath{\leq} ß"
    (a,) = hyperparameters("a")
    plain = Optimizer(
        "Plain",
        summary="No state_at_all.",
        source="Nobody & Noone, 100% of 2020_a",
        hyper=(Hyper(a, "0.5", REAL, "a_number & more"),),
        states=(),
        updates=(Update(theta[t], theta[t - 1] - a * grad(theta[t - 1])),),
        step_key="",
    )
    text = backend.files(compiled(plain))["plain.tex"]
    assert r"No state\_at\_all." in text
    assert r"$a$ & \texttt{a} & $0.5$ & $\mathbb{R}$ & a\_number \& more \\" in text
    assert "State kept" not in text
    assert r"\emph{Source:} Nobody \& Noone, 100\% of 2020\_a." in text


@pytest.mark.parametrize(
    ("module", "row"),
    [
        ("adam", r"$\gamma$ & \texttt{lr} & $10^{-3}$ & $[0, \infty)$ & learning rate \\"),
        (
            "adam",
            r"$\beta_1$ & \texttt{betas[0]} & $0.9$ & $[0, 1)$ & decay rate of the first moment \\",
        ),
        (
            "adam",
            r"$\beta_2$ & \texttt{betas[1]} & $0.999$ & $[0, 1)$ & "
            r"decay rate of the second moment \\",
        ),
        (
            "adam",
            r"-- & \texttt{amsgrad} & \texttt{False} & flag & "
            r"divide by the largest second moment seen so far \\",
        ),
        (
            "adam",
            r"-- & \texttt{maximize} & \texttt{False} & flag & "
            r"maximize the objective instead of minimizing it (keyword only) \\",
        ),
        ("adamw", r"$\lambda$ & \texttt{weight\_decay} & $10^{-2}$ & $[0, \infty)$ & "),
        ("sgd", r"$\tau$ & \texttt{dampening} & $0$ & $\mathbb{R}$ & dampening of the momentum \\"),
        (
            "adam",
            r"$v^{\max}_t$ & \texttt{max\_exp\_avg\_sq} & tensor & if $\texttt{amsgrad}$ & $0$ \\",
        ),
        ("adam", r"$t$ & \texttt{step} & scalar & always & $0$ \\"),
        ("nadam", r"$M_t$ & \texttt{mu\_product} & scalar & always & $1$ \\"),
        ("adagrad", r"$s_t$ & \texttt{sum} & tensor & always & $s_{\mathrm{init}}$ \\"),
        (
            "sgd",
            r"$b_t$ & \texttt{momentum\_buffer} & tensor & if $\mu \ne 0$ & "
            r"first value from the equation for $t = 1$ \\",
        ),
    ],
)
def test_the_tables_say_what_the_spec_declares(module: str, row: str) -> None:
    lines = backend.files(compiled(OPTIMIZERS[module]))[f"{module}.tex"].splitlines()
    assert [line for line in lines if line.startswith(row)] != []


def test_sgd_keeps_no_step_count() -> None:
    assert r"\texttt{step}" not in backend.files(compiled(OPTIMIZERS["sgd"]))["sgd.tex"]


def test_the_algorithm_box_has_the_order_of_the_step() -> None:
    text = backend.files(compiled(OPTIMIZERS["rmsprop"]))["rmsprop.tex"]
    box = text[text.index(r"\begin{algorithmic}") : text.index(r"\end{algorithmic}")].splitlines()
    assert box[1:6] == [
        r"\Require objective $f$, initial parameter $\theta_0$, number of steps $T$",
        r"\Require hyperparameters $\gamma$, $\alpha$, $\epsilon$, $\lambda$, $\mu$",
        r"\Require options \texttt{centered}, \texttt{maximize}",
        r"\State $v_0 = 0$, $\bar{g}_0 = 0$ if $\texttt{centered}$, $b_0 = 0$ if $\mu \ne 0$",
        r"\For{$t = 1, 2, \dots, T$}",
    ]
    assert box[9:12] == [
        r"  \If{$\texttt{centered}$}",
        r"    \State \StepEquation{\bar{g}_t = \alpha \bar{g}_{t-1} + (1 - \alpha) \tilde{g}_t}",
        r"  \EndIf",
    ]
    assert box[-2:] == [r"\EndFor", r"\State \Return $\theta_T$"]


def test_a_constraint_is_required() -> None:
    text = backend.files(compiled(OPTIMIZERS["sgd"]))["sgd.tex"]
    assert r"\Require $\texttt{nesterov} \Rightarrow \mu > 0 \text{ and } \tau = 0$" in text


def test_the_document_inputs_every_optimizer_and_carries_no_date() -> None:
    document = _files(OPTIMIZERS.values())["optimizers.tex"]
    assert re.findall(r"\\input\{(.*?)\.tex\}", document) == list(OPTIMIZERS)
    assert re.findall(r"\\section\{(.*?)\}", document) == [s.name for s in OPTIMIZERS.values()]
    assert r"\title{Step rules}" in document
    assert r"\date{}" in document


def test_schedules_have_a_document_of_their_own(every_file: Mapping[str, str]) -> None:
    document = every_file["schedules.tex"]
    listed = re.findall(r"\\input\{schedules/(.*?)\.tex\}", document)
    assert listed == list(SCHEDULES)
    assert {f"schedules/{module}.tex" for module in listed} < every_file.keys()
    assert re.findall(r"\\section\{(.*?)\}", document) == [s.name for s in SCHEDULES.values()]
    assert r"\title{Learning-rate schedules}" in document
    assert "schedules" not in every_file["optimizers.tex"]


def test_there_is_no_document_of_nothing() -> None:
    always = {"steprule.sty", "gradients.tex", *(f"{module}.tex" for module in TRANSFORMS)}
    assert _files([OPTIMIZERS["adam"]]).keys() == always | {"optimizers.tex", "adam.tex"}
    assert "optimizers.tex" not in _files([next(iter(SCHEDULES.values()))])


def test_the_transforms_have_a_document_and_fragments_of_their_own() -> None:
    files = _files(())
    assert re.findall(r"\\input\{(.*?)\.tex\}", files["gradients.tex"]) == list(TRANSFORMS)
    text = files["clipbyglobalnorm.tex"]
    assert (
        r"\State \StepEquation{\mathrm{scale}_t = \min\left(\frac{c}{10^{-6} + "
        r"\sqrt{\sum_{\theta} \lVert \nabla f(\theta_{t-1}) \rVert_2^2}}, 1\right)}"
    ) in text
    assert r"\emph{Source:} Pascanu et al., 2013, arXiv:1211.5063, Algorithm 1." in text
    row = (
        r"$c$ & \texttt{global\_clipnorm} & $(0, \infty)$ & largest norm of all gradients together"
    )
    assert row in text


def _compile(folder: Path, files: Mapping[str, str], document: str = "optimizers") -> str:
    """Compiles a document until it has all its numbers, and gives the log of the last run."""
    engine = shutil.which("pdflatex")
    if engine is None:
        missing = (
            "no pdflatex on this machine; on Debian: apt-get install --no-install-recommends "
            "texlive-latex-base texlive-latex-recommended texlive-pictures texlive-science"
        )
        # A newcomer may do without; where the project is checked, it must be there.
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    log = folder / f"{document}.log"
    for _ in range(4):
        run = subprocess.run(
            [engine, "-halt-on-error", "-interaction=nonstopmode", f"{document}.tex"],
            cwd=folder,
            env={**os.environ, "max_print_line": "1000"},
            capture_output=True,
            text=True,
            errors="replace",
        )
        assert run.returncode == 0, run.stdout[-2000:]
        if (folder / f"{document}.aux").exists() and "Rerun to get" not in log.read_text(
            errors="replace"
        ):
            break
    return log.read_text(errors="replace")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("document", "specs"),
    [("optimizers", OPTIMIZERS), ("schedules", SCHEDULES), ("gradients", TRANSFORMS)],
    ids=["optimizers", "schedules", "gradients"],
)
def test_a_document_compiles_and_fits_its_pages(
    document: str, specs: Mapping[str, Spec], every_file: Mapping[str, str], tmp_path: Path
) -> None:
    log = _compile(tmp_path, every_file, document)
    assert [line for line in log.splitlines() if line.startswith("!")] == []
    assert re.findall(r".*(?:undefined|multiply defined|Rerun to get).*", log) == []
    overfull = re.findall(r"Overfull \\[hv]box \(([\d.]+)pt", log)
    assert [width for width in overfull if float(width) > OVERFULL_LIMIT_PT] == []
    # One page of contents, then a new page for each spec.
    (pages,) = re.findall(rf"Output written on {document}\.pdf \((\d+) pages", log)
    assert int(pages) >= 1 + len(specs)


@pytest.mark.slow
def test_no_notation_makes_a_double_script(tmp_path: Path) -> None:
    series = states("p q r s")
    notations = (r"v^{\max}", "g'", r"x_\mathrm{a}^2", r"\hat w_{\text{a\_b}}")
    scripts = Optimizer(
        "Scripts",
        summary="Notations with scripts, indexed and squared.",
        source="none",
        hyper=(),
        states=[
            State(x, init=0, key=x.name, latex=tex)
            for x, tex in zip(series, notations, strict=True)
        ],
        updates=[Update(x[t], x[t - 1] ** 2) for x in series],
    )
    assert r"(v^{\max}_{t-1})^2" in backend.files(compiled(scripts))["scripts.tex"]
    _compile(tmp_path, _files([scripts]))
