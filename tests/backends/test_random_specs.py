"""Random specs: the compiled program, its allocation and the generated code say what they say."""

from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from steprule.codegen.analysis.matrices import needs_matrices
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.oracle.exact import exact as exact_number
from steprule.codegen.oracle.exact import same
from steprule.codegen.program.allocate import Prefer, allocate
from steprule.codegen.program.compile import compile_spec
from steprule.codegen.program.linearise import linearise
from steprule.codegen.program.passes.contract import contract
from steprule.codegen.program.passes.expand import expand
from steprule.codegen.program.simulate import simulate
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    Shape,
    State,
    Update,
    amax,
    clip,
    cols,
    flags,
    grad,
    hyperparameters,
    intermediates,
    lerp,
    matmul,
    mean,
    norm,
    one_minus_power,
    rows,
    states,
    t,
    theta,
    total,
    transpose,
)
from steprule.specs.language.reductions import Reduction
from sympy import (
    ITE,
    Abs,
    And,
    Eq,
    Expr,
    Integer,
    Max,
    Min,
    Ne,
    Not,
    Piecewise,
    Rational,
    exp,
    log,
    sqrt,
)

from .. import sample

Q = fmpq

lr, b1, b2, c, wd = hyperparameters("lr b1 b2 c wd")
f, k = flags("f k")
p, q, r, s = states("p q r s")
TEMPORARIES = intermediates("x y z")
G = grad(theta[t - 1])

SCALARS = [lr, b1, b2, c, wd, Integer(2), Rational(1, 3), Rational(-1, 2), t, s[t - 1]]


class Draft:
    """A spec under way: what can be read so far, and when."""

    def __init__(self, draw: st.DrawFn, *, matrices: bool) -> None:
        self.draw = draw
        self.matrices = matrices
        self.scalars: list[Expr] = list(SCALARS)
        self.tensors: list[Expr] = [theta[t - 1], G, p[t - 1], q[t - 1]]
        self.with_f: list[Expr] = [r[t - 1]]
        """What exists where f is on."""

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def scalar(self, depth: int) -> Expr:
        if depth == 0 or self.one_of(True, False, False):
            return self.one_of(*self.scalars)
        a, b = self.scalar(depth - 1), self.scalar(depth - 1)
        return self.one_of(
            lambda: a + b,
            lambda: a - b,
            lambda: a * b,
            lambda: a / (c + Abs(b)),
            lambda: sqrt(Abs(a)),
            lambda: Max(a, b),
            lambda: Min(a, b),
            lambda: a**2,
            lambda: lerp(a, b, b1),
            lambda: clip(a, Integer(-1), c + 1),
            lambda: 1 - b1**t,
            lambda: one_minus_power(b2, t),
            lambda: log(1 + exp(-Abs(a))),
            lambda: Piecewise((a, self.condition()), (b, True)),
        )()

    def condition(self) -> Any:
        return self.one_of(
            f, k, Eq(t, 1), Ne(wd, 0), And(k, Ne(t, 1)), Not(f), b1 > c, self.scalar(0) > Q(1, 7)
        )

    def tensor(self, depth: int, *, f_on: bool = False) -> Expr:
        leaves = [*self.tensors, *(self.with_f if f_on else [])]
        if depth == 0 or self.one_of(True, False, False, False):
            return self.one_of(*leaves)
        a, b = (self.tensor(depth - 1, f_on=f_on) for _ in range(2))
        n = self.scalar(1)
        # SymPy folds choices within conditions away, or fails to: those are of plain values.
        u, v, k_ = self.one_of(*leaves), self.one_of(*leaves), self.one_of(*SCALARS)
        choices = [
            lambda: a + b,
            lambda: a - b,
            lambda: -a,
            lambda: n * a + b,
            lambda: a * b,
            lambda: a + n,
            lambda: a / (c + Abs(b)),
            lambda: n * a / (c + Abs(b)),
            lambda: a / (1 + Abs(n)),
            lambda: n / (1 + a**2),
            lambda: b1 * a + (1 - b1) * b,
            lambda: b2 * a + (1 - b2) * b**2,
            lambda: sqrt(Abs(a)),
            lambda: Abs(a) ** Rational(3, 2),
            lambda: b1 ** Abs(a),
            lambda: Max(a, b),
            lambda: Min(a, b),
            lambda: Max(a, n),
            lambda: lerp(a, b, b1),
            lambda: lerp(a, b, n),
            lambda: lerp(a, b, Abs(G)),
            lambda: clip(a, -c, Rational(1, 2)),
            lambda: exp(-Abs(a)),
            lambda: log(1 + Abs(a)),
            lambda: one_minus_power(exp(-1 - Abs(a)), t),
            lambda: wd * theta[t - 1] + a,
            lambda: a / (c + norm(b + G)),
            lambda: norm(a * G) * b / (c + norm(b - theta[t - 1])),
            lambda: a + mean(b * theta[t - 1]),
            lambda: Piecewise((a * norm(G), norm(u + G) > k_), (b, True)),
            lambda: Piecewise((n, mean(u * G) > 0), (norm(G), True)) * a,
            lambda: Piecewise((a, u > k_), (b, True)),
            lambda: Piecewise((n, And(u > 0, v < 1)), (lr, True)),
            lambda: Piecewise((a, self.condition()), (b, True)),
            lambda: Piecewise((n, self.condition()), (b, True)),
            lambda: Piecewise((self.tensor(depth - 1, f_on=True), f), (b, True)),
        ]
        if self.matrices:
            choices += [
                lambda: matmul(a + 3 * G, matmul(transpose(b - 7 * theta[t - 1]), G)),
                lambda: transpose(transpose(a) + 3 * transpose(G)),
                lambda: transpose(2 * transpose(self.one_of(*self.tensors[:4]))),
                lambda: matmul(matmul(a - 3 * G, transpose(b + 7 * G)), a + G),
                lambda: a * mean(b * G, over=cols) - amax(a + G, over=rows),
                lambda: b + norm(a + G, over=rows) * total(b + G, over=(rows, cols)),
            ]
        return self.one_of(*choices)()


