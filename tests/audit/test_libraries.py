"""Audits of libraries that need not be installed."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.audit.audit import audit
from steprule.codegen.loading.load import load

pytestmark = pytest.mark.slow


def test_optaxs_adan_weighs_the_change_by_the_wrong_beta() -> None:
    pytest.importorskip("optax")
    spec = analyse(load("adan")[0])
    found = audit(spec, "optax:adan", sets=["eps_root=0"], held={"no_prox": True}, steps=4)
    assert found.dialect.startswith("adan, but: the change of the gradient is weighed by 1 - beta2")
    assert found.witness is not None
    assert (found.witness.parting.step, found.witness.state) == (2, "n")


def test_keras_agrees_but_for_its_rounding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "numpy")  # which else asks for TensorFlow
    pytest.importorskip("keras")
    found = audit(analyse(load("lion")[0]), "keras.optimizers:Lion", steps=4)
    assert found.agrees or found.rounds == "float32"


def test_pytorch_optimizers_adan_takes_the_first_change_by_the_wrong_sign() -> None:
    pytest.importorskip("pytorch_optimizer")
    maps = ["no_prox=weight_decouple"]
    found = audit(analyse(load("adan")[0]), "pytorch_optimizer:Adan", maps=maps, steps=4)
    assert found.witness is not None
    assert found.witness.matters["maximize"] is True
    assert found.witness.parting.step == 1
