"""Plain text made safe for LaTeX."""

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
_TABLE = str.maketrans(_SPECIAL)


def escaped(text: str) -> str:
    """The text with every character that means something to LaTeX written as itself."""
    return text.translate(_TABLE)


def code(text: str) -> str:
    r"""A name from the code: ``\texttt{weight\_decay}``."""
    return rf"\texttt{{{escaped(text)}}}"
