"""engine="numba": the plain engine's numbers, from compiled kernels."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from weakref import ref

import numpy as np
import pytest
import steprule.numpy
from steprule.numba import _launch
from steprule.numpy import Adam, RMSprop, _blocks, _engines, _ufuncs

CLIPS = [{}, {"clipvalue": 0.5}, {"clipnorm": 1.0}, {"global_clipnorm": 1.0}]


def trees(dtype: type, seed: int = 0) -> list[np.ndarray]:
    """Arrays of every layout: even, odd, transposed, 0-d, empty, strided, unaligned."""
    rng = np.random.default_rng(seed)
    unaligned = np.zeros(8 * 9 + 1, np.uint8)[1:].view(dtype)
    unaligned[:] = rng.standard_normal(unaligned.size)
    shapes = [(64,), (7, 13), (70_001,), (), (0, 3)]
    return [
        *(np.asarray(rng.standard_normal(shape), dtype) for shape in shapes),
        np.asfortranarray(rng.standard_normal((5, 3)).astype(dtype)),
        rng.standard_normal((9, 8)).astype(dtype)[::2, ::3],
        unaligned,
    ]


def run(cls: Any, params: list[np.ndarray], steps: int = 3, **arguments: Any) -> list[np.ndarray]:
    """Parameters and states after some steps; read-only gradients."""
    optimizer = cls(**arguments)
    for step in range(steps):
        grads = [np.array(p - step) for p in trees(params[0].dtype.type, seed=step + 1)]
        for grad in grads:
            grad.flags.writeable = False
        optimizer.update(params, grads)
    return [*params, *optimizer.state_dict().values()]


def assert_same_bits(ours: list[np.ndarray], theirs: list[np.ndarray]) -> None:
    for x, y in zip(ours, theirs, strict=True):
        assert x.dtype == y.dtype
        assert x.tobytes() == y.tobytes()


@pytest.mark.parametrize(
    "dtype", [np.float32, pytest.param(np.float64, marks=pytest.mark.exhaustive)]
)
def test_every_rule_gives_the_bits_of_the_plain_engine(case: Any, dtype: type) -> None:
    """Both round after every operation, in one order: no tolerance is needed."""
    name, options = case
    cls = getattr(steprule.numpy, name)
    compiled = run(cls, trees(dtype), engine="numba", **options)
    plain = run(cls, trees(dtype), engine="numpy", **options)
    assert_same_bits(compiled, plain)
    assert not np.array_equal(compiled[0], trees(dtype)[0])


@pytest.mark.parametrize("clip", CLIPS[1:], ids=lambda clip: next(iter(clip)))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clipping(clip: dict[str, float], dtype: type) -> None:
    compiled = run(Adam, trees(dtype), engine="numba", **clip)
    assert_same_bits(compiled, run(Adam, trees(dtype), engine="numpy", **clip))
    assert not np.array_equal(compiled[0], run(Adam, trees(dtype), engine="numba")[0])


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_do_not_show(engine: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = run(RMSprop, trees(np.float32), engine=engine)
    for module in (_engines, _ufuncs):
        monkeypatch.setattr(module, "cores", lambda: threads)
    monkeypatch.setattr(_ufuncs, "SHARED", 1)
    monkeypatch.setattr(_ufuncs, "SHARED_BLOCK", 1009)
    monkeypatch.setattr(_blocks, "BLOCK", 1009)
    monkeypatch.setattr(_launch, "PIECE", 1013)  # cuts tensors at odd places
    assert_same_bits(run(RMSprop, trees(np.float32), engine=engine), alone)


def test_the_kernel_runs_and_the_plain_rule_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the tests above would compare the plain engine with itself."""

    def none_left(rule: Any, known: Any, grads: Any, clips: Any, rows: list[int], *_: Any) -> Any:
        assert rows == []
        return lambda: None

    monkeypatch.setattr(_ufuncs, "blockwise", none_left)
    theta = np.ones(3)
    Adam(lr=0.5, engine="numba").update([theta], [np.ones(3)])
    np.testing.assert_allclose(theta, 0.5, rtol=1e-7)  # eps = 1e-8 is all that keeps it from 1/2


def test_half_precision_goes_the_plain_way() -> None:
    theta, other = np.ones(3, np.float16), np.ones(3, np.float16)
    Adam(engine="numba").update(theta, np.full_like(theta, 2))
    Adam(engine="numpy").update(other, np.full_like(theta, 2))
    assert_same_bits([theta], [other])


@pytest.mark.parametrize("stored", [np.nan, np.inf, -np.inf, 1e-45, -0.0])
def test_special_values(stored: float) -> None:
    for gradient in (0.0, -1.0, np.nan, np.inf):
        found = []
        for engine in ("numpy", "numba"):
            theta = np.full(9, stored, np.float32)
            optimizer = Adam(engine=engine, amsgrad=True, clipvalue=0.5)
            with np.errstate(all="ignore"):
                optimizer.update(theta, np.full_like(theta, gradient))
                optimizer.update(theta, np.full_like(theta, 1.0))
            found.append([theta, *optimizer.state_dict().values()])
        for x, y in zip(*found, strict=True):
            np.testing.assert_array_equal(x, y)


