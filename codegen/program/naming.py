"""Names that a program does not have yet."""

from .nodes import Name, Node


def free(stem: str, taken: set[str]) -> str:
    """The name itself, or with the first number that no name taken has.

    It is made of others, of which the new value of a state is called ``m[t]``.
    """
    stem = stem.replace("[t]", "")
    name, k = stem, 2
    while name in taken:
        name, k = f"{stem}{k}", k + 1
    return name


def part_of(whole: Name, part: Node, taken: set[str]) -> Name:
    """A new name for a part of what is assigned, which is taken from then on."""
    name = free(f"{whole.id}_part", taken)
    taken.add(name)
    return Name(name, part.type)
