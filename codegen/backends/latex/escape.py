"""Plain text made safe for LaTeX."""

from .letters import SET

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
_TABLE = str.maketrans(_SPECIAL | SET)


def escaped(text: str) -> str:
    """The text with every character that means something to LaTeX, or nothing, set as itself."""
    return text.translate(_TABLE)


def code(text: str) -> str:
    r"""A name from the code: ``\texttt{weight\_decay}``."""
    return rf"\texttt{{{escaped(text)}}}"
