"""``steprule prove`` as a person or a script uses it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from steprule.codegen.cli import cli

SPECS = """
from steprule.specs.language import (
    NON_NEGATIVE, UNIT, Hyper, Optimizer, State, Update, grad, hyperparameters, states, t, theta,
)
lr, beta, mu = hyperparameters("lr beta mu")
d, v, b = states("d v b")
G = grad(theta[t - 1])

def rule(name, factor, series, new, step):
    hyper = [Hyper(lr, "0.1", NON_NEGATIVE, "rate"), Hyper(factor, "0.9", UNIT, "factor")]
    updates = [Update(series[t], new), Update(theta[t], theta[t - 1] + step)]
    kept = [State(series, 0, "s")]
    return Optimizer(name, summary=name, source=name, hyper=hyper, states=kept, updates=updates)

accumulated = rule("Accumulated", beta, d, beta * d[t - 1] + G, -lr * d[t])
velocity = rule("Velocity", beta, v, beta * v[t - 1] - lr * G, v[t])
nesterov = rule("Nesterov", beta, b, beta * b[t - 1] + G, -lr * (G + beta * b[t]))
renamed = rule("Renamed", mu, v, mu * v[t - 1] - lr * G, v[t])
"""


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    file = tmp_path / "specs.py"
    file.write_text(SPECS)
    return file


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["prove", *map(str, words)])
    return result.exit_code, result.output


def test_the_flagship_reads_as_a_page():
    status, page = run("nesterov")
    assert status == 0
    assert page.startswith("PROVED: Nesterov's look-ahead is momentum with the difference")
    lines = [line.strip() for line in page.splitlines()]
    assert "d[t] = beta*d[t-1] + grad(theta[t-1] - lr*beta*d[t-1])" in lines
    assert "theta[t] of GradientDifference  <-  theta[t] - lr*beta*d[t]" in lines
    assert "= beta**2*d[t-1] + g + beta*g" in lines
    assert lines[-1].startswith("At the start they correspond, so by induction over t")


def test_two_files_that_make_claims_alone_are_no_rules(tmp_path: Path) -> None:
    files = [tmp_path / "one.py", tmp_path / "two.py"]
    for file in files:
        file.write_text(
            "from steprule.specs.language import *\n"
            f"c = Identity('of-{file.stem}', 'In {file.stem}.', (Part('t', t, t),), Verdict.PROVED)"
        )
    status, page = run(*files)
    assert (status, page.count("PROVED: In ")) == (0, 2)


def test_a_refutation_shows_residual_and_witness():
    status, page = run("average-printed")
    assert status == 0
    assert "v after a step: beta2*v[t-1]" in page
    assert "A witness: beta1 = " in page
    assert "AdamPaper, through the map:" in page


def test_json():
    status, text = run("nesterov", "nesterov-varying-rate", "--json")
    assert status == 0
    proved, refuted = json.loads(text)
    assert (proved["name"], proved["verdict"], proved["expected"]) == ("nesterov", *["PROVED"] * 2)
    assert proved["seconds"] >= 0
    assert refuted["verdict"] == "REFUTED"
    assert refuted["witness"]["left"] != refuted["witness"]["right"]
    assert "the point of the gradient in a step" in refuted["residuals"]


def test_a_linear_map_is_found(specs):
    status, page = run(f"{specs}:accumulated", f"{specs}:velocity")
    assert status == 0
    assert "v[t] of Velocity  <-  -lr*d[t]" in page


def test_what_was_tried_is_said(specs):
    status, page = run(f"{specs}:accumulated", f"{specs}:nesterov")
    assert status == 1
    assert page.startswith("REFUTED")  # by the map that carries d to b, and then theta parts
    assert page.count("linear maps of the states alone") == 1


def test_a_map_of_ones_own(specs, tmp_path):
    given = tmp_path / "phi.py"
    given.write_text(
        "from steprule.specs.language import hyperparameters, states, t\n"
        "lr, beta, mu = hyperparameters('lr beta mu')\n"
        "d, v = states('d v')\n"
        "phi = {v[t]: -lr * d[t]}\n"
        "hyper = {mu: beta}\n"
    )
    status, page = run(f"{specs}:accumulated", f"{specs}:renamed", "--map", given)
    assert status == 0
    assert page.startswith("PROVED")


def test_a_wrong_map_is_refuted(specs, tmp_path):
    given = tmp_path / "phi.py"
    given.write_text(
        "from steprule.specs.language import hyperparameters, states, t\n"
        "(lr,) = hyperparameters('lr')\n"
        "d, v = states('d v')\n"
        "phi = {v[t]: lr * d[t]}\n"
    )
    status, page = run(f"{specs}:accumulated", f"{specs}:velocity", "--map", given)
    assert status == 1
    assert "v after a step" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("phi = 3", "it is no dict of quantities at t"),
        ("phi = {1: 2}", "it is no dict of quantities at t"),
        ("1/0", "it does not run: ZeroDivisionError"),
        ("from steprule.specs.language import *\nphi = {states('q')[0][t]: 0}", "q is no quantity"),
        (
            "from steprule.specs.language import *\nq, v = states('q v')\nphi = {v[t]: q[t]}",
            "q is no quantity of Accumulated",
        ),
    ],
)
def test_a_bad_map_says_what_to_change(specs, tmp_path, text, said):
    given = tmp_path / "phi.py"
    given.write_text(text)
    status, message = run(f"{specs}:accumulated", f"{specs}:velocity", "--map", given)
    assert status == 2
    assert "[map]" in message
    assert said in message


def test_bad_input(specs, tmp_path):
    status, message = run("nesterof")
    assert (status, "Did you mean nesterov" in message) == (2, True)
    status, message = run(f"{specs}:accumulated", f"{specs}:renamed")
    assert (status, "Accumulated has no mu" in message) == (2, True)
    status, message = run(specs, f"{specs}:velocity")
    assert (status, "several-specs" in message) == (2, True)
    status, message = run("nesterov", "--map", tmp_path / "phi.py")
    assert (status, "--map goes with two specs" in message) == (2, True)
    status, message = run(f"{specs}:accumulated", f"{specs}:velocity", "--map", tmp_path / "no.py")
    assert (status, "[map]" in message) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["foo"], "no claim has this name. `steprule prove` without a name settles all"),
        (["nesterov", "foo"], "no claim has this name. `steprule prove` without a name"),
        (
            ["adam"],
            "it is a rule. Give a second rule, to be proved to be the same: steprule",
        ),
        (["skip(pnm)"], "the same: steprule prove 'skip(pnm)' RULE."),
        (["adam", "foo"], "no claim has this name, and no rule. Did you mean MoMo?"),
        (["nesterof", "average-printd"], "no rule. Did you mean nesterov, "),
    ],
)
def test_names_that_no_claim_has(words, said):
    status, message = run(*words)
    assert status == 2
    assert "[unknown-claim]" in message
    assert said in message


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gradient_noise(pnm)", "pnm"], "GradientNoisePNM: noise: a step is given more than"),
        (
            ["momoadam", "novograd"],
            "MoMoAdam: f: a step is given more than the gradient: the loss",
        ),
        (["linearlr", "steplr"], "LinearLR: spec: it is a schedule, and a proof is about two opt"),
    ],
)
def test_rules_that_cannot_be_related(words, said):
    status, message = run(*words)
    assert status == 2
    assert said in message
    assert message.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("left", "right"), [("muon", "sgdsai"), ("galore", "fromage"), ("skip(pnm)", "pnm")]
)
def test_rules_of_other_shapes_are_refuted_by_numbers(left, right):
    status, page = run(left, right)
    assert status == 1
    assert page.startswith("REFUTED")
    assert "A witness: " in page


def test_states_of_one_name_and_other_shapes_are_said(tmp_path):
    file = tmp_path / "shapes.py"
    file.write_text(
        f"from steprule.specs.language import Shape, mean\n{SPECS}\n"
        "def kept(name, shape, new):\n"
        "    hyper = [Hyper(lr, '0.1', NON_NEGATIVE, 'rate'), Hyper(beta, '0.9', UNIT, 'factor')]\n"
        "    updates = [Update(v[t], beta * v[t - 1] + new), Update(theta[t], theta[t - 1] - lr * "
        "v[t])]\n"
        "    return Optimizer(name, summary=name, source=name, hyper=hyper,\n"
        "                     states=[State(v, 0, 's', shape=shape)], updates=updates)\n"
        "one = kept('One', Shape.PER_TENSOR, mean(G))\n"
        "each = kept('Each', Shape.TENSOR, G)\n"
    )
    status, said = run(f"{file}:one", f"{file}:each")
    assert status == 1
    assert "UNKNOWN" in said
    assert (
        "One and Each keep v in different shapes: a number for each parameter in One, a number "
        "for each element in Each. Say with --map how one follows from the other."
    ) in said


def test_an_estimator_reads_as_a_derivation():
    status, page = run("estimator-without-replacement")
    assert status == 0
    lines = page.splitlines()
    assert lines[0].startswith("PROVED: A mini-batch drawn without replacement is unbiased")
    assert lines[3:5] == ["With", "    gbar = Sum(g(i), (i, 1, N))/N"]
    assert "    = sigma2*(-B + N)/(B*(N - 1))" in lines
    assert "    Where B <= N, the difference vanishes." in lines


CLAIMS = """
from steprule.specs.language import *
from steprule.specs.claims.averages import *  # built-in ones are not the file's own

