"""torch's tests in a process of their own, and what came of each."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

_REPOSITORY = Path(__file__).parents[3]
_PLUGINS = f"{__package__}."


@dataclass(frozen=True)
class Outcome:
    """What came of one test: ``"passed"``, ``"failed"`` or ``"skipped"``, and pytest's word."""

    result: str
    message: str = ""


def files(folder: Path) -> list[Path]:
    """The test files; of which one may import others."""
    return [
        path
        for path in (folder / "test_optim.py", *sorted(folder.glob("optim/test_*.py")))
        if path.exists()
    ]


def run(folder: Path, *, swapped: bool, processes: int, chosen: str = "") -> dict[str, Outcome]:
    """Run the tests; what came of each, by ``"Class::name"``.

    Args:
        folder: ``test`` of torch's source tree.
        swapped: with our classes, or with torch's.
        processes: to run at once.
        chosen: pytest's ``-k``.

    Raises:
        RuntimeError: pytest could not run them.
    """
    with TemporaryDirectory() as place:
        (empty := Path(place, "pytest.ini")).write_text("[pytest]\n")
        results = Path(place, "results.xml")
        plugins = ["once", "swap"] if swapped else ["once"]
        command = [
            *(sys.executable, "-m", "pytest", *map(str, files(folder))),
            *(f"-p{_PLUGINS}{plugin}" for plugin in plugins),
            *(
                "-c",
                str(empty),
                "--rootdir",
                place,
                "--import-mode=importlib",
                "-pno:cacheprovider",
            ),
            *("-q", "--tb=line", f"-n{processes}", f"--junitxml={results}", "-k", chosen),
        ]
        paths = [str(_REPOSITORY), str(folder), os.environ.get("PYTHONPATH", "")]
        environment = {
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            command,
            cwd=place,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode > 1 or not results.exists():
            raise RuntimeError(f"pytest could not run the tests:\n{done.stdout}{done.stderr}")
        return outcomes(results.read_text())


def outcomes(junit: str) -> dict[str, Outcome]:
    """What a report in JUnit's XML says of each test."""
    return {
        name_of(case.get("classname", "").rpartition(".")[2], case.get("name", "")): _outcome(case)
        for case in ElementTree.fromstring(junit).iter("testcase")
    }


def name_of(owner: str, test: str) -> str:
    return f"{owner}::{test}"


def _outcome(case: ElementTree.Element) -> Outcome:
    for kind, result in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        found = case.find(kind)
        if found is not None:
            return Outcome(result, found.get("message", ""))
    return Outcome("passed")
