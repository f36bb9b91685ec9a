"""The notebooks run from top to bottom, come to what they say, and are pages of the handbook."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from steprule.codegen.handbook.contents import PARTS
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.pages.notebooks import FOLDER, cells
from steprule.specs.language.claims import Verdict

NAMES = sorted(file.stem for file in FOLDER.glob("*.ipynb"))


def run(name: str) -> dict[str, Any]:
    """The names that a notebook leaves. Its cells are run as they are; no kernel is started."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for kind, source in cells((FOLDER / f"{name}.ipynb").read_text()):
        if kind == "code":
            exec(source, names)
    return names


def _is_compiled(names: Mapping[str, Any]) -> None:
    assert names["Stack"].__name__ == "LookaheadCautiousAdamW"
    assert type(names["again"]) is names["Stack"]
    assert names["losses"][-1] < names["losses"][0] / 2
    # The two engines round otherwise: ten steps of some ten roundings each.
    np.testing.assert_allclose(names["ours"], names["theirs"].detach().numpy(), rtol=1e-14)
    assert (names["ours"] != 1).all()


def _is_written(names: Mapping[str, Any]) -> None:
    assert names["settled"].verdict is Verdict.PROVED
    assert names["refuted"].verdict is Verdict.REFUTED
    x, slow, b = (np.array([4.0, -2.0]) for _ in range(3))
    b[:] = 0
    for t in range(1, 101):  # a heavy ball, and every five steps half the way back
        b = 0.9 * b + x
        x = x - 0.1 * b
        if t % 5 == 0:
            x = slow = slow + (x - slow) / 2
    # A hundred steps of a handful of roundings, of numbers that begin near 4.
    np.testing.assert_allclose(names["x"], x, rtol=0, atol=1e-12)


CHECKS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "compile": _is_compiled,
    "write": _is_written,
}


@pytest.mark.parametrize("name", NAMES)
def test_it_comes_to_what_it_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    CHECKS[name](run(name))


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_nothing_of_a_machine(name: str) -> None:
    notebook = json.loads((FOLDER / f"{name}.ipynb").read_text())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len({*ids}) == len(ids)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.slow
def test_it_runs_in_a_kernel(name: str) -> None:
    """Where one is installed."""
    nbformat, nbclient = (pytest.importorskip(m) for m in ("nbformat", "nbclient"))
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    nbclient.NotebookClient(notebook, timeout=300).execute()
    shown = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    pages = [o.data["text/html"] for o in shown if "text/html" in o.get("data", {})]
    assert len(pages) == 1
    assert r"\theta_t" in pages[0]


def test_all_are_pages(pages: dict[str, Page]) -> None:
    listed = {name.partition("/")[2] for name in PARTS["notebooks"]}
    assert {*NAMES} == listed == {*CHECKS}
    for name in NAMES:
        page = pages[f"notebooks/{name}"]
        source = (FOLDER / f"{name}.ipynb").read_text()
        assert page.files == {f"notebooks/{name}.ipynb": source}
        assert page.text.startswith("# ")
        assert f"<{name}.ipynb>`" in page.text
        for _, text in cells(source):
            assert text in page.text
