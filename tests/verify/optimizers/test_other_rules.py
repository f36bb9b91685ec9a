"""Rules of kinds that the built-in specs lack: verified, and not by a traceback."""

from pathlib import Path

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import load
from steprule.codegen.program.compiled import CompiledRule
from steprule.codegen.verify.optimizers import drawn
from steprule.codegen.verify.optimizers.implementations import implementations
from steprule.codegen.verify.optimizers.verify import trials, verify
from steprule.codegen.verify.package import generated

pytestmark = pytest.mark.slow

HEAD = """
from sympy import Eq, Max, Not, Piecewise, Rational, sqrt
from steprule.specs.language import (
    NON_NEGATIVE, POSITIVE, UNIT, Hyper, Input, Optimizer, Shape, Source, State, Update, cols, grad,
    hyperparameters, inputs, intermediates, matmul, mean, ndim, norm, rms, rows, states, t, theta,
    transpose,
)
G = grad(theta[t - 1])
"""

ADOPT = """
lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
m, v = states("m v")
first = Eq(t, 1)
rule = Optimizer(
    "Adopt",
    summary="Adam with the second moment of the step before.",
    source="Taniguchi et al., 2024, arXiv:2411.02853",
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate"),
        Hyper(beta1, "0.9", UNIT, "decay of m"),
        Hyper(beta2, "0.9999", UNIT, "decay of v"),
        Hyper(eps, "1e-6", NON_NEGATIVE, "floor of the root"),
    ],
    states=[State(m, init=0, key="m"), State(v, init=0, key="v", domain=NON_NEGATIVE)],
    updates=[
        Update(m[t], Piecewise(
            (0, first),
            (beta1 * m[t - 1] + (1 - beta1) * G / Max(sqrt(v[t - 1]), eps), True),
        )),
        Update(v[t], Piecewise((G**2, first), (beta2 * v[t - 1] + (1 - beta2) * G**2, True))),
        Update(theta[t], theta[t - 1] - lr * m[t]),
    ],
)
"""
"""With states that have a number for a case, on every element."""

MUON = """
lr, mu = hyperparameters("lr mu")
(m,) = states("m")
x, y = intermediates("x y")
rule = Optimizer(
    "LittleMuon",
    summary="Momentum, made nearly orthogonal by one step of Newton and Schulz.",
    source="Jordan et al., 2024, https://kellerjordan.github.io/posts/muon, with one step",
    hyper=[
        Hyper(lr, "0.02", NON_NEGATIVE, "learning rate"),
        Hyper(mu, "0.95", UNIT, "momentum"),
    ],
    states=[State(m, init=0, key="m")],
    updates=[
        Update(m[t], mu * m[t - 1] + G),
        Update(x[t], m[t] / (norm(m[t]) + Rational(1, 10**7))),
        Update(y[t], Rational(3, 2) * x[t]
               - Rational(1, 2) * matmul(matmul(x[t], transpose(x[t])), x[t])),
        Update(theta[t], theta[t - 1] - lr * y[t]),
    ],
)
"""
"""Of matrices."""


ADAFACTOR = """
lr, beta, eps = hyperparameters("lr beta eps")
r, c, v = states("r c v")
vhat, u = intermediates("vhat u")
factored = ndim >= 2
rule = Optimizer(
    "LittleAdafactor",
    summary="A second moment that a matrix keeps by rows and columns.",
    source="Shazeer & Stern, 2018, arXiv:1804.04235, Algorithm 4, with one rate",
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate"),
        Hyper(beta, "0.9", UNIT, "decay of the second moment"),
        Hyper(eps, "1e-15", POSITIVE, "least size of the root"),
    ],
    states=[
        State(r, init=0, key="row_var", shape=(rows,), when=factored, domain=NON_NEGATIVE),
        State(c, init=0, key="col_var", shape=(cols,), when=factored, domain=NON_NEGATIVE),
        State(v, init=0, key="variance", when=Not(factored), domain=NON_NEGATIVE),
    ],
    updates=[
        Update(r[t], beta * r[t - 1] + (1 - beta) * mean(G**2, over=cols)),
        Update(c[t], beta * c[t - 1] + (1 - beta) * mean(G**2, over=rows)),
        Update(v[t], beta * v[t - 1] + (1 - beta) * G**2),
        Update(vhat[t], Piecewise(
            (r[t] * c[t] / Max(mean(r[t], over=rows), eps), factored), (v[t], True)
        )),
        Update(u[t], G / Max(sqrt(vhat[t]), eps)),
        Update(theta[t], theta[t - 1] - lr * u[t] / Max(1, rms(u[t]))),
    ],
)
"""
"""Which keeps other states of a matrix than of a vector."""