def test_nothing_changes_when_compiling_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("no compiler")

    optimizer = Adam(engine="numba")
    theta, wide = np.ones(3, np.float32), np.ones(3)
    optimizer.update([theta, wide], [theta * 2, wide * 2])
    before = optimizer.state_dict() | {"theta": theta.copy(), "wide": wide.copy()}
    monkeypatch.setattr(_launch, "_compiled", fail)
    with pytest.raises(RuntimeError, match="no compiler"):
        optimizer.update([theta, wide], [theta * 2, wide * 2])
    assert_same_bits([*optimizer.state_dict().values(), theta, wide], list(before.values()))


def test_auto_compiles_where_there_is_work_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    prepare = _launch.prepare

    def prepared(rule: str, *args: Any, **how: Any) -> Callable[[], None]:
        ran.append(rule)
        return prepare(rule, *args, **how)

    monkeypatch.setattr(_launch, "prepare", prepared)
    for size, expected in ((_engines.COMPILED - 1, []), (_engines.COMPILED, ["adam"])):
        theta = np.ones(size, np.float32)
        Adam().update(theta, theta * 2)
        assert ran == expected


def test_an_engine_there_is_not() -> None:
    with pytest.raises(ValueError, match="engine must be one of auto, numpy, numba, got 'cuda'"):
        Adam(engine="cuda")  # pyright: ignore[reportArgumentType]


def test_without_numba(python: Any, tmp_path: Any) -> None:
    code = """
import numpy as np
from steprule.numpy import Adam
theta = np.ones(1 << 19, np.float32)
Adam().update(theta, theta * 2)
print(theta[0] < 1)
try:
    Adam(engine="numba")
except ImportError as error:
    print(error)
"""
    done = python(code, cwd=tmp_path, without=("numba",))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "True"
    assert 'pip install "steprule[fast]"' in done.stdout


def test_numba_is_imported_when_it_is_asked_for(python: Any, tmp_path: Any) -> None:
    code = """
import sys
import numpy as np
from steprule.numpy import Adam
Adam().update(np.ones(3), np.ones(3))
print("numba" in sys.modules)
Adam(engine="numba")
print("numba" in sys.modules)
"""
    assert python(code, cwd=tmp_path).stdout.split() == ["False", "True"]


def test_a_rule_of_matrices_has_no_kernel(spec_file: Any, tmp_path: Any, python: Any) -> None:
    """It runs as it always did, and says why where a kernel is asked for."""
    rule = spec_file(
        **{
            "lr * b[t]": "lr * transpose(transpose(b[t]))",
            "UNIT, Hyper": "UNIT, transpose, Hyper",
        }
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
theta = np.zeros((1, 2))
HeavyBall().update(theta, np.array([[3.0, 4.0]]))
print(theta)
try:
    HeavyBall(engine="numba")
except ValueError as error:
    print(error)
from rules.torch import HeavyBall
try:
    HeavyBall([torch.ones(1, 2, requires_grad=True)], fused=True)
except RuntimeError as error:
    print(error)
"""
    done = python(code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "[[-1.5 -2. ]]" in done.stdout
    assert "HeavyBall has no compiled kernel, because it multiplies matrices" in done.stdout
    assert "HeavyBall has no fused implementation, because it multiplies" in done.stdout
    assert not (tmp_path / "rules/numba/heavyball.py").exists()


def test_gradients_that_nobody_else_holds_are_there_until_they_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Numbers(Mapping[str, Any]):
        """Makes an array whenever it is asked for one."""

        def __getitem__(self, name: str) -> Any:
            made = np.ones(3)
            references.append(ref(made))
            return made

        def __iter__(self) -> Iterator[str]:
            return iter("a")

        def __len__(self) -> int:
            return 1

    def prepare(rule: str, dtype: str, table: Any, *given: Any, **how: Any) -> Callable[[], None]:
        launch = own(rule, dtype, table, *given, **how)

        def launched() -> None:
            there = [x.ctypes.data for each in references if (x := each()) is not None]
            found.append(table[3, 0] in there)
            launch()

        return launched

    references: list[ref[Any]] = []
    found: list[bool] = []
    own = _launch.prepare
    monkeypatch.setattr(_launch, "prepare", prepare)
    theta = {"a": np.ones(3)}
    optimizer = steprule.numpy.SGD(lr=0.25, engine="numba")
    for _ in range(2):
        optimizer.update(theta, Numbers())
    assert found == [True, True]
    assert theta["a"].tolist() == [0.5] * 3
