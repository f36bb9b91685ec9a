"""Schedules in LaTeX: formulas with cases, tables, and pictures that show what is true."""

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.backends.latex import LatexPrinter, backend, equation, expression
from steprule.codegen.backends.latex.curve import observed
from steprule.codegen.backends.latex.formulas import formulas
from steprule.codegen.backends.latex.polyline import DIGITS
from steprule.codegen.loading.load import builtin_schedules
from steprule.codegen.oracle import schedules as schedule_oracle
from steprule.codegen.oracle.arguments import example
from steprule.codegen.program.compiled import CompiledSchedule
from steprule.specs.language import (
    NON_NEGATIVE,
    REAL,
    Choice,
    Function,
    Hyper,
    Numbers,
    Option,
    Schedule,
    Schedules,
    Update,
    call,
    chained,
    chained_momentum,
    completed_cycles,
    counts,
    eta,
    flags,
    given,
    hyperparameters,
    intermediates,
    item,
    lr,
    metric,
    momentum_of,
    passed,
    rate_of,
    running_product,
    sequences,
    size,
    states,
    step,
)
from steprule.specs.language.heads import Head
from sympy import (
    And,
    Basic,
    Min,
    Mod,
    Mul,
    Not,
    Or,
    Piecewise,
    Rational,
    S,
    atan,
    cos,
    floor,
    oo,
    pi,
    sin,
    sinh,
)

BUILTIN = {s.name: analyse(s) for s in builtin_schedules().values()}


def _equation(name: str, target: str) -> str:
    (update,) = (u for u in BUILTIN[name].updates if u.target.name == target)
    return equation(BUILTIN[name], update)


def _file(schedule: Schedule) -> str:
    (text,) = backend.files(CompiledSchedule(schedule)).values()
    return text


def _cases(*rows: str, line_break: str = r" \\ ") -> str:
    return rf"\begin{{cases}} {line_break.join(rows)} \end{{cases}}"


@pytest.mark.parametrize(
    ("name", "target", "tex"),
    [
        (
            "ConstantLR",
            "eta",
            r"\eta_k = " + _cases(r"\eta a & \text{if } k < T", r"\eta & \text{otherwise}"),
        ),
        ("StepLR", "eta", r"\eta_k = \eta \gamma^{\lfloor k/s \rfloor}"),
        ("MultiStepLR", "eta", r"\eta_k = \eta \gamma^{\#\{ i : m_i \le k \}}"),
        ("PiecewiseConstantLR", "eta", r"\eta_k = v_{\#\{ i : m_i \le k \}}"),
        ("ExponentialLR", "eta", r"\eta_k = \eta \gamma^{k/s}"),
        ("PolynomialLR", "eta", r"\eta_k = \eta \left(\frac{\max(T - k, 0)}{T}\right)^p"),
        ("InverseTimeLR", "eta", r"\eta_k = \frac{\eta}{1 + \delta k}"),
        (
            "InverseSqrtLR",
            "eta",
            r"\eta_k = "
            + _cases(
                r"\displaystyle \frac{\eta k}{\max(w, 1)} & \text{if } k < w",
                r"\displaystyle \eta \sqrt{\frac{\tau}{\tau + \max(k - w, 0)}} & "
                r"\text{otherwise}",
                line_break=r" \\[2ex] ",
            ),
        ),
        (
            "CosineAnnealingLR",
            "eta",
            r"\eta_k = \eta_{\min} + \frac{1}{2} (\eta - \eta_{\min}) "
            r"\left(1 + \cos\left(\frac{\pi \, \mathrm{position}_k}{T}\right)\right)",
        ),
        (
            "CosineAnnealingWarmRestarts",
            "cycles",
            r"\mathrm{cycles}_k = "
            r"\max \Bigl\{ n : \textstyle\sum_{i<n} T_0 \, \rho^i \le k \Bigr\}",
        ),
        ("LambdaLR", "eta", r"\eta_k = \eta f(k)"),
        ("MultiplicativeLR", "eta", r"\eta_k = \eta \prod_{i=1}^{k} f(i)"),
        ("CyclicLR", "position", r"\mathrm{position}_k = k \bmod \mathrm{length}"),
        (
            "CyclicLR",
            "scale",
            r"\mathrm{scale}_k = "
            + _cases(
                r"f(\mathrm{cycle}_k) & \text{if } f \text{ is given} \text{ and } "
                r"\texttt{scale\_mode} = \texttt{cycle}",
                r"f(k) & \text{if } f \text{ is given}",
                r"0.5^{\mathrm{cycle}_k - 1} & "
                r"\text{if } \texttt{mode} = \texttt{triangular2}",
                r"\gamma^k & \text{if } \texttt{mode} = \texttt{exp\_range}",
                r"1 & \text{otherwise}",
            ),
        ),
        (
            "CyclicLR",
            "mu",
            r"\mu_k = \mu_{\max} - "
            r"\mathrm{height}_k \, \mathrm{scale}_k \, (\mu_{\max} - \mu_{\min})",
        ),
        (
            "OneCycleLR",
            "weight",
            r"\mathrm{weight}_k = "
            + _cases(
                r"\displaystyle \frac{1}{2} (1 - \cos(\pi \, \mathrm{share}_k)) & "
                r"\text{if } \texttt{anneal\_strategy} = \texttt{cos}",
                r"\mathrm{share}_k & \text{otherwise}",
                line_break=r" \\[2ex] ",
            ),
        ),
        ("SequentialLR", "mu", r"\mu_k = S_{\mathrm{active}_k}^{\mu}(\mathrm{since}_k)"),
        (
            "ChainedScheduler",
            "eta",
            r"\eta_k = (S_n(k, \cdot) \circ \dots \circ S_0(k, \cdot))(\eta)",
        ),
        (
            "ReduceLROnPlateau",
            "failures",
            r"\mathrm{failures}_k = "
            + _cases(
                r"0 & \text{if } (\texttt{mode} = \texttt{min} \text{ and } "
                r"x_k < \mathrm{limit}_k)",
                r"& \text{or } (\texttt{mode} = \texttt{max} \text{ and } "
                r"x_k > \mathrm{limit}_k)",
                r"& \text{or } \mathrm{wait}_{k-1} > 0",
                r"1 + \mathrm{bad}_{k-1} & \text{otherwise}",
            ),
        ),
        (
            "ReduceLROnPlateau",
            "lowered",
            r"\mathrm{lowered}_k = \max(\gamma \eta_{k-1}, \eta_{\min})",
        ),
    ],
)
def test_an_equation_reads_as_in_a_textbook(name: str, target: str, tex: str) -> None:
    assert _equation(name, target) == tex


