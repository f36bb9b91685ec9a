"""How the house is built: what imports what, what is installed, what lies at the top."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import steprule.codegen

ROOT = Path(__file__).parent.parent
FOLDERS = {"generated": "steprule", "specs": "steprule.specs", "codegen": "steprule.codegen"}


def sources(folder: str) -> Iterator[Path]:
    """All files below a folder but what Python leaves there."""
    for file in sorted((ROOT / folder).rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file


def dotted(file: Path) -> str:
    """The installed name of the package a file lies in."""
    folder, *rest = file.parent.relative_to(ROOT).parts
    return ".".join([FOLDERS[folder], *rest])


def imported(file: Path) -> Iterator[str]:
    """The absolute names a module imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(), str(file))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = dotted(file).split(".")
                parents = parents[: len(parents) - node.level + 1]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def is_written(file: Path) -> bool:
    """Whether a file is code, and no prose, picture or table."""
    return file.suffix in (".py", ".j2", ".sty")


def static_lines(template: Path) -> list[str]:
    """The lines of a template that are printed as they stand."""
    is_latex = Path(template.stem).suffix in (".tex", ".sty")
    opening, closing = (r"<[<%#]", r"[>%#]>") if is_latex else (r"\{[{%#]", r"[}%#]\}")
    whole = rf"{opening}(?:.|\n)*?{closing}"
    marked = re.sub(whole, lambda found: "\0" + "\n\0" * found[0].count("\n"), template.read_text())
    return [line for line in marked.splitlines() if line.strip() and "\0" not in line]


class TestImports:
    """They run one way: specs <- codegen -> (writes) generated."""

    @pytest.mark.parametrize(
        ("folder", "allowed"),
        [
            ("specs", ["steprule.specs", "sympy"]),
            ("codegen", ["steprule.specs", "steprule.codegen"]),
            ("generated/numpy", ["steprule.numpy", "numpy"]),
            ("generated/numba", ["steprule.numba", "numba", "llvmlite", "numpy"]),
            (
                "generated/torch",
                [
                    *(f"steprule.{name}" for name in ("torch", "numba", "triton")),
                    *("torch", "triton", "numpy"),
                ],
            ),
        ],
    )
    def test_of_ours(self, folder: str, allowed: list[str]) -> None:
        files = [f for f in sources(folder) if f.suffix == ".py"]
        assert len(files) > 5
        for file in files:
            for name in imported(file):
                ours = within(name, "steprule")
                installed = name.partition(".")[0] not in sys.stdlib_module_names
                judged = ours or (folder != "codegen" and installed)
                assert not judged or any(within(name, a) for a in allowed), f"{file}: {name}"

    def test_relative_ones_are_resolved(self) -> None:
        """Else the test above would see nothing."""
        file = ROOT / "codegen/loading/fingerprint.py"
        assert "steprule.specs.language.Schedule" in imported(file)
        assert "steprule.codegen.notation.text.TextPrinter" in imported(file)
        assert "steprule.numpy._trees.Array" in imported(ROOT / "generated/numpy/adam.py")

    def test_none_runs_up(self) -> None:
        """The rooms are ordered by the plan."""
        plan = steprule.codegen.__doc__
        assert plan
        rooms = re.findall(r"^``(\w+)`` ", plan, re.MULTILINE)
        inner = {file.relative_to(ROOT / "codegen").parts[0] for file in sources("codegen")}
        assert {*rooms} == {Path(name).stem for name in inner - {"__init__.py", "__main__.py"}} | {
            "specs"
        }
        for file in sources("codegen"):
            room = Path(file.relative_to(ROOT / "codegen").parts[0]).stem
            if file.suffix != ".py" or room.startswith("__"):
                continue
            for name in imported(file):
                if within(name, "steprule.codegen"):
                    used = name.split(".")[2]
                    assert rooms.index(used) <= rooms.index(room), f"{file}: {name}"

    def test_none_runs_in_a_circle(self) -> None:
        modules = {
            ".".join([dotted(file), file.stem]).removesuffix(".__init__"): file
            for folder in ("specs", "codegen")
            for file in sources(folder)
            if file.suffix == ".py"
        }
        graph = {
            module: {
                found
                for name in imported(file)
                if (found := name if name in modules else name.rpartition(".")[0]) in modules
            }
            - {module}
            for module, file in modules.items()
        }
        assert [*TopologicalSorter(graph).static_order()]

    @pytest.mark.parametrize(
        ("module", "without"),
        [
            (
                "steprule.numpy",
                ("sympy", "jinja2", "torch", "numba", "steprule.codegen", "steprule.specs"),
            ),
            ("steprule.torch", ("sympy", "jinja2", "numba", "steprule.codegen", "steprule.specs")),
            ("steprule.specs.optimizers", ("numpy", "torch", "jinja2", "steprule.codegen")),
            ("steprule", ("sympy", "numpy", "torch", "steprule.codegen", "steprule.specs")),
        ],
    )
    def test_at_run_time(
        self, module: str, without: tuple[str, ...], python: Any, tmp_path: Path
    ) -> None:
        done = python(f"import {module}", cwd=tmp_path, without=without)
        assert done.returncode == 0, done.stderr
        blocked = python(f"import {without[0]}", cwd=tmp_path, without=without)
        assert f"No module named '{without[0]}'" in blocked.stderr

    def test_a_module_imports_a_backend_of_its_own_name(self, python: Any, tmp_path: Path) -> None:
        """``steprule.numpy`` is not ``numpy``, from whatever folder Python is started."""
        done = python(
            "import numpy, steprule.numpy; print(numpy.ndarray, steprule.numpy.SGD.__module__)",
            cwd=tmp_path,
        )
        assert done.stdout == "<class 'numpy.ndarray'> steprule.numpy.sgd\n"


