"""What a function of somebody's returned, where it is not what is to be returned."""

import numpy as np

_BEGINS = "it returned "


class ReturnedError(TypeError):
    """A function returned something else than it should.

    Args:
        value: what it returned.
        expected: what is to be returned, as the rest of a sentence.
    """

    def __init__(self, value: object, expected: str) -> None:
        super().__init__(f"{_BEGINS}{described(value)}, and not {expected}")


def clause(said: str) -> str:
    """What an optimizer or a schedule did instead of a step, by what is kept of its error."""
    return said if said.startswith(_BEGINS) else f"it raises {said}"


def described(value: object) -> str:
    """A value in a few words, without its numbers."""
    match value:
        case None:
            return "None"
        case np.ndarray():
            return f"an array of shape {value.shape}"
        case tuple() | list():
            return f"a {type(value).__name__} of {len(value)}"
        case _:
            name = type(value).__name__
            return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
