"""Formulas in LaTeX: the terms in the order papers write them, every node, every name."""

import pytest
from steprule.codegen.backends.latex import equation, expression
from steprule.codegen.loading.load import builtin
from steprule.specs.language import (
    NON_NEGATIVE,
    REAL,
    Hyper,
    Optimizer,
    Option,
    Shape,
    State,
    Update,
    basis,
    clip,
    descending,
    diagonal,
    eigenvectors,
    flags,
    global_norm,
    grad,
    hyperparameters,
    intermediates,
    leading,
    lerp,
    lower,
    matmul,
    mean,
    norm,
    one_minus_power,
    qr,
    solve,
    states,
    stored,
    t,
    theta,
    transpose,
)
from steprule.specs.language.heads import Head
from sympy import (
    Abs,
    Add,
    And,
    Basic,
    Eq,
    Float,
    Implies,
    Max,
    Min,
    Mul,
    Ne,
    Not,
    Or,
    Piecewise,
    Rational,
    S,
    sign,
    sinh,
    sqrt,
)

OPTIMIZERS = {spec.module: spec for spec in builtin().values()}


def _equation(module: str, target: str) -> str:
    spec = OPTIMIZERS[module]
    (update,) = (u for u in spec.updates if u.target.name == target)
    return equation(spec, update)


GRADIENT = (
    r"g_t = \begin{cases} -\nabla f(\theta_{t-1}) & \text{if } \texttt{maximize} \\ "
    r"\nabla f(\theta_{t-1}) & \text{otherwise} \end{cases}"
)
NEXT = r"\mu^{\mathrm{next}}_t"


@pytest.mark.parametrize(
    ("module", "target", "tex"),
    [
        ("adam", "g", GRADIENT),
        ("adam", "m", r"m_t = \beta_1 m_{t-1} + (1 - \beta_1) \tilde{g}_t"),
        ("adam", "v", r"v_t = \beta_2 v_{t-1} + (1 - \beta_2) \tilde{g}_t^2"),
        ("adam", "vmax", r"v^{\max}_t = \max(v^{\max}_{t-1}, v_t)"),
        ("adam", "mhat", r"\hat{m}_t = \frac{m_t}{1 - \beta_1^t}"),
        (
            "adam",
            "vhat",
            r"\hat{v}_t = \frac{\tilde{v}_t}{1 - \beta_2^t}",
        ),
        (
            "adam",
            "theta",
            r"\theta_t = \bar{\theta}_t - \gamma \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}",
        ),
        (
            "adam",
            "gtilde",
            r"\tilde{g}_t = \begin{cases} g_t & \text{if } \texttt{decoupled\_weight\_decay} \\ "
            r"g_t + \lambda \theta_{t-1} & \text{otherwise} \end{cases}",
        ),
        ("adamw", "thetabar", r"\bar{\theta}_t = (1 - \gamma \lambda) \theta_{t-1}"),
        (
            "sgd",
            "b",
            r"b_t = \begin{cases} \tilde{g}_t & \text{if } t = 1 \\ "
            r"\mu b_{t-1} + (1 - \tau) \tilde{g}_t & \text{otherwise} \end{cases}",
        ),
        (
            "sgd",
            "d",
            r"d_t = \begin{cases} \tilde{g}_t & \text{if } \mu = 0 \\ "
            r"\mu b_t + \tilde{g}_t & \text{if } \texttt{nesterov} \\ "
            r"b_t & \text{otherwise} \end{cases}",
        ),
        ("nadam", "mu", r"\mu_t = \beta_1 \left(1 - \frac{0.96^{\psi t}}{2}\right)"),
        ("nadam", "mu_next", NEXT + r" = \beta_1 \left(1 - \frac{0.96^{\psi (t + 1)}}{2}\right)"),
        ("nadam", "mu_product", r"M_t = \mu_t M_{t-1}"),
        (
            "nadam",
            "mhat",
            rf"\hat{{m}}_t = \frac{{{NEXT} m_t}}{{1 - {NEXT} M_t}} + "
            r"\frac{(1 - \mu_t) \tilde{g}_t}{1 - M_t}",
        ),
        ("adagrad", "lrbar", r"\bar{\gamma}_t = \frac{\gamma}{1 + \eta (t - 1)}"),
        (
            "adagrad",
            "theta",
            r"\theta_t = \theta_{t-1} - \bar{\gamma}_t \frac{\tilde{g}_t}{\sqrt{s_t} + \epsilon}",
        ),
        (
            "adadelta",
            "d",
            r"d_t = \frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}} \tilde{g}_t",
        ),
        ("adamax", "u", r"u_t = \max(\beta_2 u_{t-1}, \lvert \tilde{g}_t \rvert + \epsilon)"),
        ("rmsprop", "d", r"d_t = \frac{\tilde{g}_t}{\sqrt{\mathrm{variance}_t} + \epsilon}"),
        ("lion", "theta", r"\theta_t = \bar{\theta}_t - \gamma \operatorname{sign}(c_t)"),
    ],
)
def test_an_equation_reads_as_in_the_paper(module: str, target: str, tex: str) -> None:
    assert _equation(module, target) == tex


