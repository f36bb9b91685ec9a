"""Compiled classes against those that can be imported, to the bit, and where they come from."""

import copy
import inspect
import pickle
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import steprule
import steprule.numpy
import steprule.numpy.schedules
import steprule.torch
import steprule.torch.lr_scheduler
import torch
from steprule.codegen.cli import cli
from steprule.codegen.compiling import entries
from steprule.specs.gradients.clipping import clip_by_norm
from steprule.specs.language import Optimizer, SpecError
from steprule.specs.operators.cautious import cautious
from steprule.specs.operators.lookahead import lookahead
from steprule.specs.operators.sharpness import sam
from steprule.specs.optimizers.adamw import adamw
from steprule.specs.optimizers.muon import muon
from steprule.specs.optimizers.prodigy import prodigy
from steprule.specs.optimizers.sgd import sgd
from steprule.specs.schedules.warmups import linear_warmup_lr

STACK = "lookahead(cautious(sgd), k=3, name=Careful)"


def trained(cls: type, steps: int = 5, **settings: Any) -> list[torch.Tensor]:
    """Parameters after some steps on a loss of a matrix and a vector."""
    make = torch.Generator().manual_seed(0)
    params = [torch.randn(s, generator=make, requires_grad=True) for s in ((4, 3), (5,))]
    optimizer = cls(params, **settings)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = sum(((p - 0.3) ** 2).sum() + p.sin().sum() for p in params)
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return [p.detach() for p in params]


def same(found: list[torch.Tensor], expected: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))


class TestWhatIsImported:
    @pytest.mark.parametrize("said", ["adamw", "AdamW", adamw])
    def test_a_rule_of_this_package(self, said: Any) -> None:
        assert steprule.compile(said) is steprule.torch.AdamW
        assert steprule.compile(said, backend="numpy") is steprule.numpy.AdamW

    def test_a_schedule_of_this_package(self) -> None:
        name = "cosineannealinglr"
        assert steprule.compile(name) is steprule.torch.lr_scheduler.CosineAnnealingLR
        assert steprule.compile(name, "numpy") is steprule.numpy.schedules.CosineAnnealingLR

    def test_a_changed_one_is_another(self) -> None:
        changed = replace(adamw, source="elsewhere")
        assert steprule.compile(changed) is not steprule.torch.AdamW


class TestSteps:
    """Of rules under another name, equal to the bit to those of the classes that have theirs."""

    @pytest.mark.parametrize("settings", [{}, {"foreach": False}, {"fused": True}])
    def test_a_rule(self, settings: dict[str, bool]) -> None:
        cls = steprule.compile(replace(adamw, name="Mine", peer=""))
        expected = trained(steprule.torch.AdamW, lr=0.1, **settings)
        assert same(trained(cls, lr=0.1, **settings), expected)

    @pytest.mark.parametrize("engine", ["numpy", "numba"])
    def test_a_rule_in_numpy(self, engine: str) -> None:
        start = np.linspace(-1, 1, 7, dtype=np.float32)
        found, expected = start.copy(), start.copy()
        ours = steprule.compile(replace(adamw, name="Mine", peer=""), "numpy")
        for cls, x in ((ours, found), (steprule.numpy.AdamW, expected)):
            optimizer = cls(lr=0.1, engine=engine)
            for _ in range(3):
                optimizer.update(x, np.cos(x))
        np.testing.assert_array_equal(found, expected)
        assert (found != start).all()

    def test_one_that_takes_gradients_elsewhere(self) -> None:
        cls = steprule.compile(sam(sgd, name="Mine"))
        assert same(trained(cls, lr=0.1), trained(steprule.torch.SAM, lr=0.1))
        assert not same(trained(cls, lr=0.1), trained(steprule.torch.SGD, lr=0.1))

    @pytest.mark.exhaustive
    def test_one_with_numbers_over_all_tensors(self) -> None:
        cls = steprule.compile(replace(prodigy, name="Mine"))
        assert same(trained(cls), trained(steprule.torch.Prodigy))

    @pytest.mark.exhaustive
    def test_one_of_matrices(self) -> None:
        cls = steprule.compile(replace(muon, name="Mine", peer=""))
        found, expected = (torch.ones(4, 3, requires_grad=True) for _ in range(2))
        for kind, p in ((cls, found), (steprule.torch.Muon, expected)):
            p.grad = torch.arange(12.0).reshape(4, 3).sin()
            kind([p], lr=0.1).step()
        assert torch.equal(found, expected)
        assert not torch.equal(found, torch.ones(4, 3))

    def test_two_rules_of_one_name(self) -> None:
        first, second = (
            steprule.compile(replace(rule, name="Mine", peer="")) for rule in (adamw, sgd)
        )
        assert first.__name__ == second.__name__ == "Mine"
        assert same(trained(first, lr=0.1), trained(steprule.torch.AdamW, lr=0.1))
        assert same(trained(second, lr=0.1), trained(steprule.torch.SGD, lr=0.1))


def test_a_schedule_among_imported_ones() -> None:
    """As part of one, and made of one."""
    from steprule.numpy.schedules import CosineAnnealingLR, LinearWarmupLR, SequentialLR

    ours = steprule.compile(replace(linear_warmup_lr, name="Mine"), "numpy")

    def rates(warmup: type) -> Any:
        warm = warmup(CosineAnnealingLR(lr=0.1, T_max=9), warmup_steps=4)
        made = SequentialLR([warm, CosineAnnealingLR(lr=0.1, T_max=5)], milestones=[8])
        return made(np.arange(15))

    np.testing.assert_array_equal(rates(ours), rates(LinearWarmupLR))


