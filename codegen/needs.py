"""What is installed with the extra ``codegen``, and what is said where it is not."""

_NEEDED = frozenset(
    {"click", "filelock", "flint", "jinja2", "mpmath", "platformdirs", "rich", "ruff", "sympy"}
)


def advice(name: str | None, purpose: str) -> str:
    """What to do where a module is missing; nothing if that is none of these.

    Args:
        name: the module's.
        purpose: what cannot be done without it, as in "steprule needs sympy to generate".
    """
    root = (name or "").partition(".")[0]
    if root not in _NEEDED:
        return ""
    return f"steprule needs {root} to {purpose}: pip install 'steprule[codegen]'"