# A spec to try expressions in: hyperparameters a and lr, a flag, states x, y and w, a scalar s.
a, lr = hyperparameters("a lr")
fast, slow_mode = flags("fast slow_mode")
x, y, w, s = states("x y w s")
(z,) = intermediates("z")
A, B, C = x[t], y[t], w[t]

zoo = Optimizer(
    "Zoo",
    summary="Every node once.",
    source="Nobody & Noone, 100% of 2020_a",
    hyper=[
        Hyper(a, "0.5", REAL, "a_number & more"),
        Hyper(lr, "2e-3", NON_NEGATIVE, "step", latex=r"\gamma"),
        Option(fast, "go"),
        Option(slow_mode, "crawl", keyword=True),
    ],
    states=[
        State(x, init=0, key="x"),
        State(y, init=0, key="y_key"),
        State(w, init=None, key="w", when=And(fast, Ne(a, 0)), latex=r"w^\star"),
        State(s, init=lr / 2, key="s", shape=Shape.SCALAR, latex=r"s_{\mathrm{tot}}"),
    ],
    updates=[Update(s[t], s[t - 1] + 1)],
)


class undocumented(Head):
    nargs = (1,)


class foreign(Head):
    nargs = (2,)

    @staticmethod
    def tex(args: list[str]) -> str:
        return rf"{args[0]} \star {args[1]}"


