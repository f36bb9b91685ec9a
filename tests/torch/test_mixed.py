"""Several rules as one optimizer: each parameter is stepped as by its own rule alone."""

import copy
import io
from collections.abc import Callable
from typing import Any

import pytest
import steprule.torch
import torch
from steprule.torch import (
    SAM,
    SGD,
    Adam,
    AdamW,
    Lion,
    Mixed,
    Muon,
    ScheduleFreeSGD,
    Sophia,
    groups,
    lr_scheduler,
)
from torch import Tensor, nn
from torch._dynamo.testing import CompileCounterWithBackend
from torch.distributed.checkpoint.state_dict import (
    get_optimizer_state_dict,
    set_optimizer_state_dict,
)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 5), nn.LayerNorm(5), nn.Linear(5, 3))


X = torch.linspace(-1, 1, 24).reshape(4, 6)


def loss_of(model: nn.Module) -> Tensor:
    return model(X.to(next(model.parameters()).dtype)).square().mean()


def is_matrix(name: str, p: Tensor) -> bool:
    return p.ndim == 2


def nowhere(name: str, p: Tensor) -> bool:
    return False


def mixed(model: nn.Module) -> Mixed:
    rest, hidden, plain = groups(model, {is_matrix: {}, "*.bias": {"weight_decay": 0.0}})
    return Mixed(AdamW([rest, plain], lr=0.03), Muon([hidden], lr=0.02))


def run(model: nn.Module, optimizer: Any, steps: int) -> list[Tensor]:
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()
    return [p.detach().clone() for p in model.parameters()]


class TestGroups:
    def test_the_first_that_fits_counts_and_the_rest_come_first(self) -> None:
        rest, hidden, biases = groups(network(), {is_matrix: {"lr": 2}, "*.bias": {"lr": 3}})
        assert [name for name, _ in rest["params"]] == ["1.weight"]
        assert [name for name, _ in hidden["params"]] == ["0.weight", "2.weight"]
        assert [name for name, _ in biases["params"]] == ["0.bias", "1.bias", "2.bias"]
        assert (set(rest), hidden["lr"], biases["lr"]) == ({"params"}, 2, 3)

    def test_what_needs_no_gradient_is_left_out(self) -> None:
        model = network()
        model[0].requires_grad_(False)
        assert [len(each["params"]) for each in groups(model, {"2.*": {}})] == [2, 2]

    def test_what_an_earlier_one_takes_is_met_all_the_same(self) -> None:
        found = groups(network(), {"*": {"lr": 1}, "0.*": {"lr": 2}})
        assert [len(each["params"]) for each in found] == [0, 6, 0]

    def test_parameters_are_chosen_by_the_key_alone(self) -> None:
        with pytest.raises(TypeError, match=r"'0\.\*' says itself which parameters it is of"):
            groups(network(), {"0.*": {"params": []}})

    def test_a_pattern_that_fits_nothing_is_told(self) -> None:
        with pytest.raises(ValueError, match=r"'0\.wieght' fits no .* the nearest is '0\.weight'"):
            groups(network(), {"0.wieght": {}})
        with pytest.raises(ValueError, match="the function nowhere is true of no parameter"):
            groups(network(), {nowhere: {}})


