"""The verdict itself: right code passes, its errors are small, and every mutation is caught.

A mutation changes one thing in a generated file, as a slip of the hand would: a flipped
sign, a swapped beta, an epsilon moved into the root. Code is generated afresh into a
temporary package, changed there, and verified.
"""

import importlib
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from types import ModuleType

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import backends
from steprule.codegen.files.emit import Plan, difference, plan
from steprule.codegen.files.write import write
from steprule.codegen.loading.load import load
from steprule.codegen.program.compiled import CompiledRule, compiled
from steprule.codegen.verify.optimizers.cases import Case
from steprule.codegen.verify.optimizers.configurations import (
    Configuration,
    configurations,
    each_option,
    pairs_of_options,
)
from steprule.codegen.verify.optimizers.engines import Implementation
from steprule.codegen.verify.optimizers.implementations import implementations
from steprule.codegen.verify.optimizers.running import Answer, Crash, Request
from steprule.codegen.verify.optimizers.verify import trials, verify
from steprule.codegen.verify.package import generated
from steprule.codegen.verify.results import Result

pytestmark = pytest.mark.slow

Package = Callable[[str], ModuleType]


def results_of(
    name: str, package: Package, backend: str, cases: Collection[str] = ()
) -> list[Result]:
    """What verifying one backend in float32 finds; in all cases, or in those named."""
    return verify(*to_verify(name, package, backend, cases))


def is_caught(name: str, package: Package, backend: str, cases: Collection[str]) -> bool:
    """Whether the code fails, by its numbers or by not running at all; the first time will do."""
    rule, chosen, tried = to_verify(name, package, backend, cases)
    by_configuration = groupby(tried, key=lambda trial: id(trial[0]))
    return any(r.failure for _, some in by_configuration for r in verify(rule, chosen, some))


def to_verify(
    name: str, package: Package, backend: str, cases: Collection[str]
) -> tuple[CompiledRule, list[Implementation], list[tuple[Configuration, Case]]]:
    """The rule, the implementation of one backend in float32, and what it is tried on."""
    rule = _rule(name)
    chosen = [i for i in implementations(rule, package, "cpu", "float32") if i.backend == backend]
    tried = [t for t in trials(rule, "float32") if not cases or t[1].name in cases]
    return rule, chosen, tried


SMALL_CASES = ("scalar", "zero gradient", "large t")


@cache
def _rule(name: str) -> CompiledRule:
    return compiled(analyse(load(name)[0]))


@cache
def _planned(name: str) -> Plan:
    python = {n: b for n, b in backends().items() if n != "latex"}
    return plan([_rule(name).spec], python, Path("nowhere"), complete=True)


class Mutant:
    """A package generated for the occasion, in which one thing is wrong."""

    def __init__(self, root: str, folder: Path) -> None:
        self.root = root
        self.folder = folder

    def make(self, name: str, backend: str, change: Callable[[str], str]) -> Package:
        """The package of one spec with the rule of one backend changed."""
        write(difference(_planned(name), self.folder), self.folder)
        file = self.folder / backend.split()[0] / f"{_rule(name).module}.py"
        # What comes before the rule is documentation and checks.
        start = {
            "numpy": "def _coefficients(",
            "torch capturable": "def _loop(",
            "torch foreach": "def _foreach(",
        }
        before, rule = file.read_text().split(start[backend])
        assert change(rule) != rule
        file.write_text(before + start[backend] + change(rule))
        importlib.invalidate_caches()
        return lambda which: importlib.import_module(f"{self.root}.{which}")


@pytest.fixture
def mutant(tmp_path: Path) -> Iterator[Mutant]:
    root = f"mutant_{tmp_path.name}".replace("-", "_")
    sys.path.insert(0, str(tmp_path))
    yield Mutant(root, tmp_path / root)
    sys.path.remove(str(tmp_path))
    for module in [m for m in sys.modules if m.split(".")[0] == root]:
        del sys.modules[module]


