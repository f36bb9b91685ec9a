"""A tiny spec for every operation, through every backend, held against the oracle."""

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import backends
from steprule.codegen.loading.load import builtin_schedules
from steprule.codegen.program import operations as ops
from steprule.codegen.program.compile import compile_spec
from steprule.codegen.program.compiled import compiled
from steprule.codegen.program.nodes import Apply, assignments, walk
from steprule.codegen.program.schedule import compile_schedule
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    UNIT_CLOSED,
    Hyper,
    Optimizer,
    Option,
    Update,
    clip,
    flags,
    grad,
    hyperparameters,
    intermediates,
    lerp,
    mean,
    norm,
    one_minus_power,
    states,
    stored,
    t,
    theta,
)
from sympy import (
    Abs,
    And,
    Eq,
    Max,
    Min,
    Mod,
    Ne,
    Not,
    Or,
    Piecewise,
    Rational,
    Symbol,
    atan2,
    cos,
    erf,
    exp,
    floor,
    log,
    pi,
    sign,
    sin,
    sqrt,
    tanh,
)

lr, a, b, w, mu, eps = hyperparameters("lr a b w mu eps")
(flag,) = flags("flag")
m, n, q, product = states("m n q product")
u, x, y, ratio = intermediates("u x y ratio")
G = grad(theta[t - 1])
P = theta[t - 1]
HALF = Rational(1, 2)

LR = Hyper(lr, "0.5", NON_NEGATIVE, "rate")
HYPER = {
    a: Hyper(a, "0.3", REAL, "any number"),
    b: Hyper(b, "1.5", POSITIVE, "a positive number"),
    w: Hyper(w, "0.9", UNIT, "a weight"),
    mu: Hyper(mu, "0.75", UNIT_CLOSED, "a weight"),
    eps: Hyper(eps, "1e-3", POSITIVE, "a small number"),
}
FLAG = Option(flag, "a flag")

SHAPES = [(3,), (), (2, 2), (0,)]
FORMS = ("numpy", "loop", "foreach", "capturable")


def spec(name, *updates, states=(), **fields):
    """The optimizer of some equations; hyperparameters are those that occur in them."""
    used = {s for e in updates for s in e.value.atoms(Symbol)}
    used |= {s for state in states for s in getattr(state.init, "free_symbols", ())}
    used |= {s for state in states for s in state.when.free_symbols if state.when is not True}
    hyper = [h for symbol, h in ({lr: LR} | HYPER).items() if symbol in used]
    hyper += [FLAG] if flag in used else []
    return analyse(
        Optimizer(
            name, summary=name, source="here", hyper=hyper, states=states, updates=updates, **fields
        )
    )


def direction(name, value, **fields):
    """Steps along one expression of the gradient and the parameter."""
    return spec(name, Update(theta[t], P - lr * value), **fields)


ELEMENTWISE = {
    "add": G + P,
    "sub": G - P,
    "mul": G * P,
    "div": G / (1 + P**2),
    "neg": Max(-G, P),
    "square": G**2,
    "pow": (1 + Abs(G)) ** b,
    "sqrt": sqrt(Abs(G)),
    "exp": exp(-Abs(G)),
    "log": log(1 + Abs(G)),
    "tanh": tanh(G * P),
    "erf": erf(G) * P,
    "atan2": atan2(G, P),
    "stored": stored(G * P) + G,
    "abs": Abs(G),
    "sign": sign(G),
    "max": Max(G, P),
    "min": Min(G, P),
    "clip": clip(G, -HALF, a),
    "lerp": lerp(G, P, w),
    "one_minus_power": one_minus_power(exp(-Abs(G)), b),
    "select": Piecewise((G, G > P), (P / 2, True)),
    "eq": Piecewise((G, Eq(sign(G), 1)), (P, True)),
    "ne": Piecewise((G, Ne(sign(G), 1)), (P, True)),
    "lt": Piecewise((G, a > G), (P, True)),
    "le": Piecewise((G, G <= P), (a, True)),
    "gt": Piecewise((a, G > P), (b, True)),
    "ge": Piecewise((b, G >= P), (G, True)),
    "and": Piecewise((G, And(G > 0, P > 0)), (P, True)),
    "or": Piecewise((G, Or(G > 0, P > 0)), (P, True)),
    "not": Piecewise((G, Or(And(G > 0, Not(flag)), P < 0)), (P, True)),
    "norm": G / (eps + norm(P)),
    "mean": G - mean(P),
}
"""By the operation each is there for."""

