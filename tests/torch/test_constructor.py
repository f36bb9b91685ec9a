"""The constructor takes what torch.optim's takes, and refuses what lies outside a domain."""

import inspect
import re
from typing import Any

import pytest
import steprule.torch
import torch

NAMES = (
    "ASGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Muon",
    "NAdam",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SGD",
    "SparseAdam",
)


def parameters(cls: type) -> dict[str, inspect.Parameter]:
    found = inspect.signature(cls).parameters
    return {name: p for name, p in found.items() if name != "params"}


@pytest.mark.parametrize("name", NAMES)
def test_every_argument_of_the_peer_with_its_default(name: str) -> None:
    ours = parameters(getattr(steprule.torch, name))
    for argument, peer in parameters(getattr(torch.optim, name)).items():
        assert ours[argument].default == peer.default, argument


@pytest.mark.parametrize("name", NAMES)
def test_positional_arguments_stand_in_the_order_of_the_peer(name: str) -> None:
    def positional(cls: type) -> list[str]:
        kinds = parameters(cls).values()
        return [p.name for p in kinds if p.kind is p.POSITIONAL_OR_KEYWORD]

    assert positional(getattr(steprule.torch, name)) == positional(getattr(torch.optim, name))


@pytest.mark.parametrize("name", NAMES)
def test_public_methods_of_the_peer(name: str) -> None:
    peer = {m for m in dir(getattr(torch.optim, name)) if not m.startswith("_")}
    assert peer <= set(dir(getattr(steprule.torch, name)))


def test_a_group_has_the_entries_of_the_peers(rule: Any) -> None:
    """And none of ours that is not set: distributed checkpoints compare them entry by entry."""
    p = torch.zeros(1).requires_grad_()
    assert rule.ours([p]).param_groups == rule.peer([p]).param_groups
    assert rule.ours([p]).defaults == rule.peer([p]).defaults


@pytest.mark.parametrize("name", [*NAMES, "Lion"])
def test_options_of_our_own_stand_in_a_group_where_they_are_set(name: str) -> None:
    cls = getattr(steprule.torch, name)
    p, q = (torch.zeros(1, 1).requires_grad_() for _ in range(2))
    optimizer = cls([{"params": [p]}, {"params": [q], "error_if_nonfinite": True}], clipvalue=0.5)
    first, second = optimizer.param_groups
    assert (first["clipvalue"], "error_if_nonfinite" in first) == (0.5, False)
    assert (second["clipvalue"], second["error_if_nonfinite"]) == (0.5, True)
    assert not {"clipnorm", "global_clipnorm"} & (first.keys() | second.keys())


