"""The processes that run generated code, beside those that know what must come of it.

The two need different things that take a second or two to import: torch, or SymPy and the
generator. So whoever judges has a process at its side that runs, and goes on with the next exact
results while that is busy. Those that run are forks of one that has imported torch already, from
``begin`` on; where there is no fork, they import it.
"""

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing.connection import Connection
from typing import Any

from .optimizers.running import Answer, Request, answer
from .plain import on_one_thread

_HAS_FORK_SERVER = "forkserver" in multiprocessing.get_all_start_methods()
_CONTEXT: Any = multiprocessing.get_context("forkserver" if _HAS_FORK_SERVER else "spawn")


def begin() -> None:
    """Begin to import what generated code runs on, in a process beside this one."""
    if _HAS_FORK_SERVER:
        from multiprocessing import forkserver

        _CONTEXT.set_forkserver_preload([f"{__package__}.preloaded"])
        with _away_from_here():
            forkserver.ensure_running()


@contextmanager
def _away_from_here() -> Iterator[None]:
    """Within, Python starts without the folder that it is called in among those it imports from.

    There what is generated may lie, in packages called torch and numba.
    """
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE]
        else:
            os.environ[_SAFE] = before


_SAFE = "PYTHONSAFEPATH"


class Link:
    """What leads from a process that judges to one that runs, and back."""

    def __init__(self) -> None:
        self.requests = _CONTEXT.Queue()
        self.answers, self.sender = _CONTEXT.Pipe(duplex=False)

    def run_all(self, requests: Iterable[Request]) -> Iterator[Answer]:
        """Have requests answered; they are asked for as fast as they come.

        Raises:
            ChildProcessError: generated code has ended the process that ran it.
        """
        waiting = 0
        for request in requests:
            self.requests.put(request)
            waiting += 1
            while waiting and self.answers.poll():
                yield self._received()
                waiting -= 1
        for _ in range(waiting):
            yield self._received()

    def _received(self) -> Answer:
        try:
            return self.answers.recv()
        except EOFError as error:
            raise ChildProcessError(
                "generated code has ended the process that ran it, where it should have raised an "
                "error at most"
            ) from error


@contextmanager
def running(links: Sequence[Link]) -> Iterator[None]:
    """Processes at the other ends of links; the other processes have their ends already."""
    begin()
    processes = [
        _CONTEXT.Process(target=_serve, args=(link.requests, link.sender), daemon=True)
        for link in links
    ]
    for process in processes:
        process.start()
    for link in links:
        link.sender.close()
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _serve(requests: Any, answers: Connection) -> None:
    if find_spec("torch"):
        on_one_thread()
    while True:
        answers.send(answer(requests.get()))