VARIANTS = {
    "ScaledSum": a * G + b * P,
    "MaxOfScalar": Max(G, a),
    "MinOfScalar": Min(a, G),
    "ScalarOverTensor": a / (1 + G**2),
    "ScalarMinusTensor": b - G,
    "ScalarToTensor": b ** Abs(G),
    "LerpOfTensorWeight": lerp(G, P, Abs(sign(G)) / 4),
    "LerpOfScalars": lerp(a, b, w) * G,
    "LerpOfScalarStart": lerp(a, G, w),
    "Weights": w * G + (1 - w) * P,
    "CubeRoot": Abs(G) ** Rational(1, 3),
    "InverseRoot": G / sqrt(1 + P**2),
    "NormOfBoth": norm(P) / (eps + norm(G)) * G,
    "RootOfMean": G / sqrt(eps + mean(G**2)),
    "MaxOfNorm": G / Max(norm(G), eps),
    "ClipOfNorm": clip(norm(G), eps, a) * G,
    "ConditionOnNorm": Piecewise((norm(P) / (eps + norm(G)), norm(P) > 1), (1, True)) * G,
    "NumbersByNorm": Piecewise((a, norm(G) > 1), (b, True)) * G,
    "NumbersByElement": Piecewise((a, And(G > 0, flag)), (b, True)),
    "NumberOrNorm": Piecewise((a, flag), (norm(G), True)) * P,
    "AngleOfScalars": atan2(a, G) + atan2(G, -b) / 4,
    "CurvesOfNorm": tanh(norm(G)) + erf(norm(P)) * G + atan2(norm(G), a),
    "LogOfNorm": log(1 + norm(G)) * sign(mean(G)) * exp(-norm(G)) * G,
    "ByFlag": Piecewise((G, flag), (P, True)),
    "ByFlagInside": sqrt(Abs(Piecewise((G, flag), (P, True)))),
    "ByHyperparameter": Piecewise((G, a > b), (P, True)),
    "ByStep": Piecewise((G, t < 2), (P, True)),
    "EverySecondStep": Piecewise((G, Eq(Mod(t, 2), 0)), (P, True)),
    "EverySecondOrCosine": Piecewise(
        (G, And(Eq(Mod(t, 2), 0), Or(flag, cos(t) > 0))), (P, t > 2), (sqrt(Abs(G)), True)
    ),
    "EverySecondAndElement": Piecewise((G, And(Eq(Mod(t, 2), 0), G > 0)), (P, True)),
    "ByFirstStep": Piecewise((G, Eq(t, 1)), (P, Eq(w, 0)), (P / 2, True)),
}

HOST = {
    "HostRoot": sqrt(b + t),
    "HostExp": exp(-b / t),
    "HostLog": log(b + t),
    "HostMax": Max(a, b / t),
    "HostMin": Min(a, b / t),
    "HostAbs": Abs(a - t),
    "HostSign": sign(a - t),
    "HostClip": clip(t, a, b),
    "HostLerp": lerp(a, b, w) / (1 + lerp(t, b, w) ** 2),
    "HostPower": b ** (-t) + (t + 1) ** (-b),
    "HostSquare": (a - t) ** 2 * 2 ** ((a + 1) ** 2),
    "HostCorrection": 1 / (1 - w**t) + one_minus_power(mu, t + 1),
    "HostFirstCorrection": 1 - mu ** (t - 1),
    "HostCorrectionOfAny": 1 - b**t,
    "HostThird": (a + Rational(1, 3)) / 3,
    "HostCurves": tanh(t / b) + erf(a / t) + atan2(a - 1, t - 2),
    "HostCosine": cos(pi * t / b) + pi * w,
    "HostSine": sin(pi * t / b) + cos(pi / 2 - t / b) + atan2(t, 1),
    "HostFloor": floor(b * t) + floor(t / b) + floor(-exp(a) * t),
    "HostModulo": Mod(t, b) + Mod(-t, b) + Mod(t, 2) / 4,
    "HostPowerOfFloor": HALF ** floor(t / b),
    "HostEvery": Piecewise((a, Eq(Mod(t, 2), 0)), (b / Mod(t, 2), True)),
    "HostEveryOr": Piecewise((a, Or(Eq(Mod(t, 3), 2), floor(b * t) > 3)), (sqrt(t), True)),
    "HostCase": Piecewise((a, t > 2), (b, True)) + Piecewise((a, flag), (1 - a, True)),
}
"""Scalars of hyperparameters and the step, which scale the gradient."""

