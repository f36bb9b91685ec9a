"""Run generated optimizers beside the oracle: every backend, one step at a time."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from steprule.codegen.backends import Entry, backends
from steprule.codegen.backends.signature import arguments
from steprule.codegen.files.emit import difference, plan
from steprule.codegen.files.write import write
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.oracle.formats import FORMATS
from steprule.codegen.program.compiled import compiled
from steprule.specs.language import Optimizer

_numbers = count()

FORMS = {
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"capturable": True},
    "fused": {"fused": True},
}
"""How a torch optimizer runs: on tensors, on lists, with the step count as a tensor, by kernels."""


@dataclass
class Package:
    """Generated optimizers, imported from a folder of their own."""

    name: str
    folder: Path
    modules: dict[str, ModuleType] = field(default_factory=dict)

    def optimizer(self, backend: str, spec: Optimizer) -> type:
        return getattr(self.module(f"{backend}.{spec.module}"), spec.name)

    def module(self, path: str) -> ModuleType:
        if path not in self.modules:
            if not path:
                root = self.modules[""] = sys.modules[self.name] = ModuleType(self.name)
                root.__path__ = [str(self.folder)]
                return root
            self.module(path.rpartition(".")[0])
            file = self.folder.joinpath(*path.split("."))
            init = file / "__init__.py"
            location = init if init.is_file() else file.with_suffix(".py")
            name = f"{self.name}.{path}"
            spec = spec_from_file_location(name, location)
            assert spec is not None
            assert spec.loader is not None
            module = sys.modules[name] = module_from_spec(spec)
            spec.loader.exec_module(module)
            self.modules[path] = module
        return self.modules[path]


@dataclass
class Run:
    """A generated optimizer at work on some tensors."""

    step: Callable[[Sequence[np.ndarray]], None]
    thetas: Callable[[], list[np.ndarray]]
    states: Callable[[], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Package]]:
    """Generates specs into a package.

    ``formatted=False`` leaves the formatter out, ``kernels=True`` adds Numba's, ``only`` says the
    backends.
    """
    made: list[Package] = []

    def build(
        specs: Sequence[Optimizer],
        *,
        formatted: bool = True,
        kernels: bool = False,
        only: Collection[str] = ("numpy", "torch"),
    ) -> Package:
        folder = tmp_path_factory.mktemp("generated")
        names = (*only, *(["numba"] if kernels else []))
        chosen = {name: b for name, b in backends().items() if name in names}
        if formatted:
            write(difference(plan(specs, chosen, folder, complete=True), folder), folder)
        else:
            entries = [Entry(s.name, s.module) for s in specs]
            for name, backend in chosen.items():
                (folder / name).mkdir()
                for spec in specs:
                    for file, text in backend.files(compiled(spec)).items():
                        (folder / name / file).write_text(text)
                for file, text in backend.shared(entries).items():
                    (folder / name / file).write_text(text)
        made.append(Package(f"generated_for_tests_{next(_numbers)}", folder))
        return made[-1]

    yield build
    for each in made:
        for path in each.modules:
            sys.modules.pop(f"{each.name}.{path}".rstrip("."), None)


@pytest.fixture(scope="session")
def assert_as_oracle() -> Callable[..., None]:
    """Runs one form of a generated optimizer and compares each step with the oracle's.

    The oracle starts every step from what the optimizer has stored, so that roundings do
    not add up over the steps.
    """

    def check(
        package: Package,
        spec: Optimizer,
        form: str,
        thetas: Sequence[np.ndarray],
        gradients: Sequence[Sequence[np.ndarray]],
        *,
        hyper: Mapping[str, float],
        options: Mapping[str, bool],
        rtol: float,
        atol: float = 0.0,
    ) -> None:
        run = _run(package, spec, form, thetas, hyper, options)
        stored = [oracle.initial(spec, x, hyper, options) for x in thetas]
        for t, grads in enumerate(gradients, start=1):
            before = run.thetas()
            run.step(grads)
            after = run.states()
            tensors = [
                oracle.Tensor(*each, hyper, options)
                for each in zip(before, grads, stored, strict=True)
            ]
            exact = oracle.steps(spec, tensors, t=t, shared={}, form=FORMATS["float64"])
            for i, (theta, new) in enumerate(zip(run.thetas(), after, strict=True)):
                expected = exact[i]
                actual = {"theta": theta, **new}
                assert actual.keys() == expected.keys()
                for name, value in expected.items():
                    np.testing.assert_allclose(
                        actual[name],
                        np.asarray(value).astype(float),
                        rtol=rtol,
                        atol=atol,
                        err_msg=f"{spec.name}, {form}: {name} of tensor {i} at step {t}",
                    )
            stored = after

    return check


def _run(
    package: Package,
    spec: Optimizer,
    form: str,
    thetas: Sequence[np.ndarray],
    hyper: Mapping[str, float],
    options: Mapping[str, bool],
) -> Run:
    given: dict[str, Any] = dict(options)
    for a in arguments(spec):
        if a.is_tuple:
            given[a.name] = tuple(hyper[h.name] for h in a.members)
        elif not a.is_option:
            given[a.name] = hyper[a.name]
    if form in ("numpy", "numba"):
        return _numpy_run(package, spec, thetas, given | {"engine": form})
    return _torch_run(package, spec, thetas, given | FORMS[form])


def _numpy_run(
    package: Package, spec: Optimizer, thetas: Sequence[np.ndarray], given: dict[str, Any]
) -> Run:
    params = [x.copy() for x in thetas]
    optimizer = package.optimizer("numpy", spec)(**given)

    def step(gradients: Sequence[np.ndarray]) -> None:
        kept = [g.copy() for g in gradients]
        optimizer.update(params, list(gradients))
        for g, before in zip(gradients, kept, strict=True):
            np.testing.assert_array_equal(g, before, err_msg="the gradient was overwritten")

    def states() -> list[dict[str, Any]]:
        stored = optimizer.state_dict()
        scalars = {s.name for s in spec.states if s.shape.is_number}
        return [
            {
                s.name: float(stored[s.name]) if s.name in scalars else stored[f"{s.name}/{i}"]
                for s in spec.states
                if s.name in stored or f"{s.name}/{i}" in stored
            }
            for i in range(len(params))
        ]

    return Run(step, lambda: [p.copy() for p in params], states)


def _shared(optimizer: Any, spec: Optimizer) -> dict[str, Any]:
    """The states that are one for all parameters, which every group has alike."""
    keys = {s.key for s in spec.states if s.shape.is_global}
    (first, *others) = [{k: group.get(k) for k in keys} for group in optimizer.param_groups]
    assert all(other == first for other in others)
    return {k: torch.as_tensor(x, dtype=torch.float64) for k, x in first.items() if x is not None}


def _torch_run(
    package: Package, spec: Optimizer, thetas: Sequence[np.ndarray], given: dict[str, Any]
) -> Run:
    params = [torch.nn.Parameter(torch.from_numpy(x.copy())) for x in thetas]
    optimizer = package.optimizer("torch", spec)(params, **given)

    def step(gradients: Sequence[np.ndarray]) -> None:
        for p, g in zip(params, gradients, strict=True):
            p.grad = torch.from_numpy(g.copy())
        optimizer.step()
        for p, g in zip(params, gradients, strict=True):
            assert p.grad is not None
            np.testing.assert_array_equal(p.grad, g, err_msg="the gradient was overwritten")

    def states() -> list[dict[str, Any]]:
        return [
            {
                s.name: float(kept[s.key]) if s.shape.is_number else kept[s.key].numpy().copy()
                for s in spec.states
                if s.key in (kept := optimizer.state[p] | _shared(optimizer, spec))
            }
            for p in params
        ]

    return Run(step, lambda: [p.detach().numpy().copy() for p in params], states)
