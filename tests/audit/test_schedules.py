"""What audits of schedules find, of such as are right and of such as are wrong in a known way."""

from pathlib import Path

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.audit.schedules.audit import ScheduleAudit, audit_schedule
from steprule.codegen.audit.schedules.report import where
from steprule.codegen.loading.load import load
from steprule.specs.language import Schedule, SpecError

BY_HAND = Path(__file__).parent / "schedules_by_hand.py"
COSINE = {"maps": ["eta_min=lowest"]}
MADE_OF_COSINE = {
    "maps": ["scheduler_lr=highest", "warmup_steps=warmup", "scheduler_T_max="],
    "sets": ["t_max=scheduler_T_max + warmup_steps"],
}


def found(spec: str, against: str, **how: object) -> ScheduleAudit:
    (schedule,) = load(spec)
    assert isinstance(schedule, Schedule)
    return audit_schedule(analyse(schedule), against, **how)  # pyright: ignore


def by_hand(spec: str, name: str, **how: object) -> ScheduleAudit:
    return found(spec, f"{BY_HAND}:{name}", **how)


class TestThoseThatAgree:
    @pytest.mark.parametrize(
        ("spec", "against", "how"),
        [
            ("cosineannealinglr", "torch:CosineAnnealingLR", {}),
            ("reducelronplateau", "torch:ReduceLROnPlateau", {}),
            ("multisteplr", "steprule.numpy.schedules:MultiStepLR", {}),
            ("linearwarmuplr", f"{BY_HAND}:warm", MADE_OF_COSINE),
            ("cosineannealinglr", f"{BY_HAND}:cosine", COSINE),
            ("cosineannealinglr", f"{BY_HAND}:cosine_of_shares", {"sets": ["share=eta_min/lr"]}),
        ],
    )
    def test_to_rounding(self, spec: str, against: str, how: dict[str, object]) -> None:
        result = found(spec, against, **how)
        assert result.agrees
        assert result.trials > 4
        # Halves of cosines are near 0 at the end, beside a rate of 0.1.
        assert result.relative < 1e-12


def test_past_the_end() -> None:
    """Torch's OneCycleLR has one rate more than steps, off the curve, and then none."""
    result = found("onecyclelr", "torch:OneCycleLR", held={"total_steps": 4})
    assert "at step 5: ValueError: Tried to step 5 times" in result.ends
    assert result.witness is not None
    assert result.witness.places == [4]
    assert where(result.witness) == "at step 4 alone"


class TestThoseThatPart:
    @pytest.mark.parametrize(
        ("spec", "name", "how", "place", "dialect"),
        [
            (
                "cosineannealinglr",
                "cosine_that_stays",
                COSINE,
                2,
                "after the last step the rate stays at its lowest, as with clamp",
            ),
            (
                "cosineannealinglr",
                "cosine_one_step_behind",
                COSINE,
                1,
                "cosineannealinglr, one step behind",
            ),
            ("cosineannealinglr", "cosine_of_a_wrong_first_rate", COSINE, 0, ""),
            (
                "steplr",
                "steps_that_keep_the_boundary",
                {"maps": ["step_size=every"]},
                1,
                "steplr, one step behind",
            ),
        ],
    )
    def test_the_steps_are_told(
        self, spec: str, name: str, how: dict[str, object], place: int, dialect: str
    ) -> None:
        result = by_hand(spec, name, **how)
        witness = result.witness
        assert witness is not None
        assert witness.trial.steps[witness.places[0]] == place
        assert result.dialect == dialect
        counts = {"T_max", "step_size"} & witness.matters.keys()
        assert all(witness.matters[n] == 1 for n in counts)

    def test_a_first_step_alone(self) -> None:
        witness = by_hand("cosineannealinglr", "cosine_of_a_wrong_first_rate", **COSINE).witness
        assert witness is not None
        assert where(witness) == "at step 0 alone"
        assert (witness.ours[0], witness.theirs[0]) == (1.0, 0.0)

    def test_rounding_is_said_to_be(self) -> None:
        assert by_hand("cosineannealinglr", "in_float32", **COSINE).rounds == "float32"

    def test_metrics(self) -> None:
        """As it reduces after the second failure, which is not let pass."""
        how = {"held": {"patience": 1, "threshold": 0.0, "eps": 0.0}}
        assert by_hand("reducelronplateau", "Plateau", **how).agrees
        how = {"held": {"patience": 2, "threshold": 0.0, "eps": 0.0}}
        assert by_hand("reducelronplateau", "Plateau", **how).witness

    def test_errors_are_told(self) -> None:
        result = by_hand("cosineannealinglr", "of_zero", **COSINE)
        assert not result.agrees
        (refusal,) = result.refusals
        assert refusal.said == "ZeroDivisionError: no lowest rate"
        assert refusal.settings["eta_min"] == 0.25


class TestBadUse:
    @pytest.mark.parametrize(
        ("against", "how", "message"),
        [
            (f"{BY_HAND}:cosine", {"maps": ["eta_mi=lowest"]}, "Did you mean eta_min"),
            (f"{BY_HAND}:cosine", {"maps": ["eta_min=lowes"]}, "Did you mean lowest"),
            (f"{BY_HAND}:cosine", {"maps": ["eta_min"]}, "it is no ours=theirs"),
            (f"{BY_HAND}:cosine", {"held": {"tmax": 3}}, "no argument of this name to hold"),
            ("torch:StepLR", {}, "--map OURS=step_size"),
            ("math:pi", {}, "it is no class and no function"),
        ],
    )
    def test_is_told_in_one_message(
        self, against: str, how: dict[str, object], message: str
    ) -> None:
        with pytest.raises(SpecError, match=r"\[audit\]") as error:
            found("cosineannealinglr", against, **how)
        assert message in str(error.value)