# A schedule to try expressions in.
a, entries, others, fn = hyperparameters("a entries others fn")
(n,) = counts("n")
(fast,) = flags("fast")
(fixed, moving) = intermediates("fixed moving")
(kept,) = states("kept")
mode = Choice("mode", ("low_down", "high"), "a word")

zoo = Schedule(
    "Zoo",
    summary="Every node once.",
    source="none",
    hyper=[
        Hyper(a, "0.5", REAL, "a number"),
        Hyper(n, "", NON_NEGATIVE, "a count", latex="N"),
        Option(fast, "go"),
        mode,
        Numbers(entries, "numbers", latex="m^{*}"),
        Function(fn, "a function", optional=True, latex="f"),
        Schedules(others, "others", many=True, latex="S_1"),
    ],
    updates=[
        Update(fixed[step], a + 1),
        Update(moving[step], step + fixed[step]),
        Update(eta[step], moving[step] * lr),
    ],
)


class undocumented(Head):
    nargs = (1,)


NODES = {
    "step": (step, "k"),
    "starting rate": (lr, r"\eta"),
    "metric": (metric, "x_k"),
    "what changes has an index": (moving[step], r"\mathrm{moving}_k"),
    "what does not has none": (fixed[step], r"\mathrm{fixed}"),
    "one step back": (kept[step - 1], r"\mathrm{kept}_{k-1}"),
    "floor": (floor(lr / a), r"\left\lfloor \frac{\eta}{a} \right\rfloor"),
    "remainder": (Mod(step + 1, n), r"(k + 1) \bmod N"),
    "cosine": (cos(pi * lr), r"\cos(\pi \eta)"),
    "sine": (sin(pi * lr), r"\sin(\pi \eta)"),
    "arc tangent": (atan(lr), r"\arctan(\eta)"),
    "pi": (pi, r"\pi"),
    "infinity": (Piecewise((oo, fast), (-oo, True)), _cases(
        r"\infty & \text{if } \texttt{fast}", r"-\infty & \text{otherwise}")),
    "half of a sum": ((lr - a) / 2, r"\frac{1}{2} (\eta - a)"),
    "sum with a half": (lr - a / 2, r"\eta - \frac{a}{2}"),
    "two thirds of sums": (
        Mul(Rational(2, 3), 1 + lr, 1 + step, evaluate=False),
        r"\frac{2}{3} (1 + \eta) (k + 1)",
    ),
    "word": (Piecewise((1, mode["low_down"]), (0, True)), _cases(
        r"1 & \text{if } \texttt{mode} = \texttt{low\_down}", r"0 & \text{otherwise}")),
    "given": (given(fn), r"f \text{ is given}"),
    "arguments in order": (
        And(given(fn), mode["high"], fast),
        r"\texttt{fast} \text{ and } \texttt{mode} = \texttt{high} \text{ and } f \text{ is given}",
    ),
    "words in order": (
        Or(And(mode["high"], fast), And(mode["low_down"], Not(fast))),
        r"(\text{not } \texttt{fast} \text{ and } \texttt{mode} = \texttt{low\_down}) \text{ or } "
        r"(\texttt{fast} \text{ and } \texttt{mode} = \texttt{high})",
    ),
    "what changes stands first": (n >= step, r"k \le N"),
    "passed": (passed(entries, step), r"\#\{ i : {m^*}_i \le k \}"),
    "size": (size(entries), r"\lvert m^* \rvert"),
    "item": (item(entries, step - 1), r"{m^*}_{k - 1}"),
    "cycles": (
        completed_cycles(step, n, a),
        r"\max \Bigl\{ n : \textstyle\sum_{i<n} N \, a^i \le k \Bigr\}",
    ),
    "call": (call(fn, step), "f(k)"),
    "product": (running_product(fn, step) * lr, r"\eta \prod_{i=1}^{k} f(i)"),
    "another's rate": (rate_of(item(others, 0), step, lr), r"{S_1}_0(k, \eta)"),
    "chain": (
        chained(others, step, lr),
        r"({S_1}_n(k, \cdot) \circ \dots \circ {S_1}_0(k, \cdot))(\eta)",
    ),
    "another's momentum": (momentum_of(item(others, 0), step), r"{S_1}_0^{\mu}(k)"),
    "a chain's momentum": (chained_momentum(others, step), r"S_1^{\mu}(k)"),
}  # fmt: skip


