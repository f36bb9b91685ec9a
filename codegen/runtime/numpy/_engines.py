"""How a step runs: through NumPy's functions (``_ufuncs``), or through a compiled kernel.

Both engines round after every operation, in the same order, so that they give the same numbers;
only exponentials, logarithms and powers of elements, and what is reduced, may differ in the last
bit. Neither result depends on the number of threads.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from types import ModuleType
from typing import Literal, TypeAlias, get_args

from ._clips import Clip
from ._known import Known
from ._threads import cores
from ._trees import Array

Engine: TypeAlias = Literal["auto", "numpy", "numba"]

COMPILED = 1 << 18
"""The fewest elements for which ``"auto"`` loads the compiled kernel: that takes a second,
which some 3000 steps of Adam make up for with so many elements, and fewer with more."""


def check(engine: str, kernel: str, no_kernel: str, name: str) -> None:
    """Refuse an engine that an optimizer cannot run on.

    Args:
        engine: its name.
        kernel: the module of the rule's kernel; empty where there is none.
        no_kernel: why there is none.
        name: of the rule.

    Raises:
        ImportError: Numba, or the kernels, are not installed.
        ValueError: there is no engine of this name, or the rule has no kernel.
    """
    if engine not in get_args(Engine):
        raise ValueError(f"engine must be one of {', '.join(get_args(Engine))}, got {engine!r}")
    if engine != "numba":
        return
    if not kernel:
        raise ValueError(
            f'{name} has no compiled kernel, because {no_kernel}; engine="auto" and "numpy" run it'
        )
    if _launcher() is None:
        raise ImportError(
            'engine="numba" needs Numba and the kernels for it: pip install "steprule[fast]"'
        )


def compiles(engine: Engine, kernel: str, size: int) -> bool:
    """Whether a checked engine runs the kernel, for so many elements."""
    if engine == "auto":
        return bool(kernel) and size >= COMPILED and _launcher() is not None
    return engine == "numba"


@cache
def _launcher() -> ModuleType | None:
    """What launches kernels, if it is installed; Numba takes long to import, so only when asked."""
    try:
        return importlib.import_module("..numba._launch", __package__)
    except ImportError:
        return None


def compiled(
    kernel: str,
    fingerprint: str,
    known: Known,
    grads: Sequence[Array],
    clips: Sequence[Clip | None],
    given: Mapping[str, float],
    rows: Sequence[int],
) -> tuple[list[Callable[[], None]], list[int]]:
    """What updates those rows that a kernel can take, a launch for each dtype; it is compiled.

    And the rows that are left.

    Raises:
        RuntimeError: the kernel is not of the spec that the class is of.
    """
    launcher = _launcher()
    assert launcher is not None, "checked before"
    launcher.require(kernel, fingerprint)
    clip = next((clip.transform.__name__ for clip in clips if clip), "")
    launches: list[Callable[[], None]] = []
    tables, others = known.tables(rows, by_lines=launcher.sees_lines(kernel))
    for dtype, table in tables.items():
        launch = launcher.prepare(
            kernel,
            dtype,
            table.columns,
            given,
            clip=clip,
            numbers=[own.scalar for own in map(clips.__getitem__, table.rows) if own],
            shapes=table.shapes,
            threads=cores(),
        )
        launches.append(partial(_launch, launch, grads))
    return launches, others


def _launch(launch: Callable[[], None], _grads: Sequence[Array]) -> None:
    """Launch what has the addresses of gradients that nobody else may hold: made of numbers."""
    launch()
