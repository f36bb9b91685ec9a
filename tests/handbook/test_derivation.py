"""Claims as mathematics: everything is said, in formulas that a page can hold."""

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from steprule.codegen.handbook.edition import edition
from steprule.codegen.handbook.measure import width
from steprule.codegen.handbook.proofs.claims import printer
from steprule.codegen.handbook.proofs.derivation import derived
from steprule.codegen.handbook.proofs.printer import ProofPrinter
from steprule.codegen.handbook.proofs.roots import named_roots
from steprule.codegen.handbook.proofs.rows import WIDEST, rows
from steprule.codegen.loading.load import all_builtin
from steprule.codegen.prove.discover import builtin_claims
from steprule.codegen.prove.prove import prove
from steprule.specs.claims import cycles, momentum
from steprule.specs.claims.momentum import d, theta
from steprule.specs.language import grad, hyperparameters, states, t
from steprule.specs.language.claims import Verdict
from sympy import Function, Integer, Limit, Matrix, Sum, Symbol, oo, sqrt, symbols

from ..sample import claims

CLAIMS = claims()
EDITION = edition()
SGD = ProofPrinter([all_builtin()["SGD"]])
lr, beta = hyperparameters("lr beta")
i, n, N = symbols("i n N", integer=True, positive=True)
x, h = symbols("x h", real=True)
a, b, c = symbols("a b c", real=True)


@pytest.fixture(scope="session")
def page_of(settled):
    return cache(lambda name: derived(settled[name], EDITION))


DISPLAY = re.compile(r"^:{3,}\{math\}\n(.*?)\n:{3,}$", re.DOTALL | re.MULTILINE)
INNERMOST = re.compile(r"\\begin\{(\w+)\}(?:(?!\\begin).)*?\\end\{\1\}", re.DOTALL)
INLINE = re.compile(r"\$([^$]+)\$")


def displays(text: str) -> list[str]:
    return DISPLAY.findall(text)


def formulas(text: str) -> list[str]:
    return displays(text) + INLINE.findall(DISPLAY.sub("", text))


@pytest.mark.parametrize("name", CLAIMS.params())
def test_formulas_are_whole(page_of, name):
    found = formulas(page_of(name))
    assert found
    for tex in found:
        bare = re.sub(r"\\[{}]", "", tex)
        assert bare.count("{") == bare.count("}")
        assert tex.count("(") == tex.count(")")
        assert len(re.findall(r"\\left\b", tex)) == len(re.findall(r"\\right\b", tex))
        assert re.findall(r"\\begin\{(\w+)\}", tex) == re.findall(r"\\end\{(\w+)\}", tex)
        assert "\n\n" not in tex


@pytest.mark.parametrize("name", CLAIMS.params())
def test_nothing_is_left_as_source(page_of, name):
    for tex in formulas(page_of(name)):
        named = re.sub(r"\\mathtt\{[a-z\\_]+\}", "", tex)
        assert not re.search(r"\*|\\mathtt|\[t|\bsqrt\(|[A-Z]\w+\(|_eps|\blr\b|\binf\b", named)
    prose = re.sub(r"`[^`]*`", "", INLINE.sub("", DISPLAY.sub("", page_of(name))))
    assert not re.search(r"\^|\bbeta|\bsigma|\bsqrt|\blr\b(?!\\_)|\w_\w|<=|>=|\{[a-z]+\}", prose)


@pytest.mark.parametrize("name", CLAIMS.params())
def test_rows_fit_the_book(page_of, name):
    for tex in displays(page_of(name)):
        assert all(width(row) <= 1.15 * WIDEST for row in outer_rows(tex))


def outer_rows(tex: str) -> list[str]:
    """The rows of a display, each with its cases whole."""
    inside: list[str] = []

    def hidden(found: re.Match[str]) -> str:
        inside.append(found[0])
        return f"@{len(inside) - 1}@"

    while r"\begin" in tex:
        tex = INNERMOST.sub(hidden, tex)

    def shown(row: str) -> str:
        while "@" in row:
            row = re.sub(r"@(\d+)@", lambda found: inside[int(found[1])], row)
        return row

    return [shown(row) for row in tex.split("\\\\\n")]


