"""How wide a formula will be, about: enough to tell what fits a line."""

import re

LONGEST_ROW = 56
"""Of cases: so many characters, value and condition together, fit a line with what is before."""


def breadth(tex: str) -> int:
    """The characters that are shown, a symbol's command counting as one."""
    shown = re.sub(r"\\(?:text|texttt|mathrm|frac|left|right|displaystyle)\b", "", tex)
    symbols = re.sub(r"\\(?:[A-Za-z]+|.)", "x", shown)
    return len(re.sub(r"[{}_^& ]", "", symbols))
