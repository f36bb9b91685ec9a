"""Shapes of parameters as they are written: ``2x3``."""


def shape_name(shape: tuple[int, ...]) -> str:
    """``2x3``, or ``0-d``."""
    return "x".join(map(str, shape)) or "0-d"


def shape_of(name: str) -> tuple[int, ...]:
    """What :func:`shape_name` names.

    Raises:
        ValueError: it names none.
    """
    return () if name == "0-d" else tuple(map(int, name.split("x")))