class TestFiles:
    """They are short, and what no spec changes is no template."""

    @pytest.mark.parametrize("folder", ["specs", "codegen"])
    def test_none_is_long(self, folder: str) -> None:
        lengths = {f: len(f.read_text().splitlines()) for f in sources(folder) if is_written(f)}
        assert len(lengths) > 50
        assert not {file: length for file, length in lengths.items() if length > 320}

    def test_templates_hold_what_specs_fill_in(self) -> None:
        """The rest is what stands around it: signatures, docstrings of arguments, imports."""
        lines = {f: static_lines(f) for f in sources("codegen/backends") if f.suffix == ".j2"}
        assert sum(map(len, lines.values())) <= 375
        assert not {file: own for file, own in lines.items() if len(own) > 45}

    def test_static_lines_are_told(self, tmp_path: Path) -> None:
        """Else the test above would see nothing."""
        template = tmp_path / "rule.py.j2"
        template.write_text(
            "{# one\n   of #}\n\nimport x\n{% if y %}\n    z = {{ y }}\n{% endif %}\n"
        )
        assert static_lines(template) == ["import x"]
        template = tmp_path / "rule.tex.j2"
        template.write_text("<% for e in entries %>\n{{x}}\n\\input{<< e >>}\n<% endfor %>\n")
        assert static_lines(template) == ["{{x}}"]


class TestDistribution:
    def test_every_folder_of_python_is_a_package(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        declared = project["tool"]["setuptools"]["packages"]
        on_disk = {dotted(f) for folder in FOLDERS for f in sources(folder) if f.suffix == ".py"}
        assert sorted(declared) == sorted(on_disk)
        for folder in FOLDERS:
            for file in sources(folder):
                assert file.suffix != ".py" or (file.parent / "__init__.py").is_file(), file

    @pytest.mark.slow
    def test_a_wheel_holds_every_file(self, tmp_path: Path) -> None:
        tree = tmp_path / "tree"
        tree.mkdir()
        for folder in FOLDERS:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / folder, tree / folder, ignore=ignored)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, tree)
        options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir"]
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", *options, str(tmp_path), str(tree)],
            cwd=tmp_path, check=True,
        )  # fmt: skip
        (wheel,) = tmp_path.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if ".dist-info/" not in name]
            (points,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
            announced = archive.read(points).decode()
        expected = [
            f"{dotted(file).replace('.', '/')}/{file.name}"
            for folder in FOLDERS
            for file in sources(folder)
        ]
        assert sorted(names) == sorted(expected)
        for backend in ("numba", "numpy", "torch", "latex"):
            assert f"{backend} = steprule.codegen.backends.{backend}:backend" in announced


def test_the_command_from_an_archive(tmp_path: Path, python: Any) -> None:
    archive = tmp_path / "steprule.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for folder in FOLDERS:
            for file in sources(folder):
                packed.write(file, f"{dotted(file).replace('.', '/')}/{file.name}")
    code = "from steprule.codegen.__main__ import main; main()"
    done = python(code, "list", cwd=tmp_path, PYTHONPATH=str(archive))
    assert done.returncode == 2
    assert done.stderr == (
        "steprule writes files of its own, which an archive cannot hold: unpack it\n"
    )


def test_the_top_level() -> None:
    if not (ROOT / ".git").exists() or not (git := shutil.which("git")):
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        [git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    top = {name.partition("/")[0] for name in listed}
    assert {name for name in top if not name.startswith(".")} == {
        "LICENSE",
        "README.md",
        "codegen",
        "generated",
        "pyproject.toml",
        "specs",
        "tests",
    }
