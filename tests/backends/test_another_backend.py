"""Another backend, as the package says one is written: AWK, for a single element."""

import subprocess
from importlib.metadata import EntryPoint
from pathlib import PurePosixPath

import numpy as np
import pytest
import steprule.numpy
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import backends
from steprule.codegen.backends.statements import Layout, assigned, block
from steprule.codegen.files.emit import plan
from steprule.codegen.loading.load import builtin
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.oracle.formats import FORMATS
from steprule.codegen.oracle.known import existing
from steprule.codegen.program import forms
from steprule.codegen.program import operations as ops
from steprule.codegen.program.compiled import CompiledRule, compiled
from steprule.codegen.program.forms import Form, Language, Printer, infix

from ..sample import optimizers

FORMS = {
    **forms.ARITHMETIC,
    ops.OR: infix("||", forms.OR, forms.OR, forms.AND),
    ops.AND: infix("&&", forms.AND, forms.AND, forms.NOT),
    ops.NOT: Form("!{}", forms.UNARY, (forms.ATOM,)),
    ops.POW: infix("^", forms.POWER, forms.ATOM, forms.UNARY),
    ops.SQUARE: Form("{} ^ 2", forms.POWER, (forms.ATOM,)),
    ops.SQRT: "sqrt",
    ops.EXP: "exp",
    ops.LOG: "log",
    ops.COS: "cos",
    ops.PI: "atan2(0, -1)",
    ops.ABS: "({0} < 0 ? -({0}) : {0})",
    ops.SIGN: "(({0} > 0) - ({0} < 0))",
    ops.MAX: "({0} > {1} ? {0} : {1})",
    ops.MIN: "({0} < {1} ? {0} : {1})",
    ops.ATAN2: "atan2",
    ops.MOD: "(({0}) % ({1}))",  # of what is not negative
    ops.CLIP: "({0} < {1} ? {1} : {0} > {2} ? {2} : {0})",
    ops.SELECT: "({} ? {} : {})",
    ops.FILL: "{}",  # there is one element
    ops.STORED: "{}",  # AWK has float64 alone
    ops.ONE_MINUS_POW: "(1 - ({}) ^ ({}))",
}
LAYOUT = Layout(branch="if ({}) {{", otherwise="} else {", end="}")


class Awk:
    name = "awk"
    comment = "#"

    def files(self, compiled):
        if not isinstance(compiled, CompiledRule):
            return {}
        program = compiled.kernel
        printer = Printer(Language("AWK", FORMS), {"length": "length_"})  # a function of AWK
        statement = assigned(printer, LAYOUT)
        lines = [*map(statement, program.host), block(program.body, printer, statement, LAYOUT)]
        results = [s.name if s.is_tensor else s.new.id for s in program.slots]
        lines.append(f'printf "{"%.17g " * len(results)}", {", ".join(results)}')
        text = "\n".join(["BEGIN {", "first = t == 1", *lines, "}"])
        return {f"{compiled.spec.module}.awk": f"{text}\n"}

    def shared(self, entries):
        return {}


backend = Awk()


@pytest.fixture
def planned(monkeypatch, tmp_path):
    announced = EntryPoint("awk", f"{__name__}:backend", "steprule.backends")
    monkeypatch.setattr("steprule.codegen.backends.entry_points", lambda group: [announced])
    return lambda spec: plan([spec], backends(), tmp_path, complete=True).files


SPECS = optimizers(lambda spec: not (spec.inputs or getattr(steprule.numpy, spec.name)._is_whole))
"""The rules of single elements."""


def test_they_are_many():
    assert len(SPECS) > 10


@pytest.mark.parametrize("name", SPECS.params())
def test_it_takes_a_step_of_every_rule_of_single_elements(name, planned, tmp_path):
    spec = analyse(SPECS[name])
    assert compiled(spec).program.is_elementwise
    assert_a_step(spec, planned(spec), tmp_path / "rule.awk")


def assert_a_step(spec, files, file):
    given = {h.name: float(h.default) for h in spec.hyperparameters}
    options = {o.name: o.default for o in spec.options}
    states = {s.name: 0.25 if s.shape.is_number else np.array(0.25) for s in spec.states}
    there = [s.name for s in existing(spec, (), given, options)]
    expected = oracle.step(
        spec, t=3, theta=np.array(0.5), gradient=np.array(-2.0),
        states={s: states[s] for s in there}, hyper=given, options=options,
        form=FORMATS["float64"],
    )  # fmt: skip
    file.write_text(files[PurePosixPath(f"awk/{spec.module}.awk")])
    values = {**given, **options, **states, "theta": 0.5, "grad": -2, "t": 3}
    settings = [f"-v{key}={float(value)!r}" for key, value in values.items()]
    printed = subprocess.run(["awk", *settings, "-f", file], capture_output=True, check=True).stdout
    found = dict(zip(["theta", *states], map(float, printed.split()), strict=True))
    for key, value in expected.items():
        # A few roundings, and what 1 - beta**t loses.
        # What a sum of about 1/2 leaves over is off by as much as what is added, of about 1e-3.
        np.testing.assert_allclose(
            found[key], float(value), rtol=1e-13, atol=1e-17, err_msg=f"{spec.name}: {key}"
        )


def test_an_operation_without_a_form_is_refused_by_name(planned, monkeypatch):
    monkeypatch.delitem(FORMS, ops.SQRT)
    refusal = "Adam in awk cannot be generated: AWK has no form for sqrt"
    with pytest.raises(NotImplementedError, match=refusal):
        planned(analyse(builtin()["Adam"]))
