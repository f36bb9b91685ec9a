"""What the pages say of classes is what Python says of them, and what they do."""

import builtins
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import steprule
import steprule.numpy.schedules
import steprule.torch
import torch
from steprule.codegen.handbook.page import Page
from steprule.numpy import AdaHessian as NumPyAdaHessian
from steprule.numpy import Adam as NumPyAdam
from steprule.specs.language import Optimizer, Source
from steprule.torch import SAM, Adam, Mixed, ScheduleFreeAdamW, groups
from steprule.torch.lr_scheduler import CosineAnnealingLR, ReduceLROnPlateau
from torch import nn

from . import shown

OPTIMIZERS, SCHEDULES = shown.optimizers(), shown.schedules()
FOLDERS = {
    "numpy": (steprule.numpy, steprule.numpy.schedules),
    "torch": (steprule.torch, steprule.torch.lr_scheduler),
}
SHAPE = (3, 2)


def section(page: Page, title: str) -> str:
    return page.text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a table, without the marks of code."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    plain = [re.sub(r"\{code\}`([^`]+)`", r"\1", line) for line in lines]
    return [[c.strip() for c in re.split(r"(?<!\\)\|", line.strip("|"))] for line in plain]


def made(call: str, name: str) -> inspect.Signature:
    """What Python makes of arguments as they are shown."""
    names: dict[str, Any] = {}
    head = f"def {name}{call.removeprefix(name)}: pass"
    exec(f"from __future__ import annotations\n{head}", {"inf": np.inf}, names)
    return inspect.signature(names[name])


def plain(found: inspect.Signature) -> list[tuple[str, Any, Any]]:
    """Its arguments without their types."""
    return [(p.name, p.kind, p.default) for p in found.parameters.values() if p.name != "self"]


@pytest.mark.parametrize("name", [*OPTIMIZERS, *SCHEDULES])
def test_a_class_is_called_as_is_shown(name: str, pages: dict[str, Page]) -> None:
    is_schedule = name in SCHEDULES
    spec = SCHEDULES[name] if is_schedule else OPTIMIZERS[name]
    page = pages[f"{'schedules' if is_schedule else 'optimizers'}/{spec.module}"]
    calls = re.findall(rf"^{name}\(\n(?:    .*\n)+\)$|^{name}\(.*\)$", page.text, re.MULTILINE)
    for package, call in zip(("numpy", "torch"), calls[:2], strict=True):
        cls = getattr(FOLDERS[package][is_schedule], name)
        assert plain(made(call, name)) == plain(inspect.signature(cls)), package


def test_types_are_written_out(pages: dict[str, Page]) -> None:
    text = section(pages["optimizers/adam"], "Arguments")
    for line in (
        "    lr: float | Callable[[int], float] = 0.001,\n",
        "    lr: float | Tensor = 0.001,\n",
        "    betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),\n",
        "    engine: Literal['auto', 'numpy', 'numba'] = 'auto',\n",
        "    fused: bool | None = None,\n",
    ):
        assert line in text


def given(spec: Optimizer, tensor: Any) -> tuple[dict[str, Any], bool]:
    """What a step is given beside gradients, and whether it asks for more of those."""
    sources = {i.name: i.source for i in spec.inputs if not i.is_random}
    is_asked = Source.GRADIENT in sources.values()
    values = {Source.LOSS: 1.0, Source.NUMBER: 1.0, Source.ELEMENTS: tensor}
    left_out = (Source.GRADIENT, Source.LOSS) if is_asked else (Source.GRADIENT,)
    return {n: values[s] for n, s in sources.items() if s not in left_out}, is_asked


def kept_in_torch(spec: Optimizer) -> dict[str, tuple[tuple[int, ...], Any]]:
    """The states of a checkpoint after a step, with shapes and dtypes; () for groups' numbers."""
    p = nn.Parameter(torch.ones(SHAPE))
    optimizer = getattr(steprule.torch, spec.name)([p])

    def closure() -> float:
        p.grad = torch.full(SHAPE, 0.5)
        return 1.0

    inputs, is_asked = given(spec, [torch.ones(SHAPE)])
    closure()
    optimizer.step(*([closure] if is_asked else []), **inputs)
    saved = optimizer.state_dict()
    (group,) = saved["param_groups"]
    of_all = {
        key: ((), None) for key in group if key not in inspect.signature(type(optimizer)).parameters
    }
    of_all |= {"seed": ((), None)} if "seed" in group else {}
    states = saved["state"].get(0, {})
    return of_all | {key: (tuple(x.shape), x.dtype) for key, x in states.items()}


def kept_in_numpy(spec: Optimizer) -> dict[str, tuple[tuple[int, ...], Any]]:
    params, grads = ({"w": np.full(SHAPE, x, np.float32)} for x in (1, 0.5))
    optimizer = getattr(steprule.numpy, spec.name)()
    inputs, is_asked = given(spec, {"w": np.ones(SHAPE, np.float32)})
    reads_loss = any(i.source is Source.LOSS for i in spec.inputs)

    def gradient(_: Any) -> Any:
        return (1.0, grads) if reads_loss else grads

    optimizer.update(params, gradient if is_asked else grads, **inputs)
    return {
        key.replace("/w", "/..."): (x.shape, x.dtype) for key, x in optimizer.state_dict().items()
    }


def shape_of(words: str) -> tuple[int, ...] | None:
    """The shape that a page says a state has; None of a number that is not in the dtype.

    A basis has as many vectors as fit: by default more are asked for.
    """
    lengths = words.strip("$")
    for axis, length in (("rows", 3), ("cols", 2), ("basis", 2)):
        lengths = lengths.replace(rf"\mathrm{{{axis}}}", str(length))
    named = {"tensor": SHAPE, "one a tensor": (), "scalar": None, "one for all tensors": None}
    if words in named:
        return named[words]
    return None if words == "a whole number" else tuple(map(int, lengths.split(r" \times ")))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_checkpoint_holds_what_is_said(name: str, pages: dict[str, Page]) -> None:
    spec = OPTIMIZERS[name]
    table = rows(section(pages[f"optimizers/{spec.module}"], "State"))
    for column, kept, whole, number in (
        (1, kept_in_torch(spec), torch.float32, torch.float64),
        (2, kept_in_numpy(spec), np.dtype("float32"), np.dtype("float64")),
    ):
        said = {row[column]: row for row in table if row[column] not in ("–", "--")}
        entries = {key: x for key, x in kept.items() if key not in ("params", "param_names")}
        own = {key for key, (_, dtype) in entries.items() if dtype is not None}
        assert own <= said.keys()
        assert {key for key, row in said.items() if row[4] == "always"} <= entries.keys()
        for key in said.keys() & entries.keys():
            shape, dtype = entries[key]
            expected = shape_of(said[key][3])
            assert shape == (expected or ()), key
            if dtype is not None and key not in ("step", "seed"):
                assert dtype == (number if expected is None else whole), key


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_it_takes_and_refuses_what_is_said(name: str, pages: dict[str, Page]) -> None:
    spec = OPTIMIZERS[name]
    text = section(pages[f"optimizers/{spec.module}"], "What it takes and refuses")
    cls = getattr(steprule.torch, name)

    def is_refused(error: type[Exception], call: Callable[[], Any]) -> bool:
        try:
            call()
        except error:
            return True
        return False

    p = nn.Parameter(torch.ones(SHAPE))
    assert is_refused(RuntimeError, lambda: cls([p], fused=True)) is ("No compiled kernel" in text)
    in_numpy = getattr(steprule.numpy, name)
    assert is_refused(ValueError, lambda: in_numpy(engine="numba")) is ("No compiled" in text)
    vector = nn.Parameter(torch.ones(3))
    assert is_refused(ValueError, lambda: cls([vector])) is ("at least two axes" in text)
    numbers = nn.Parameter(torch.ones(SHAPE, dtype=torch.complex64))
    assert is_refused(ValueError, lambda: cls([numbers])) is ("parameters raise" in text)
    alone = is_refused(ValueError, lambda: Mixed(cls([p])))
    assert alone is ("`Mixed` refuses" in text)
    if not spec.inputs:
        optimizer = cls([p])
        p.grad = torch.ones(SHAPE).to_sparse()
        condition = re.search(r"gradients are taken where \{code\}`(.+?)`", text)
        takes = "gradients are taken." in text
        if condition:
            takes = bool(eval(condition[1], {}, dict(optimizer.param_groups[0])))
        assert is_refused(RuntimeError, optimizer.step) is not takes


def test_what_one_number_for_all_depends_on_is_said(pages: dict[str, Page]) -> None:
    text = section(pages["optimizers/prodigy"], "What it takes and refuses")
    (names,) = re.findall(r"All groups have the same (.*?), on which", text)
    p, q = (nn.Parameter(torch.ones(2)) for _ in range(2))
    other = {"betas": (0.5, 0.5), "lr": 2.0, "beta3": 0.5, "d0": 1e-3, "weight_decay": 0.5}
    for name, value in other.items():
        optimizer = steprule.torch.Prodigy([{"params": [p]}, {"params": [q], name: value}])
        p.grad = q.grad = torch.ones(2)
        if f"`{name}`" in names:
            with pytest.raises(ValueError, match=name):
                optimizer.step()
        else:
            optimizer.step()


ENTRY = re.compile(
    r"^:{3,}\{py:(?:method|property|function|class)\} ([\w.]+)(.*?)$(.*?)(?=^:{3,}\{py|\Z)",
    re.MULTILINE | re.DOTALL,
)


def entries(page: Page) -> dict[str, tuple[str, str]]:
    """What is described on a page: the call, and what is said of it."""
    return {name: (call, body) for name, call, body in ENTRY.findall(page.text)}


def members(of: object) -> set[str]:
    return {name for name in dir(of) if not name.startswith("_")}


def test_every_method_is_described_or_torchs(pages: dict[str, Page]) -> None:
    p = nn.Parameter(torch.ones(2))
    found = {e.partition(".")[2] for e in entries(pages["api/torch"]) if "Optimizer." in e}
    about = pages["api/torch"].text.partition("What is not described here")[2].partition("\n##")[0]
    torchs = {*re.findall(r"`(\w+)`", about)}
    types = {"OptimizerPreHook", "OptimizerPostHook"}  # which torch has in the class
    assert found | torchs == members(Adam([p])) - types
    assert torchs <= members(torch.optim.SGD([p]))
    in_numpy = {e.partition(".")[2] for e in entries(pages["api/numpy"])}
    optimizer = NumPyAdam()
    arguments = {*inspect.signature(NumPyAdam).parameters, "seed"}
    assert in_numpy == members(optimizer) - arguments
    schedulers = set(entries(pages["api/torch-schedulers"]))
    optimizer = Adam([p])
    made_of = {
        "Scheduler": CosineAnnealingLR(optimizer, 3),
        "MetricScheduler": ReduceLROnPlateau(optimizer),
    }
    for kind, scheduler in made_of.items():
        methods = {n for n in members(scheduler) if inspect.ismethod(getattr(scheduler, n))}
        own = {e.partition(".")[2] for e in schedulers if e.startswith(f"{kind}.")}
        assert methods - own <= {"get_last_lr", "get_lr"}
        assert own <= methods


@pytest.mark.parametrize(
    ("page", "spoken_of"),
    [
        ("torch", {"Optimizer": Adam, "Mixed": Mixed, "groups": groups}),
        ("numpy", {"Optimizer": NumPyAdam}),
        (
            "torch-schedulers",
            {"Scheduler": CosineAnnealingLR, "MetricScheduler": ReduceLROnPlateau},
        ),
        (
            "numpy-schedules",
            {
                "Schedule": steprule.numpy.schedules.CosineAnnealingLR,
                "MetricSchedule": steprule.numpy.schedules.ReduceLROnPlateau,
            },
        ),
        ("index", {"compile": steprule.compile}),
    ],
)
def test_methods_are_called_as_is_shown(
    page: str, spoken_of: Mapping[str, Any], pages: dict[str, Page]
) -> None:
    found = entries(pages[f"api/{page}"])
    assert found
    for name, (call, _) in found.items():
        owner, _, method = name.partition(".")
        real = getattr(spoken_of[owner], method) if method else spoken_of[owner]
        if isinstance(real, property):
            assert not call
        else:
            assert plain(made(call, "f")) == plain(inspect.signature(real)), name


def test_common_arguments_have_the_defaults_that_are_shown(pages: dict[str, Page]) -> None:
    for page, classes in (("torch", (Adam, steprule.torch.NoisySGD)), ("numpy", (NumPyAdam,))):
        table = rows(section(pages[f"api/{page}"], "Arguments that all classes take"))
        real = {n: p for c in classes for n, p in inspect.signature(c).parameters.items()}
        for name, _, default, _ in table:
            if name == "seed" and page == "numpy":
                continue
            expected = real[name].default
            shown = "required" if expected is inspect.Parameter.empty else repr(expected)
            assert default == shown, name


def _swapped_twice() -> None:
    optimizer = ScheduleFreeAdamW([nn.Parameter(torch.ones(2))])
    with optimizer.swapped("averaged"), optimizer.swapped("averaged"):
        pass


def _mixed_twice() -> None:
    optimizer = Mixed(ScheduleFreeAdamW([nn.Parameter(torch.ones(2))]))
    with optimizer.swapped("averaged"), optimizer.swapped("averaged"):
        pass


def _swapped(optimizer: Any, name: str = "none", *params: Any) -> None:
    with optimizer.swapped(name, *params):
        pass


def _loaded_within() -> None:
    optimizer = steprule.numpy.ScheduleFreeAdamW()
    with optimizer.swapped("averaged", np.ones(2)):
        optimizer.load_state_dict(optimizer.state_dict())


def _with_grad(cls: type = Adam, grad: float = 1.0, **given: Any) -> Any:
    p = nn.Parameter(torch.ones(2))
    p.grad = torch.full((2,), grad)
    return cls([p], **given)


def _two_limits() -> None:
    optimizer = _with_grad(clipnorm=1.0)
    optimizer.param_groups[0]["clipvalue"] = 1.0
    optimizer.step()


ERRORS: dict[str, dict[tuple[str, str], Callable[[], Any]]] = {
    "torch": {
        ("Optimizer.step", "RuntimeError"): lambda: _with_grad(
            grad=np.inf, clipnorm=1.0, error_if_nonfinite=True
        ).step(),
        ("Optimizer.step", "TypeError"): lambda: _with_grad().step(none=1.0),
        ("Optimizer.step", "ValueError"): _two_limits,
        ("Optimizer.add_param_group", "RuntimeError"): lambda: _with_grad().add_param_group(
            {"params": [nn.Parameter(torch.ones(1))], "fused": True, "foreach": True}
        ),
        ("Optimizer.add_param_group", "ValueError"): lambda: _with_grad().add_param_group(
            {"params": [nn.Parameter(torch.ones(1))], "lr": -1.0}
        ),
        ("Optimizer.load_state_dict", "ValueError"): lambda: _with_grad().load_state_dict({}),
        ("Optimizer.output", "ValueError"): lambda: _with_grad().output("none"),
        ("Optimizer.needs", "TypeError"): lambda: _with_grad().needs("none"),
        ("Optimizer.swapped", "RuntimeError"): _swapped_twice,
        ("Optimizer.swapped", "ValueError"): lambda: _swapped(_with_grad()),
        ("groups", "TypeError"): lambda: groups(nn.Linear(2, 1), {nn.Linear: {}}),  # pyright: ignore
        ("groups", "ValueError"): lambda: groups(nn.Linear(2, 1), {"none": {}}),
        ("Mixed", "TypeError"): lambda: Mixed(torch.optim.SGD([nn.Parameter(torch.ones(1))])),  # pyright: ignore
        ("Mixed", "ValueError"): lambda: Mixed(_with_grad(SAM)),
        ("Mixed.add_param_group", "TypeError"): lambda: Mixed(_with_grad()).add_param_group({}),
        ("Mixed.step", "TypeError"): lambda: Mixed(_with_grad()).step(none=1.0),
        ("Mixed.step", "RuntimeError"): lambda: Mixed(
            _with_grad(grad=np.inf, clipnorm=1.0, error_if_nonfinite=True)
        ).step(),
        ("Mixed.step", "ValueError"): lambda: Mixed(_with_grad(steprule.torch.AdaHessian)).step(
            hessian=[]
        ),
        ("Mixed.load_state_dict", "ValueError"): lambda: Mixed(_with_grad()).load_state_dict(
            {"state": {}, "param_groups": []}
        ),
        ("Mixed.needs", "TypeError"): lambda: Mixed(_with_grad()).needs("none"),
        ("Mixed.output", "ValueError"): lambda: Mixed(_with_grad()).output("none"),
        ("Mixed.swapped", "RuntimeError"): _mixed_twice,
        ("Mixed.swapped", "ValueError"): lambda: _swapped(Mixed(_with_grad())),
    },
    "numpy": {
        ("Optimizer.update", "RuntimeError"): lambda: NumPyAdam(
            clipnorm=1.0, error_if_nonfinite=True
        ).update(np.ones(2), np.full(2, np.inf)),
        ("Optimizer.update", "TypeError"): lambda: NumPyAdaHessian().update(np.ones(2), np.ones(2)),
        ("Optimizer.update", "ValueError"): lambda: NumPyAdam().update(np.ones(2), np.ones(3)),
        ("Optimizer.load_state_dict", "RuntimeError"): _loaded_within,
        ("Optimizer.load_state_dict", "TypeError"): lambda: NumPyAdam().load_state_dict(
            {"step": np.array(1), "m": np.ones(2, int), "v": np.ones(2, int)}
        ),
        ("Optimizer.load_state_dict", "ValueError"): lambda: NumPyAdam().load_state_dict({}),
        ("Optimizer.needs", "TypeError"): lambda: NumPyAdam().needs("none"),
        ("Optimizer.output", "TypeError"): lambda: steprule.numpy.ScheduleFreeAdamW().output(
            "averaged",
            [1],  # pyright: ignore
        ),
        ("Optimizer.output", "ValueError"): lambda: NumPyAdam().output("none", np.ones(2)),
        ("Optimizer.swapped", "RuntimeError"): _loaded_within,
        ("Optimizer.swapped", "TypeError"): lambda: _swapped(
            steprule.numpy.ScheduleFreeAdamW(), "averaged", [1]
        ),
        ("Optimizer.swapped", "ValueError"): lambda: _swapped(NumPyAdam(), "none", np.ones(2)),
    },
    "torch-schedulers": {
        ("Scheduler.step", "ValueError"): lambda: CosineAnnealingLR(_with_grad(), 3).step(-1),
        ("Scheduler.load_state_dict", "ValueError"): lambda: CosineAnnealingLR(
            _with_grad(), 3
        ).load_state_dict({}),
        ("MetricScheduler.step", "ValueError"): lambda: ReduceLROnPlateau(_with_grad()).step(
            np.nan
        ),
        ("MetricScheduler.load_state_dict", "ValueError"): lambda: ReduceLROnPlateau(
            _with_grad()
        ).load_state_dict({}),
    },
}
UNSEEN = {("Optimizer.update", "ImportError"), ("MetricScheduler.step", "RuntimeError")}
"""What is raised where Numba is missing, or a group was added: other tests see it."""


def raised(page: Page) -> Iterator[tuple[str, str]]:
    for name, (_, body) in entries(page).items():
        for errors in re.findall(r"^:raises (.+?):", body, re.MULTILINE):
            yield from ((name, error) for error in errors.split(", "))


@pytest.mark.parametrize("page", ERRORS)
def test_what_is_said_to_be_raised_is(page: str, pages: dict[str, Page]) -> None:
    assert {*raised(pages[f"api/{page}"])} - UNSEEN == ERRORS[page].keys()
    for (_, error), call in ERRORS[page].items():
        with pytest.raises(getattr(builtins, error)):
            call()


def test_every_class_is_listed(pages: dict[str, Page]) -> None:
    table = {row[0]: row for row in rows(section(pages["api/index"], "All optimizers"))}
    assert len(table) == len(OPTIMIZERS)
    for name, module, expected in (
        ("Adam", "adam", ["torch.optim.Adam", "", "", "yes", "", ""]),
        (
            "SGD",
            "sgd",
            ["torch.optim.SGD", "", "", "yes", "where momentum == 0 and weight_decay == 0", ""],
        ),
        ("ASGD", "asgd", ["torch.optim.ASGD", "", "averaged", "yes", "", ""]),
    ):
        assert table[f"[{name}](/optimizers/{module}.md)"][1:] == expected
