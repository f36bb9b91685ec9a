"""Work that threads share in compiled code: all of it is done once, and what fails is told."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from steprule.numba import _kernel, _team, _workers
from steprule.torch import _openmp

COUNT = 100_003


def mark(begin: int, end: int, done: Any, sizes: Any) -> None:
    sizes[begin] = end - begin
    for index in range(begin, end):
        done[index] += 1


def find_no_room(begin: int, end: int, done: Any, sizes: Any) -> None:
    if begin > 0:
        raise MemoryError
    mark_(begin, end, done, sizes)


mark_ = _kernel.compiled(mark)
KINDS = (_team.COUNTS, _team.COUNTS)


def shared(kernel: Any, least: int, threads: int, team: int) -> tuple[Any, Any]:
    done, sizes = np.zeros(COUNT, np.int64), np.zeros(COUNT, np.int64)
    _team.share(_team.entry(kernel, KINDS), (done, sizes), COUNT, least, threads, team)
    return done, sizes


@pytest.fixture(params=["OpenMP's threads", "own threads", "Python's threads"])
def team(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The address of what has threads called; 0 for the others, which are then all there is."""
    if request.param == "OpenMP's threads":
        address = _openmp.team()
        if not address:
            pytest.skip("torch has brought no OpenMP")
        return address
    if request.param == "Python's threads":
        monkeypatch.setattr(_team, "workers", lambda: None)
    elif not _workers.workers():
        pytest.skip("this system has no semaphores for threads")
    return 0


@pytest.mark.parametrize("least", [1, 1000, 1 << 15])
@pytest.mark.parametrize("threads", [2, 7])
def test_every_piece_is_done_once(least: int, threads: int, team: int) -> None:
    done, sizes = shared(mark_, least, threads, team)
    assert (done == 1).all()
    begun = sizes.nonzero()[0]
    assert (begun % least == 0).all()
    pieces = sizes[begun]
    assert pieces.max() <= max(COUNT // (2 * min(threads, COUNT // least)), least)
    assert (np.diff(pieces) <= 0).all()  # the last ones are small
    assert pieces[-1] <= least


def test_one_thread_does_all_at_once(team: int) -> None:
    _, sizes = shared(mark_, 10, 1, team)
    assert sizes[0] == COUNT


def test_too_little_for_two_threads(team: int) -> None:
    _, sizes = shared(mark_, COUNT // 2 + 1, 8, team)
    assert sizes[0] == COUNT


@pytest.mark.parametrize("threads", [2, 4])
def test_want_of_memory_is_told(threads: int, team: int) -> None:
    with pytest.raises(MemoryError, match="no memory left for what a kernel computes with"):
        shared(_kernel.compiled(find_no_room), 1000, threads, team)


def test_who_finds_workers_busy_works_alone() -> None:
    if not (workers := _workers.workers()):
        pytest.skip("this system has no semaphores for threads")
    called: list[int] = []

    def within(team: int, call: NDArray[np.int64], count: int) -> None:
        called.append(count)
        if len(called) == 1:
            done, _ = shared(mark_, 1000, 2, 0)  # these are not waited for, which would be for ever
            assert (done == 1).all()
            workers.work(within, 1, ())

    workers.work(within, 1, ())
    workers.work(within, 1, ())
    assert called == [min(1, workers.count), 0, min(1, workers.count)]


def test_a_child_process_steps_on() -> None:
    """It has none of its parent's threads, and would wait for them for ever."""
    code = """
import os, numpy as np
from steprule.numpy import SGD
theta, grad = np.ones(1 << 18), np.ones(1 << 18)
optimizer = SGD(lr=0.25, engine="numba")
optimizer.update(theta, grad)
child = os.fork()
optimizer.update(theta, grad)
if not child:
    os._exit(0 if (theta == 0.5).all() else 1)
print(os.waitpid(child, 0)[1], (theta == 0.5).all())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=100)
    assert done.stdout == b"0 True\n", done.stderr


def test_arguments_of_other_types_are_refused() -> None:
    """A kernel that is called by its address would take them for what they are not."""
    entry = _team.entry(mark_, KINDS)
    done = np.zeros(COUNT)
    with pytest.raises(TypeError, match="No matching definition"):
        _team.share(entry, (done, done), COUNT, 1000, 2, 0)
    with pytest.raises(TypeError, match="No matching definition"):
        _team.share(entry, (np.zeros(2 * COUNT, np.int64)[::2],) * 2, COUNT, 1000, 2, 0)
    assert (done == 0).all()
