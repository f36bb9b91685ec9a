"""Arguments that are no numbers are refused in the words of who passed them, by every class."""

import re
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.numpy.schedules
import steprule.torch
import torch
from steprule.numpy._intervals import Interval

NAN = float("nan")
YAML = ", as YAML reads 1e-3 as text and 1.0e-3 as a number"

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("Adam", {"lr": "1e-3"}, "lr must be a number, got '1e-3', which is text: write 1.0e-3" + YAML),
    ("SGD", {"lr": "2.5E5"}, "got '2.5E5', which is text: write 2.5e+5" + YAML),
    ("SGD", {"momentum": "0.9"}, "momentum must be a number, got '0.9', which is text: write 0.9,"),
    ("SGD", {"lr": "fast"}, "lr must be a number, got 'fast'"),
    ("SGD", {"lr": None}, "lr must be a number, got None"),
    ("SGD", {"error_if_nonfinite": "no"}, "error_if_nonfinite must be True or False, got 'no'"),
    ("SGD", {"weight_decay": None}, "weight_decay must be a number, got None"),
    ("SGD", {"lr": True}, "lr must be a number, got True"),
    ("SGD", {"lr": 1j}, "lr must be a number, got 1j"),
    ("SGD", {"lr": [1e-3]}, "lr must be a number, got [0.001]"),
    ("SGD", {"lr": {}}, "lr must be a number, got {}"),
    ("SGD", {"lr": NAN}, "lr must satisfy 0 <= lr, got nan"),
    ("SGD", {"dampening": NAN}, "dampening must be a number, got nan"),
    ("Adam", {"betas": (0.9,)}, "betas must be two numbers, got (0.9,)"),
    ("Adam", {"betas": (0.9, 0.99, 0.999)}, "betas must be two numbers, got (0.9, 0.99, 0.999)"),
    ("Adam", {"betas": 0.9}, "betas must be two numbers, got 0.9"),
    ("Adam", {"betas": "ab"}, "betas must be two numbers, got 'ab'"),
    ("Adam", {"betas": None}, "betas must be two numbers, got None"),
    ("Adam", {"betas": (0.9, "0.99")}, "betas[1] must be a number, got '0.99', which is text"),
    ("Adam", {"betas": (None, 0.9)}, "betas[0] must be a number, got None"),
    ("Adam", {"amsgrad": "false"}, "amsgrad must be True or False, got 'false'"),
    ("Adam", {"betas": {0.9, 0.99}}, "betas must be two numbers, got {0.9"),
    ("Adam", {"betas": {0: 0.9, 1: 0.99}}, "betas must be two numbers, got {0"),
    ("SGD", {"lr": "5"}, "got '5', which is text: write 5, without quotes"),
    ("Adam", {"clipnorm": "1"}, "clipnorm must be a number, got '1', which is text: write 1,"),
    ("Adam", {"clipvalue": NAN}, "clipvalue must satisfy 0 < clipvalue, got nan"),
]


@pytest.mark.parametrize(("name", "bad", "message"), BAD, ids=[str(b) for _, b, _ in BAD])
def test_what_is_no_number(name: str, bad: dict[str, Any], message: str) -> None:
    p, q = (torch.zeros(2).requires_grad_() for _ in range(2))
    make = getattr(steprule.torch, name)
    with pytest.raises(ValueError, match=re.escape(message)):
        make([p], **bad)
    optimizer = make([p])
    with pytest.raises(ValueError, match=re.escape(message)):
        optimizer.add_param_group({"params": [q], **bad})
    assert len(optimizer.param_groups) == 1
    with pytest.raises(ValueError, match=re.escape(message)):
        getattr(steprule.numpy, name)(**bad)


@pytest.mark.parametrize(("name", "bad", "message"), BAD, ids=[str(b) for _, b, _ in BAD])
def test_what_is_set_later(name: str, bad: dict[str, Any], message: str) -> None:
    """In NumPy arguments are attributes, which are looked at in every step."""
    optimizer = getattr(steprule.numpy, name)()
    ((argument, value),) = bad.items()
    setattr(optimizer, argument, value)
    theta = np.ones(2)
    with pytest.raises(ValueError, match=re.escape(message)):
        optimizer.update(theta, np.ones(2))
    assert theta.tolist() == [1.0, 1.0]