class TestSteps:
    def test_each_parameter_is_stepped_as_by_its_rule_alone(self) -> None:
        model, alone = network(), network()
        named = dict(alone.named_parameters())
        matrices = [p for p in named.values() if p.ndim == 2]
        biases = [p for name, p in named.items() if name.endswith("bias")]
        pair = (
            AdamW([{"params": [named["1.weight"]]}, {"params": biases, "weight_decay": 0.0}], 0.03),
            Muon(matrices, lr=0.02),
        )
        for _ in range(5):
            alone.zero_grad()
            loss_of(alone).backward()
            for each in pair:
                each.step()
        found = run(model, mixed(model), 5)
        torch.testing.assert_close(found, [*alone.parameters()], rtol=0, atol=0)

    def test_hooks_of_each_are_called_around_its_step(self) -> None:
        model = network()
        optimizer, called = mixed(model), list[Any]()
        for each in optimizer.optimizers:
            weight = each.param_groups[0]["params"][0]

            def seen(own: Any, _: Any, __: Any, weight: Tensor = weight) -> None:
                called.append((own, weight.detach().clone()))

            each.register_step_pre_hook(seen)
            each.register_step_post_hook(seen)
        run(model, optimizer, 1)
        adamw, muon = optimizer.optimizers
        assert [own for own, _ in called] == [adamw, muon, adamw, muon]
        for place, start in ((0, "1.weight"), (1, "0.weight")):
            before, after = called[place][1], called[place + 2][1]
            assert torch.equal(before, network().get_parameter(start))
            assert torch.equal(after, model.get_parameter(start))
            assert not torch.equal(before, after)

    def test_a_hook_of_one_can_change_what_it_is_handed(self) -> None:
        models = [nn.Linear(3, 2), nn.Linear(2, 1)]
        found = list[Tensor]()
        for estimate in (4.0, 9.0):
            torch.manual_seed(0)
            for each in models:
                each.reset_parameters()
            sophia, sgd = Sophia(models[0].parameters(), 0.1), SGD(models[1].parameters(), 0.1)
            if estimate == 4.0:
                doubled = [torch.full_like(p, 9.0) for p in models[0].parameters()]
                sophia.register_step_pre_hook(lambda *_, to=doubled: ((), {"hessian": to}))
            models[1](models[0](torch.ones(4, 3))).square().mean().backward()
            given = [torch.full_like(p, estimate) for p in models[0].parameters()]
            optimizer = Mixed(sophia, sgd)
            optimizer.step(hessian=given)
            optimizer.zero_grad()
            found.append(sophia.state[models[0].weight]["hessian"].clone())
        assert torch.equal(found[0], found[1])

    def test_a_closure_is_called_once(self) -> None:
        model = network()
        optimizer, calls = mixed(model), list[float]()

        def closure() -> Tensor:
            optimizer.zero_grad()
            loss = loss_of(model)
            loss.backward()
            calls.append(loss.item())
            return loss

        assert optimizer.step(closure) == calls[0]
        assert len(calls) == 1

    def test_a_step_that_one_refuses_is_none(self) -> None:
        model = network()
        rest, first = groups(model, {"0.*": {}})
        optimizer = Mixed(
            SGD([first], lr=0.1),
            Adam([rest], global_clipnorm=1.0, error_if_nonfinite=True),
        )
        before = [p.detach().clone() for p in model.parameters()]
        loss_of(model).backward()
        model.get_parameter("2.weight").grad = torch.full((3, 5), torch.inf)
        with pytest.raises(RuntimeError, match="is not finite"):
            optimizer.step()
        torch.testing.assert_close([*model.parameters()], before, rtol=0, atol=0)
        assert not optimizer.state

    def test_an_input_that_no_rule_reads_is_told(self) -> None:
        with pytest.raises(TypeError, match="none of the rules reads 'hessian'"):
            mixed(network()).step(hessian=1)

    def test_a_schedule_turns_the_rates_of_all(self) -> None:
        optimizer = mixed(network())
        scheduler = lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        optimizer.step()
        scheduler.step()
        assert [group["lr"] for group in optimizer.param_groups] == [0.015, 0.015, 0.01]
        assert optimizer.optimizers[1].param_groups[0]["lr"] == 0.01

    @pytest.mark.parametrize("of", [lr_scheduler, torch.optim.lr_scheduler])
    @pytest.mark.filterwarnings("error")
    def test_a_schedule_of_one_rule_sees_the_steps_of_all(self, of: Any) -> None:
        optimizer = mixed(network())
        scheduler = of.ExponentialLR(optimizer.optimizers[1], gamma=0.5)
        optimizer.step()
        scheduler.step()
        assert [group["lr"] for group in optimizer.param_groups] == [0.03, 0.03, 0.01]

    @pytest.mark.filterwarnings("error")
    def test_the_compiler_traces_the_rules_and_nothing_else(self) -> None:
        model, traced = network().double(), network().double()
        counter = CompileCounterWithBackend("aot_eager")
        torch._dynamo.reset()
        optimizer = mixed(traced)
        step = torch.compile(optimizer.step, backend=counter)
        for i in range(3):
            optimizer.zero_grad()
            loss_of(traced).backward()
            assert step(lambda i=i: float(i)) == i
        torch.testing.assert_close([*traced.parameters()], run(model, mixed(model), 3))
        assert counter.frame_count == 2

    def test_an_output_is_that_of_the_rules_that_have_it(self) -> None:
        model = network()
        rest, first = groups(model, {"0.*": {}})
        free = ScheduleFreeSGD([first], lr=0.1)
        found = run(model, optimizer := Mixed(free, SGD([rest], lr=0.1)), 3)
        averaged = free.output("averaged")[model.get_parameter("0.weight")]
        with optimizer.swapped("averaged"):
            torch.testing.assert_close(
                model.get_parameter("0.weight").detach(), averaged, rtol=0, atol=0
            )
            torch.testing.assert_close(
                model.get_parameter("2.weight").detach(), found[4], rtol=0, atol=0
            )
        torch.testing.assert_close([*model.parameters()], found, rtol=0, atol=0)
        torch.testing.assert_close(
            optimizer.output("averaged"), free.output("averaged"), rtol=0, atol=0
        )
        for refused in (optimizer.output, lambda name: optimizer.swapped(name).__enter__()):
            with pytest.raises(ValueError, match="none of the rules has an output 'ema'"):
                refused("ema")

    def test_it_needs_what_one_of_the_rules_needs(self) -> None:
        model = network()
        rest, first = groups(model, {"0.*": {}})
        curved = Sophia([first], update_period=2)
        optimizer = Mixed(curved, SGD([rest], lr=0.1))
        needed: list[bool] = []
        for _ in range(4):
            needed.append(optimizer.needs("hessian"))
            for p in model.parameters():
                p.grad = torch.ones_like(p)
            given = {"hessian": [torch.ones_like(p) for p in curved.param_groups[0]["params"]]}
            optimizer.step(**(given if needed[-1] else {}))
        assert needed == [True, False, True, False]
        with pytest.raises(TypeError, match="none of the rules reads 'loss'"):
            optimizer.needs("loss")


