"""Audits of rules that read losses, estimates and random numbers, and of optimizers of optimizers.

The rules are declared here, and what is held against them is written out by hand.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.audit.audit import Audit, audit
from steprule.codegen.audit.variants import by_difference
from steprule.codegen.loading.load import load
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Input,
    Optimizer,
    Source,
    SpecError,
    State,
    Update,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from steprule.specs.language.peers import Difference

OTHERS = Path(__file__).parent / "others.py"
(lr,) = hyperparameters("lr")
f, curvature, xi = intermediates("f curvature xi")
G = grad(theta[t - 1])
PLAIN = {"dampening": 0.0, "weight_decay": 0.0, "nesterov": False, "maximize": False}


def rule(direction: object, *given: Input) -> Optimizer:
    return analyse(
        Optimizer(
            "Rule",
            summary="A rule.",
            source="none",
            hyper=[Hyper(lr, "0.1", NON_NEGATIVE, "step size")],
            states=[],
            inputs=given,
            updates=[Update(theta[t], theta[t - 1] - lr * direction)],  # pyright: ignore
        )
    )


PLAINEST = rule(G)
BY_LOSS = rule(f[t] * G, Input(f, Source.LOSS, "the loss"))
BY_CURVATURE = rule(
    G / (1 + curvature[t]),
    Input(curvature, Source.ELEMENTS, "the curvature", domain=NON_NEGATIVE),
)
NOISY = rule(G + xi[t], Input(xi, Source.NORMAL, "noise"))


def found(spec: Optimizer, name: str, **how: object) -> Audit:
    return audit(spec, f"{OTHERS}:{name}", **{"steps": 2, **how})  # pyright: ignore


@pytest.mark.parametrize(
    ("spec", "name", "maps"),
    [
        (BY_LOSS, "by_loss", []),
        (BY_LOSS, "ByLoss", []),
        (BY_CURVATURE, "by_curvature", []),
        (BY_CURVATURE, "ByCurvature", ["curvature=hessian"]),
        (NOISY, "noisy", []),
        (NOISY, "Noisy", []),
        (NOISY, "NoisyInPlace", []),
    ],
)
def test_both_are_given_the_same(spec: Optimizer, name: str, maps: Sequence[str]) -> None:
    result = found(spec, name, maps=maps)
    assert result.agrees
    assert result.trials > 1
    assert result.far.relative < 1e-14


def test_the_loss_of_another_step_is_found() -> None:
    witness = found(BY_LOSS, "by_last_loss").witness
    assert witness is not None
    assert witness.parting.step == 2
    first, second = witness.found.trial.numbers["f"]
    assert first != second


def test_other_random_numbers_are_found() -> None:
    wide = found(NOISY, "NoisyTwice").witness
    assert wide is not None
    trial = wide.found.trial
    ours, theirs = (float(c[0].theta[0]) for c in (wide.found.ours, wide.found.theirs))
    drawn, start = float(trial.elements["xi"][0][0]), float(trial.starts[0])
    rate, gradient = trial.hyper["lr"], float(trial.gradients[0][0])
    assert ours == pytest.approx(start - rate * (gradient + drawn), rel=1e-15)
    assert theirs == pytest.approx(start - rate * (gradient + 2 * drawn), rel=1e-15)
    assert found(NOISY, "flat").witness


def test_numbers_that_the_equations_have_not_are_told() -> None:
    said = "LookupError: it draws uniform numbers of shape"
    with pytest.raises(SpecError, match=said):
        found(NOISY, "NoisyTooOften")


def test_what_cannot_be_handed_over_is_told() -> None:
    with pytest.raises(SpecError, match="unexpected keyword argument 'curvature'"):
        found(BY_CURVATURE, "ByCurvature")


@pytest.mark.exhaustive
@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_generated_classes_draw_what_the_equations_do(backend: str, tmp_path: Path) -> None:
    stack, file = "gradient_noise(sgd)", tmp_path / "noisy.py"
    file.write_text(f"import steprule\nNoisy = steprule.compile({stack!r}, backend={backend!r})\n")
    (spec,) = load(stack)
    assert isinstance(spec, Optimizer)
    assert audit(analyse(spec), f"{file}:Noisy", steps=3).agrees


def test_what_groups_have_to_say_can_be_set() -> None:
    (sgd,) = load("sgd")
    assert isinstance(sgd, Optimizer)
    held = PLAIN | {"momentum": 0.0}
    whole = found(analyse(sgd), "OfGroups", sets=["group.share=1"], held=held)
    assert whole.agrees
    assert found(analyse(sgd), "OfGroups", sets=["group.share=0.5"], held=held).witness
    with pytest.raises(SpecError, match="KeyError: 'share'"):
        found(analyse(sgd), "OfGroups", held=held)


def test_a_difference_can_keep_a_state() -> None:
    (total,) = states("total")
    summed = Difference(
        "it steps by the sum of gradients",
        [Update(total[t], total[t - 1] + G), Update(theta[t], theta[t - 1] - lr * total[t])],
        states=[State(total, init=0, key="total")],
    )
    assert found(PLAINEST, "summed").witness
    peer = found(analyse(by_difference(PLAINEST, summed)), "summed")
    assert peer.agrees
    assert peer.states == {"total": None}


class TestOptimizersOfOptimizers:
    def test_what_wraps_is_named_with_what_it_wraps(self) -> None:
        (spec,) = load("lookahead(sgd)")
        assert isinstance(spec, Optimizer)
        against = f"{OTHERS}:Lookahead(torch.optim:SGD)"
        result = audit(analyse(spec), against, steps=6, held=PLAIN | {"k": 3.0})
        assert result.agrees
        assert {"k", "alpha", "lr", "momentum"} <= result.pairs.keys()

    def test_alone_it_is_refused(self) -> None:
        with pytest.raises(SpecError, match=r"as in module:Name\(module:Base\)"):
            found(BY_LOSS, "Lookahead")

    def test_what_is_evaluated_is_compared_too(self) -> None:
        (spec,) = load("schedule_free(sgd)")
        assert isinstance(spec, Optimizer)
        plain = PLAIN | {"momentum": 0.0, "decay": 0.0}
        spec = analyse(spec)
        right = audit(spec, f"{OTHERS}:ScheduleFree", held=plain, steps=3)
        assert right.agrees
        assert right.states == {"averaged": None}
        wrong = audit(spec, f"{OTHERS}:EvaluatesWrongly", held=plain, steps=3)
        assert wrong.states == {"averaged": 3}
