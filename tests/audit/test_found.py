"""What audits find, of optimizers that are right and of such as are wrong in a known way."""

from pathlib import Path

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.audit.audit import Audit, audit
from steprule.codegen.loading.load import load
from steprule.specs.language import SpecError

AFTER = "weight decay that shrinks the parameter after the step"
WRONG = Path(__file__).parent / "wrong.py"


def found(spec: str, against: str, **how: object) -> Audit:
    """An audit of two steps."""
    return audit(analyse(load(spec)[0]), against, **{"steps": 2, **how})  # pyright: ignore


def of_file(name: str, **how: object) -> Audit:
    """One of the copies of AdamW."""
    return found("adamw", f"{WRONG}:{name}", **how)


class TestThoseThatAgree:
    @pytest.mark.parametrize(
        ("spec", "against", "how"),
        [
            ("adamw", "torch:AdamW", {}),
            ("lion", "steprule.torch:Lion", {}),
            ("lion", "steprule.numpy:Lion", {}),
            ("adamw", f"{WRONG}:right", {"maps": ["maximize=", "amsgrad="]}),
            pytest.param("sam", "steprule.torch:SAM", {}, marks=pytest.mark.exhaustive),
            ("sam", "steprule.numpy:SAM", {}),
        ],
    )
    def test_to_some_ulp(self, spec: str, against: str, how: dict[str, object]) -> None:
        result = found(spec, against, **how)
        assert result.agrees
        assert result.parted == 0
        # 1 - 0.999 has a thousandth of the digits, of which the root leaves half an error.
        assert 0 <= result.far.relative < 1e-13
        assert result.far.ulp < 64
        assert all(parted is None for parted in result.states.values())
        assert result.states.keys() >= ({"m", "v"} if spec == "adamw" else set())
        assert result.shapes == [(), (3,), (2, 3), (2, 2, 3), (2, 2, 1, 2)]

    def test_a_stack_is_a_rule(self) -> None:
        stack = "decoupled_decay(adam, decay=0.25)"
        maps = ["decay=weight_decay", "weight_decay=", "maximize=", "decoupled_weight_decay="]
        result = found(stack, "torch.optim:AdamW", maps=maps)
        assert result.agrees

    def test_arguments_can_follow_from_ours(self, tmp_path: Path) -> None:
        file = tmp_path / "averaging.py"
        file.write_text(
            "def step(theta, gradient, state, rate, new, root_eps):\n"
            "    v = (1 - new) * state.get('v', 0.0) + new * gradient**2\n"
            "    return theta - rate * gradient / (v**0.5 + root_eps**2), {'v': v}\n"
        )
        sets = ["new=1 - alpha", "rate=lr", "root_eps=eps**0.5"]
        held = {"momentum": 0.0, "centered": False, "weight_decay": 0.0, "maximize": False}
        result = found("rmsprop", f"{file}:step", sets=sets, held=held)
        assert result.agrees
        assert result.trials > 2  # of several alphas and epsilons

    def test_what_is_rounded_to_fewer_digits_is_said_to_be(self) -> None:
        result = of_file("in_float32")
        assert not result.agrees
        assert result.rounds == "float32"
        assert result.witness is not None
        assert 0 < result.witness.parting.relative < 1e-6

    @pytest.mark.exhaustive  # beside what it does in bfloat16
    def test_torchs_muon_rounds_to_bfloat16(self) -> None:
        result = found("muon", "torch.optim:Muon", steps=1)
        assert result.rounds == "bfloat16"
        assert "only supports 2D" in result.refused_shapes[2, 2, 3]


