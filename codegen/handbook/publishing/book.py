"""The book: the same sources through LaTeX."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from ...backends.latex.letters import SET
from ..edition import ENGLISH, Edition
from .build import BuildError, build
from .workspace import Workspace

_PACKAGES = (
    "latexmk",
    "texlive-latex-recommended",
    "texlive-latex-extra",
    "texlive-fonts-recommended",
    "tex-gyre",
)
"""Debian's names of what the book needs."""

_FILES = ("fncychap.sty", "tabulary.sty", "needspace.sty", "tgtermes.sty")
"""At least one file of each package that Sphinx's LaTeX, or ours, asks for."""

_CHINESE_PACKAGES = ("texlive-xetex", "texlive-lang-chinese", "fonts-noto-cjk", "lmodern")
_CHINESE_FILES = ("xeCJK.sty", "lmroman10-regular.otf")


def require_latex(language: str) -> None:
    """Look for everything the book needs, before anything is done.

    Raises:
        BuildError: something is missing; the message says how to install it.
    """
    is_english = language == ENGLISH
    programs = ("latexmk", "kpsewhich", _engine(language))
    files = _FILES if is_english else _FILES + _CHINESE_FILES
    missing = [program for program in programs if shutil.which(program) is None]
    if "kpsewhich" not in missing:
        missing += [name for name in files if not _is_found(name)]
    if missing:
        packages = _PACKAGES if is_english else _PACKAGES + _CHINESE_PACKAGES
        raise BuildError(
            f"the book needs LaTeX, and {', '.join(missing)} cannot be found. "
            f"On Debian: apt-get install {' '.join(packages)}"
        )


