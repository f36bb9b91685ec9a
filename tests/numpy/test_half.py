"""float16 is stored, not computed with: a step is that of float32, rounded once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from steprule.numpy import SGD, Adadelta, Adam, _ufuncs
from steprule.specs.language import stored

NORMS: list[tuple[str, dict[str, float], Any]] = [
    ("numpy", {"clipnorm": 1.0}, np.float16),
    ("numpy", {"global_clipnorm": 1.0}, ">f2"),
]
WAYS: list[tuple[str, dict[str, float], Any]] = [
    ("numpy", {}, np.float16),
    ("numba", {"clipvalue": 0.5}, np.float16),
    *NORMS,
]


def drawn(seed: int, dtype: Any) -> list[np.ndarray]:
    """Arrays of every layout and of sizes that go every way."""
    rng = np.random.default_rng(seed)
    shapes: list[tuple[int, ...]] = [(), (0, 3), (7,), (5,), (64, 65), (300, 300)]
    numbers = [rng.normal(size=shape) for shape in shapes]
    return [
        *(np.asarray(x, dtype) for x in numbers),
        np.asarray(rng.normal(size=(6, 8)), dtype)[::2, ::3],
        np.asfortranarray(rng.normal(size=(4, 3)).astype(dtype)),
    ]


@pytest.fixture
def threads(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_ufuncs, "cores", lambda: request.param)


@pytest.mark.parametrize(
    ("engine", "limit", "dtype", "threads"),
    [
        pytest.param(*way, threads, marks=[] if k + threads == 2 else [pytest.mark.exhaustive])
        for k, way in enumerate(WAYS)
        for threads in (1, 2)
    ],
    ids=str,
    indirect=["threads"],
)
@pytest.mark.usefixtures("threads")
def test_a_step_is_that_of_float32_rounded(
    case: Any, engine: str, limit: dict[str, float], dtype: Any
) -> None:
    if any(update.value.has(stored) for update in case.spec.updates):
        pytest.skip("what the rule itself rounds to depends on the dtype")
    if any(h.derived is not None for h in case.spec.hyperparameters):
        pytest.skip("what is left out depends on the dtype")
    starts = case.make()._existing(0.125, dict.fromkeys(case.cls._facts, 1)).values()
    if any(x != float(np.float16(x)) for x in starts if x != "theta"):
        pytest.skip("a state starts as a number that float16 does not have")
    if engine == "numba" and not case.cls._kernel:
        pytest.skip("the rule has no kernel")
    require_rounded(case.make, engine, limit, dtype)


@pytest.mark.parametrize(("engine", "limit", "dtype"), NORMS, ids=str)
@pytest.mark.parametrize("threads", [1, 2], indirect=True)
@pytest.mark.usefixtures("threads")
def test_so_is_one_with_a_limit_on_norms(engine: str, limit: dict[str, float], dtype: Any) -> None:
    require_rounded(Adam, engine, limit, dtype)


def require_rounded(
    make: Callable[..., Any], engine: str, limit: dict[str, float], dtype: Any
) -> None:
    lr = 0.125  # a state can start from it, in half precision
    halves = make(lr=lr, engine=engine, **limit)
    theta = drawn(0, dtype)
    for seed in range(1, 3):
        singles = make(lr=lr, engine="numpy", **limit)
        if seed > 1:
            wide = {
                k: np.asarray(x, np.float32) if x.dtype.kind == "f" and x.dtype.itemsize == 2 else x
                for k, x in halves.state_dict().items()
            }
            singles.load_state_dict(wide)
        gradients = drawn(seed, dtype)
        kept = [x.copy() for x in gradients]
        expected = [np.array(x, np.float32, order="K") for x in theta]
        singles.update(expected, [np.array(x, np.float32, order="K") for x in gradients])
        halves.update(theta, gradients)
        for x, y in zip(gradients, kept, strict=True):
            assert x.tobytes() == y.tobytes()
        ours, theirs = halves.state_dict(), singles.state_dict()
        for x, y in [*zip(theta, expected, strict=True), *((ours[k], theirs[k]) for k in ours)]:
            if y.dtype == np.float32:
                assert x.dtype == np.dtype(dtype)
            np.testing.assert_array_equal(x, y.astype(x.dtype))


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize(
    ("gradient", "step"), [(0.0, 0.0), (1e-4, 1e-3), (300.0, 1e-3), (-300.0, -1e-3)]
)
def test_adam_by_hand(gradient: float, step: float, engine: Any) -> None:
    """The first step is lr along the gradient's sign, however large that is."""
    theta = np.zeros(3, np.float16)
    Adam(lr=1e-3, engine=engine).update(theta, np.full(3, gradient, np.float16))
    # eps is 1e-4 of the smallest gradient; a half has 11 bits.
    np.testing.assert_allclose(theta, -step, rtol=2.0**-10)


