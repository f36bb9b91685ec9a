"""Many specs built: as each is alone, each once, and anew only where something changed."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import Entry, backends
from steprule.codegen.files import together
from steprule.codegen.files.build import Built, build, render_shared
from steprule.codegen.files.cache import Memory
from steprule.codegen.files.declared import declared
from steprule.codegen.files.formatting import formatted
from steprule.codegen.files.sources import Sources
from steprule.codegen.files.together import build_all, plan_all, shared
from steprule.codegen.loading.load import all_builtin, load
from steprule.specs.language import Hyper, Optimizer, SpecError, State, Update, states, t, theta
from sympy import Integer, Symbol

SOME = {name: backend for name, backend in backends().items() if name in ("numpy", "latex")}


@pytest.fixture
def balls(spec_file: Callable[..., Path]) -> list[Optimizer]:
    """More than one process is given at a time."""
    found: list[Optimizer] = []
    for k in range(6):
        (spec,) = load(str(spec_file(f"ball{k}.py", HeavyBall=f"Ball{k}")))
        assert isinstance(spec, Optimizer)
        found.append(spec)
    return found


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is built here, in this process alone."""
    names: list[str] = []

    def noted(specs: Any, found: Any) -> list[Built]:
        names.extend(spec.name for spec in specs)
        return build(specs, found)

    monkeypatch.setattr(together, "build", noted)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0})
    return names


def remembered(basis: str, specs: list[Optimizer]) -> list[Built]:
    memory = Memory(basis)
    found = build_all(specs, SOME, memory)
    memory.save()
    return found


def test_processes_give_what_one_gives(balls: list[Optimizer], monkeypatch: Any) -> None:
    alone = [each for spec in balls for each in build([analyse(spec)], SOME)]
    parent = os.getpid()

    def elsewhere(specs: Any, found: Any) -> list[Built]:
        assert os.getpid() != parent
        return build(specs, found)

    monkeypatch.setattr(together, "build", elsewhere)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
    told: list[str] = []
    assert build_all(balls, SOME, Memory(""), told.append) == alone
    assert told == [spec.name for spec in balls]