def book(
    space: Workspace,
    edition: Edition,
    title: str,
    progress: Callable[[str], None],
    *,
    is_short: bool = False,
) -> Path:
    """The file of a book.

    Args:
        space: where its sources are.
        edition: whose words stand around the pages.
        title: on its first page.
        progress: told of each step.
        is_short: its chapters follow one another, each on the page on which the last one ends.

    Raises:
        BuildError: Sphinx complains, or LaTeX stops.
    """
    engine = _engine(edition.language)
    words = edition.words["contents"]
    settings = {
        "latex_engine": engine,
        "latex_documents": [("index", "steprule.tex", title, "", "manual")],
        "latex_show_urls": "no",
        "latex_use_xindy": False,
        "latex_toplevel_sectioning": "part",
        # Coloured rows would colour those of cases in them too, over their braces.
        "latex_table_style": ["booktabs"],
        "latex_elements": {
            "papersize": "a4paper",
            "pointsize": "10pt",
            "extraclassoptions": "openany,oneside",
            "fncychap": "",
            "figure_align": "H",
            "fvset": r"\fvset{fontsize=\footnotesize}",
            **({} if edition.language == ENGLISH else _CHINESE),
            "preamble": _PREAMBLE
            + _SIGNS
            + _contents_name(words["contents"])
            + (_CONTINUOUS if is_short else ""),
            "maketitle": r"\date{}\sphinxmaketitle",
            "sphinxsetup": "verbatimwithframe=false, VerbatimColor={rgb}{0.97,0.97,0.97}",
        },
    }
    folder = build("latex", space, edition.language, settings, progress)
    progress("typesetting the book")
    options = ["-interaction=nonstopmode", "-halt-on-error", "-file-line-error"]
    kind = "-pdf" if engine == "pdflatex" else "-pdfxe"
    command = ["latexmk", kind, *options, "steprule.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    log = (folder / "steprule.log").read_text(encoding="utf-8", errors="replace")
    if lost := _LOST.search(log):
        raise BuildError(_without(chr(int(lost[1], 16)), space))
    if run.returncode:
        raise BuildError(f"LaTeX stops: {_fault(run.stdout) or run.stderr.strip()}")
    return folder / "steprule.pdf"


_PREAMBLE = r"""
\setcounter{tocdepth}{1}
\setcounter{secnumdepth}{1}

\makeatletter
\titleformat{\part}[display]{\centering\py@HeaderFamily\Huge}{\thepart}{1em}{}
\titleformat{\chapter}{\py@HeaderFamily\huge}{\thechapter}{0.7em}{}
\titlespacing*{\chapter}{0pt}{0pt}{1.5em}
\makeatother

% Sphinx takes the sections of the first page for parts; of these the contents tell.
\let\bookpart\part
\renewcommand{\part}[1]{\section*{#1}}

% Equations and pictures are numbered on each page of the site by themselves, and so they are here:
% no number shifts where a rule is added. Sphinx steps its scope where such a page begins.
\AtBeginDocument{%
  \counterwithin*{equation}{sphinxscope}\counterwithin*{figure}{sphinxscope}%
  \renewcommand{\theequation}{\arabic{equation}}\renewcommand{\thefigure}{\arabic{figure}}%
  \renewcommand{\theHequation}{\thesphinxscope.\arabic{equation}}%
  \renewcommand{\theHfigure}{\thesphinxscope.\arabic{figure}}}

\renewcommand{\sphinxincludegraphics}[2][]{\includegraphics[scale=0.75,#1]{#2}}
\raggedbottom

% No heading at the foot of a page.
\preto\section{\needspace{13\baselineskip}}
\preto\subsection{\needspace{8\baselineskip}}
\preto\subsubsection{\needspace{6\baselineskip}}
\renewcommand{\sphinxheavyboxneedspacecommand}{\needspace{7\baselineskip}}

\allowdisplaybreaks
\appto\normalsize{%
  \setlength{\abovedisplayskip}{5pt plus 2pt minus 2pt}%
  \setlength{\abovedisplayshortskip}{3pt plus 2pt}%
  \setlength{\belowdisplayskip}{5pt plus 2pt minus 2pt}%
  \setlength{\belowdisplayshortskip}{4pt plus 2pt minus 2pt}}
\normalsize

% Rows in which formulas are high do not touch.
\newcommand{\tablelook}{%
  \small\setlength{\extrarowheight}{2pt}\def\sphinxhline{\noalign{\vskip 3pt}}}
\AtBeginEnvironment{tabular}{\tablelook}
\AtBeginEnvironment{longtable}{\tablelook}
\newenvironment{sphinxclasssd-col}{\par}{\par}

% Code in a line breaks behind these too, and so do the names of classes in the index.
\let\codewithdots\sphinxupquote
\protected\def\sphinxupquote#1{{%
  \renewcommand*\sphinxbreaksafteractivelist{\do\.\do\,\do\;\do\?\do\!\do\/\do\=}%
  \let\codeunderscore\_\protected\def\_{\codeunderscore\penalty\exhyphenpenalty}%
  \codewithdots{#1}}}
\makeatletter
\def\sphinxstyleindexentry#1{\texttt{\dotted#1.\@nil}}
\def\sphinxstyleindexextra#1{ (\emph{\dotted#1.\@nil})}
\def\dotted#1.#2\@nil{#1\ifx\relax#2\relax\else.\allowbreak\dotted#2\@nil\fi}
\makeatother

\definecolor{changed}{rgb}{0.70,0.20,0.05}
\newcommand{\changed}[1]{{\color{changed}\underline{#1}}}
"""


_CONTINUOUS = r"""
\titleclass{\chapter}{straight}
\titlespacing*{\chapter}{0pt}{2.5em}{1em}
\preto\chapter{\needspace{14\baselineskip}}
\renewcommand{\bookpart}[1]{\phantomsection\addcontentsline{toc}{part}{#1}}
"""

_SIGNS = "\\usepackage{newunicodechar}\n" + "".join(
    rf"\newunicodechar{{{sign}}}{{{tex}}}" + "\n" for sign, tex in SET.items()
)
"""What fonts of text do not have."""

_CHINESE = {
    "fontpkg": r"""
\setCJKmainfont{Noto Serif CJK SC}[ItalicFont=*]
\setCJKsansfont{Noto Sans CJK SC}[ItalicFont=*]
\setCJKmonofont{Noto Sans Mono CJK SC}[ItalicFont=*]
""",
    # Without spaces between the letters of code.
    "fvset": r"\fvset{fontsize=\footnotesize,formatcom=\xeCJKVerbAddon}",
}
"""Fonts: of Latin letters XeTeX's own, as those that Sphinx would take are in no package of TeX."""


def _contents_name(name: str) -> str:
    """For Sphinx takes the first part's title."""
    return rf"\AtBeginDocument{{\renewcommand{{\contentsname}}{{{name}}}}}"


def _engine(language: str) -> str:
    return "pdflatex" if language == ENGLISH else "xelatex"


def _is_found(name: str) -> bool:
    return not subprocess.run(["kpsewhich", name], capture_output=True, check=False).returncode


_LOST = re.compile(r"(?:Unicode character|There is no) \S+ \(U\+([0-9A-F]+)\)")
"""A letter that there is no font for: pdfTeX stops there, XeTeX goes on without it."""


def _without(letter: str, space: Workspace) -> str:
    """That the book cannot have a letter, and where it stands."""
    pages = (
        page.relative_to(space.sources).with_suffix("").as_posix()
        for page in sorted(space.sources.rglob("*.md"))
        if letter in page.read_text(encoding="utf-8")
    )
    return (
        f"the fonts of the book have no {letter} (U+{ord(letter):04X}), which stands in "
        f"{', '.join(pages)}. Write it in other letters, or a site, which has all; the book of "
        "--language zh has those of Chinese"
    )


def _fault(log: str) -> str:
    """The first error in a log: file, line, what is wrong."""
    found = re.search(r"^(?:!|\S+:\d+:) .*(?:\n.*){0,2}", log, re.MULTILINE)
    return found[0] if found else ""