@pytest.mark.parametrize("node", NODES)
def test_every_node_has_its_form(node: str) -> None:
    value, tex = NODES[node]
    assert expression(zoo, value) == tex


def test_every_head_is_in_the_zoo() -> None:
    declared = {h for h in Head.__subclasses__() if h.__module__ == sequences.__name__}
    used = {type(head) for value, _ in NODES.values() for head in value.atoms(Head)}
    assert declared
    assert declared <= used


@pytest.mark.parametrize(
    ("value", "named"),
    [(sinh(step), "sinh"), (undocumented(lr), "undocumented"), (S.ComplexInfinity, "Infinity")],
    ids=str,
)
def test_an_unknown_node_raises_and_is_named(value: Basic, named: str) -> None:
    with pytest.raises(NotImplementedError, match=named):
        expression(zoo, value)


def test_what_does_not_fit_a_row_takes_several() -> None:
    long = And(*(moving[step] > i for i in range(6)), evaluate=False)
    assert expression(zoo, Piecewise((1, long), (0, True))) == _cases(
        r"1 & \text{if } \mathrm{moving}_k > 0",
        r"& \text{and } \mathrm{moving}_k > 1",
        r"& \text{and } \mathrm{moving}_k > 2",
        r"& \text{and } \mathrm{moving}_k > 3",
        r"& \text{and } \mathrm{moving}_k > 4",
        r"& \text{and } \mathrm{moving}_k > 5",
        r"0 & \text{otherwise}",
    )