SPECS = {
    **{f"Zoo_{k}": direction(f"Zoo_{k}", e) for k, e in ELEMENTWISE.items()},
    **{k: direction(k, e) for k, e in VARIANTS.items()},
    **{k: spec(k, Update(theta[t], P - e * G)) for k, e in HOST.items()},
}


@pytest.fixture(scope="module")
def zoo(package):
    return package(list(SPECS.values()))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SPECS)
def test_values(name, form, zoo, assert_as_oracle):
    optimizer = SPECS[name]
    rng = np.random.default_rng(3)
    shapes = SHAPES
    if any(u.value.has(mean) for u in optimizer.updates):
        shapes = [s for s in shapes if 0 not in s]  # the mean of nothing is NaN

    def tensors():
        return [np.asarray(rng.uniform(0.1, 2.0, s) * rng.choice([-1.0, 1.0], s)) for s in shapes]

    thetas, gradients = tensors(), [tensors() for _ in range(3)]
    hyper = {h.name: float(h.default) for h in optimizer.hyperparameters}
    for on in (False, True) if optimizer.options else (False,):
        # A few roundings of numbers around 1, or of sums of a few: far less than 1e-12.
        assert_as_oracle(
            zoo, optimizer, form, thetas, gradients, hyper=hyper,
            options={o.name: on for o in optimizer.options}, rtol=1e-12, atol=1e-13,
        )  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("base", [0.0, 1.0])
def test_corrections_at_the_ends_of_the_weight(base, form, zoo, assert_as_oracle):
    optimizer = SPECS["HostFirstCorrection"]  # 1 - mu**(t - 1): 0**0 is 1
    thetas, gradients = [np.ones(2)], [[np.ones(2)]] * 3
    hyper = {"mu": base}
    assert_as_oracle(
        zoo, optimizer, form, thetas, gradients, hyper=hyper, options={}, rtol=1e-12
    )  # whole numbers


def test_the_zoo_holds_every_operation():
    found = {
        node.op.name
        for optimizer in SPECS.values()
        for program in [compile_spec(optimizer)]
        for assign in (*program.host, *assignments(program.body))
        for node in walk(assign.value)
        if isinstance(node, Apply)
    }
    # Made by the passes of a backend, or of ``branch``; see their own tests.
    late = {"axpy", "addcmul", "addcdiv", "copy", "expm1"}
    of_rules = {"matmul", "transpose", "fill"}  # in the zoo of rules
    of_rules |= {name for name in ops.TABLE if "_over_" in name or name in ("total", "amax")}
    of_rules |= {name for name in ops.TABLE if name.startswith("identity_of_")} | {"trace"}
    of_rules |= {op.name for op in ops.OVER_TENSORS.values()}  # of several tensors: on their own
    of_transforms = {"global_norm"}  # of no rule
    schedules = map(analyse, builtin_schedules().values())
    of_schedules = {
        node.op.name
        for program in (compile_schedule(s, s.results) for s in schedules)
        for assign in assignments(program.body)
        for node in walk(assign.value)
        if isinstance(node, Apply)
    }
    # See the tests of the schedules' printer, and of ``growth``.
    alone = {"infinity", "size", "product_between"}
    # And those of what takes matrices apart.
    alone |= {"eigenvalues", "eigenvectors", "qr", "diagonal", "descending"}
    alone |= {"leading_eigenvectors", "leading_1", "leading_basis", "lower", "solve"}
    assert found | late | of_rules | of_transforms | of_schedules | alone == set(ops.TABLE)


@pytest.mark.parametrize("name", SPECS)
def test_latex(name):
    files = backends()["latex"].files(compiled(SPECS[name]))
    assert any(r"\begin{" in text for text in files.values())
