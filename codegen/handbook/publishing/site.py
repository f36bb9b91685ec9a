"""The site: HTML that needs neither a network nor a server."""

import importlib
import shutil
from collections.abc import Callable
from pathlib import Path

from .build import build
from .workspace import Workspace

_STATIC = Path(__file__).parent / "static"


def site(space: Workspace, language: str, progress: Callable[[str], None]) -> Path:
    """The folder with the site.

    Raises:
        BuildError: Sphinx complains.
    """
    _fill_static(space.static)
    settings = {
        "html_theme": "furo",
        "html_title": "steprule",
        "html_static_path": [str(space.static)],
        "html_css_files": ["handbook.css"],
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_copyright": False,
        "html_use_index": False,
        "mathjax_path": "mathjax/tex-chtml.js",
        "mathjax3_config": {
            "options": {"enableMenu": False},  # what it offers would be fetched from elsewhere
            "chtml": {"scale": 0.95},
            # Underlined, and coloured by the style sheet where it stands in a difference.
            "tex": {"macros": {"changed": [r"\underline{#1}", 1]}},
        },
        "copybutton_exclude": ".linenos, .gp, .go",
    }
    return build("html", space, language, settings, progress)


def _fill_static(folder: Path) -> None:
    """The style sheet, and of MathJax what renders formulas, with its fonts."""
    package = importlib.import_module("sphinx-mathjax-offline")
    assert package.__file__ is not None
    mathjax = Path(package.__file__).parent / "static" / "mathjax"
    shutil.copytree(_STATIC, folder, dirs_exist_ok=True)
    fonts = "output/chtml/fonts/woff-v2"
    (folder / "mathjax").mkdir(exist_ok=True)
    shutil.copy2(mathjax / "tex-chtml.js", folder / "mathjax")
    shutil.copytree(mathjax / fonts, folder / "mathjax" / fonts, dirs_exist_ok=True)