def test_the_equations_are_aligned_in_execution_order() -> None:
    schedule = analyse(
        Schedule(
            "Backwards",
            summary="Declared from the end.",
            source="none",
            hyper=[Hyper(a, "1", NON_NEGATIVE, "a number")],
            updates=[
                Update(eta[step], moving[step] * lr),
                Update(moving[step], Min(step, a)),
            ],
            example={"lr": "0.1"},
        )
    )
    assert formulas(schedule, LatexPrinter(schedule)) == [
        r"\mathrm{moving}_k &= \min(a, k)",
        r"\eta_k &= \eta \, \mathrm{moving}_k",
    ]
    text = _file(schedule)
    assert "the rate is $\\eta_k$:\n\\begin{StepEquations}\n" in text


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("StepLR", r"$s$ & \texttt{step\_size} & required & $\mathbb{Z}_{\ge 1}$ & "),
        ("ConstantLR", r"$a$ & \texttt{factor} & $1/3$ & $[0, 1]$ & factor to begin with \\"),
        ("ConstantLR", r"$\eta$ & \texttt{lr} & required & $[0, \infty)$ & "),
        ("InverseSqrtLR", r"$\tau$ & \texttt{timescale} & $\max(w, 1)$ & $(0, \infty)$ & "),
        (
            "OneCycleLR",
            r"$T$ & \texttt{total\_steps} & "
            r"$\mathrm{epochs} \, \mathrm{steps\_per\_epoch}$ & $\mathbb{Z}_{\ge 1}$ & ",
        ),
        ("OneCycleLR", r"$\mathrm{epochs}$ & \texttt{epochs} & none & $\mathbb{Z}_{\ge 1}$ & "),
        ("OneCycleLR", r"-- & \texttt{cycle\_momentum} & \texttt{True} & flag & "),
        (
            "ReduceLROnPlateau",
            r"-- & \texttt{mode} & \texttt{min} & choice & whether the metric should fall or "
            r"rise: \texttt{min}, \texttt{max} \\",
        ),
        (
            "MultiStepLR",
            r"$m$ & \texttt{milestones} & required & $m_i \in \mathbb{Z}_{\ge 0}$ & "
            r"the steps at which the rate changes; in ascending order \\",
        ),
        ("PiecewiseConstantLR", r"$v$ & \texttt{values} & required & $v_i \in [0, \infty)$ & "),
        (
            "LambdaLR",
            r"$f$ & \texttt{lr\_lambda} & required & $\mathbb{N}_0 \to \mathbb{R}$ & "
            r"the factor at a step (or one for each group) \\",
        ),
        ("CyclicLR", r"$f$ & \texttt{scale\_fn} & none & "),
        ("SequentialLR", r"$S$ & \texttt{schedulers} & required & schedules & "),
        ("LinearWarmupLR", r"$S$ & \texttt{scheduler} & required & schedule & "),
        ("ReduceLROnPlateau", r"$\mathrm{bad}_k$ & \texttt{num\_bad\_epochs} & $0$ \\"),
        ("PiecewiseConstantLR", r"\emph{Required:} $\lvert v \rvert = "),
        ("CyclicLR", r"At step $k = 0, 1, 2, \dots$ the rate is $\eta_k$ and, if "
         r"$\texttt{cycle\_momentum}$, the momentum $\mu_k$:"),
        ("LinearWarmupLR", r"$\eta$ is the rate to start from or, where none is given, "),
    ],
)  # fmt: skip
def test_the_page_says_what_the_spec_declares(name: str, line: str) -> None:
    lines = _file(BUILTIN[name]).splitlines()
    assert [found for found in lines if found.startswith(line)] != []


def test_a_keyword_only_argument_stands_last() -> None:
    text = _file(BUILTIN["CosineAnnealingLR"])
    assert text.rindex(r"\texttt{eta\_min}") < text.rindex(r"\texttt{clamp}")
    assert "(keyword only)" in text


def test_a_schedule_with_a_metric_is_an_algorithm() -> None:
    text = _file(BUILTIN["ReduceLROnPlateau"])
    box = text[text.index(r"\begin{algorithmic}") : text.index(r"\end{algorithmic}")].splitlines()
    best = _cases(
        r"\infty & \text{if } \texttt{mode} = \texttt{min}", r"-\infty & \text{otherwise}"
    )
    assert box[1] == (
        rf"\State \StepEquation{{\mathrm{{best}}_0 = {best},\quad \mathrm{{bad}}_0 = 0,\quad "
        r"\mathrm{wait}_0 = 0,\quad \eta_0 = \eta}"
    )
    assert box[2] == r"\For{each value $x_k$ of the metric, $k = 1, 2, \dots$}"
    assert box[3].startswith(r"  \State \StepEquation{\mathrm{limit}_k = ")
    assert len(box) == 4 + len(BUILTIN["ReduceLROnPlateau"].updates)
    assert "StepEquations" not in text