NODES = {
    "integer": (S(3), "3"),
    "negative": (S(-3), "-3"),
    "decimal": (Rational(96, 100), "0.96"),
    "tiny": (Rational(1, 100000), "10^{-5}"),
    "fraction": (Rational(1, 3), r"\frac{1}{3}"),
    "hyper": (a + lr, r"a + \gamma"),
    "step": (t, "t"),
    "stored": (x[t - 1], "x_{t-1}"),
    "ahead": (x[t + 1], "x_{t+1}"),
    "initial": (x[0], "x_0"),
    "subscript and index": (s[t], r"s_{\mathrm{tot},t}"),
    "gradient": (grad(theta[t - 1]), r"\nabla f(\theta_{t-1})"),
    "look-ahead": (
        grad(theta[t - 1] - lr * x[t - 1]),
        r"\nabla f(\theta_{t-1} - \gamma x_{t-1})",
    ),
    "sum": (A + B - z[t], "x_t + y_t - z_t"),
    "product": (2 * a * A, "2 a x_t"),
    "two numbers": (3 * Rational(96, 100) ** a, r"3 \cdot 0.96^a"),
    "long decimal": (Rational(3, 20) * A, "0.15 x_t"),
    "long decimal of a sum": (Mul(Rational(3, 20), A + B, evaluate=False), "0.15 (x_t + y_t)"),
    "half": (A / 2, r"\frac{x_t}{2}"),
    "thirtieth": (A / 30, r"\frac{x_t}{30}"),
    "reciprocal": (1 / A, r"\frac{1}{x_t}"),
    "reciprocal root": (1 / sqrt(A), r"\frac{1}{\sqrt{x_t}}"),
    "square": (A**2, "x_t^2"),
    "cube root": (A ** Rational(1, 3), "x_t^{1/3}"),
    "sqrt": (sqrt(A), r"\sqrt{x_t}"),
    "abs": (Abs(A), r"\lvert x_t \rvert"),
    "sign": (sign(A), r"\operatorname{sign}(x_t)"),
    "max": (Max(0, A, x[t - 1]), r"\max(x_{t-1}, x_t, 0)"),
    "min": (Min(sqrt(A), B), r"\min\left(\sqrt{x_t}, y_t\right)"),
    "lerp": (lerp(A, B, a), "(1 - a) x_t + a y_t"),
    "one_minus_power": (one_minus_power(a, t), "1 - a^{t}"),
    "clip": (clip(A, -1, a), r"\operatorname{clip}(x_t, -1, a)"),
    "norm": (norm(A), r"\lVert x_t \rVert_2"),
    "global_norm": (global_norm(A), r"\sqrt{\sum_{\theta} \lVert x_t \rVert_2^2}"),
    "mean": (mean(A**2), r"\operatorname{mean}(x_t^2)"),
    "rounded": (stored(A / 2), r"\operatorname{fl}\left(\frac{x_t}{2}\right)"),
    "matmul": (matmul(A, B), r"x_t \, y_t"),
    "transpose": (transpose(A), r"x_t^\top"),
    "eigenvectors": (eigenvectors(A + B), r"\operatorname{eigenvectors}(x_t + y_t)"),
    "QR": (transpose(qr(matmul(A, B))), r"(\operatorname{QR}(x_t \, y_t))^\top"),
    "few eigenvectors": (
        eigenvectors(A + B, basis),
        r"\operatorname{eigenvectors}_{\mathrm{basis}}(x_t + y_t)",
    ),
    "leading": (leading(A + B, 1), r"\operatorname{leading}_{1}(x_t + y_t)"),
    "triangle": (lower(A) * a, r"a \operatorname{tril}(x_t)"),
    "solve": (solve(transpose(A), B + 1), r"{(x_t^\top)}^{-1} (1 + y_t)"),
    "order": (
        a * descending(A, diagonal(B)),
        r"a \operatorname{descending}_{\operatorname{diag}(y_t)}(x_t)",
    ),
    "head with its own tex": (
        foreign(A, 1 / B) * a,
        r"a \left(x_t \star \left(\frac{1}{y_t}\right)\right)",
    ),
    "flag": (slow_mode, r"\texttt{slow\_mode}"),
    "cases": (
        Piecewise((A, fast), (B, True)),
        r"\begin{cases} x_t & \text{if } \texttt{fast} \\ y_t & \text{otherwise} \end{cases}",
    ),
    "and": (And(fast, Ne(a, 0)), r"a \ne 0 \text{ and } \texttt{fast}"),
    "or": (Or(And(fast, a > 0), Eq(t, 1)), r"(a > 0 \text{ and } \texttt{fast}) \text{ or } t = 1"),
    "not": (Not(slow_mode), r"\text{not } \texttt{slow\_mode}"),
    "implies": (Implies(fast, a <= 1), r"\texttt{fast} \Rightarrow a \le 1"),
    "at least": (a >= 1, r"a \ge 1"),
    "less": (a < 1, "a < 1"),
}


@pytest.mark.parametrize("node", NODES)
def test_every_node_has_its_form(node: str) -> None:
    value, tex = NODES[node]
    assert expression(zoo, value) == tex