@pytest.mark.parametrize("backend", ["numpy", "torch capturable", "torch foreach"])
@pytest.mark.parametrize("name", ["lion", "adamax"])
def test_generated_code_passes(name: str, backend: str) -> None:
    spec = analyse(load(name)[0])
    with generated(spec) as package:
        results = results_of(name, package, backend)
    assert {r.quantity for r in results} == {"theta", "clipped", *(s.name for s in spec.states)}
    assert [r.failure for r in results if r.failure] == []
    # Somewhere a result is off by much of what it may be; by nothing if nothing ran.
    assert all(r.ours.share > 0.3 for r in results), [r.ours for r in results]


MUTATIONS = [
    ("numpy", "adamw", "theta -= ", "theta += "),
    ("numpy", "adamw", "m += ", "m -= "),
    ("numpy", "adamw", "1 - step.beta1", "1 - step.beta2"),
    ("numpy", "adamw", "v *= step.beta2", "v *= step.beta1"),
    ("numpy", "adamw", "one_minus_power(step.beta2, t)", "one_minus_power(step.beta1, t)"),
    ("numpy", "adamw", "1 - lr * weight_decay", "1 + lr * weight_decay"),
    ("numpy", "adamw", "if step.amsgrad:", "if not step.amsgrad:"),
    ("numpy", "adamw", "np.maximum(", "np.minimum("),
    ("numpy", "adamw", "if step.maximize:", "if not step.maximize:"),
    ("numpy", "adamw", "power(step.beta1, t)", "power(step.beta1, t + 1)"),
    ("numpy", "adagrad", "(t - 1)", "t"),
    ("numpy", "sgd", "if step.nesterov:", "if not step.nesterov:"),
    ("numpy", "sgd", "if step.first:", "if not step.first:"),
    ("numpy", "sgd", "1 - dampening", "dampening"),
    ("numpy", "adadelta", "np.add(v, step.eps", "np.subtract(v, step.eps"),
    ("numpy", "lion", "np.sign(", "np.abs("),
    ("torch capturable", "adamw", "theta - step.step_size", "theta + step.step_size"),
    ("torch capturable", "adamw", "one_minus_beta2 * grad", "one_minus_beta1 * grad"),
    ("torch foreach", "adamw", "-step.step_size", "step.step_size"),
    ("torch foreach", "adamw", "_mul_(v, step.beta2)", "_mul_(v, step.one_minus_beta2)"),
    ("torch foreach", "adamw", "_maximum_(", "_minimum_("),
    ("torch foreach", "sgd", "alpha=step.weight_decay", "alpha=-step.weight_decay"),
]


@pytest.mark.parametrize(("backend", "name", "old", "new"), MUTATIONS)
def test_a_mutation_is_caught(mutant: Mutant, backend: str, name: str, old: str, new: str) -> None:
    package = mutant.make(name, backend, lambda rule: rule.replace(old, new, 1))
    assert is_caught(name, package, backend, SMALL_CASES)


@pytest.mark.parametrize("backend", ["numpy", "torch capturable", "torch foreach"])
def test_without_a_mutation_nothing_is_caught(mutant: Mutant, backend: str) -> None:
    package = mutant.make("sgd", backend, lambda rule: f"{rule}\n")
    assert not is_caught("sgd", package, backend, SMALL_CASES)


def test_an_epsilon_moved_into_the_root_is_caught(mutant: Mutant) -> None:
    outside = re.compile(r"np\.sqrt\(s, out=(\w+)\)\s+\1 \+= step.eps")
    inside = r"np.add(s, step.eps, out=\1); np.sqrt(\1, out=\1)"
    package = mutant.make("adagrad", "numpy", lambda rule: outside.sub(inside, rule))
    assert is_caught("adagrad", package, "numpy", ("random",))


LERP = (
    r"np\.multiply\(step.beta1, m, out=tmp2\)\s+"
    r"np\.multiply\(step.one_minus_beta1, grad, out=tmp3\)",
    "np.copyto(tmp2, m); np.subtract(grad, m, out=tmp3); tmp3 *= step.one_minus_beta1",
)
"""c = m + (1 - beta1)*(g - m), which loses a small g beside a large m where beta1 is 0."""

