"""What pages are made of, of files of somebody's own."""

from pathlib import Path

import pytest
from steprule.codegen.handbook import material as materials
from steprule.specs.language import SpecError

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


CLAIM = """from steprule.specs.language import *
itself = Identity({name!r}, "It is what it is.", (Part("t", t, t),), Verdict.PROVED)
"""


def test_files_of_one_name_keep_their_claims_apart(tmp_path: Path) -> None:
    files = [tmp_path / folder / "claims.py" for folder in ("one", "two")]
    for file in files:
        file.parent.mkdir()
        file.write_text(CLAIM.format(name=f"of-{file.parent.name}"))
    also = files[0].parent / ".." / "one" / "claims.py"
    found = materials._own_claims([*map(str, files), f"{also}:itself"])
    assert {page: [c.name for c in claims] for page, claims in found.items()} == {
        "of_one/claims": ["of-one"],
        "of_two/claims": ["of-two"],
    }
    assert [*materials._own_claims([str(files[0])])] == ["of_claims"]
    files[1].write_text(CLAIM.format(name="of-one"))
    with pytest.raises(SpecError, match=r"of-one: a claim in .*one.*claims\.py is called so, too"):
        materials._own_claims([*map(str, files)])