@pytest.mark.parametrize("name", CLAIMS.params())
def test_what_is_aligned_has_several_rows(page_of, name):
    for tex in displays(page_of(name)):
        inside = tex
        while r"\begin" in inside:  # cases may be within cases
            inside = INNERMOST.sub("", inside)
        several = "\\\\\n" in inside
        assert [row.count("&") for row in inside.split("\\\\\n")].count(1) == (
            inside.count("\\\\\n") + 1 if several else 0
        )


def test_nesterov_line_by_line(page_of):
    page = page_of("nesterov")
    assert page.startswith("**Claim.** Nesterov's look-ahead is momentum with the difference")
    assert "{bdg-success}`Proved`" in page
    lines = page.splitlines()
    for line in (
        r"d_t &= \beta d_{t-1} + \nabla f(\theta_{t-1} - \gamma \beta d_{t-1}) \\",
        r"\theta_t &\leftarrow \theta_t - \gamma \beta d_t \\",
        r"d_t &\leftarrow (1 + \beta) d_t - \beta c_t \\",
        r"p_t &\leftarrow d_t - \beta c_t",
        r"\theta_{t-1} - \gamma \beta d_{t-1}",
        r"(1 + \beta) d_t - \beta c_t &= (1 + \beta) (\beta d_{t-1} + g) - \beta d_{t-1} \\",
        r"&= \beta^2 d_{t-1} + g + \beta g",
    ):
        assert line in lines
    # What holds of each quantity is said once.
    assert page.count("the two are equal") == 1
    assert "The two are equal" not in page
    # Both sides end in the same line.
    assert lines.count(r"&= \beta^2 d_{t-1} + g + \beta g") == 2
    assert lines[-1].startswith("**Induction.**")


def test_how_a_rule_is_taken_is_said(page_of):
    page = page_of("nesterov-generated")
    assert "`nesterov` on, every other option off" in page
    given = [line for line in page.splitlines() if re.match(r"\\(mu|tau|lambda) &=", line)]
    assert given == [r"\mu &= \beta \\", r"\tau &= 0 \\", r"\lambda &= 0"]


def test_a_map_that_changes_nothing_is_a_sentence(page_of):
    assert "Each quantity stands for itself." in page_of("adam-epsilon-inside")


def test_an_identity_in_the_notation_of_its_schedule(page_of):
    assert r"\eta_{\min} + \frac{1}{2} (\eta - \eta_{\min})" in page_of("cosine-chain")


def test_a_refuted_page_shows_what_remains_and_the_numbers(page_of, settled):
    page = page_of("nesterov-is-not-momentum")
    assert "**What does not vanish.**" in page
    w = settled["nesterov-is-not-momentum"].witness
    lr, beta = w.hyper["lr"], w.hyper["beta"]
    d = e = Fraction(0)
    ahead = plain = w.start
    for _ in range(w.step):
        x = ahead - lr * beta * d
        d = beta * d + w.slope * x + x**2 / 4
        ahead -= lr * d
        e = beta * e + w.slope * plain + plain**2 / 4
        plain -= lr * e
    last = page.rstrip().splitlines()[-1]
    assert f"After step {w.step}, LookAhead, mapped to " in last
    assert f" gives ${ahead}$ for the parameter, and " in last
    assert last.endswith(f" gives ${plain}$.")


def test_a_region_shows_its_matrix(page_of):
    assert r"\begin{pmatrix} 1 - \gamma h & -\gamma \beta \\ h & \beta \end{pmatrix}" in (
        page_of("stability-momentum")
    )


def test_a_wrong_coefficient_is_shown_as_broken():
    """The map with 2 lr beta in place of lr beta: the step from the start shows it."""
    broken = replace(
        momentum.nesterov, phi={**momentum.NESTEROV, theta[t]: theta[t] - 2 * lr * d[t]}
    )
    settled = prove(broken)
    page = derived(settled, EDITION)
    assert page.startswith(
        ":::{error}\nThis claim is broken: expected **Proved**, found **Refuted**."
    )
    error = page.split("\n:::\n")[0]
    assert "**A witness.** Take $" in error
    assert "{bdg-danger}`Refuted`" in page
    w = settled.witness
    values = re.findall(r" gives \$(-?[\d/]+)\$", error)
    assert values == [str(w.left), str(w.right)]
    assert w.left != w.right


