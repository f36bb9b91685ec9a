"""How long a hundred rules take: to generate from cold, to generate again, and to import.

``python -m tests.benchmarks.room [RULES [SCHEDULES]]`` writes as many specs, each a file of its own
in a temporary folder, made of the built-in ones under other names and with other constants, and
prints seconds of the processor (of all processes together) and by the clock.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from steprule.codegen.loading.load import builtin, builtin_schedules
from steprule.specs.language import Spec

_RULE = """\
from dataclasses import replace

from {module} import {name} as _built_in
from steprule.specs.language import Update, grad, t, theta
from sympy import Rational

_GRADIENT = grad(theta[t - 1])
_SCALED = {{_GRADIENT: Rational({k} + 2, {k} + 1) * _GRADIENT}}
copy = replace(
    _built_in,
    name="{new}",
    peer="",
    updates=[Update(u.target, u.value.xreplace(_SCALED)) for u in _built_in.updates],
)
"""
_SCHEDULE = """\
from dataclasses import replace

from {module} import {name} as _built_in

copy = replace(_built_in, name="{new}", peer="", summary="{new}.")
"""


def main(rules: int = 100, schedules: int = 40) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [*_written(builtin().values(), _RULE, rules, folder)]
        files += _written(builtin_schedules().values(), _SCHEDULE, schedules, folder)
        out = folder / "out"
        command = [sys.executable, "-m", "steprule.codegen", "generate"]
        command += [*map(str, files), "--out", str(out)]
        environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}
        for what in ("from cold", "again", "again"):
            _timed(f"generate {what}", command, environment)
        _touched(files[0])
        _timed("generate, one of them changed", command, environment)
        importing = os.environ | {"PYTHONPATH": str(folder)}
        for module in ("numpy", "out.numpy", "torch", "out.torch"):
            _timed(f"import {module}", [sys.executable, "-c", f"import {module}"], importing)


def _written(specs: Sequence[Spec], template: str, count: int, folder: Path) -> list[Path]:
    files: list[Path] = []
    for k, spec in enumerate(islice(cycle(specs), count)):
        module, name = _place(spec)
        new = f"{spec.name}{k}"
        files.append(folder / f"{new.lower()}.py")
        files[-1].write_text(template.format(module=module, name=name, new=new, k=k))
    return files


def _place(spec: Spec) -> tuple[str, str]:
    """The module that a built-in spec lies in, and its name there."""
    for module, loaded in sorted(sys.modules.items()):
        if module.startswith("steprule.specs.") and module.count(".") == 3:
            for name, value in vars(loaded).items():
                if value is spec and not name.startswith("_"):
                    return module, name
    raise LookupError(spec.name)


def _touched(file: Path) -> None:
    file.write_text(file.read_text().replace("Rational(0 + 2", "Rational(0 + 3"))


def _timed(what: str, command: Sequence[str], environment: dict[str, str]) -> None:
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    after, end = os.times(), time.perf_counter()
    used = sum(after[2:4]) - sum(before[2:4])  # of children
    print(f"{what:32} {used:7.2f} s of the processor, {end - start:7.2f} s by the clock")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
