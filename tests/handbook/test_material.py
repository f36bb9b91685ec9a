"""What pages are made of, of files of somebody's own."""

from pathlib import Path

from .conftest import OWN_RULES
from .pictures.conftest import gathered


def test_a_file_is_run_once_for_its_specs_and_once_for_its_claims(tmp_path: Path) -> None:
    file, runs = tmp_path / "own_rules.py", tmp_path / "runs"
    file.write_text(f"{OWN_RULES}\nwith open({str(runs)!r}, 'a') as runs:\n    runs.write('.')\n")
    with gathered([str(file)]) as found:
        assert [spec.name for spec in found.specs] == ["Normed", "Halved", "Index"]
        assert "numpy/normed.py" in found.code
        assert "normed-itself" in found.settled
    assert runs.read_text() == ".."