def test_adadelta_moves() -> None:
    """By g*sqrt(eps)/sqrt(0.1*g*g + eps), nearly sqrt(10*eps), of an eps that is no half."""
    theta = np.zeros(3, np.float16)
    Adadelta(lr=1.0, eps=1e-6).update(theta, np.full(3, 2.0, np.float16))
    np.testing.assert_allclose(theta, -3.1623e-3, rtol=2.0**-10)  # rounded to a half


@pytest.mark.parametrize("name", ["clipnorm", "global_clipnorm"])
def test_scales_are_not_halves(name: str) -> None:
    """Of norm 4e4 * 2 to 1e-3: the scale, 1.25e-8, would be 0 as a half."""
    theta = np.zeros(4, np.float16)
    limit: dict[str, Any] = {name: 1e-3}
    SGD(lr=1.0, **limit).update(theta, np.full(4, 4e4, np.float16))
    np.testing.assert_allclose(theta, -5e-4, rtol=2.0**-10)


def test_a_rule_of_whole_tensors(spec_file: Any, tmp_path: Any, python: Any) -> None:
    """lr*b/(1 + |b|): of 300 and 400, whose squares are no halves, 300/501 and 400/501."""
    rule = spec_file(
        **{"lr * b[t]": "lr * b[t] / (1 + norm(b[t]))", "UNIT, Hyper": "UNIT, norm, Hyper"}
    )
    code = f"""
import sys
from steprule.codegen.__main__ import main
sys.argv[1:] = ["generate", {str(rule)!r}, "--out", "rules"]
try:
    main()
except SystemExit as done:
    assert not done.code
sys.path.insert(0, ".")
import numpy as np, torch
from rules.numpy import HeavyBall
for limit in ({{}}, {{"clipnorm": 5.0}}):
    theta, grad = np.zeros(2, np.float16), np.array([300, 400], np.float16)
    HeavyBall(lr=1.0, mu=0.0, **limit).update(theta, grad)
    print(*theta, grad[0])
for dtype, size in ((np.float64, 1e200), (np.float64, 1e-200), (np.float32, 1e30)):
    theta = np.zeros(2, dtype)
    HeavyBall(lr=1.0, mu=0.0).update(theta, np.array([3 * size, 4 * size], dtype))
    p = torch.zeros(2, dtype=getattr(torch, theta.dtype.name), requires_grad=True)
    p.grad = torch.tensor([3 * size, 4 * size], dtype=p.dtype)
    from rules.torch import HeavyBall as Other
    Other([p], lr=1.0, mu=0.0).step()
    print(*theta, *p.tolist())
"""
    done = python(code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [[float(x) for x in line.split()] for line in done.stdout.splitlines()[-5:]]
    assert rows[0] == [np.float16(-300 / 501), np.float16(-400 / 501), 300.0]
    assert rows[1] == [-0.5, np.float16(-4 / 6), 300.0]
    # A few roundings of float32.
    np.testing.assert_allclose(rows[2], [-0.6, -0.8] * 2, rtol=1e-12)
    np.testing.assert_allclose(rows[3], [-3e-200, -4e-200] * 2, rtol=1e-12)
    np.testing.assert_allclose(rows[4], [-0.6, -0.8] * 2, rtol=1e-6)