def saved(optimizer: Mixed) -> dict[str, Any]:
    stream = io.BytesIO()
    torch.save(optimizer.state_dict(), stream)
    stream.seek(0)
    return torch.load(stream)


def copied(optimizer: Mixed, model: nn.Module) -> tuple[nn.Module, Mixed]:
    return copy.deepcopy((model, optimizer))


def resumed(optimizer: Mixed, model: nn.Module) -> tuple[nn.Module, Mixed]:
    other = network()
    other.load_state_dict(model.state_dict())
    found = mixed(other)
    found.load_state_dict(saved(optimizer))
    return other, found


def distributed(optimizer: Mixed, model: nn.Module) -> tuple[nn.Module, Mixed]:
    """By torch's checkpoints, which name the states by their parameters."""
    other = network()
    other.load_state_dict(model.state_dict())
    found = mixed(other)
    state = get_optimizer_state_dict(model, optimizer)
    assert "0.weight" in state["state"]
    set_optimizer_state_dict(other, found, state)
    return other, found


class TestCheckpoints:
    @pytest.mark.parametrize("again", [copied, resumed, distributed])
    def test_what_goes_on_from_one_is_what_would_have(
        self, again: Callable[[Mixed, nn.Module], tuple[nn.Module, Mixed]]
    ) -> None:
        model = network()
        optimizer = mixed(model)
        run(model, optimizer, 3)
        optimizer.param_groups[2]["lr"] = 0.5
        other, found = again(optimizer, model)
        assert [group["lr"] for group in found.param_groups] == [0.03, 0.03, 0.5]
        torch.testing.assert_close(run(other, found, 3), run(model, optimizer, 3), rtol=0, atol=0)
        assert len(found.state) == 6

    def test_hooks_are_called_as_of_one_optimizer(self) -> None:
        optimizer, called = mixed(network()), list[str]()

        def before(_: Any, state: Any) -> Any:
            called.append("before")
            return {**state, "param_groups": [{**g, "lr": 7.0} for g in state["param_groups"]]}

        optimizer.register_load_state_dict_pre_hook(before)
        optimizer.register_load_state_dict_post_hook(lambda _: called.append("after"))
        optimizer.load_state_dict(state := optimizer.state_dict())
        assert called == ["before", "after"]
        assert [group["lr"] for group in optimizer.param_groups] == [7.0, 7.0, 7.0]
        assert state["param_groups"][0]["lr"] == 0.03

    def test_what_does_not_fit_changes_nothing(self) -> None:
        model = network()
        optimizer = mixed(model)
        run(model, optimizer, 2)
        state, before = saved(optimizer), saved(optimizer)
        states = state["state"]
        for each in state["param_groups"][:2]:
            for index in each["params"]:
                states[index]["exp_avg"].zero_()
        states[state["param_groups"][2]["params"][0]]["momentum_buffer"] = torch.zeros(1, 1)
        with pytest.raises(ValueError, match="momentum_buffer"):
            optimizer.load_state_dict(state)
        torch.testing.assert_close(saved(optimizer)["state"], before["state"], rtol=0, atol=0)
        with pytest.raises(ValueError, match="the checkpoint has 1 parameter groups"):
            optimizer.load_state_dict({"state": {}, "param_groups": state["param_groups"][:1]})
        with pytest.raises(ValueError, match="a checkpoint of an optimizer has 'state' and"):
            optimizer.load_state_dict({})
        run(model, optimizer, 1)


