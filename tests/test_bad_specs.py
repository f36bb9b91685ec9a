"""Specs that are wrong in any way get one error, which says where and what to do, and at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any

import pytest
from steprule.codegen.loading.selection import selected
from steprule.specs.language import SpecError

SPEC = """
import itertools, math, sympy, sys
import numpy as np
from fractions import Fraction
from sympy import *
from steprule.specs.language import *

lr, beta = hyperparameters("lr beta")
(nesterov,) = flags("nesterov")
(m,) = states("m")
g = grad(theta[t - 1])
$before

spec = Optimizer(
    $name,
    summary=$summary,
    source=$source,
    hyper=$hyper,
    states=$states,
    updates=$updates,
    constraints=$constraints,
    peer=$peer,
    step_key=$step_key,
    eager=$eager,
)
"""
PARTS = {
    "before": "",
    "name": '"Rule"',
    "summary": '"A rule."',
    "source": '"Nobody"',
    "hyper": "[Hyper(lr, $default, $domain, $doc), Hyper(beta, '0.9', UNIT, 'b')$option]",
    "default": "'1e-3'",
    "domain": "NON_NEGATIVE",
    "doc": "'rate'",
    "option": "",
    "states": "[State(m, $init, $key$when)]",
    "init": "0",
    "key": "'exp_avg'",
    "when": "",
    "updates": "[Update($target, $value), Update(theta[t], theta[t - 1] - lr * $step)]",
    "target": "m[t]",
    "value": "beta * m[t - 1] + (1 - beta) * g",
    "step": "m[t]",
    "constraints": "()",
    "peer": "''",
    "step_key": "'step'",
    "eager": "False",
}


def source(replaced: Mapping[str, str]) -> str:
    text = SPEC
    while "$" in text:
        text = Template(text).substitute(PARTS | replaced)
    return text


# Of no kind that belongs anywhere, by Python's name of the type.
STRANGE = {
    "None": "NoneType",
    "3": "int",
    "2.5": "float",
    "b'x'": "bytes",
    "[]": "list",
    "{}": "dict",
    "object()": "object",
    "lr": "Symbol",
    "print": "builtin",
    "Optimizer": "type",
    "True": "bool",
    "3**100000": "int",
}
# What a place takes of these.
TAKES = {
    "step_key": set[str](),
    "hyper": {"[]", "True", "None"},
    "init": {"None", "3", "lr", "2.5", "3**100000"},
    "value": {"3", "lr", "2.5", "3**100000", "True"},
    "states": {"[]"},
    "constraints": {"[]"},
    "updates": {"[]"},
    "eager": {"True"},
}
PLACES = {
    "name": "name",
    "summary": "summary",
    "source": "source",
    "peer": "peer",
    "step_key": "step_key",
    "eager": "eager",
    "doc": "doc of Hyper(lr, ...)",
    "domain": "domain of Hyper(lr, ...)",
    "default": "lr",
    "init": "init of State(",
    "key": "key of State(",
    "target": "equation",
    "value": "equation of m[t]",
    "hyper": "hyper",
    "states": "states",
    "updates": "updates",
    "constraints": "constraints",
}


def strange() -> Iterator[Any]:
    for place, where in PLACES.items():
        for value, kind in STRANGE.items():
            if value not in TAKES.get(place, ()):
                yield pytest.param({place: value}, (where,), id=f"{place}-{kind}-{value}")


WRONG: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    # numbers
    "infinite default": ({"default": "'1e400'"}, ("hyperparameter lr", "1e400", "1.8e308")),
    "endless default": ({"default": "'1e999999999'"}, ("hyperparameter lr", "digits")),
    "vanishing default": ({"default": "'1e-400'"}, ("hyperparameter lr", "2.2e-308")),
    "default outside": ({"default": "'-1'"}, ("hyperparameter lr", "outside its domain")),
    "no default": ({"default": "''"}, ("hyperparameter lr", "no decimal")),
    "default of a fraction": ({"default": "'1/3'"}, ("hyperparameter lr", "no decimal")),
    "huge constant": ({"value": "beta * m[t - 1] + 3**100000 * g"}, ("m[t]", "47549 digits")),
    "tower": ({"value": "beta * m[t - 1] + 10**10**3 * g"}, ("m[t]", "1.8e308")),
    "tiny constant": ({"value": "beta*m[t-1] + g*Rational(1, 10**400)"}, ("m[t]", "2.2e-308")),
    "infinity": ({"value": "beta * m[t - 1] + oo * g"}, ("m[t]", "oo")),
    "zoo": ({"value": "beta * m[t - 1] + g / Integer(0)"}, ("m[t]", "zoo")),
    "nan": ({"value": "nan"}, ("m[t]", "nan")),
    "imaginary": ({"value": "beta * m[t - 1] + I * g"}, ("m[t]",)),
    # names and functions
    "no such source": (
        {"before": "Input(m, Source.TENSOR, 'an input')"},
        ("Write one of", "Source.ELEMENTS"),
    ),
    "a list of what is compared": (
        {"value": "Min([m[t - 1], 1])"},
        ("is not comparable. Max and Min take what they compare one by one",),
    ),
    "the steps of a schedule": (
        {"before": "from steprule.specs.language import step", "value": "m[t - 1] * step + g"},
        ("step counts the steps of a schedule", "Write t", "counted from 1"),
    ),
    "a function of the layers": (
        {"value": "m[t - 1] * sigmoid(g)"},
        ("Write 1 / (1 + exp(-x))",),
    ),
    "a function whose plain form overflows": (
        {"value": "m[t - 1] * softplus(g)"},
        ("Write Piecewise((x, x > 20), (log(1 + exp(x)), True)), as exp(x) overflows",),
    ),
    "a factor that is not there": (
        {"value": "svd(m[t - 1])"},
        ("Write eigenvectors(matmul(transpose(x), x))",),
    ),
    "a function of two": (
        {"value": "iterate(5, g, lambda X, Y: X)"},
        ("a function of one argument, not with one of X, Y", "has its name already"),
    ),
    "no such word": (
        {
            "before": "c = Choice('c', ('a', 'b'), 'x')",
            "value": "Piecewise((g, c['d']), (0, True))",
        },
        ("c has the words a, b, not 'd'. Name one of them",),
    ),
    "numbers drawn in the spec": (
        {"value": "m[t - 1] * randn()"},
        ("Input(x, Source.NORMAL",),
    ),
    "what has to be given": (
        {"before": "State(m, key='m')"},
        ("It is State(series, init, key, when=..., shape=..., domain=..., latex='')",),
    ),
    "as many leading columns as": (
        {"value": "leading(m[t - 1], beta)"},
        ("Write leading(x, basis)", "view=View(rank=rank)"),
    ),
    "nothing that is given": (
        {"value": "m[t - 1] * q[t]", "before": "(q,) = inputs('q')"},
        ("Input(q",),
    ),
    "empty domain": ({"domain": "Interval(Fraction(2), Fraction(1))"}, ("lr", "no number lies")),
    "domain of text": ({"domain": "Interval('0', '1')"}, ("lr", "Fraction")),
    # size
    "many terms": (
        {"step": "Add(*[k * Abs(m[t] + k) for k in range(1, 400)])"},
        ("theta", "1500"),
    ),
    "many equal parts": (
        {"before": "e = m[t]\nfor _ in range(60): e = e * e + e", "step": "e"},
        ("theta[t]", "billions", "Name as intermediates what stands in it more than once"),
    ),
    "deep": (
        {"before": "e = m[t]\nfor _ in range(60): e = clip(e + 1, 0, 9)", "step": "e"},
        ("theta[t]", "within one another"),
    ),
    "many flags": (
        {
            "before": "fs = flags(' '.join(f'f{k}' for k in range(14)))",
            "option": ", *[Option(f, 'x') for f in fs]",
            "step": "Add(m[t], *[Piecewise((m[t] * 2, f), (g, True)) for f in fs])",
        },
        ("hyper", "16384 courses"),
    ),
    "many arguments": (
        {"option": ", *[Hyper(Symbol(f'h{k}'), '1', REAL, 'x') for k in range(200)]"},
        ("hyper", "202"),
    ),
    # text
    "lone surrogate": ({"summary": "'\\udc80'"}, ("summary", "udc80")),
    "control character": ({"source": "'a\\x00b'"}, ("source", "x00")),
    "escape": ({"doc": "'\\x1b[31mred'"}, ("doc of hyperparameter lr", "x1b")),
    "long text": ({"summary": "'x' * 10**7"}, ("summary", "10000000")),
    "surrogate in a name": ({"name": "'Rule\\udc80'"}, ("its name", "udc80")),
    # structure
    "circle": (
        {
            "before": "a, b = intermediates('a b')",
            "states": "[]",
            "updates": "[Update(a[t], b[t] + g), Update(b[t], a[t]), Update(theta[t], a[t] * lr)]",
        },
        ("a[t]", "needs"),
    ),
    "twice the same equation": (
        {"updates": "2 * [Update(theta[t], theta[t-1] - lr*g)]"},
        ("theta",),
    ),
    "twice the same name": ({"option": ", Hyper(lr, '1', REAL, 'x')"}, ("hyperparameter lr",)),
    "twice the same state": ({"states": "2 * [State(m, 0, 'exp_avg')]"}, ("state m",)),
    "twice the same key": (
        {
            "before": "(n,) = states('n')",
            "states": "[State(m, 0, 'k'), State(n, 0, 'k')]",
            "updates": "[Update(m[t], g), Update(n[t], g), Update(theta[t], n[t-1] + m[t-1] * lr)]",
        },
        ("state n", "checkpoint key k"),
    ),
    "key of the step count": ({"key": "'step'"}, ("checkpoint key step",)),
    "state and hyperparameter": (
        {"option": ", Hyper(Symbol('m', real=True), '1', REAL, 'x')"},
        ("m",),
    ),
    "unhashable": ({"before": "{[1]: 2}"}, ("line 12", "unhashable")),
    "unfinished": ({"before": "x = ("}, ("SyntaxError", "line")),
    "a subclass": (
        {"before": "class Own(Optimizer): pass\nOptimizer = Own"},
        ("Rule", "its class", "Own"),
    ),
    "endless list": ({"updates": "itertools.repeat(Update(m[t], g))"}, ("updates", "list")),
    "nothing learned": ({"updates": "[Update(m[t], g)]"}, ("theta[t]",)),
    "peer that is no path": ({"peer": "'not a path'"}, ("peer", "path")),
    "peer that is not there": ({"peer": "'torch.optim.Adan'"}, ("peer", "torch.optim.Adan")),
    "peer of no module": ({"peer": "'torhc.optim.Adam'"}, ("peer", "torhc.optim.Adam")),
    # what a file does
    "exit": ({"before": "sys.exit(3)"}, ("line 12", "SystemExit: 3")),
    "interrupt": ({"before": "raise KeyboardInterrupt"}, ("line 12", "KeyboardInterrupt")),
    "base exception": ({"before": "raise BaseException('x')"}, ("line 12", "BaseException: x")),
    "generator exit": ({"before": "raise GeneratorExit"}, ("line 12", "GeneratorExit")),
    "no memory": ({"before": "raise MemoryError"}, ("line 12", "MemoryError")),
    "error without text": (
        {"before": "class E(Exception):\n    def __str__(self): raise ValueError\nraise E"},
        ("line 14", "E"),
    ),
    "error of odd text": ({"before": "raise ValueError('\\udc80\\x1b')"}, ("line 12", "udc80")),
    "recursion": ({"before": "def f(): f()\nf()"}, ("RecursionError",)),
    # what is easily written, and what to write instead
    "mean along an axis": ({"step": "mean(m[t], axis=1)"}, ("line", "no argument axis", "mean")),
    "mean of two": ({"step": "mean(m[t], 1)"}, ("line", "mean")),
    "norm of text": ({"step": "norm('m')"}, ("line", "norm is taken of 'm'")),
    "series without time": ({"value": "beta * m + g"}, ("m is a series", "write m[t]")),
    "series alone": ({"value": "m"}, ("m is a series", "write m[t]")),
    "series to a power": ({"value": "m**2"}, ("m is a series", "write m[t]")),
    "root of a series": ({"value": "sqrt(m)"}, ("m is a series", "write m[t]")),
    "text as time": ({"value": "m['t']"}, ("write m[t] or m[t - 1]",)),
    "time by a half": ({"value": "m[t - 0.5]"}, ("m[t",)),
    "a matrix to start as": (
        {"init": "2 * identity(rows)", "when": ", shape=(rows, rows)"},
        ("init of state m", "a state starts as one number", "init=None", "Eq(t, 1)"),
    ),
    "NumPy's root": ({"step": "np.sqrt(m[t])"}, ("NumPy computes with numbers", "Write sqrt(x)")),
    "NumPy's maximum": ({"step": "np.maximum(m[t], 0)"}, ("line", "Write Max(x, y)")),
    "NumPy's mean, silently the value": ({"step": "np.mean(m[t])"}, ("Write mean(x)",)),
    "NumPy's sum of a list": ({"step": "np.sum([m[t], g])"}, ("Write total(x)",)),
    "NumPy's choice": ({"step": "np.where(m[t] > 0, m[t], 0)"}, ("Write Piecewise((x,",)),
    "NumPy's norm": ({"step": "np.linalg.norm(lr * m[t])"}, ("its norm is given", "norm(x)")),
    "NumPy's number": ({"step": "np.float64(lr)"}, ("given lr", "the expression alone")),
    "Python's root": (
        {"step": "math.sqrt(m[t])"},
        ("Python computes with numbers", "Write sqrt(x)"),
    ),
    "Python's exponential": (
        {"step": "math.exp(lr)"},
        ("Python computes with numbers", "Write exp(x)"),
    ),
    "Python's max": ({"step": "max(m[t], 0)"}, ("Max and Min for max and min",)),
    "Python's sum": ({"step": "sum(m[t])"}, ("neither summed nor iterated", "mean(x)")),
    "Python's round": ({"step": "round(m[t])"}, ("floor(x + Rational(1, 2))",)),
    "Python's int": ({"step": "int(lr)"}, ("from sympy",)),
    "Python's len": ({"step": "len(m[t])"}, ("numel",)),
    "Python's range": ({"before": "for i in range(beta): pass"}, ("iterate(n, x",)),
    "Python's pi": ({"step": "math.pi * m[t]"}, ("theta[t]", "Write pi")),
    "a method of torch's": ({"step": "(lr * m[t]).clamp(0, 1)"}, ("Write clip(x, lower",)),
    "an attribute of torch's": ({"step": "theta.grad"}, ("Write grad(theta[t - 1])",)),
    "a shape": ({"step": "m[t] / g.shape[0]"}, ("Write rows, cols, ndim and numel",)),
    "a circumflex": ({"step": "m[t]^2"}, ("Write ** for a power",)),
    "an at sign": ({"step": "m[t] @ g"}, ("Write matmul(x, y)",)),
    "a condition as a number": ({"step": "(m[t] > 0) * g"}, ("Piecewise((1, condition)",)),
    "a case without parentheses": ({"step": "Piecewise(g, m[t] > 0)"}, ("((x, condition),",)),
    "a sum sign alone": ({"step": "Sum(m[t])"}, ("Write total(x)",)),
    "text as a symbol": ({"value": "'beta' * m[t - 1]"}, ("without quotes",)),
    "a time in parentheses": ({"step": "m(t)"}, ("write x[t] or x[t - 1]",)),
    "a hyperparameter at a time": ({"step": "beta[t] * g"}, ("A hyperparameter has no time",)),
    "a gradient at a time again": ({"step": "g[t]"}, ("It is at a time already",)),
    "an assignment": ({"before": "m[t] = g"}, ("Write Update(x[t], ...)",)),
    "axes by number": ({"step": "mean(m[t], over=1)"}, ("Write over=rows or over=cols",)),
    "order of a norm": ({"step": "norm(m[t], ord=2)"}, ("no argument ord", "Write norm(x), or")),
    "bounds by name": ({"step": "clip(m[t], min=0, max=1)"}, ("max(value, lower)",)),
    "too few arguments": ({"hyper": "[Hyper(lr, '1')]"}, ("It is Hyper(symbol, default, domain",)),
    "a name nearly right": ({"domain": "NONNEGATIVE"}, ("line", "Perhaps NON_NEGATIVE")),
    "a name of the file's nearly right": ({"step": "nestrov * g"}, ("Perhaps nesterov",)),
    "a name of torch's": ({"step": "where(lr > 0, m[t], g)"}, ("Write Piecewise((x,",)),
    "an import nearly right": (
        {"before": "from steprule.specs.operators import lookahed"},
        ("Perhaps lookahead is meant",),
    ),
    "a relative import": ({"before": "from .parts import x"}, ("from parts import x",)),
    "a neighbour nearly right": ({"before": "import ruler"}, ("Did you mean rule?",)),
    "text for a symbol": (
        {"hyper": "[Hyper('lr', '1', REAL, 'x')]"},
        ('(lr,) = hyperparameters("lr")',),
    ),
    "text for a series": ({"states": "[State('m', 0, 'k')]"}, ('(m,) = states("m")',)),
    "a value for a series": ({"states": "[State(m[t], 0, 'k')]"}, ("Write m, without a time",)),
    "a series for a value": ({"target": "m"}, ("Write m[t]",)),
    "a pair for a domain": ({"domain": "(0, 1)"}, ("Interval(low=0, high=1)",)),
    "a shape of numbers": ({"when": ", shape=(3, 4)"}, ("Write axes, (rows,)",)),
    "one for a list": ({"states": "State(m, 0, 'k')"}, ("Write a list, also of one",)),
    "a list of names": ({"before": "a, b = states(['a', 'b'])"}, ('states("a b")',)),
    "more names than there are": ({"before": "a, b = states('a')"}, ("Unpack as many names",)),
    "if a value": ({"before": "x = 1 if m[t] else 2"}, ("truth value of m[t]", "Piecewise")),
    "if a series": ({"before": "if m: pass"}, ("truth value", "Piecewise")),
    "if equal": ({"before": "x = 1 if t % 10 == 0 else 2"}, ("Eq(Mod(t, 10), 0)",)),
    "not unpacked": ({"before": "lr = hyperparameters('lr')"}, ('(lr,) = hyperparameters("lr")',)),
    "states not unpacked": ({"before": "m = states('m')", "value": "m[t]"}, ("(m,) = states",)),
    "gradient to a power": ({"step": "grad**2"}, ("write grad(theta[t - 1])",)),
    "gradient at a time": ({"step": "grad[t]"}, ("write grad(theta[t - 1])",)),
    "gradient of the series": ({"step": "grad(theta)"}, ("write theta[t] or theta[t - 1]",)),
    "gradient of two": ({"step": "grad(theta[t - 1], 1)"}, ("write grad(theta[t - 1])",)),
    "if with a flag": ({"before": "if nesterov: pass"}, ("nesterov is an option", "Piecewise")),
    "choice by a flag": ({"step": "(g if nesterov else m[t])"}, ("nesterov", "Piecewise")),
    "not a flag": ({"step": "Piecewise((g, not nesterov), (m[t], True))"}, ("nesterov", "Not")),
    "choice by a condition": ({"step": "(g if m[t] > 0 else m[t])"}, ("Piecewise((x, condition)",)),
    "and": ({"step": "Piecewise((g, lr > 0 and beta > 0), (m[t], True))"}, ("And, Or and Not",)),
    "not": ({"step": "Piecewise((g, not lr > 0), (m[t], True))"}, ("And, Or and Not",)),
    "chain": ({"step": "Piecewise((g, 0 < lr < 1), (m[t], True))"}, ("And(0 < x, x < 1)",)),
    "float exponent": ({"step": "m[t]**0.5"}, ("theta[t]", "0.5 is a float", "Rational")),
    "float": ({"step": "0.1 * m[t]"}, ("theta[t]", "0.1 is a float", "Rational")),
    "Eq for Update": ({"updates": "[Eq(theta[t], g)]"}, ("updates", "Write Update(x[t], ...)")),
    "tuple for Update": ({"updates": "[(theta[t], g)]"}, ("updates", "Write Update(x[t], ...)")),
    "text as equation": ({"value": "'m[t-1] + g'"}, ("equation of m[t]", "str")),
    "unknown function": ({"step": "sympy.Function('f')(m[t])"}, ("theta[t]", "f is nothing")),
    "tangent": ({"step": "tan(m[t])"}, ("theta[t]", "tan is nothing")),
    "matrix": ({"step": "Matrix([m[t]])"}, ("theta[t]",)),
    "sum sign": ({"step": "Sum(m[t], (Symbol('k'), 0, 3))"}, ("theta[t]", "Sum")),
    "derivative": ({"step": "Derivative(g, lr)"}, ("theta[t]",)),
    "equal sign": ({"step": "Piecewise((g, m[t] == 0), (m[t], True))"}, ("==", "Eq(")),
    "unequal sign": ({"step": "Piecewise((g, lr != 0), (m[t], True))"}, ("!=", "Ne(")),
    "unlike a conjunction": (
        {"step": "Piecewise((g, not And(lr > 0, beta > 0)), (m[t], True))"},
        ("And, Or and Not",),
    ),
    "if with a conjunction": ({"before": "x = 1 if And(lr > 0, beta > 0) else 2"}, ("And, Or",)),
    "when by equality": ({"when": ", when=lr != 0"}, ("when of state m", "Ne(x, 0)")),
}


@pytest.mark.parametrize(
    ("replaced", "words"),
    [*strange(), *(pytest.param(*case, id=name) for name, case in WRONG.items())],
)
def test_one_error(replaced: dict[str, str], words: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "rule.py"
    file.write_text(source(replaced), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        selected([str(file)])
    message = str(caught.value)
    assert message.encode()  # and so can be shown
    assert message.isprintable()
    assert len(message) < 4000
    for word in words:
        assert word in message


def test_they_are_many() -> None:
    assert len([*strange()]) + len(WRONG) > 200


def test_the_spec_that_is_bent_is_right(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text(source({}))
    (spec,) = selected([str(tmp_path / "rule.py")])
    assert spec.name == "Rule"