def test_every_head_is_in_the_zoo() -> None:
    declared = {h for h in Head.__subclasses__() if h.__module__ == Head.__module__}
    assert declared == {type(value) for value, _ in NODES.values()} & declared


@pytest.mark.parametrize(
    ("value", "tex"),
    [
        (lerp(A + B, -z[t], a + lr), r"(1 - (a + \gamma)) (x_t + y_t) + (a + \gamma) (-z_t)"),
        (2 * lerp(A, B, a), "2 ((1 - a) x_t + a y_t)"),
        ((A + B) ** 2, "(x_t + y_t)^2"),
        (sqrt(A + B) * B, r"\sqrt{x_t + y_t} y_t"),
        (C**2, r"(w^{\star}_t)^2"),
        (Max(A, B) ** 2, r"(\max(x_t, y_t))^2"),
        (Abs(A) ** a, r"\lvert x_t \rvert^a"),
        (norm(A) ** 2, r"\lVert x_t \rVert_2^2"),
        (global_norm(A) ** 2, r"\left(\sqrt{\sum_{\theta} \lVert x_t \rVert_2^2}\right)^2"),
        (Rational(1, 3) ** t, r"\left(\frac{1}{3}\right)^t"),
        (-A - B, "-x_t - y_t"),
        (Mul(-1, A + B, evaluate=False), "-(x_t + y_t)"),
        (Add(A, Mul(-1, B + a, evaluate=False), evaluate=False), "x_t - (y_t + a)"),
        (a * (A + B), "a (x_t + y_t)"),
        ((A + B) / a, r"\frac{x_t + y_t}{a}"),
        (a * (A + B) / lr, r"\frac{a (x_t + y_t)}{\gamma}"),
        (a / (A * (B + 1)), r"\frac{a}{(1 + y_t) x_t}"),
        (A / (1 + a / lr), r"\frac{x_t}{1 + a/\gamma}"),
        (A / (1 + a / (lr * (1 - a))), r"\frac{x_t}{1 + a/(\gamma (1 - a))}"),
        (sqrt(A / a) ** 3, r"\left(\frac{x_t}{a}\right)^{3/2}"),
        (a ** (-t), "a^{-t}"),
        (Rational("2.5e-5") ** t, r"(2.5 \cdot 10^{-5})^t"),
        (a ** (t / 2), "a^{t/2}"),
        (one_minus_power(1 - a, t + 1), "1 - (1 - a)^{t + 1}"),
        (A / one_minus_power(a, t), r"\frac{x_t}{1 - a^{t}}"),
        (A - one_minus_power(a, t), "x_t - (1 - a^{t})"),
        (matmul(A + B, transpose(A + B)), r"(x_t + y_t) \, (x_t + y_t)^\top"),
        (matmul(A, matmul(B, A)), r"x_t \, y_t \, x_t"),
        (a * matmul(A, B), r"a (x_t \, y_t)"),
        (matmul(a * A, B), r"(a x_t) \, y_t"),
        (norm(A / a), r"\left\lVert \frac{x_t}{a} \right\rVert_2"),
    ],
    ids=str,
)
def test_parentheses_stand_where_they_are_needed_and_nowhere_else(value: Basic, tex: str) -> None:
    assert expression(zoo, value) == tex


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (sinh(A), "sinh"),
        (A + sinh(A), "sinh"),
        (A + Float("0.1"), "Float"),
        (S.ComplexInfinity, "ComplexInfinity"),
        (undocumented(A), "undocumented"),
        (Piecewise((A, S.false | (sinh(A) > 0)), (B, True)), "sinh"),
    ],
    ids=str,
)
def test_an_unknown_node_raises_and_is_named(value: Basic, named: str) -> None:
    with pytest.raises(NotImplementedError, match=rf"\b{named}\b"):
        expression(zoo, value)
