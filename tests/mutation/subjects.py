"""What is mutated, part by part, and the tests that concern each part."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Subject:
    """A part of the code.

    Args:
        name: of the part.
        files: patterns of its files, from the repository's root.
        tests: patterns of the tests that concern it, those that find most first.
        without: patterns of files that other parts have.
    """

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()

    def sources(self) -> list[Path]:
        """The files, from the repository's root."""
        found = {path for pattern in self.files for path in ROOT.glob(pattern)}
        found -= {path for pattern in self.without for path in ROOT.glob(pattern)}
        return sorted(path.relative_to(ROOT) for path in found if path.name != "__init__.py")

    def test_files(self) -> list[Path]:
        found = [path for pattern in self.tests for path in sorted(ROOT.glob(pattern))]
        return [path.relative_to(ROOT) for path in dict.fromkeys(found)]


SUBJECTS = (
    Subject("numpy", ("generated/numpy/*.py",), ("tests/numpy/test_*.py", "tests/numba/test_*.py")),
    Subject(
        "numpy schedules",
        ("generated/numpy/schedules/*.py",),
        ("tests/numpy/test_schedules.py", "tests/verify/schedules/test_verify.py"),
    ),
    Subject(
        "numba",
        ("generated/numba/*.py",),
        ("tests/numba/test_*.py", "tests/torch/test_fused_cpu.py", "tests/numpy/test_*.py"),
    ),
    Subject(
        "torch",
        ("generated/torch/*.py",),
        (
            "tests/torch/test_parity.py",
            "tests/torch/test_fused_cpu.py",
            "tests/torch/test_[!cr]*.py",
            "tests/interruption/test_refused.py",
            "tests/torch/test_*.py",
            "tests/triton/test_*.py",
        ),
    ),
    Subject(
        "torch schedulers",
        ("generated/torch/lr_scheduler/*.py",),
        ("tests/torch/test_lr_scheduler*.py", "tests/verify/schedules/test_verify.py"),
    ),
    Subject("triton", ("generated/triton/*.py",), ("tests/triton/test_*.py",)),
    Subject(
        "passes",
        ("codegen/program/**/*.py",),
        (
            "tests/program/test_*.py",
            "tests/backends/test_zoo*.py",
            "tests/backends/test_random*.py",
        ),
    ),
    Subject(
        "printers",
        ("codegen/backends/**/*.py",),
        ("tests/backends/test_*.py", "tests/test_new_*.py", "tests/test_user_spec.py"),
    ),
    Subject("provers", ("codegen/prove/**/*.py",), ("tests/prove/test_*.py",)),
)