def test_torchs_schedulers_turn_the_momentum_that_all_rules_have() -> None:
    made = [(AdamW, Lion), (torch.optim.AdamW,)]
    seen = list[list[Any]]()
    for rules in made:
        apart = [make([nn.Parameter(torch.zeros(1))], betas=(0.8, 0.9)) for make in rules]
        optimizer = Mixed(*apart) if len(apart) > 1 else apart[0]
        scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=5)
        for _ in range(2):
            optimizer.step()
            scheduler.step()
        seen.append([group["betas"] for group in optimizer.param_groups])
    assert seen[0] == seen[1] * 2
    assert seen[1] != [(0.8, 0.9)]
    one = Mixed(AdamW([nn.Parameter(torch.zeros(1))]), SGD([nn.Parameter(torch.zeros(1))], 0.1))
    assert not {"betas", "momentum"} & one.defaults.keys()


class TestStates:
    def test_a_parameter_can_take_the_place_of_another_with_its_states(self) -> None:
        """So those do who prune or split parameters in the middle of training."""
        kept = torch.tensor([True, False, True])
        values = list[Tensor]()
        for wrapped in (False, True):
            p = nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))
            inner = Adam([p], lr=0.1)
            optimizer = Mixed(inner, SGD([nn.Parameter(torch.zeros(1))], 0.1)) if wrapped else inner
            for _ in range(3):
                p.grad = p.detach() ** 2
                optimizer.step()
            state = optimizer.state.pop(p)
            state |= {key: x[kept] for key, x in state.items() if x.ndim}
            p = nn.Parameter(p.detach()[kept])
            optimizer.param_groups[0]["params"][0] = p
            assert p not in optimizer.state
            optimizer.state[p] = state
            p.grad = p.detach() ** 2
            optimizer.step()
            assert optimizer.state[p]["step"] == 4
            values.append(p.detach().clone())
        assert torch.equal(values[0], values[1])

    def test_states_that_are_emptied_begin_anew(self) -> None:
        def emptied(optimizer: Mixed) -> None:
            optimizer.state.clear()

        def replaced(optimizer: Mixed) -> None:
            optimizer.state = {}

        for empty in (emptied, replaced):
            model, fresh = network(), network()
            optimizer = mixed(model)
            run(model, optimizer, 3)
            fresh.load_state_dict(model.state_dict())
            empty(optimizer)
            assert not optimizer.state
            found, expected = run(model, optimizer, 2), run(fresh, mixed(fresh), 2)
            torch.testing.assert_close(found, expected, rtol=0, atol=0)

    def test_a_state_is_of_a_parameter_that_it_has(self) -> None:
        with pytest.raises(KeyError, match="no group of the optimizers has this parameter"):
            mixed(network()).state[torch.zeros(2)] = {}


class TestRefused:
    def test_a_parameter_is_of_one_rule(self) -> None:
        p = nn.Parameter(torch.zeros(2))
        with pytest.raises(ValueError, match="more than one parameter group"):
            Mixed(SGD([p]), Adam([p]))

    def test_there_is_one_at_least_and_all_are_ours(self) -> None:
        p = nn.Parameter(torch.zeros(2))
        with pytest.raises(ValueError, match="there is no optimizer"):
            Mixed()
        with pytest.raises(TypeError, match="SGD is no optimizer of steprule"):
            Mixed(torch.optim.SGD([p]))  # pyright: ignore[reportArgumentType]

    def test_a_rule_that_moves_parameters_takes_its_steps_alone(self) -> None:
        with pytest.raises(ValueError, match="SAM moves its parameters"):
            Mixed(SAM([nn.Parameter(torch.zeros(2))]))

    def test_a_group_is_added_to_a_rule(self) -> None:
        with pytest.raises(TypeError, match="a group is of one rule"):
            mixed(network()).add_param_group({"params": [nn.Parameter(torch.zeros(2))]})


def test_both_are_found_in_the_package() -> None:
    assert {"Mixed", "groups"} <= {*dir(steprule.torch)}