NOVOGRAD = """
lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
m, v = states("m v")
size = norm(G)**2
rule = Optimizer(
    "NovoGrad",
    summary="Momentum of gradients that are normalised tensor by tensor.",
    source="Ginsburg et al., 2019, arXiv:1905.11286, Algorithm 1, without decay",
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate"),
        Hyper(beta1, "0.95", UNIT, "decay of m"),
        Hyper(beta2, "0.98", UNIT, "decay of v"),
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator"),
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=None, key="exp_avg_sq", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE),
    ],
    updates=[
        Update(v[t], Piecewise((size, Eq(t, 1)), (beta2 * v[t - 1] + (1 - beta2) * size, True))),
        Update(m[t], beta1 * m[t - 1] + G / (sqrt(v[t]) + eps)),
        Update(theta[t], theta[t - 1] - lr * m[t]),
    ],
)
"""
"""With a state that has one number for a tensor, which the first gradient gives."""


SGLD = """
(lr,) = hyperparameters("lr")
(xi,) = inputs("xi")
rule = Optimizer(
    "Langevin",
    summary="Descent along gradients with noise, to sample a posterior.",
    source="Welling & Teh, 2011, Bayesian learning via stochastic gradient Langevin dynamics, (4)",
    hyper=[Hyper(lr, "1e-3", NON_NEGATIVE, "step size")],
    states=[],
    inputs=[Input(xi, Source.NORMAL, "the noise")],
    updates=[Update(theta[t], theta[t - 1] - lr / 2 * G + sqrt(lr) * xi[t])],
)
"""
"""Which draws random numbers."""


@pytest.mark.parametrize(
    "text",
    [ADOPT, MUON, ADAFACTOR, NOVOGRAD, SGLD],
    ids=["adopt", "muon", "adafactor", "novograd", "sgld"],
)
def test_it_is_verified(text: str, tmp_path: Path) -> None:
    file = tmp_path / "my_rule.py"
    file.write_text(HEAD + text)
    spec = analyse(load(str(file))[0])
    rule = CompiledRule(spec)
    with generated(spec) as package:
        found = implementations(rule, package, "cpu", "float32")
        chosen = [i for i in found if i.backend in ("numpy", "torch loop", "torch foreach")]
        few = [each for each in trials(rule, "float32") if each[1].name in ("scalar", "jumps")]
        results = verify(rule, chosen, few)
        quantities = {"theta", "clipped", *(s.name for s in spec.states)}
        assert {(r.backend, r.quantity) for r in results} == {
            (i.backend, q) for i in chosen for q in quantities
        }
        assert [r.failure for r in results if r.failure] == []


def test_other_random_numbers_are_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "my_rule.py"
    file.write_text(HEAD + SGLD)
    spec = analyse(load(str(file))[0])
    rule = CompiledRule(spec)
    of_step = drawn.draws
    monkeypatch.setattr(drawn, "draws", lambda *of, **how: of_step(*of, **how | {"seed": 1}))
    with generated(spec) as package:
        (numpy, *_) = implementations(rule, package, "cpu", "float32", {"torch", "numba"})
        few = [each for each in trials(rule, "float32") if each[1].name == "scalar"]
        assert all(r.failure for r in verify(rule, [numpy], few))


def test_without_what_is_not_installed() -> None:
    spec = analyse(load("sgd")[0])
    with generated(spec) as package:
        for without, left in (
            ({"torch", "numba"}, ["numpy"]),
            ({"torch"}, ["numpy", "numpy numba"]),
            ({"numba"}, ["numpy", "torch loop", "torch foreach", "torch capturable"]),
        ):
            found = implementations(CompiledRule(spec), package, "cpu", "float32", without)
            assert [i.backend for i in found] == left
            assert all((i.peer is None) == ("torch" in without) for i in found)
