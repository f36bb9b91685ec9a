"""Work that is spread over Python's threads."""

import pytest
from steprule.numpy import _threads


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_every_piece_is_done_once(threads: int) -> None:
    done: list[int] = []
    _threads.spread(done.append, 1000, threads)
    assert sorted(done) == list(range(1000))


def test_what_a_piece_raises_is_raised_once_all_are_done() -> None:
    done: list[int] = []

    def work(piece: int) -> None:
        done.append(piece)
        if piece == 1:
            raise ValueError(f"piece {piece}")

    with pytest.raises(ValueError, match="piece 1"):
        _threads.spread(work, 5, 2)
    assert sorted(done) == [0, 1, 2, 3, 4]


def test_on_one_core_another_thread_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setattr(_threads, "cores", lambda: 1)
    _threads._pool.cache_clear()
    try:
        _threads.spread(done.append, 9, 2)
    finally:
        _threads._pool.cache_clear()
    assert sorted(done) == [*range(9)]