@st.composite
def specs(draw: st.DrawFn) -> Optimizer:
    matrices = draw(st.sampled_from([False, False, True]))
    draft = Draft(draw, matrices=matrices)
    targets = draw(st.permutations([*TEMPORARIES, p, q, r, s]))
    updates: list[Update] = []
    for series in targets:
        if series is s:
            updates.append(Update(s[t], draft.scalar(2)))
            draft.scalars.append(s[t])
            continue
        if series is r:
            updates.append(Update(r[t], draft.tensor(2, f_on=True)))
            draft.with_f.append(r[t])
            continue
        value = draft.tensor(draw(st.integers(0, 2)))
        updates.append(Update(series[t], value))
        draft.tensors.append(series[t])
    updates.append(Update(theta[t], draft.tensor(3)))
    return Optimizer(
        "Drawn",
        summary="Drawn at random.",
        source="nowhere",
        hyper=[
            Hyper(lr, "0.5", NON_NEGATIVE, "a rate"),
            Hyper(b1, "0.9", UNIT, "a weight", argument="betas"),
            Hyper(b2, "0.75", UNIT, "a weight", argument="betas"),
            Hyper(c, "0.5", POSITIVE, "a constant"),
            Hyper(wd, "0", NON_NEGATIVE, "a decay", optional=True),
            Option(f, "a flag"),
            Option(k, "a flag"),
        ],
        states=[
            State(p, init=0, key="p"),
            State(q, init=b2, key="q"),
            State(r, init=Rational(1, 3), key="r", when=f),
            State(s, init=1, key="s", shape=Shape.SCALAR, domain=REAL),
        ],
        updates=updates,
    )


SETTINGS = settings(
    max_examples=20 if sample.is_whole else 10,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

CASES = st.tuples(st.sampled_from([0.0, 0.3]), st.booleans(), st.booleans(), st.integers(0, 10**6))


def draw_tensors(seed: int, shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1.5, 1.5, shape) for shape in shapes]


def settings_of(case: tuple[float, bool, bool, int]) -> tuple[dict[str, float], dict[str, bool]]:
    decay, on, other, _ = case
    hyper = {"lr": 0.5, "b1": 0.9, "b2": 0.75, "c": 0.5, "wd": decay}
    return hyper, {"f": on, "k": other}


def is_plain(spec: Optimizer) -> bool:
    """Whether SymPy made nothing of it that the analysis refuses."""
    wholes = {head for u in spec.updates for head in u.value.atoms(Reduction, matmul, transpose)}
    numbers = any(argument.is_number for head in wholes for argument in head.args)
    return not numbers and not any(u.value.has(ITE) for u in spec.updates)


def is_matrix_spec(spec: Optimizer) -> bool:
    return needs_matrices(spec)


@pytest.mark.slow
@SETTINGS
@given(spec=specs(), case=CASES)
def test_allocated_programs_compute_the_spec(spec, case):
    assume(is_plain(spec))
    hyper, options = settings_of(case)
    program = compile_spec(spec)
    rng = np.random.default_rng(case[3])

    def tensor() -> np.ndarray:
        return np.vectorize(lambda x: Q(int(x), 8), otypes=[object])(rng.integers(-12, 12, (2, 3)))

    for t_ in (1, 3):
        exact = {name: exact_number(value) for name, value in hyper.items()}
        stored: dict[str, Any] = {"p": tensor(), "q": tensor(), "s": Q(3, 4)}
        stored |= {"r": tensor()} if options["f"] else {}
        point, gradient = tensor(), tensor()
        expected = oracle.step(
            spec, t=t_, theta=point, gradient=gradient, states=stored, hyper=exact, options=options
        )
        values = exact | options | stored
        values |= {"theta": point, "grad": gradient, "t": Q(t_), "first": t_ == 1}
        for prepare in (expand, contract):
            lines = linearise(prepare(program))
            for prefer in Prefer:
                actual = simulate(allocate(lines, prefer=prefer), lines, values)
                assert actual.keys() == expected.keys()
                for name, value in expected.items():
                    assert_equal(actual[name], value, f"{name}, {prepare.__name__}, {prefer}")


def assert_equal(actual: Any, expected: Any, what: str) -> None:
    assert np.shape(actual) == np.shape(expected), what
    for a, b in zip(np.ravel(actual), np.ravel(expected), strict=True):
        assert same(a, b), f"{what}: {a} is not {b}"


@pytest.mark.slow
@SETTINGS
@given(spec=specs(), case=CASES)
def test_generated_code_computes_the_spec(spec, case, package, assert_as_oracle):
    assume(is_plain(spec))
    hyper, options = settings_of(case)
    shapes = [(2, 3), (3, 2), (3, 3)] if is_matrix_spec(spec) else [(3,), (), (2, 2)]
    thetas = draw_tensors(case[3], shapes)
    gradients = [draw_tensors(case[3] + i, shapes) for i in (1, 2)]
    generated = package([spec], formatted=False)
    for form in ("numpy", "loop", "foreach", "capturable"):
        # Values are around 1 and at most 1e3 on the way; double precision has 1e-16.
        assert_as_oracle(
            generated, spec, form, thetas, gradients, hyper=hyper, options=options,
            rtol=1e-9, atol=1e-9,
        )  # fmt: skip
