"""What a notebook shows of rules and of their classes."""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import steprule
import steprule._notebooks
import steprule.numpy
import steprule.torch
import torch
from steprule.codegen.compiling import shown
from steprule.codegen.compiling.shown import as_html, as_markdown
from steprule.specs.language import Optimizer
from steprule.specs.optimizers.muon import muon
from steprule.specs.optimizers.sgd import sgd
from steprule.specs.schedules.cosine import cosine_annealing_lr

STACK = "lookahead(cautious(sgd), k=3, name=Careful)"


class TestAPage:
    def test_of_a_rule(self) -> None:
        shown = as_markdown(sgd)
        assert shown
        assert r"\theta_t &= \theta_{t-1} - \gamma d_t" in shown
        assert r"b_{t-1} + (1 - \tau) \tilde{g}_t & \text{otherwise} \end{cases}" in shown
        assert r"| $\mu$ | `momentum` | $0$ | $[0, \infty)$ | momentum factor |" in shown
        assert "| $b_t$ |" in shown
        # A parameter and a gradient are read, a parameter is written; four bytes each.
        assert "| defaults | 0 bytes | 12 bytes | 1 |" in shown
        # With momentum the buffer is read and written too.
        assert "| `momentum` | 4 bytes | 20 bytes | 1 |" in shown

    def test_of_a_rule_without_a_cost(self) -> None:
        shown = as_markdown(muon)
        assert shown
        assert "Cost" not in shown
        assert "ns_steps" in shown

    def test_of_a_schedule(self) -> None:
        shown = as_markdown(cosine_annealing_lr)
        assert shown
        assert r"\eta_k &= \eta_{\min} + \frac{1}{2}" in shown
        assert "Cost" not in shown

    def test_of_a_compiled_class(self) -> None:
        cls = steprule.compile(STACK)
        shown = as_markdown(cls)
        assert shown
        assert shown.startswith("**Careful.**")
        assert "| $k$ | `k` | $3$ |" in shown
        assert "```python\nclass Careful(Optimizer):" in shown

    @pytest.mark.parametrize("package", [steprule.torch, steprule.numpy])
    def test_of_a_class_of_this_package(self, package: Any) -> None:
        shown = as_markdown(package.SGD)
        assert shown
        assert shown.startswith(str(as_markdown(sgd)))
        assert "```python\nclass SGD(Optimizer):" in shown

    def test_as_html(self) -> None:
        shown = as_html(steprule.torch.SGD)
        assert shown
        assert r"\theta_t &amp;= \theta_{t-1} - \gamma d_t" in shown
        assert r"<td style=" in shown
        assert "<code>momentum</code>" in shown
        assert "<details><summary>Code</summary><pre><code>class SGD(Optimizer):" in shown
        assert "-&gt; None:" in shown

    def test_of_a_rule_that_is_not_valid(self) -> None:
        wrong = replace(sgd, name="<b>")
        assert (as_html(wrong) or "").startswith("<p>[name] &lt;b&gt;: ")
        assert "is no Python class name" in (as_markdown(wrong) or "")

    @pytest.mark.parametrize("other", [int, torch.optim.SGD, steprule.torch.SGD.__mro__[1]])
    def test_of_nothing_else(self, other: type) -> None:
        assert as_html(other) is None


def test_without_what_the_page_is_made_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule is shown as it would be; whatever else is missing is a fault, and raised."""
    for missing in ("sympy", "nowhere"):

        def page(spec: Any, name: str = missing) -> Any:
            raise ModuleNotFoundError(name=name)

        monkeypatch.setattr(shown, "_of_spec", page)
        if missing == "sympy":
            assert as_html(sgd) is as_markdown(sgd) is None
        else:
            with pytest.raises(ModuleNotFoundError):
                as_html(sgd)


class Formatter:
    """IPython's, as far as it is asked: functions by type, or by a type's name."""

    def __init__(self) -> None:
        self.known: dict[Any, Callable[[Any], Any]] = {}

    def for_type(self, kind: type, function: Any = None) -> Any:
        before = self.known.get(kind)
        if function:
            self.known[kind] = function
        return before

    def for_type_by_name(self, module: str, name: str, function: Any = None) -> Any:
        self.known[module, name] = function

    def __call__(self, value: Any) -> Any:
        for kind in type(value).__mro__:
            for key in (kind, (kind.__module__, kind.__name__)):
                if key in self.known:
                    return self.known[key](value)
        return None


@pytest.fixture
def formatters(monkeypatch: pytest.MonkeyPatch) -> dict[str, Formatter]:
    """Of an IPython in which steprule is imported, that shows int in a way of its own."""
    found = {"text/html": Formatter(), "text/markdown": Formatter()}
    found["text/html"].for_type(type, lambda kind: "a number" if kind is int else None)
    ipython = ModuleType("IPython")
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters=found))
    ipython.get_ipython = lambda: shell  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    steprule._notebooks.show_rules()
    return found


def test_in_ipython(formatters: dict[str, Formatter]) -> None:
    html, markdown = formatters.values()
    for rule in (sgd, cosine_annealing_lr, steprule.numpy.SGD):
        assert html(rule) == as_html(rule)
        assert markdown(rule) == as_markdown(rule)
    assert html(int) == "a number"
    assert markdown(int) is html(Optimizer) is html(torch.nn.Linear) is None


def test_without_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    ipython = ModuleType("IPython")
    ipython.get_ipython = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    steprule._notebooks.show_rules()