BAD = [
    ("SGD", {"lr": -1.0}, "lr must satisfy 0 <= lr, got -1.0"),
    ("SGD", {"lr": float("nan")}, "lr must satisfy 0 <= lr, got nan"),
    ("SGD", {"momentum": -0.1}, "momentum must satisfy 0 <= momentum, got -0.1"),
    ("SGD", {"nesterov": True}, "nesterov needs momentum > 0 and dampening = 0"),
    ("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "nesterov needs"),
    ("Adam", {"betas": (1.0, 0.9)}, "betas[0] must satisfy 0 <= beta1 < 1, got 1.0"),
    ("AdamW", {"betas": (0.9, -0.5)}, "betas[1] must satisfy 0 <= beta2 < 1, got -0.5"),
    ("NAdam", {"momentum_decay": -1}, "momentum_decay must satisfy 0 <= momentum_decay, got -1"),
    ("Adamax", {"eps": -1e-8}, "eps must satisfy 0 <= eps, got -1e-08"),
    ("Adadelta", {"rho": 1.5}, "rho must satisfy 0 <= rho <= 1, got 1.5"),
    ("RMSprop", {"weight_decay": -1}, "weight_decay must satisfy 0 <= weight_decay, got -1"),
    ("Adagrad", {"lr_decay": -1}, "lr_decay must satisfy 0 <= lr_decay, got -1"),
    ("Adam", {"lr": torch.tensor(-1.0)}, "lr must satisfy 0 <= lr, got tensor(-1.)"),
    ("Adam", {"lr": torch.ones(2)}, "lr must be one number, got a tensor of shape (2,)"),
    ("Lion", {"betas": (torch.ones(3), 0.9)}, "betas must be one number, got a tensor"),
]


@pytest.mark.parametrize(("name", "bad", "message"), BAD)
def test_bad_hyperparameter(name: str, bad: dict[str, Any], message: str) -> None:
    cls = getattr(steprule.torch, name)
    p, q = (torch.zeros(2).requires_grad_() for _ in range(2))
    with pytest.raises(ValueError, match=re.escape(message)):
        cls([p], **bad)
    with pytest.raises(ValueError, match=re.escape(message)):
        cls([{"params": [p]}, {"params": [q], **bad}])
    optimizer = cls([p])
    with pytest.raises(ValueError, match=re.escape(message)):
        optimizer.add_param_group({"params": [q], **bad})
    assert len(optimizer.param_groups) == 1
    assert q not in optimizer.state


def test_what_torch_refuses_of_parameters(rule: Any) -> None:
    p = torch.zeros(2).requires_grad_()
    with pytest.raises(ValueError, match="empty parameter list"):
        rule.ours([])
    with pytest.raises(TypeError, match="iterable of Tensors"):
        rule.ours(p)
    with pytest.raises(TypeError, match="can only optimize Tensors"):
        rule.ours([1.0])
    with pytest.raises(ValueError, match="non-leaf"):
        rule.ours([p * 2])
    with pytest.raises(TypeError, match="must be a dict"):
        rule.ours([{"params": [p]}, p])
    optimizer = rule.ours([p])
    with pytest.raises(ValueError, match="more than one parameter group"):
        optimizer.add_param_group({"params": [p]})
    assert len(optimizer.param_groups) == 1


@pytest.mark.filterwarnings("ignore:optimizer contains a parameter group with duplicate")
@pytest.mark.parametrize("way", [{"foreach": False}, {"foreach": True}, {"fused": True}])
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_a_parameter_stands_once(name: str, way: dict[str, bool]) -> None:
    """Two states would be made for it, of which one is freed while kernels write to it."""
    p, q = torch.ones(2).requires_grad_(), torch.ones(2).requires_grad_()
    cls = getattr(steprule.torch, name)
    with pytest.raises(ValueError, match=r"^parameter 2 of its group is there twice; hand over e"):
        cls([p, q, p], **way)
    with pytest.raises(ValueError, match=r"^the parameter 'decoder' is there twice"):
        cls([("encoder", p), ("decoder", p)], **way)
    optimizer = cls([p], **way)
    with pytest.raises(ValueError, match="is there twice"):
        optimizer.add_param_group({"params": [q, q]})
    assert len(optimizer.param_groups) == 1
    optimizer.add_param_group({"params": [q]})
    p.grad, q.grad = torch.ones(2), torch.ones(2)
    for group in optimizer.param_groups:  # as the entries of a dict they can be changed
        group["params"].append(p)
        with pytest.raises(ValueError, match=r"^parameter . of its group is there twice"):
            optimizer.step()
        assert group["params"].pop() is p
    assert (p.tolist(), q.tolist(), len(optimizer.state)) == ([1, 1], [1, 1], 0)
    optimizer.step()
    assert torch.equal(p, q)


def test_named_parameters_and_generators(rule: Any) -> None:
    model = torch.nn.Linear(2, 3)
    optimizer = rule.ours(model.named_parameters())
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]
    assert rule.ours(p for p in model.parameters()).param_groups[0]["params"] == [
        model.weight,
        model.bias,
    ]


def test_eager_states_of_adagrad() -> None:
    real = torch.zeros(2).requires_grad_()
    pair = torch.zeros(2, dtype=torch.complex64).requires_grad_()
    ours = steprule.torch.Adagrad([real, pair], initial_accumulator_value=0.25)
    peer = torch.optim.Adagrad([real, pair], initial_accumulator_value=0.25)
    for p in (real, pair):
        assert ours.state[p].keys() == peer.state[p].keys()
        assert ours.state[p]["sum"].tolist() == peer.state[p]["sum"].tolist()
        assert ours.state[p]["step"].item() == 0.0


def test_a_group_has_its_own_initial_accumulator() -> None:
    """A difference: torch.optim reads the default there, though it stores the group's."""
    p = torch.zeros(2).requires_grad_()
    optimizer = steprule.torch.Adagrad([{"params": [p], "initial_accumulator_value": 0.5}])
    assert optimizer.state[p]["sum"].tolist() == [0.5, 0.5]
