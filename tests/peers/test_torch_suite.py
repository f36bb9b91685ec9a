"""torch's own tests run with our classes: what stands in whose place, and what is said of it."""

from pathlib import Path
from textwrap import dedent

import pytest
import steprule.torch
from steprule.torch import lr_scheduler

from tests.peers.torch_suite.known import TABLE, reasons
from tests.peers.torch_suite.report import summary
from tests.peers.torch_suite.run import Outcome, run

PASSED, FAILED = Outcome("passed"), Outcome("failed", "it was 2\nnot 1")


def test_what_a_run_with_our_classes_finds_in_torchs_places(tmp_path: Path) -> None:
    (tmp_path / "optim").mkdir()
    (tmp_path / "optim" / "test_shared.py").write_text(
        "class TestShared:\n    def test_one(self): pass\n"
    )
    (tmp_path / "test_optim.py").write_text(
        dedent(
            """
            from optim.test_shared import TestShared

            import pytest
            import torch
            from torch.optim import Adam, LBFGS, lr_scheduler
            from torch.testing._internal.common_optimizers import optim_db

            class TestPlaces:
                def test_optim(self):
                    raise AssertionError(" ".join(sorted(
                        name for name, x in vars(torch.optim).items()
                        if getattr(x, "__module__", "").startswith("steprule.")
                    )))

                def test_schedulers(self):
                    raise AssertionError(" ".join(sorted(
                        name for name, x in vars(lr_scheduler).items()
                        if getattr(x, "__module__", "").startswith("steprule.")
                    )))

                def test_table(self):
                    raise AssertionError(" ".join(sorted(
                        info.optim_cls.__name__ for info in optim_db
                        if info.optim_cls.__module__.startswith("steprule.")
                    )))

                def test_same(self):
                    from torch.optim.adam import Adam as same
                    assert same is Adam

                def test_torchs_own(self):
                    assert LBFGS.__module__.startswith("torch.")
                    pytest.skip()
            """
        )
    )
    found = run(tmp_path, swapped=True, processes=0)
    peers = (
        "ASGD Adadelta Adafactor Adagrad Adam AdamW Adamax Muon NAdam RAdam RMSprop Rprop SGD "
        "SparseAdam"
    )
    assert set(peers.split()) < set(steprule.torch.__all__)
    schedulers = (
        "ChainedScheduler ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR "
        "ExponentialLR LambdaLR LinearLR MultiStepLR MultiplicativeLR OneCycleLR PolynomialLR "
        "ReduceLROnPlateau SequentialLR StepLR"
    )
    assert set(schedulers.split()) < set(lr_scheduler.__all__)
    assert {name: (x.result, x.message) for name, x in found.items()} == {
        "TestShared::test_one": ("passed", ""),
        "TestPlaces::test_optim": ("failed", f"AssertionError: {peers}"),
        "TestPlaces::test_schedulers": ("failed", f"AssertionError: {schedulers}"),
        "TestPlaces::test_table": ("failed", f"AssertionError: {peers}"),
        "TestPlaces::test_same": ("passed", ""),
        "TestPlaces::test_torchs_own": ("skipped", "Skipped"),
    }


def test_files_that_cannot_be_run(tmp_path: Path) -> None:
    (tmp_path / "test_optim.py").write_text("import no_such_module")
    with pytest.raises(RuntimeError, match="no_such_module"):
        run(tmp_path, swapped=False, processes=0)


def test_the_report_tells_expected_failures_from_others() -> None:
    found = summary(
        {"a": PASSED, "b": FAILED, "c": FAILED, "d": FAILED, "e": PASSED, "f": Outcome("skipped")},
        {"a": PASSED, "b": PASSED, "c": PASSED, "d": FAILED},
        {"c": "counts are in float64", "e": "messages differ", "f": "messages differ", "g": "gone"},
    )
    assert "\n".join(found.lines()) == dedent(
        """\
        5 run, 2 passed, 3 failed
        1 skipped by torch on this machine

        failed, and nobody knows why: 1
          b
              it was 2

        failed: counts are in float64: 1
          c

        failed with torch's own classes too: 1
          d

        passed, though known to fail: 1
          e"""
    )


def test_a_test_has_one_reason() -> None:
    reasons(TABLE.read_text())
    twice = '[[failures]]\nreason = "x"\ntests = ["a"]\n[[failures]]\nreason = "y"\ntests = ["a"]\n'
    with pytest.raises(ValueError, match="a has two reasons: 'x' and 'y'"):
        reasons(twice)