def test_a_scheduler_among_imported_ones() -> None:
    from steprule.torch.lr_scheduler import CosineAnnealingLR, LinearWarmupLR

    ours = steprule.compile(replace(linear_warmup_lr, name="Mine"))
    rates: list[list[float]] = []
    for cls in (ours, LinearWarmupLR):
        optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
        scheduler = cls(optimizer, CosineAnnealingLR(optimizer, T_max=9), warmup_steps=4)
        rates.append([])
        for _ in range(10):
            optimizer.step()
            scheduler.step()
            rates[-1] += scheduler.get_last_lr()
    assert rates[0] == rates[1]
    assert len({*rates[0]}) > 5


class TestOneClass:
    def test_however_it_is_said(self) -> None:
        cls = steprule.compile(STACK)
        assert steprule.compile(STACK) is cls
        assert steprule.compile(" Lookahead( cautious(SGD) ,k=3,name=Careful)") is cls
        assert steprule.compile(lookahead(cautious(sgd), k=3, name="Careful")) is cls

    def test_of_a_file_until_it_changes(self, spec_file: Callable[..., Path]) -> None:
        file = spec_file()
        cls = steprule.compile(file, backend="numpy")
        assert steprule.compile(f"{file}:heavy_ball", backend="numpy") is cls
        file = spec_file(**{'"0.5", UNIT': '"0.25", UNIT'})
        other = steprule.compile(file, backend="numpy")
        assert other is not cls
        assert (cls().mu, other().mu) == (0.5, 0.25)

    def test_of_a_file_until_what_it_imports_changes(self, spec_file: Any) -> None:
        file = spec_file(**{'"0.5", UNIT': "beside, UNIT"})
        file.write_text(f"from its_neighbour import beside\n{file.read_text()}")
        beside = file.with_name("its_neighbour.py")
        found = []
        for default in ("0.25", "0.75", "0.25"):
            beside.write_text(f"beside = {default!r}\n")
            found.append(steprule.compile(str(file), "numpy"))
        assert [cls().mu for cls in found] == [0.25, 0.75, 0.25]
        assert found[0] is found[2]

    def test_in_two_threads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        published: list[str] = []
        publish = entries.publish
        monkeypatch.setattr(
            entries, "publish", lambda mark, files: published.append(mark) or publish(mark, files)
        )
        found: list[type] = []
        spec = replace(sgd, name="Threaded", peer="")
        work = [
            threading.Thread(target=lambda: found.append(steprule.compile(spec))) for _ in range(3)
        ]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        assert len(found) == 3
        assert len({*found}) == len(published) == 1


class TestPython:
    """What tools of the language see."""

    def test_its_source(self) -> None:
        cls = steprule.compile(STACK)
        source = inspect.getsource(cls)
        assert source.startswith("class Careful(Optimizer):")
        assert inspect.getsource(cls.step if "step" in vars(cls) else cls._coefficients) in source

    def test_what_is_copied_and_pickled(self) -> None:
        cls = steprule.compile(STACK, "numpy")
        optimizer, x = cls(lr=0.1), np.ones(3)
        optimizer.update(x, np.ones(3))
        ends = []
        for other in (optimizer, copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
            y = x.copy()
            for _ in range(4):
                other.update(y, np.cos(y))
            ends.append(y)
        np.testing.assert_array_equal(ends[1], ends[0])
        np.testing.assert_array_equal(ends[2], ends[0])
        assert pickle.loads(pickle.dumps(cls)) is cls


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            (3, "int 3 is no rule: give an Optimizer"),
            (lookahead, r"an operator is done to a rule: compile lookahead\(rule\)"),
            (clip_by_norm, "Transform ClipByNorm is no rule: .* as the argument clipnorm"),
        ],
    )
    def test_what_is_no_rule(self, rule: object, said: str) -> None:
        with pytest.raises(TypeError, match=said):
            steprule.compile(rule)  # type: ignore[arg-type]

    def test_a_backend_without_classes(self) -> None:
        with pytest.raises(ValueError, match="'latex' is not one of numpy, torch"):
            steprule.compile("adam", backend="latex")  # type: ignore[arg-type]

    @pytest.mark.parametrize("text", ["addam", "lookahed(adamw)", "no_such_file.py"])
    def test_in_the_words_of_the_command(self, text: str) -> None:
        from click.testing import CliRunner

        with pytest.raises(SpecError) as raised:
            steprule.compile(text)
        assert CliRunner().invoke(cli, ["show", text]).stderr == f"error: {raised.value}\n"

    def test_a_file_of_several(self, spec_file: Callable[..., Path]) -> None:
        file = spec_file()
        file.write_text(
            f"{file.read_text()}\nfrom dataclasses import replace\n"
            "other = replace(heavy_ball, name='Other')\n"
        )
        with pytest.raises(SpecError, match=r"it holds 2 specs: HeavyBall, Other. Name the one"):
            steprule.compile(file)

    def test_a_rule_that_is_not_valid(self) -> None:
        wrong: Optimizer = replace(adamw, name="Wrong", states=adamw.states[1:])
        with pytest.raises(SpecError):
            steprule.compile(wrong)

    def test_a_peer_that_is_not_there(self) -> None:
        with pytest.raises(SpecError, match=r"torch\.optim has no Nope"):
            steprule.compile(replace(adamw, name="Mine", peer="torch.optim.Nope"))
