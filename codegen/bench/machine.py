"""The machine a bench runs on: what it is, how many threads it uses, how much memory it has."""

import os
import platform
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from ..runtime._threads import cores

_PACKAGES = ("steprule", "numpy", "numba", "torch", "triton")


def memory(device: str) -> int:
    """The bytes a bench may fill.

    Of a device nine tenths of what is free, as it is there for this alone; of this machine a
    third of all, which is taken to be 8 GiB where the system does not say.
    """
    if device != "cpu":
        import torch

        return torch.cuda.mem_get_info(device)[0] // 10 * 9
    if not hasattr(os, "sysconf"):
        return (8 << 30) // 3
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 3


def name(device: str) -> str:
    """What the device, or this machine's processor, is called."""
    if device != "cpu":
        import torch

        return torch.cuda.get_device_name(device)
    return _processor()


def description(device: str) -> dict[str, str | int | None]:
    """What there is to run on, in words and numbers."""
    found: dict[str, str | int | None] = {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": cores(),
    }
    if device != "cpu":
        import torch

        found |= {"accelerator": name(device), "cuda": torch.version.cuda}
    return found


def versions() -> dict[str, str]:
    """Of Python and the packages whose speed this is, those that are installed."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def can_limit() -> bool:
    """Whether a process can be kept to some of its cores."""
    return hasattr(os, "sched_setaffinity")


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Keep to so many cores, by which the NumPy engines choose their threads, as torch is told.

    Args:
        count: at most :func:`cores`; equal to it where the system :func:`can_limit` nothing.
    """
    with ExitStack() as restoring:
        if can_limit():
            before = os.sched_getaffinity(0)
            restoring.callback(os.sched_setaffinity, 0, before)
            os.sched_setaffinity(0, sorted(before)[:count])
        if find_spec("torch"):
            import torch

            restoring.callback(torch.set_num_threads, torch.get_num_threads())
            torch.set_num_threads(count)
        yield


def _processor() -> str:
    """Its model, which only Linux' own list of processors tells apart."""
    listed = Path("/proc/cpuinfo")
    if listed.is_file():
        for line in listed.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
