"""Loading: built-in specs by name, a user's specs by file."""

import importlib
import signal
import sys
from textwrap import dedent

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading import deadline
from steprule.codegen.loading.load import builtin, discover, load
from steprule.specs.language import Optimizer, SpecError
from steprule.specs.optimizers.adam import adam
from steprule.specs.optimizers.adamw import adamw

HEAD = """
from steprule.specs.language import (
    NON_NEGATIVE, Hyper, Optimizer, Update, grad, hyperparameters, t, theta
)

(lr,) = hyperparameters("lr")


def descent(name):
    return Optimizer(
        name,
        summary="Descent.",
        source="Cauchy, 1847",
        hyper=[Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate")],
        states=[],
        updates=[Update(theta[t], theta[t - 1] - lr * grad(theta[t - 1]))],
    )

"""


@pytest.fixture
def file(tmp_path):
    """Writes a spec file of the given lines after a common head; its path as text."""

    def write(lines, name="mine.py", head=HEAD):
        path = tmp_path / name
        path.write_text(head + dedent(lines))
        return str(path)

    return write


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of the given modules, by which discover() is tested."""

    def write(name, **modules):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        for module, lines in modules.items():
            (folder / f"{module}.py").write_text(HEAD + dedent(lines))
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    yield write
    for name in [n for n in sys.modules if n.startswith("specs_of_")]:
        del sys.modules[name]


def refused(reference, code):
    with pytest.raises(SpecError) as caught:
        load(reference)
    assert caught.value.code == code, str(caught.value)
    return str(caught.value)


class TestBuiltin:
    def test_the_classics_are_there_in_alphabetical_order(self):
        names = list(builtin())
        classics = [
            "Adadelta",
            "Adafactor",
            "Adagrad",
            "Adam",
            "Adamax",
            "AdamW",
            "Adan",
            "ASGD",
            "DoG",
            "KahanAdamW",
            "Lamb",
            "Lion",
            "Muon",
            "NAdam",
            "NovoGrad",
            "Prodigy",
            "RAdam",
            "RMSprop",
            "SAM",
            "SGD",
            "SM3",
            "SOAP",
        ]
        assert [n for n in names if n in classics] == classics
        assert names == sorted(names, key=str.lower)

    def test_they_are_the_objects_of_their_files(self):
        assert builtin()["Adam"] is adam
        assert builtin()["AdamW"] is adamw

    def test_a_file_added_appears(self, package):
        modules = {"zeta": "z = descent('Zeta')", "alpha": "one = descent('Alpha')"}
        assert list(discover(package("specs_of_two", **modules), Optimizer)) == ["Alpha", "Zeta"]

    def test_private_names_and_imports_are_not_found_twice(self, package):
        found = discover(
            package(
                "specs_of_three",
                a="one = descent('One')\nalias = one\n_hidden = descent('Hidden')",
                b="from specs_of_three.a import one\ntwo = descent('Two')",
            ),
            Optimizer,
        )
        assert list(found) == ["One", "Two"]

    def test_two_of_one_name(self, package):
        broken = package("specs_of_four", a="x = descent('One')", b="y = descent('ONE')")
        with pytest.raises(SpecError, match=r"\[same-name\].*specs_of_four\.a.*specs_of_four\.b"):
            discover(broken, Optimizer)

    def test_a_file_that_does_not_import(self, package):
        broken = package("specs_of_five", a="x = descent(nothing)")
        with pytest.raises(SpecError, match=r"a\.py: line \d+: x = descent\(nothing\).*NameError"):
            discover(broken, Optimizer)


class TestByName:
    @pytest.mark.parametrize("name", ["adamw", "AdamW", "ADAMW"])
    def test_in_any_case(self, name):
        assert load(name) == [adamw]

    def test_unknown_with_near_names(self):
        message = refused("adanw", "unknown-spec")
        assert "adanw" in message
        assert "Did you mean Adan, AdamW" in message
        assert "path/to/file.py[:name]" in message

    @pytest.mark.parametrize("reference", ["", "qqqq", "adam:x", "mine.txt", "folder/mine"])
    def test_unknown_says_where_all_are(self, reference):
        assert "`steprule list` has all there are" in refused(reference, "unknown-spec")


class TestByFile:
    def test_all_in_the_order_of_the_file(self, file):
        path = file("b = descent('Zeta')\na = descent('Alpha')\nb2 = b\n_c = descent('Hidden')")
        specs = load(path)
        assert [s.name for s in specs] == ["Zeta", "Alpha"]
        assert all(isinstance(analyse(s), Optimizer) for s in specs)

    @pytest.mark.parametrize("name", ["first", "Alpha", "alpha"])
    def test_one_by_binding_or_by_name(self, file, name):
        path = file("first = descent('Alpha')\nsecond = descent('Beta')")
        assert [s.name for s in load(f"{path}:{name}")] == ["Alpha"]

    def test_a_builtin_to_build_on_is_not_the_files_own(self, file):
        path = file(
            """
            from steprule.specs.optimizers.adam import adam, amsgrad
            grad_adam = adam.specialize(
                "GradAdam", options={amsgrad: True}, summary="AMSGrad.", source="Reddi et al., 2018"
            )
            """
        )
        assert [s.name for s in load(path)] == ["GradAdam"]
        assert load(f"{path}:adam") == [adam]

    def test_an_edit_is_seen_and_nothing_is_left_beside_the_file(self, file, tmp_path):
        assert [s.name for s in load(file("a = descent('One')"))] == ["One"]
        assert [s.name for s in load(file("a = descent('Two')"))] == ["Two"]
        assert [f.name for f in tmp_path.iterdir()] == ["mine.py"]
        assert not [name for name in sys.modules if name.startswith("steprule_spec_")]

    def test_no_such_file(self, file, tmp_path):
        path = file("a = descent('One')")
        message = refused(f"{tmp_path}/mime.py", "no-file")
        assert "there is no such file" in message
        assert path in message
        assert "no such file" in refused(f"{tmp_path}/gone/mime.py:x", "no-file")

    def test_directory(self, tmp_path):
        (tmp_path / "folder.py").mkdir()
        assert "is a directory" in refused(f"{tmp_path}/folder.py", "no-file")

    def test_no_optimizer(self, file):
        path = file("_hidden = descent('Hidden')")
        message = refused(path, "no-spec")
        assert path in message
        assert "makes no Optimizer" in message
        assert "holds no spec" in refused(f"{path}:Hidden", "unknown-spec")

    def test_no_such_name(self, file):
        path = file("first = descent('Alpha')\nsecond = descent('Beta')")
        message = refused(f"{path}:frist", "unknown-spec")
        assert "bound to or named 'frist'" in message
        assert "Did you mean first" in message
        assert "first, second" in message

    def test_two_of_one_name(self, file):
        path = file("first = descent('Alpha')\nsecond = descent('ALPHA')")
        message = refused(path, "same-name")
        assert f"{path}:first and {path}:second" in message
        assert "first and second" in refused(f"{path}:alpha", "same-name")
        assert [s.name for s in load(f"{path}:second")] == ["ALPHA"]


class TestFileThatDoesNotImport:
    @pytest.mark.parametrize(
        ("lines", "words"),
        [
            ("x = descent(", "SyntaxError"),
            ("x = 1 / 0", "ZeroDivisionError: division by zero"),
            ("import steprul_x", "No module named 'steprul_x'"),
            ("x = Optimizer('X')", "TypeError"),
            ("from steprule.specs.language import beta1", "cannot import name 'beta1'"),
            ("from sympy import Max; bad = Max(theta, 0)", "write theta[t] or theta[t - 1]"),
            ("raise SystemExit(3)", "SystemExit: 3"),
        ],
    )
    def test_says_error_and_line(self, file, lines, words):
        path = file(lines)
        line = HEAD.count("\n") + 1
        message = refused(path, "import")
        assert path in message
        assert f"line {line}" in message
        assert words in message

    def test_the_line_is_the_files_own(self, file):
        lines = """
        from steprule.specs.optimizers.adam import adam
        bad = adam.specialize("Bad", options={lr: True, theta: 1}, summary="", source="")
        """
        message = refused(file(lines), "import")
        assert 'bad = adam.specialize("Bad"' in message

    def test_no_text(self, tmp_path):
        path = tmp_path / "binary.py"
        path.write_bytes(b"\xff\xfe\x00")
        assert "does not import" in refused(str(path), "import")


class TestWhatAFileDoes:
    def test_modules_beside_it_can_be_imported(self, file, tmp_path):
        file("def twice(x): return 2 * x", "shared_sums.py")
        first = file("import shared_sums; a = descent('A' * shared_sums.twice(1))")
        assert [spec.name for spec in load(first)] == ["AA"]
        (tmp_path / "shared_sums.py").write_text("def twice(x): return 3 * x")
        assert [spec.name for spec in load(first)] == ["AAA"], "it is read again"
        assert "shared_sums" not in sys.modules
        assert str(tmp_path) not in sys.path
        assert {f.name for f in tmp_path.iterdir()} == {"shared_sums.py", "mine.py"}

    def test_what_is_installed_comes_first(self, file):
        file("raise ImportError('beside')", "numpy.py")
        assert load(file("import numpy; a = descent('A')"))

    def test_a_loop_without_an_end(self, file, monkeypatch):
        monkeypatch.setattr(deadline, "COMPUTING", 0.2)
        message = refused(file("while True: pass"), "slow")
        assert "still being imported" in message
        assert "while True: pass" in message

    def test_waiting_without_an_end(self, file, monkeypatch):
        monkeypatch.setattr(deadline, "WAITING", 0.2)
        refused(file("import threading; threading.Event().wait()"), "slow")

    def test_a_number_of_too_many_digits(self, file, monkeypatch):
        monkeypatch.setattr(deadline, "COMPUTING", 0.2)
        refused(file("two = 2\nx = two**two**two**5"), "slow")

    def test_ctrl_c_is_the_users(self, file):
        """Raised by the file itself it is the file's fault."""
        assert "KeyboardInterrupt" in refused(file("raise KeyboardInterrupt"), "import")
        with pytest.raises(KeyboardInterrupt):
            load(file("import os, signal; os.kill(os.getpid(), signal.SIGINT)"))

    def test_signals_are_as_they_were(self, file):
        before = signal.getsignal(signal.SIGINT)
        load(file("a = descent('A')"))
        assert signal.getsignal(signal.SIGINT) is before
        assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)

    def test_what_it_prints_is_not_output(self, file, capsys):
        load(file("print('here'); a = descent('A')"))
        assert capsys.readouterr() == ("", "here\n")

    def test_tests_of_values_that_are_known(self, file):
        text = """
        from sympy import Piecewise, S, Symbol, true
        kinds = [] or [1]
        one = 1 if kinds and not None else 2
        if one == 1 and S(1) > 0 and true and lr != Symbol('x'):
            a = descent("A")
        b = Piecewise((lr, one == 1), (0, True))
        """
        assert [spec.name for spec in load(file(text))] == ["A"]


def test_a_name_that_two_specs_have_is_neithers(spec_file):
    file = spec_file()
    more = (
        "\nfrom dataclasses import replace\n"
        'again = replace(heavy_ball, name="HEAVYBALL")\nthird = replace(heavy_ball, name="Third")\n'
    )
    file.write_text(file.read_text() + more)
    with pytest.raises(SpecError) as caught:
        load(f"{file}:heavyball")
    said = "heavy_ball and again are specs of one name (upper and lower case aside)"
    assert caught.value.problem == said
    assert [spec.name for spec in load(f"{file}:third")] == ["Third"]