def test_a_fault_in_a_process_is_raised_here(balls: list[Optimizer], monkeypatch: Any) -> None:
    """That of the first in order, as it would be without processes."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
    wrong = [replace(balls[k], hyper=balls[k].hyper[:1]) for k in (5, 2)]
    with pytest.raises(SpecError, match=r"\[undeclared\] Ball5: "):
        build_all([*balls[:4], *wrong], SOME, Memory(""))


@pytest.mark.parametrize("status", [0, 9])
def test_a_process_that_ends_is_done_without(
    status: int, balls: list[Optimizer], monkeypatch: Any
) -> None:
    alone = build([analyse(spec) for spec in balls], SOME)
    parent = os.getpid()

    def ending(specs: Any, found: Any) -> list[Built]:
        if os.getpid() != parent:
            os._exit(status)
        return build(specs, found)

    monkeypatch.setattr(together, "build", ending)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
    assert build_all(balls, SOME, Memory("")) == alone


def test_what_follows_from_files_that_changed_meanwhile_is_not_kept(
    balls: list[Optimizer], built: list[str], tmp_path: Path, monkeypatch: Any
) -> None:
    def planned(now: Sources) -> None:
        monkeypatch.setattr(together, "sources", lambda: now)
        plan_all(balls[:1], SOME, tmp_path, Sources("before", "before"), complete=False)

    planned(Sources("other", "other"))
    planned(Sources("before", "before"))
    assert built == ["Ball0"] * 2
    planned(Sources("before", "before"))
    assert built == ["Ball0"] * 2


def test_what_is_referred_to_twice_is_one(balls: list[Optimizer]) -> None:
    found = build_all([balls[0], balls[1], balls[0]], SOME, Memory(""))
    assert [each.name for each in found] == ["Ball0", "Ball1"]


class TestMemory:
    def test_only_what_changed_is_built(self, balls: list[Optimizer], built: list[str]) -> None:
        first = remembered("basis", balls)
        assert built == [spec.name for spec in balls]
        built.clear()
        doubled = [Update(u.target, Integer(2) * u.value) for u in balls[3].updates]
        changed = [*balls[:3], replace(balls[3], updates=doubled), *balls[4:]]
        second = remembered("basis", changed)
        assert built == ["Ball3"]
        assert [a == b for a, b in zip(first, second, strict=True)] == [True] * 3 + [False] + [
            True
        ] * 2
        assert second[3] == build([analyse(changed[3])], SOME)[0]

    def test_another_generator_builds_all(self, balls: list[Optimizer], built: list[str]) -> None:
        remembered("one", balls[:2])
        built.clear()
        remembered("other", balls[:2])
        assert built == ["Ball0", "Ball1"]

    def test_so_do_other_backends(self, balls: list[Optimizer], built: list[str]) -> None:
        remembered("basis", balls[:1])
        built.clear()
        (found,) = build_all(balls[:1], {"numpy": SOME["numpy"]}, Memory("basis"))
        assert built == ["Ball0"]
        assert found.files.keys() == {"numpy"}

    def test_nothing_is_known_before_it_is_saved(
        self, balls: list[Optimizer], built: list[str]
    ) -> None:
        build_all(balls[:1], SOME, Memory("basis"))
        build_all(balls[:1], SOME, Memory("basis"))
        assert built == ["Ball0"] * 2

    def test_without_a_basis_nothing_is_kept(
        self, balls: list[Optimizer], built: list[str], generated_cache: Path
    ) -> None:
        remembered("", balls[:1])
        remembered("", balls[:1])
        assert built == ["Ball0"] * 2
        assert not generated_cache.exists()

    @pytest.mark.parametrize(
        "damage",
        [
            lambda content: b"",
            lambda content: content[:-1],
            lambda content: content.replace(b"Ball0", b"Ball1"),
            lambda content: b"\xff\x00" + content,
            lambda content: json.dumps({"name": "Ball0"}).encode(),
        ],
        ids=["empty", "torn", "changed", "no text", "somebody else's"],
    )
    def test_what_is_damaged_is_built_anew(
        self, damage: Any, balls: list[Optimizer], built: list[str], generated_cache: Path
    ) -> None:
        (first,) = remembered("basis", balls[:1])
        (entry,) = generated_cache.iterdir()
        good = entry.read_bytes()
        entry.write_bytes(damage(good))
        assert remembered("basis", balls[:1]) == [first]
        assert built == ["Ball0"] * 2
        assert entry.read_bytes() == good

    def test_a_cache_that_cannot_be_written_is_done_without(
        self, balls: list[Optimizer], generated_cache: Path
    ) -> None:
        generated_cache.parent.mkdir(exist_ok=True)
        generated_cache.write_text("a file")
        assert remembered("basis", balls[:1]) == build([analyse(balls[0])], SOME)

    def test_what_nobody_asks_for_goes(self, balls: list[Optimizer], generated_cache: Path) -> None:
        remembered("basis", balls[:2])
        first, second = generated_cache.iterdir()
        os.utime(first, (0, 0))
        remembered("basis", balls[2:3])
        assert not first.exists()
        assert second.exists()


class TestDeclared:
    """Two texts differ wherever two specs do."""

    def test_every_built_in_spec_has_a_text_of_its_own(self) -> None:
        texts = [declared(spec) for spec in all_builtin().values()]
        assert len(set(texts)) == len(texts) > 20
        assert not [text for text in texts if " at 0x" in text]

    def test_a_spec_made_again_has_the_same(self, spec_file: Callable[..., Path]) -> None:
        (first,), (second,) = load(str(spec_file())), load(str(spec_file()))
        assert first is not second
        assert declared(first) == declared(second)

    def test_an_assumption_is_in_it(self) -> None:
        """A fingerprint has the names of symbols alone."""
        assert declared(Symbol("x", real=True)) != declared(Symbol("x", positive=True))

    @pytest.mark.parametrize(
        "change",
        [
            {"summary": "Another."},
            {"source": "Another."},
            {"peer": "torch.optim.SGD"},
            {"step_key": ""},
            {"eager": True},
            {"positional": ("foreach",)},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_every_field_is_in_it(self, change: Mapping[str, Any], balls: list[Optimizer]) -> None:
        assert declared(replace(balls[0], **change)) != declared(balls[0])

    def test_parts_are_in_it(self, balls: list[Optimizer]) -> None:
        spec = balls[0]
        (u,) = states("u")
        rate = spec.hyper[0]
        assert isinstance(rate, Hyper)
        others = [
            replace(spec, hyper=[replace(rate, default="0.25"), *spec.hyper[1:]]),
            replace(spec, hyper=[replace(rate, per_group=True), *spec.hyper[1:]]),
            replace(spec, states=[replace(spec.states[0], latex="B")]),
            replace(spec, states=[*spec.states, State(u, 0, "u")]),
            replace(spec, updates=[*spec.updates[:1], Update(theta[t], theta[t - 1])]),
        ]
        texts = {declared(each) for each in (spec, *others)}
        assert len(texts) == 1 + len(others)

    def test_of_what_is_unknown_there_is_none(self, balls: list[Optimizer]) -> None:
        odd: Any = replace(balls[0], peer=lambda: "")
        with pytest.raises(TypeError, match="function is nothing that a spec is made of"):
            declared(odd)


def test_shared_files_are_formatted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for those that list the specs; and they are what they are without a memory."""
    before, now = ([Entry(name, name.lower())] for name in ("Before", "Now"))
    backend = backends()["numpy"]
    expected = render_shared(backend, now)
    memory = Memory("a generator")
    shared(memory, backend, before)
    memory.save()
    given: list[str] = []
    true = formatted

    def noted(files: Any) -> Any:
        given.extend(path.name for path in files)
        return true(files)

    monkeypatch.setattr("steprule.codegen.files.build.formatted", noted)
    memory = Memory("a generator")
    assert shared(memory, backend, now) == expected
    memory.save()
    assert given == ["__init__.py"]
    assert shared(Memory("a generator"), backend, now) == expected
    assert given == ["__init__.py"]
    assert shared(Memory("another"), backend, now) == expected
    assert len(given) > 20
