"""What is kept between processes: found by all of them, noticed where it is not whole."""

import multiprocessing
import os
import pickle
import re
import shutil
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import steprule
from steprule.codegen.compiling import entries, making

MARK = "0123456789abcdef"
FILES = {"numpy/a.py": b"a = 1\n", "torch/a.py": b"a = 2\n" * 20_000}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that XDG_CACHE_HOME would name for this to be where all is kept."""
    folder = tmp_path / "cache" / "steprule" / "generated"
    monkeypatch.setattr("steprule.codegen.files.cache.folder", lambda: folder)
    monkeypatch.setattr(entries, "_SEEN", set[str]())
    for name in [name for name in sys.modules if re.search("_[0-9a-f]{16}$", name)]:
        del sys.modules[name]
    yield tmp_path / "cache"
    entries._of_this_process.cache_clear()
    entries._warn.cache_clear()


def forgotten(cls: type) -> Path:
    """The file of a class, of which this process then knows nothing."""
    file = sys.modules.pop(cls.__module__).__file__
    entries._SEEN.clear()
    assert file
    return Path(file)


class TestAnotherProcess:
    @pytest.mark.skipif(sys.platform != "linux", reason="the cache folder lies elsewhere")
    def test_has_the_class_without_what_makes_it(
        self, cache: Path, tmp_path: Path, python: Any
    ) -> None:
        """By its text, and by what was pickled."""
        cls = steprule.compile("l2(sgd)", "numpy")
        optimizer, x = cls(lr=0.25), np.ones(3)
        optimizer.update(x, np.ones(3))
        (tmp_path / "kept").write_bytes(pickle.dumps((optimizer, x)))
        optimizer.update(x, np.ones(3))
        done = python(
            """
            import pickle, sys
            import numpy as np, steprule
            with open("kept", "rb") as kept:
                optimizer, x = pickle.load(kept)
            optimizer.update(x, np.ones(3))
            assert steprule.compile("l2(sgd)", "numpy") is type(optimizer)
            print(x.tolist())
            """,
            cwd=tmp_path, without=("sympy", "jinja2", "ruff", "torch"),
            XDG_CACHE_HOME=str(cache),
        )  # fmt: skip
        assert done.stdout == f"{x.tolist()}\n", done.stderr

    def test_publishes_the_same_at_the_same_time(self, cache: Path) -> None:
        """Whoever looks meanwhile finds a whole entry, or none."""
        marks = [f"{k:016x}" for k in range(40)]
        for mark in marks[::2]:  # the first to come finds one that is torn
            (entries.publish(mark, FILES) / "numpy" / "a.py").unlink()
        context = multiprocessing.get_context("fork")
        work = [context.Process(target=_publish, args=(marks,)) for _ in range(3)]
        for each in work:
            each.start()
        while any(each.is_alive() for each in work):
            for mark in marks:
                if entry := entries.find(mark, again=True):
                    assert {p: (entry / p).read_bytes() for p in FILES} == FILES
        assert [each.exitcode for each in work] == [0, 0, 0]
        assert sorted(f.name for f in entries.folder().iterdir()) == marks


def _publish(marks: list[str]) -> None:
    warnings.simplefilter("error")
    for mark in marks:
        entries.publish(mark, FILES)


class TestNotWhole:
    @pytest.mark.parametrize(
        "harm",
        [
            lambda entry: (entry / "numpy" / "a.py").write_text("a = 3\n"),
            lambda entry: (entry / "torch" / "a.py").write_bytes(FILES["torch/a.py"][:100]),
            lambda entry: (entry / "numpy" / "a.py").unlink(),
            lambda entry: (entry / "seal.json").write_text("{}"),
            lambda entry: (entry / "seal.json").write_bytes(b"\xff\n{}"),
            lambda entry: (entry / "seal.json").unlink(),
            lambda entry: (shutil.rmtree(entry), entry.write_text("no folder")),
        ],
        ids=["edited", "torn", "gone", "not sealed", "no text", "no seal", "a file"],
    )
    def test_is_none(self, cache: Path, harm: Callable[[Path], Any]) -> None:
        entry = entries.publish(MARK, FILES)
        assert entries.find(MARK, again=True) == entry
        harm(entry)
        assert entries.find(MARK, again=True) is None
        assert entries.publish(MARK, FILES) == entry
        assert {p: (entry / p).read_bytes() for p in FILES} == FILES

    def test_is_looked_at_again_where_that_is_asked(self, cache: Path) -> None:
        """What this process has kept itself it may have imported: that stays as it is."""
        entry = entries.publish(MARK, FILES)
        (entry / "numpy" / "a.py").write_text("a = 3\n")
        assert entries.find(MARK) == entry
        assert entries.find(MARK, again=True) is None

    def test_is_made_anew(self, cache: Path, spec_file: Callable[..., Path]) -> None:
        rule = spec_file()
        cls = steprule.compile(rule, "numpy")
        file, name = forgotten(cls), cls.__module__
        text = file.read_text()
        file.write_text(text.replace("mu", "lr"))
        with pytest.raises(ModuleNotFoundError, match=r"compile the rule again, and load a state_"):
            import_module(name)
        again = steprule.compile(rule, "numpy")
        assert again is not cls
        assert again.__module__ == name
        assert file.read_text() == text

    def test_is_mended_beneath_a_class_in_use(self, cache: Path, spec_file: Any) -> None:
        rule = spec_file()
        cls = steprule.compile(rule, "numpy")
        file = Path(sys.modules[cls.__module__].__file__ or "")
        text = file.read_text()
        file.write_text("")
        assert steprule.compile(rule, "numpy") is cls
        assert file.read_text() == text

    def test_is_of_another_generator(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        entries.publish(MARK, FILES)
        assert entries.find(MARK, again=True)
        monkeypatch.setattr(entries, "sources_of_texts", lambda: "another")
        assert entries.find(MARK, again=True) is None


class TestNowhereToKeepIt:
    def test_it_works_and_says_so_once(self, cache: Path, spec_file: Any) -> None:
        cache.mkdir()
        (cache / "steprule").write_text("a file where there should be a folder")
        rule = spec_file()
        with pytest.warns(RuntimeWarning, match="cannot be kept in .*no other one can unpickle"):
            cls = steprule.compile(rule, "numpy")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert steprule.compile(rule, "numpy") is cls
            other = steprule.compile(spec_file(**{'"0.5", UNIT': '"0.25", UNIT'}), "numpy")
        x = np.ones(1)
        cls(lr=0.5).update(x, np.ones(1))
        assert x.tolist() == [0.5]
        assert other is not cls
        assert pickle.loads(pickle.dumps(cls)) is cls

    def test_nor_for_this_process(
        self, cache: Path, spec_file: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(entries, "_published", full)
        monkeypatch.setattr(making, "_files", lambda spec, mark: FILES)
        with pytest.warns(RuntimeWarning), pytest.raises(OSError, match="No space left"):
            steprule.compile(spec_file(), "numpy")


def test_what_nobody_has_asked_for_is_removed(cache: Path) -> None:
    entries.publish(MARK, FILES)
    other, used = MARK[::-1], "0" * 16
    for each in (other, used):
        entries.publish(each, FILES)
    past = time.time() - 31 * 24 * 3600
    for each in (MARK, used):
        os.utime(entries.folder() / each, (past, past))
    assert entries.find(used)
    entries.publish("1" * 16, FILES)
    assert {each.name for each in entries.folder().iterdir()} == {other, used, "1" * 16}