(x,) = hyperparameters("x")


def square(name, value):
    return Identity(name, "A square.", (Part("it", (x + 1) ** 2, value),), Verdict.PROVED)


right = square("a-square", x**2 + 2 * x + 1)
wrong = square("no-square", x**2 + 1)
"""


class TestClaimsOfAFile:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        file = tmp_path / "claims.py"
        file.write_text(CLAIMS)
        return file

    def test_all_of_them(self, file: Path):
        status, page = run(file)
        assert status == 1
        assert page.count("A square.") == 2
        assert "PROVED: A square." in page
        assert "REFUTED: A square." in page
        assert "not as expected: no-square" in page

    @pytest.mark.parametrize("name", ["right", "a-square"])
    def test_one_by_binding_or_by_name(self, file: Path, name: str):
        status, page = run(f"{file}:{name}")
        assert (status, page.count("A square.")) == (0, 1)

    def test_none_of_the_name(self, file: Path):
        status, said = run(f"{file}:rihgt")
        assert status == 2
        assert "bound to or named 'rihgt'. The file has right, wrong." in said

    def test_none_at_all(self, specs: Path):
        status, said = run(specs)
        assert status == 2
        assert "it makes no claim. Bind one to a name: name = Equivalence(...); or give two" in said

    @pytest.mark.parametrize("name", ["no-square", "nesterov"])
    def test_names_that_are_taken(self, file: Path, name: str):
        file.write_text(f"{CLAIMS}\nagain = square({name!r}, x)")
        status, said = run(file)
        assert status == 2
        assert f"again: another claim is called {name} too. Rename one." in said