ONE_ROOT = (
    r"np\.sqrt\(tmp2, out=tmp2\)(\s+np\.add\(v, step.eps, out=tmp3\))\s+np\.sqrt\(tmp3, out=tmp3\)"
    r"(\s+tmp2 /= tmp3)",
    r"\1\2; np.sqrt(tmp2, out=tmp2)",
)
"""sqrt((u + eps)/(v + eps)), a quotient that underflows where the roots do not."""


@pytest.mark.parametrize(("name", "form"), [("lion", LERP), ("adadelta", ONE_ROOT)])
def test_a_form_that_is_wrong_far_out_is_caught(
    mutant: Mutant, name: str, form: tuple[str, str]
) -> None:
    package = mutant.make(name, "numpy", lambda rule: re.sub(*form, rule))
    assert is_caught(name, package, "numpy", ("jumps",))


def test_a_crash_is_a_failure_with_its_place(mutant: Mutant) -> None:
    package = mutant.make("sgd", "numpy", lambda rule: rule.replace("theta -=", "thetas -="))
    found = [r.failure for r in results_of("sgd", package, "numpy", ("scalar",))]
    assert found
    message = r"^inf ulp in the case 'scalar' with .*: UnboundLocalError: .* \(sgd.py, line \d+\)$"
    assert all(re.match(message, failure) for failure in found)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_kernels_meet_fewer_options_together_than_the_text_that_is_run(dtype: str) -> None:
    rule = _rule("sgd")
    found = implementations(rule, importlib.import_module, "cpu", dtype, without={"torch"})
    asked: dict[int, set[str]] = {1: set(), 2: set()}

    def run_all(requests: Iterable[Request]) -> Iterator[Answer]:
        for request in requests:
            switched = {n: x != 0 for n, x in request.arguments.items() if n not in ("lr", "limit")}
            asked[len(request.starts)].add(repr(switched))
            yield [Crash(0, None, "nothing was run")] * len(request.starts)

    by_text, by_both = asked[1], asked[2]
    assert [i.compiles for i in found] == [False, True]
    verify(rule, found, [t for t in trials(rule, dtype) if not t[0].limit], run_all)
    all_ways, pairs = len(configurations(rule.spec)), len(pairs_of_options(rule.spec))
    every, met = (all_ways, pairs) if dtype == "float32" else (pairs, len(each_option(rule.spec)))
    defaults = 1  # beside which each number is tried at the ends of its domain
    assert met <= len(by_both) <= met + defaults
    assert every <= len(by_text | by_both) <= every + defaults
    for name in ("momentum", "nesterov", "maximize", "weight_decay"):
        assert all(any(f"'{name}': {on}" in each for each in by_both) for on in (True, False))


def test_a_kernel_that_does_not_clip_is_caught(mutant: Mutant) -> None:
    package = mutant.make("adagrad", "numpy", lambda rule: f"{rule}\n")
    rule = CompiledRule(analyse(load("adagrad")[0]))
    (compiled,) = [
        i for i in implementations(rule, package, "cpu", "float32") if i.backend == "numpy numba"
    ]
    clipping = [(c, case) for c, case in trials(rule, "float32") if c.limit]
    assert [(r.quantity, r.failure) for r in verify(rule, [compiled], clipping)] == [
        ("clipped", "")
    ]
    kernel = mutant.folder / "numba" / "adagrad.py"
    kernel.write_text(kernel.read_text().replace("if clip is not None", "if clip is None"))
    del sys.modules[f"{mutant.root}.numba.adagrad"]
    launcher, generation = (
        sys.modules[f"{mutant.root}.numba.{name}"] for name in ("_launch", "_generation")
    )
    for known in (generation.kernel_of, launcher._compiled):
        known.cache_clear()
    importlib.invalidate_caches()
    (found,) = verify(rule, [compiled], clipping)
    assert found.quantity == "clipped"
    assert "clipvalue=0.5" in found.failure or "clipnorm=0.5" in found.failure
