"""No name of a spec's is one that the modules made from it have, or need, for themselves."""

import ast
import builtins
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.analysis.reserved import TRANSFORMS, class_objection, objection
from steprule.codegen.backends import Backend, backends
from steprule.codegen.program.compiled import compiled
from steprule.specs.language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    Schedule,
    Shape,
    State,
    Update,
    eta,
    flags,
    grad,
    hyperparameters,
    intermediates,
    lr,
    one_minus_power,
    states,
    step,
    t,
    theta,
)
from sympy import Abs, Max, Ne, Piecewise, Symbol, exp, sign, sqrt

qrate, qone, qtwo, qdecay = hyperparameters("qrate qone qtwo qdecay")
(qflag,) = flags("qflag")
qm, qv, qproduct = states("qm qv qproduct")
(qhat,) = intermediates("qhat")
g = grad(theta[t - 1]) + qdecay * theta[t - 1]

OPTIMIZER = Optimizer(
    "Qrule",
    summary="Has something of everything.",
    source="Nobody",
    hyper=[
        Hyper(qrate, "1e-3", NON_NEGATIVE, "rate"),
        Hyper(qone, "0.5", UNIT, "one", argument="qpair"),
        Hyper(qtwo, "0.5", UNIT, "two", argument="qpair"),
        Hyper(qdecay, "0", NON_NEGATIVE, "decay", optional=True),
        Option(qflag, "flag"),
    ],
    states=[
        State(qm, 0, "qm"),
        State(qv, 0, "qv", when=qflag, domain=NON_NEGATIVE),
        State(qproduct, 1, "qproduct", shape=Shape.SCALAR),
    ],
    updates=[
        Update(qproduct[t], qproduct[t - 1] * qone),
        Update(qm[t], Piecewise((g, Ne(t, 1)), (sign(g), True)) + qm[t - 1] * qproduct[t]),
        Update(qv[t], Max(qv[t - 1] * qtwo, Abs(g))),
        Update(qhat[t], Piecewise((qm[t] / (sqrt(qv[t]) + 1), qflag), (qm[t], True))),
        Update(theta[t], theta[t - 1] - qrate * exp(-1) * qhat[t] / one_minus_power(qone, t)),
    ],
)
SCHEDULE = Schedule(
    "Qschedule",
    summary="A share of the rate.",
    source="Nobody",
    hyper=[Hyper(qone, "", UNIT, "share"), Option(qflag, "flag")],
    updates=[Update(eta[step], Piecewise((lr * qone**step, qflag), (lr * qone, True)))],
    example={"lr": "0.1", "qone": "0.5"},
)


def bound(text: str) -> Iterator[str]:
    """The names a module binds, other than those of its imports' own parts."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.FunctionDef() | ast.ClassDef():
                yield node.name
            case ast.alias():
                yield node.asname or node.name.partition(".")[0]


@pytest.mark.parametrize("spec", [OPTIMIZER, SCHEDULE], ids=lambda spec: spec.name)
@pytest.mark.parametrize("backend", ["numba", "numpy", "torch", "triton"])
def test_every_name_of_a_module_is_reserved(backend: str, spec: Any) -> None:
    found: Backend = backends()[backend]
    texts = [
        text for name, text in found.files(compiled(analyse(spec))).items() if name.endswith(".py")
    ]
    names = {name for text in texts for name in bound(text)} - {"lr", "Qrule", "Qschedule"}
    assert len(names) > 10 or not texts
    # Arguments of every optimizer have a rule of their own; others are made of the spec's names.
    own = {name for name in names if name in TRANSFORMS or "q" in name}
    assert {name for name in names - own if not objection(name, type(spec))} == set()
    assert not {n for n in names if n[0].isupper() and n.isidentifier() and not class_objection(n)}


@pytest.mark.parametrize("name", ["Lr_scheduler", "Schedules", "Any", "Tensor", "Sequence"])
def test_classes_that_would_hide_what_is_needed(name: str, momentum: Any, refused: Any) -> None:
    refused(momentum(name=name), "name", f"'{name}'", "Give it the name of a class")


@pytest.mark.parametrize(
    "name", ["Np", "Kernel", "Range", "Int", "Options", "Bool", "Clipping", "Cache", "Tl", "Rule"]
)
def test_classes_whose_names_in_lower_case_are_names_of_modules(name: str, momentum: Any) -> None:
    """They bind nothing of that name."""
    spec = analyse(momentum(name=name))
    for backend in ("numba", "numpy", "torch", "triton"):
        (text,) = backends()[backend].files(compiled(spec)).values()
        module = ast.parse(text)
        names = [name for node in module.body for name in top(node)]
        assert len(names) == len(set(names))
        assert not {*names} & {*dir(builtins)}


def top(node: ast.stmt) -> Iterator[str]:
    """What one statement of a module binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.Import | ast.ImportFrom):
        yield from bound(ast.unparse(node))


@pytest.mark.parametrize("name", ["\ufb01rst", "\xb5", "\uff58", "\u212a"])
def test_names_that_python_writes_otherwise(name: str, step: Any, refused: Any) -> None:
    symbol = Symbol(name, real=True)
    spec = step(symbol * grad(theta[t - 1]), hyper=[Hyper(symbol, "1", NON_NEGATIVE, "")])
    refused(spec, "name", repr(name), unicodedata.normalize("NFKC", name), "Rename it")


@pytest.mark.parametrize("name", ["param_names", "state_dict", "param_groups", "initial_lr"])
def test_what_optimizers_have_for_themselves(name: str, step: Any, refused: Any) -> None:
    symbol = Symbol(name, real=True)
    spec = step(symbol * grad(theta[t - 1]), hyper=[Hyper(symbol, "1", NON_NEGATIVE, "")])
    refused(spec, "name", name, "generated code uses", "Rename it")