def test_what_a_schedule_gives() -> None:
    optimizer = steprule.numpy.SGD(lr=lambda step: "1e-3")
    with pytest.raises(ValueError, match="lr must be a number, got '1e-3'"):
        optimizer.update(np.ones(2), np.ones(2))


SORTS = [1, 0.5, Fraction(1, 2), np.float32(0.5), np.array(0.5), np.array([0.5]), np.int64(1)]


@pytest.mark.parametrize("rate", SORTS, ids=repr)
def test_numbers_of_any_sort(rate: Any) -> None:
    theta, plain = np.ones(2), np.asarray(rate, float).item()
    steprule.numpy.SGD(lr=rate).update(theta, np.ones(2))
    assert theta.tolist() == [1 - plain] * 2
    for how in ({"foreach": False}, {"foreach": True}, {"capturable": True}):
        for argument in ("lr", "momentum", "weight_decay", "clipvalue", "clipnorm"):
            given = {"lr": 1.0, "momentum": 0.25, argument: rate}
            found = [_stepped({**given, argument: number}, how) for number in (rate, plain)]
            assert torch.equal(*found)


def _stepped(given: dict[str, Any], how: dict[str, bool]) -> torch.Tensor:
    p = torch.ones(2).requires_grad_()
    optimizer = steprule.torch.SGD([p], **given, **how)
    for _ in range(2):
        p.grad = torch.tensor([0.5, 2.0])
        optimizer.step()
    return p


@pytest.mark.parametrize(
    "name", ["foreach", "fused", "capturable", "differentiable", "error_if_nonfinite"]
)
def test_how_a_step_is_taken_is_on_or_off(name: str) -> None:
    p = torch.ones(2).requires_grad_()
    for bad in ("false", 1.0, 2):
        with pytest.raises(ValueError, match=f"{name} must be True or False, got {bad!r}"):
            steprule.torch.SGD([p], **{name: bad})
    for off in (False, np.False_, torch.tensor(False)):
        p.grad = torch.ones(2)
        steprule.torch.SGD([p], **{name: off}).step()


@pytest.mark.parametrize("betas", [[0.9, 0.99], np.array([0.9, 0.99]), (0, np.float32(0.5))])
def test_pairs_of_any_sort(betas: Any) -> None:
    steprule.numpy.Adam(betas=betas)
    p = torch.ones(1).requires_grad_()
    p.grad = torch.ones(1)
    for how in ({"foreach": True}, {"capturable": True}):
        steprule.torch.Adam([p], betas=betas, **how).step()
    steprule.torch.Adam([torch.ones(1).requires_grad_()], betas=tuple(map(torch.tensor, betas)))


@pytest.mark.parametrize(
    "text",
    ["x", "0 <= x", "0 < x", "x <= 1", "x < 1/3", "-1/2 <= x < 1", "0 < x <= 2", "1 < x < 2"],
)
def test_an_interval_is_what_python_makes_of_its_text(text: str) -> None:
    numbers = [-0.5, -0.0, 0, 5e-324, 1 / 3, 0.9999999999999999, 1, 1.5, 2, np.inf, -np.inf, NAN]
    interval = Interval(text)
    for x, kind in product(numbers, (float, np.float64, torch.tensor)):
        inside = bool(eval(text, {"x": kind(x)})) or text == "x"
        assert (kind(x) in interval) == inside
        if not inside:
            with pytest.raises(ValueError, match=re.escape(f"x must satisfy {text}, got ")):
                interval.require("x", kind(x))


def test_an_optimizer_of_arrays_shows_the_call_that_makes_it() -> None:
    schedule = steprule.numpy.schedules.CosineAnnealingLR(0.1, T_max=9)
    optimizer = steprule.numpy.Adam(lr=schedule, betas=(0.5, 0.9), amsgrad=True, clipnorm=1.0)
    shown = repr(optimizer)
    assert shown.startswith("Adam(lr=CosineAnnealingLR(lr=0.1, T_max=9, ")
    assert repr(eval(shown, vars(steprule.numpy) | vars(steprule.numpy.schedules))) == shown
    optimizer.clipnorm = 2.0
    assert repr(optimizer) == shown.replace("clipnorm=1.0", "clipnorm=2.0")
