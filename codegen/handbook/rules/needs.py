"""What a rule needs, read off its declaration: room for states, and more than the gradient."""

from enum import Enum

from sympy import Integer, false

from ....specs.language import Optimizer, Source
from ....specs.language.shapes import ONE, ndim
from ...analysis.matrices import needs_matrices
from .variants import plain, usual


class Room(Enum):
    """What is kept for a matrix of parameters, with the rule's defaults."""

    NOTHING = "nothing"
    """At most some numbers for a whole tensor."""
    LESS = "less"
    """Numbers for its rows and columns."""
    ONE = "one"
    """A number for each parameter,"""
    TWO = "two"
    """two of them,"""
    MORE = "more"
    """three or more."""
    MATRICES = "matrices"
    """Square matrices of its rows or columns."""


class Need(Enum):
    """What a rule asks for or gives beside what all do."""

    LOSS = "loss"
    POINT = "point"
    HESSIAN = "hessian"
    RANDOM = "random"
    SHAPE = "shape"
    """Parameters that are matrices."""
    OUTPUT = "output"
    """It has another point to evaluate at."""


_OF_SOURCES = {
    Source.LOSS: Need.LOSS,
    Source.GRADIENT: Need.POINT,
    Source.ELEMENTS: Need.HESSIAN,
    Source.UNIFORM: Need.RANDOM,
    Source.NORMAL: Need.RANDOM,
    Source.RADEMACHER: Need.RANDOM,
}


def room(spec: Optimizer) -> Room:
    """How much a rule keeps by default."""
    states = plain(spec, usual(spec)).spec.states
    shapes = [s.shape for s in states if s.when.xreplace({ndim: Integer(2)}) != false]
    along = [shape.axes for shape in shapes if len({*shape.axes} - {ONE}) and not shape.is_whole]
    if any(ONE not in axes for axes in along):
        return Room.MATRICES
    whole = sum(shape.is_whole for shape in shapes)
    if not whole:
        return Room.LESS if along else Room.NOTHING
    return (Room.ONE, Room.TWO, Room.MORE)[min(whole, 3) - 1]


def needs(spec: Optimizer) -> list[Need]:
    """What else it asks for or gives, each once."""
    found = {_OF_SOURCES[each.source] for each in spec.inputs if each.source in _OF_SOURCES}
    if needs_matrices(spec):
        found.add(Need.SHAPE)
    if spec.outputs:
        found.add(Need.OUTPUT)
    return [need for need in Need if need in found]