@pytest.mark.parametrize(
    ("name", "caption"),
    [
        ("StepLR", r"The rate of StepLR for $\eta = 0.1$, $s = 30$"),
        (
            "MultiStepLR",
            r"The rate of MultiStepLR for $\eta = 0.1$, $m = (30, 80)$, $\gamma = 0.5$",
        ),
        ("LambdaLR", r"The rate of LambdaLR for $\eta = 0.1$, $f(k) = 0.95^k$"),
        (
            "MultiplicativeLR",
            r"The rate of MultiplicativeLR for $\eta = 0.1$, $f(k) = 1 - 1/(k + 10)$",
        ),
        (
            "CyclicLR",
            r"The rate and momentum of CyclicLR for $\eta_{\min} = 0.01$, $\eta_{\max} = 0.1$, "
            r"$u = 20$, $\texttt{mode} = \texttt{triangular2}$",
        ),
        (
            "SequentialLR",
            r"The rate of SequentialLR for $S_0 = {}$\mbox{LinearLR} ($\eta = 0.1$, $a = 0.1$, "
            r"$T = 20$), $S_1 = {}$\mbox{CosineAnnealingLR} ($\eta = 0.1$, $T = 80$), $m = (20)$",
        ),
        (
            "ReduceLROnPlateau",
            r"The rate of ReduceLROnPlateau for $\eta = 0.1$, $\gamma = 0.5$, "
            r"$\mathrm{patience} = 5$, with the metric $x_k = 1 / \min(k, 40)$",
        ),
    ],
)
def test_a_caption_names_the_arguments(name: str, caption: str) -> None:
    assert rf"\begin{{StepFigure}}{{{caption}}}{{steprule:fig:" in _file(BUILTIN[name])


Point = tuple[int, Decimal]


def _plots(text: str) -> list[list[Point]]:
    """The points drawn, a plot at a time; every plot of a built-in schedule is one line."""
    found = re.findall(r"\\addplot coordinates \{\n(.*?)\n\};", text, re.DOTALL)
    pairs = (re.findall(r"\((\d+),([-\d.]+)\)", plot) for plot in found)
    return [[(int(step), Decimal(value)) for step, value in plot] for plot in pairs]


def _truth(schedule: Schedule) -> Iterator[list[Any]]:
    bound, steps = example(schedule), range(schedule.span)
    if schedule.takes_metric:
        series = [schedule_oracle.initial(bound)]
        for k in steps[1:]:
            series.append(schedule_oracle.after(bound, series[-1], observed(k)))
        yield [states["eta"] for states in series]
    else:
        yield [schedule_oracle.rate(bound, k) for k in steps]
        yield [schedule_oracle.momentum(bound, k) for k in steps]


@pytest.mark.parametrize("name", BUILTIN)
def test_a_picture_shows_the_exact_values(name: str) -> None:
    schedule = BUILTIN[name]
    text = _file(schedule)
    true = [values for values in _truth(schedule) if values[0] is not None]
    plots = _plots(text)
    assert len(plots) == len(true)
    assert text.count(r"\nextgroupplot") == len(true)
    assert f"xmax={schedule.span}," in text
    for points, exact in zip(plots, true, strict=True):
        values = [Fraction(str(v)) for v in exact]
        largest = Decimal(float(max(values)))
        unit = Fraction(Decimal(1).scaleb(largest.adjusted() + 1 - DIGITS))
        # Rounding; a double's own error is far below the second term.
        half = unit / 2 + unit / 10**6
        assert (points[0][0], points[-1][0]) == (0, schedule.span - 1)
        for i, (step_, value) in enumerate(points):
            # What comes first of two points at one step ends the level stretch before it.
            ends = i + 1 < len(points) and points[i + 1][0] == step_
            assert abs(Fraction(value) - values[step_ - ends]) <= half
        for (left, low), (right, high) in pairwise(points):
            for step_ in range(left + 1, right):
                share = Fraction(step_ - left, right - left)
                drawn = Fraction(low) + (Fraction(high) - Fraction(low)) * share
                assert abs(drawn - values[step_]) <= unit + half


def test_jumps_go_straight_up_and_down() -> None:
    assert _plots(_file(BUILTIN["PiecewiseConstantLR"])) == [
        [
            (0, Decimal("0.01")),
            (5, Decimal("0.01")),
            (5, Decimal("0.005")),
            (15, Decimal("0.005")),
            (15, Decimal("0.001")),
            (24, Decimal("0.001")),
        ]
    ]


def test_momentum_has_a_plot_of_its_own() -> None:
    text = _file(BUILTIN["OneCycleLR"])
    assert "group size=1 by 2" in text
    assert r"\nextgroupplot[step rule rate, ylabel={$\eta_k$}]" in text
    assert r"\nextgroupplot[step rule momentum, ylabel={$\mu_k$}]" in text
    assert "group size=1 by 1" in _file(BUILTIN["StepLR"])
