"""The machine, and keeping to a part of it."""

import torch
from steprule.codegen.bench.machine import memory, threads, versions
from steprule.codegen.runtime._threads import cores


def test_threads_are_limited_and_given_back():
    before = cores(), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with threads(1):
            assert (cores(), torch.get_num_threads()) == (1, 1)
        assert (cores(), torch.get_num_threads()) == (before[0], 2)
    finally:
        torch.set_num_threads(before[1])


def test_what_is_known():
    assert memory("cpu") > 1 << 28
    assert versions()["torch"] == torch.__version__
