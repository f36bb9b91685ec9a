"""The notebooks, as pages to be read and as files to be taken away and run."""

import json
from pathlib import Path

from ..edition import Edition
from ..material import Material
from ..page import Page
from .parts import python

FOLDER = Path(__file__).parent.parent / "notebooks"
"""They are kept without outputs, which depend on the machine."""


def notebook_pages(material: Material, edition: Edition) -> list[Page]:
    """A page for each; none where the handbook is about chosen specs alone."""
    if not material.is_complete:
        return []
    return [_page(file, edition) for file in sorted(FOLDER.glob("*.ipynb"))]


def cells(text: str) -> list[tuple[str, str]]:
    """The cells of a notebook: ``markdown`` or ``code``, and what stands in them."""
    return [(each["cell_type"], "".join(each["source"])) for each in json.loads(text)["cells"]]


def _page(file: Path, edition: Edition) -> Page:
    text = _translated(file.read_text(encoding="utf-8"), edition)
    parts = [python(source) if kind == "code" else source for kind, source in cells(text)]
    said = edition.words["contents"]["download"]
    parts.insert(1, f"{{download}}`{said} <{file.name}>`")
    name = f"notebooks/{file.stem}"
    return Page(name, "\n\n".join(parts) + "\n", files={f"notebooks/{file.name}": text})


def _translated(text: str, edition: Edition) -> str:
    """The notebook with its texts in the language of the edition, and its code as it is."""
    known = edition.words.get("notebooks", {})
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            paragraphs = "".join(cell["source"]).split("\n\n")
            said = "\n\n".join(known.get(" ".join(p.split()), p) for p in paragraphs)
            cell["source"] = said.splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