class TestWrongCopies:
    """Each is found, shrunk to one element, and named."""

    @pytest.mark.parametrize(
        ("name", "steps", "state", "dialect"),
        [
            ("epsilon_under_the_root", 1, "theta", "adamw, but: eps under the root"),
            ("no_correction", 1, "theta", "adamw, but: no correction by 1 - beta1**t"),
            ("decay_after_the_step", 1, "theta", f"adamw, but: {AFTER}"),
            ("betas_swapped", 2, "m", "adamw, but: beta1 and beta2 exchanged"),
            ("momentum_begun", 1, "m", "adamw, but: m[t] begun with its first value"),
        ],
    )
    def test_is_named(self, name: str, steps: int, state: str, dialect: str) -> None:
        result = of_file(name)
        witness = result.witness
        assert witness is not None
        assert not result.agrees
        trial = witness.found.trial
        assert [x.shape for x in trial.starts] == [()]
        assert len(trial.gradients) == witness.parting.step == steps
        assert (witness.since, witness.state or "theta") == (steps, state)
        numbers = [*trial.starts, *(g for each in trial.gradients for g in each)]
        assert all(float(x) in (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5) for x in numbers)
        assert result.dialect == dialect

    def test_another_rule_is_named(self) -> None:
        result = found("adam", "torch.optim:AdamW", maps=["decoupled_weight_decay="])
        assert result.dialect == "adam with decoupled_weight_decay=True"
        assert result.witness is not None
        assert result.witness.matters.keys() == {"lr", "weight_decay"}
        assert (result.witness.state, result.witness.there) == ("m", "exp_avg")

    def test_torchs_muon_divides_its_own_momentum_in_bfloat16(self) -> None:
        """Without Nesterov's momentum, what is divided by its norm is no copy there."""
        held = {"weight_decay": 0.0, "nesterov": False}
        result = found("muon", "torch.optim:Muon", steps=2, dtype="bfloat16", held=held)
        witness = result.witness
        assert witness is not None
        assert (witness.state, witness.there, witness.since) == ("m", "momentum_buffer", 1)
        assert witness.matters["nesterov"] is False
        kept = witness.found.theirs[0].states["momentum_buffer"][0]
        # Of a norm of 1, each element has half a unit in the last of eight digits.
        np.testing.assert_allclose(np.linalg.norm(kept), 1, rtol=2**-8)

    def test_where_a_rate_that_varies_is_needed_it_is_kept(self, tmp_path: Path) -> None:
        file = tmp_path / "velocity.py"
        file.write_text(
            "def step(theta, gradient, state, lr=0.1, momentum=0.0):\n"
            "    b = momentum * state.get('b', 0.0) + lr * gradient\n"
            "    return theta - b, {'b': b}\n"
        )
        result = found("sgd", f"{file}:step", maps=["momentum=momentum"])
        assert result.witness is not None
        assert len(result.witness.found.trial.rates) == 2
        assert len(set(result.witness.found.trial.rates)) == 2


class TestWhatRaises:
    def test_settings_are_told(self) -> None:
        result = of_file("raises")
        assert not result.agrees
        assert result.witness is None
        said = {r.said for r in result.refusals}
        assert said == {"ZeroDivisionError: no decay"}
        assert all(r.settings["weight_decay"] == 0 for r in result.refusals)

    def test_shapes_are_told_and_the_others_tried(self) -> None:
        result = of_file("vectors_alone")
        assert result.agrees
        assert result.shapes == [(3,)]
        assert result.refused_shapes[2, 3] == "ValueError: no vector"


class TestBadUse:
    @pytest.mark.parametrize(
        ("spec", "against", "how", "message"),
        [
            ("adamw", "nothing_there:Adam", {}, "no package nothing_there is installed here"),
            ("adamw", "torch.optim:AdmW", {}, "Did you mean AdamW, Adam or RAdam?"),
            ("adamw", "torch:AdmW", {}, "torch: it has no AdmW."),
            ("adamw", f"{WRONG}:right(torch:SGD)", {}, "no argument that wraps an optimizer"),
            ("adamw", "AdamW", {}, "it names no class or function of a module or a file"),
            ("adamw", "there_is_none.py:step", {}, "there is no file there_is_none.py"),
            ("adamw", "math:pi", {}, "it is no class and no function"),
            ("adamw", f"{WRONG}:right", {"maps": ["betas"]}, "it is no ours=theirs"),
            ("adamw", f"{WRONG}:right", {"maps": ["beta=betas"]}, "Did you mean betas"),
            ("adamw", f"{WRONG}:right", {"maps": ["eps=epsilon"]}, "has no argument epsilon"),
            ("adamw", f"{WRONG}:right", {"maps": ["betas=lr,eps,betas"]}, "2 numbers"),
            ("adamw", f"{WRONG}:right", {"sets": ["eps_root=0"]}, "has no argument eps_root"),
            ("adamw", f"{WRONG}:right", {"held": {"nesterov": True}}, "no argument of this name"),
            (
                "adamw",
                f"{WRONG}:right",
                {"held": {"maximize": "yes"}},
                "True or False, and not yes",
            ),
            ("rprop", f"{WRONG}:right", {"held": {"lr": "quick"}}, "a number, or True or False"),
            ("a2grad", f"{WRONG}:right", {"held": {"variant": "log"}}, "one of uni, inc, exp"),
            ("a2grad", f"{WRONG}:right", {"held": {"variant_is_inc": True}}, "It has beta, "),
            ("rmsprop", f"{WRONG}:adamw", {}, "--map OURS=betas"),
            ("adamw", f"{WRONG}:factory", {}, "jax"),
        ],
    )
    def test_is_told_in_one_message(
        self, spec: str, against: str, how: dict[str, object], message: str
    ) -> None:
        with pytest.raises(SpecError, match=r"\[audit\]") as error:
            found(spec, against, **how)
        assert message in str(error.value)

    def test_a_package_that_raises_whatever_it_likes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As one does whose extension is of another build."""
        (tmp_path / "broken_package.py").write_text("raise RuntimeError('operator missing')")
        monkeypatch.syspath_prepend(tmp_path)
        with pytest.raises(SpecError, match="broken_package does not import: RuntimeError: oper"):
            found("adamw", "broken_package:AdamW")
