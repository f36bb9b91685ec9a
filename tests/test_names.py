"""Names of generated packages: there for whoever asks, imported no sooner."""

import ast
import importlib
import inspect
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from steprule.codegen.loading.load import builtin, builtin_schedules

PACKAGES = {
    "steprule.numpy": builtin(),
    "steprule.numpy.schedules": builtin_schedules(),
    "steprule.torch": builtin(),
    "steprule.torch.lr_scheduler": builtin_schedules(),
}
EACH = pytest.mark.parametrize("package", PACKAGES)


def run(code: str, folder: Path) -> str:
    """What a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("package", ["steprule.numpy", "steprule.torch"])
def test_importing_a_package_imports_no_rule(package: str, tmp_path: Path) -> None:
    """Nor does importing one rule import another, or a schedule."""
    loaded = f"print(*sorted(m for m in sys.modules if m.startswith('{package}.')))"
    other = "schedules" if package == "steprule.numpy" else "lr_scheduler"
    code = (
        f"import sys, {package}, {package}.{other}\n{loaded}\nfrom {package} import Adam\n{loaded}"
    )
    before, after = (set(line.split()) for line in run(code, tmp_path).splitlines())
    rules = {f"{package}.{spec.module}" for spec in builtin().values()}
    schedules = {f"{package}.{other}.{spec.module}" for spec in builtin_schedules().values()}
    assert f"{package}.{other}" in before
    assert not before & (rules | schedules)
    assert after & (rules | schedules) == {f"{package}.adam"}


@EACH
def test_every_name_is_the_class(package: str) -> None:
    module = importlib.import_module(package)
    assert set(module.__all__) == set(PACKAGES[package])
    for name, spec in PACKAGES[package].items():
        cls = getattr(module, name)
        assert inspect.isclass(cls)
        assert (cls.__name__, cls.__module__) == (name, f"{package}.{spec.module}")
        assert getattr(module, spec.module).__name__ == f"{package}.{spec.module}"
        assert getattr(module, name) is cls


@EACH
def test_who_lists_or_takes_all_sees_all(package: str, tmp_path: Path) -> None:
    """Before any was asked for."""
    code = f"import {package} as package\nprint(*dir(package))\n"
    code += f"from {package} import *\nprint(*(n for n in package.__all__ if n in globals()))"
    listed, taken = (set(line.split()) for line in run(code, tmp_path).splitlines())
    assert PACKAGES[package].keys() <= listed
    assert PACKAGES[package].keys() == taken


@EACH
def test_who_reads_the_source_sees_all(package: str) -> None:
    """As editors and type checkers do."""
    module = importlib.import_module(package)
    tree = ast.parse(Path(str(module.__file__)).read_text())
    (shown,) = (n for n in tree.body if isinstance(n, ast.If))
    assert ast.unparse(shown.test) == "TYPE_CHECKING"
    imports = [n for n in shown.body if isinstance(n, ast.ImportFrom)]
    names = {alias.name: n.module for n in imports for alias in n.names}
    assert names == {name: spec.module for name, spec in PACKAGES[package].items()}


@EACH
def test_a_name_that_is_not_there(package: str) -> None:
    module = importlib.import_module(package)
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'Adamm'"):
        module.Adamm  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Adamm'"):
        exec(f"from {package} import Adamm")


def test_a_pickle_is_loaded_where_no_rule_was_imported(tmp_path: Path) -> None:
    """It names the module of its class, as it did when all were imported at once."""
    adam = importlib.import_module("steprule.numpy.adam").Adam(lr=0.25)
    (tmp_path / "adam.pickle").write_bytes(pickle.dumps(adam))
    code = "import pickle, sys\noptimizer = pickle.load(open('adam.pickle', 'rb'))\n"
    code += "print(optimizer.lr, type(optimizer).__module__, 'steprule.numpy.sgd' in sys.modules)"
    assert run(code, tmp_path) == "0.25 steprule.numpy.adam False\n"


@pytest.mark.parametrize(("package", "needed"), [("numpy", "numpy"), ("torch", "torch")])
def test_what_is_not_installed_is_missed_at_once(
    package: str, needed: str, python: Any, tmp_path: Path
) -> None:
    done = python(f"import steprule.{package}", cwd=tmp_path, without=(needed,))
    assert f"No module named '{needed}'" in done.stderr