def test_an_expectation_that_fails_is_shown_as_broken():
    flipped = replace(momentum.momentum_velocity, expected=Verdict.REFUTED)
    page = derived(prove(flipped), EDITION)
    assert page.startswith(
        ":::{error}\nThis claim is broken: expected **Refuted**, found **Proved**."
    )


def test_a_wrong_identity_names_the_part():
    first, *others = cycles.cyclic_turns.parts
    broken = replace(cycles.cyclic_turns, parts=(replace(first, right=Integer(2)), *others))
    page = derived(prove(broken), EDITION)
    assert page.startswith(":::{error}")
    assert "against “at the top”" in page.split("\n:::\n")[0]


def test_finite_sums_and_limits():
    g, f = Function("g", real=True), Function("f", real=True)
    mean = Sum(g(i), (i, 1, N)) / N
    assert SGD.expression(mean) == r"\frac{1}{N} \sum_{i=1}^N g_i"
    assert SGD.expression(Sum(g(i) + 1, (i, 1, N)) ** 2) == r"(\sum_{i=1}^N (1 + g_i))^2"
    assert SGD.expression(x * Sum(g(i), (i, 1, N))) == r"x \sum_{i=1}^N g_i"
    assert SGD.expression(Limit(a ** (1 / n), n, oo)) == r"\lim_{n \to \infty} a^{1/n}"
    assert SGD.expression(f(x).diff(x, 2)) == r"f^{\prime\prime}(x)"
    assert SGD.expression(Matrix([[1, lr], [0, x]]).as_immutable()) == (
        r"\begin{pmatrix} 1 & \gamma \\ 0 & x \end{pmatrix}"
    )
    with pytest.raises(NotImplementedError, match="Derivative"):
        SGD.expression(f(2 * x).diff(x))


def test_notation_of_several_specs_is_the_first_ones():
    known = all_builtin()
    both = ProofPrinter([known["StepLR"], known["ExponentialLR"]])
    assert both.expression(Symbol("decay_steps", real=True) * Symbol("lr", real=True)) == r"\eta s"
    assert (
        printer(builtin_claims()["estimator-uncorrected"]).expression(Symbol("sigma2"))
        == r"\sigma^2"
    )


def test_a_long_sum_is_cut_before_its_operators():
    (m,) = states("m")
    terms = [lr**k * beta * grad(theta[t - 1]) * m[t - 1] for k in range(1, 12)]
    cut = rows(sum(terms, Integer(0)), SGD)
    assert len(cut) > 1
    assert all(row.startswith("+ ") for row in cut[1:])
    assert " ".join(cut) == SGD.expression(sum(terms, Integer(0)))


def test_a_long_product_is_cut_within_it():
    factors = [sum(symbols(f"{s}:9", real=True), Integer(1)) for s in "abcdef"]
    product = factors[0] * factors[1] * factors[2] / (factors[3] * factors[4])
    cut = rows(product, SGD)
    assert len(cut) > 1
    assert all(width(row) <= WIDEST for row in cut)
    joined = " ".join(cut)
    assert joined.count("(") == joined.count(")") == 6
    assert all(not row.rstrip().endswith(("+", "-")) for row in cut)


@pytest.mark.parametrize(
    ("wider", "narrower"),
    [
        (r"a + b + c", r"a b c"),
        (r"\frac{a b c}{d}", r"\frac{a}{b c}"),
        (r"a b c d", r"\frac{a b}{c d}"),
        (r"\sqrt{a b}", r"a b"),
        (r"\theta_{t-1}", r"\theta_t"),
        (r"\begin{cases} a b c & d \\ a & b \end{cases}", r"\begin{cases} a b & d \end{cases}"),
    ],
)
def test_width_grows_with_what_stands_side_by_side(wider, narrower):
    assert width(wider) > width(narrower)


def test_roots_that_recur_get_names():
    root = sqrt(a + b)
    e = root * x + 1 / root + sqrt(a + c)
    named, roots = named_roots(e)
    assert list(roots.values()) == [root]
    assert named.has(sqrt(a + c))
    assert not named.has(root)
    assert named.subs(roots) == e
