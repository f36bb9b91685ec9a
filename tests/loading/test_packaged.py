"""Files that lie in a package: this one's own specs by their paths, and packages of one's own."""

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from steprule import specs
from steprule.codegen.cli import cli
from steprule.codegen.files.own import own_folder
from steprule.codegen.loading.load import all_builtin, load, transforms
from steprule.codegen.loading.packaged import own_module, packages_above, path_and_name
from steprule.codegen.loading.selection import named, selected_with_transforms
from steprule.codegen.prove.discover import claims_of
from steprule.specs.language import SpecError
from steprule.specs.optimizers.sgd import sgd

SPECS = Path(specs.__path__[0])
SGD = f"{SPECS}/optimizers/sgd.py"
CLIPPING = f"{SPECS}/gradients/clipping.py"
LOOKAHEAD = f"{SPECS}/operators/lookahead.py"

RULE = """
from steprule.specs.language import *
from {parts} import RATE, rate

{bound} = Optimizer(
    "{name}",
    summary="Descent by a step that is declared elsewhere.",
    source="nobody",
    hyper=[RATE],
    states=[],
    updates=[Update(theta[t], theta[t - 1] - rate * grad(theta[t - 1]))],
)
"""
PARTS = """
from steprule.specs.language import *

(rate,) = hyperparameters("rate")
RATE = Hyper(rate, "{default}", NON_NEGATIVE, "step size")
"""


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def refusal(reference: str) -> str:
    with pytest.raises(SpecError) as caught:
        load(reference)
    return str(caught.value)


def test_the_parts_of_a_reference() -> None:
    assert path_and_name("a/b.py:c") == ("a/b.py", "c")
    assert path_and_name("a/b.py") == ("a/b.py", "")
    assert path_and_name("adam") == ("", "adam")
    assert path_and_name("adam:x") == ("", "adam:x")


def test_which_module_a_file_is(tmp_path: Path) -> None:
    assert own_module(SGD) == "steprule.specs.optimizers.sgd"
    assert own_module(os.path.relpath(SGD)) == "steprule.specs.optimizers.sgd"
    assert own_module(f"{SPECS}/gradients/__init__.py") == "steprule.specs.gradients"
    assert own_module(str(tmp_path / "sgd.py")) is None
    assert own_module("") is None


