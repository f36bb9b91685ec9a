"""What a backend copies, whatever the specs, and what stands for some of it."""

import ast
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import steprule.codegen.runtime
from jinja2 import DictLoader, Environment
from steprule.codegen.backends import Entry, backends
from steprule.codegen.backends.runtime import runtime

Package = Callable[[dict[str, str]], str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """A package of some files, by path, beside one of another name; importing any file fails."""

    def made(files: dict[str, str]) -> str:
        for name, text in {"__init__.py": "", "own/__init__.py": "'Own.'\n", **files}.items():
            path = tmp_path / "elsewhere" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return "elsewhere.own"

    monkeypatch.syspath_prepend(tmp_path)
    yield made
    assert not [name for name in sys.modules if name.startswith("elsewhere.own")]
    sys.modules.pop("elsewhere", None)


def templates(**texts: str) -> Environment:
    return Environment(loader=DictLoader({f"{name}.py.j2": text for name, text in texts.items()}))


STEP = "from . import _missing\n\nraise SystemExit\n"


def test_source_is_copied_as_it_is(package: Package) -> None:
    name = package({"own/_step.py": STEP})
    assert runtime(name, templates(), []) == {"__init__.py": "'Own.'\n", "_step.py": STEP}


def test_a_template_stands_for_a_module(package: Package) -> None:
    name = package({"own/_step.py": STEP, "own/rule.py": "pass\n"})
    env = templates(
        _step="{% for e in entries %}{{ e.name }} = {{ x }}{% endfor %}", _new="y", optimizer="z"
    )
    files = runtime(name, env, [Entry("Adam", "adam")], x=1)
    assert files == {
        "__init__.py": "'Own.'\n", "_new.py": "y", "_step.py": "Adam = 1", "rule.py": "pass\n",
    }  # fmt: skip


@pytest.mark.parametrize("docstring", ["", '"""Of all packages."""\n'])
def test_a_module_stands_for_one_that_passes_it_on(package: Package, docstring: str) -> None:
    """But not one of the same package, nor one that another does something with."""
    files = {
        "_lock.py": "def lock(): ...\n\n\ndef held(): ...\n",
        "own/_lock.py": f"{docstring}from .._lock import lock as lock\nfrom .._lock import a\n",
        "own/_alias.py": "from ._lock import lock\n",
        "own/_user.py": "from .._lock import lock\n\nlock()\n",
        "own/schedules/__init__.py": "",
        "own/schedules/_lock.py": "from ..._lock import lock\n",
        "own/_far.py": "from steprule.codegen.runtime._locks import lock\n",
    }
    name = package(files)
    found = runtime(name, templates(), [Entry("StepLR", "steplr", is_schedule=True)])
    assert found["_lock.py"] == found["schedules/_lock.py"] == files["_lock.py"]
    assert found["_alias.py"] == files["own/_alias.py"]
    assert found["_user.py"] == files["own/_user.py"]
    assert "def lock() -> Any:" in found["_far.py"]


def test_a_folder_is_of_schedules(package: Package) -> None:
    name = package({"own/schedules/__init__.py": "", "own/schedules/_schedule.py": "x = 1\n"})
    rule, schedule = Entry("Adam", "adam"), Entry("StepLR", "steplr", is_schedule=True)
    assert runtime(name, templates(), [rule]).keys() == {"__init__.py"}
    found = runtime(name, templates(), [rule, schedule])
    assert found.keys() == {"__init__.py", "schedules/__init__.py", "schedules/_schedule.py"}


def test_what_is_missing_is_named(package: Package) -> None:
    name = package({"own/_lock.py": "from .._locks import lock as lock\n"})
    with pytest.raises(ModuleNotFoundError, match=r"no module elsewhere\._locks"):
        runtime(name, templates(), [])
    with pytest.raises(ModuleNotFoundError, match=r"no module elsewhere\.other"):
        runtime("elsewhere.other", templates(), [])


def defined(source: str) -> set[str]:
    """The public names of a module that are its own."""
    found: set[str] = set()
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
    return {name for name in found if not name.startswith("_")}


@pytest.mark.parametrize("name", ["numba", "numpy", "torch", "triton"])
def test_what_templates_stand_for_has_their_names(name: str, monkeypatch: Any) -> None:
    """The rest of the runtime can rely on nothing else, as of no specs."""
    generated = backends()[name]
    monkeypatch.setattr(importlib.import_module(type(generated).__module__), "clippings", tuple)
    filled = generated.shared([Entry("StepLR", "steplr", is_schedule=True)])
    folder = Path(steprule.codegen.runtime.__file__).parent / name
    stood_for = [
        file
        for path, text in filled.items()
        if not path.endswith("__init__.py")
        and (source := (file := folder / path).read_text()) != text
        and not source.startswith("from ..")
    ]
    assert [file.name for file in stood_for] == ["_clipping.py"]
    for file in stood_for:
        assert defined(file.read_text()) == defined(filled[file.relative_to(folder).as_posix()])


def test_the_runtime_is_whole_where_it_lies(python: Any, tmp_path: Path) -> None:
    """Every module can be imported there, and none needs the generator."""
    folder = Path(steprule.codegen.runtime.__file__).parent
    names = [
        ".".join(file.relative_to(folder).with_suffix("").parts)
        for file in sorted(folder.rglob("_*.py"))
        if file.stem != "__init__"
    ]
    assert len(names) > 60
    code = "\n".join(f"import steprule.codegen.runtime.{name}" for name in names)
    done = python(
        code, cwd=tmp_path, without=("sympy", "jinja2", "steprule.numpy", "steprule.torch")
    )
    assert done.returncode == 0, done.stderr