class TestOwnFiles:
    """A file of this package is what it declares there, as if it had been named."""

    def test_each_spec_is_made_by_one_file(self) -> None:
        files = [*SPECS.glob("optimizers/*.py"), *SPECS.glob("schedules/*.py")]
        found = [spec for file in files if file.stem != "__init__" for spec in load(str(file))]
        assert {id(spec) for spec in found} == {id(spec) for spec in all_builtin().values()}
        assert len(found) == len(all_builtin())

    @pytest.mark.parametrize("name", ["", ":sgd", ":SGD"])
    def test_from_anywhere(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.chdir(SPECS / "optimizers")
        assert load(f"sgd.py{name}") == [sgd]
        monkeypatch.chdir(SPECS)
        assert load(f"optimizers/sgd.py{name}") == [sgd]
        monkeypatch.chdir(tmp_path)
        assert load(f"{SGD}{name}") == [sgd]
        Path("linked").symlink_to(SPECS)
        assert load(f"linked/optimizers/sgd.py{name}") == [sgd]

    def test_gradients(self) -> None:
        assert selected_with_transforms([CLIPPING]) == ([*transforms().values()], [])
        by_norm = [transforms()["ClipByNorm"]]
        assert selected_with_transforms([f"{CLIPPING}:clip_by_norm"]) == (by_norm, [])
        assert selected_with_transforms([f"{CLIPPING}:ClipByNorm", SGD])[0] == by_norm
        assert named([CLIPPING, SGD]) == [sgd]

    @pytest.mark.parametrize("reference", [CLIPPING, f"{CLIPPING}:clip_by_value", "ClipByValue"])
    def test_gradients_where_a_rule_is_asked_for(self, reference: str) -> None:
        message = refusal(reference)
        assert "before a rule sees them" in message
        assert "the argument clipvalue" in message

    def test_operators(self) -> None:
        (by_file,), (by_name,) = load(f"{LOOKAHEAD}:lookahead(sgd)"), load("lookahead(sgd)")
        assert by_file == by_name
        assert f"{LOOKAHEAD}:lookahead(adamw)" in refusal(LOOKAHEAD)
        assert load(f"lookahead({SGD})") == [by_name]

    def test_claims(self) -> None:
        path = f"{SPECS}/claims/nesterov_adam.py"
        names = [claim.name for claim in claims_of(path)]
        assert names
        assert claims_of(f"{path}:{names[0]}") == claims_of(names[0])

    def test_commands(self) -> None:
        assert run("show", SGD) == run("show", "sgd")
        assert run("cost", SGD) == run("cost", "sgd")
        assert run("show", CLIPPING).count("ghat[t] =") == len(transforms())
        assert run("generate", "--check", SGD) == run("generate", "--check", "sgd")
        assert str(own_folder()) in run("generate", SGD)

    def test_one_that_does_not_import(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(sys.modules, "steprule.specs.optimizers.sgd")
        monkeypatch.delattr("steprule.specs.gradients.l2")
        message = refusal(SGD)
        assert f"{SGD}: line 5: from ..gradients import" in message
        assert "cannot import name 'l2'" in message

    def test_a_copy_is_told_the_whole_names(self, tmp_path: Path) -> None:
        copy = tmp_path / "sgd.py"
        copy.write_text(Path(SGD).read_text())
        assert "their whole names: from steprule.specs.gradients" in refusal(str(copy))


class TestPackagesOfOnesOwn:
    @pytest.fixture
    def package(self, tmp_path: Path) -> Path:
        """One with a rule, one below it, and parts that both share."""
        top = tmp_path / "rules_of_mine"
        (top / "below").mkdir(parents=True)
        (top / "__init__.py").write_text("from .rule import rule")
        (top / "parts.py").write_text(PARTS.format(default="0.5"))
        (top / "rule.py").write_text(RULE.format(parts=".parts", bound="rule", name="Rule"))
        (top / "below/__init__.py").write_text("")
        deep = RULE.format(parts="..parts", bound="deep", name="Deep")
        (top / "below/deep.py").write_text(f"from rules_of_mine import rule\n{deep}")
        return top

    def test_imports_with_dots_and_by_its_name(self, package: Path) -> None:
        for _ in range(2):
            assert [spec.name for spec in load(f"{package}/rule.py")] == ["Rule"]
            assert [spec.name for spec in load(f"{package}/below/deep.py")] == ["Deep"]
            assert [spec.name for spec in load(f"{package}/below/deep.py:rule")] == ["Rule"]
        assert not [name for name in sys.modules if name.startswith("rules_of_mine")]
        assert not [*package.rglob("__pycache__")]

    def test_all_of_it(self, package: Path) -> None:
        assert [spec.name for spec in load(f"{package}/__init__.py")] == ["Rule"]

    def test_an_edit_beside_it_is_seen(self, package: Path) -> None:
        load(f"{package}/rule.py")
        (package / "parts.py").write_text(PARTS.format(default="0.25"))
        assert load(f"{package}/rule.py")[0].hyper[0].default == "0.25"

    def test_one_that_is_installed_is_itself(
        self, package: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Read anew, and looked at, whichever way Python finds it."""
        folder = package.parent / "site-packages"
        folder.mkdir()
        (folder / package.name).symlink_to(package)
        monkeypatch.syspath_prepend(folder)
        assert [spec.name for spec in load(f"{package}/rule.py")] == ["Rule"]

    def test_one_called_as_something_installed(self, package: Path) -> None:
        """That is still what it imports, and its own parts are imported without dots."""
        other = package.rename(package.with_name("sympy"))
        assert "without a dot" in refusal(f"{other}/rule.py")
        (other / "rule.py").write_text(RULE.format(parts="parts", bound="rule", name="Rule"))
        assert [spec.name for spec in load(f"{other}/rule.py")] == ["Rule"]

    def test_what_it_does_not_import_is_not_run(self, package: Path) -> None:
        """Such as the training that the file is for."""
        (package / "__init__.py").write_text("raise ImportError")
        (package / "rule.py").write_text(RULE.format(parts="parts", bound="rule", name="Rule"))
        assert [spec.name for spec in load(f"{package}/rule.py")] == ["Rule"]

    def test_a_folder_that_is_none(self, package: Path) -> None:
        (package / "__init__.py").unlink()
        assert "folders with an __init__.py" in refusal(f"{package}/rule.py")
        assert packages_above(package / "below") == [package / "below"]

    def test_another_checkout(self, package: Path) -> None:
        (package / "__init__.py").write_text("")
        (package / "parts.py").write_text("class Optimizer: pass\nrate = RATE = None")
        text = (package / "rule.py").read_text().partition("rule =")[0]
        (package / "rule.py").write_text(f"{text}\nfrom .parts import Optimizer\nx = Optimizer()")
        message = refusal(f"{package}/rule.py")
        assert "its Optimizer is of rules_of_mine.parts" in message


class TestNamesOfFiles:
    def test_a_file_without_its_ending(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("mine.py").touch()
        assert "There is a file mine.py here" in refusal("mine")

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "which is a folder" in refusal(str(tmp_path))
