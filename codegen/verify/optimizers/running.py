"""Steps of generated code, asked for by one process and taken by the same or another.

A request has all tensors of a step together, and an answer all results of a quantity in a row: so
there are few arrays to send. Nothing here knows of specs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from ..results import told
from .engines import Floats, Given, Start, run


@dataclass(frozen=True)
class Moment:
    """What a step is given, the tensors together.

    Args:
        theta: the parameters.
        states: tensors likewise, and scalars.
        gradient: likewise.
        tensors: how many of the tensors are looked at afterwards, from the first.
        inputs: what the step reads beside the gradient: tensors likewise, and numbers.
    """

    theta: Any
    states: Mapping[str, Any]
    gradient: Any
    tensors: int
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Course:
    """Steps of one optimizer.

    Args:
        shapes: of its parameters.
        first: the number of the first step.
        moments: one a step.
    """

    shapes: Sequence[tuple[int, ...]]
    first: int
    moments: Sequence[Moment]

    def given(self) -> list[Given]:
        """What each step is given, tensor by tensor."""
        return [
            Given(
                self._apart(m.theta),
                self._each(m.states),
                self._apart(m.gradient),
                self._each(m.inputs),
            )
            for m in self.moments
        ]

    def _each(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {n: x if isinstance(x, float) else self._apart(x) for n, x in values.items()}

    def _apart(self, array: Any) -> list[Floats]:
        if len(self.shapes) == 1:
            return [array]
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        parts = np.split(array, ends[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, self.shapes, strict=True)]


@dataclass(frozen=True)
class Request:
    """Courses to be taken in several ways, of one configuration."""

    starts: Sequence[Start]
    arguments: Mapping[str, Any]
    courses: Sequence[Course]


@dataclass(frozen=True)
class Crash:
    """That generated code does not run.

    Args:
        course: which of the courses it was on.
        tensor: which of the tensors it is that cannot be stepped by itself; None where each can.
        said: what the error says, and where it was raised.
    """

    course: int
    tensor: int | None
    said: str


Rows: TypeAlias = dict[str, Floats]
"""The results of all steps of all courses, by quantity; of a scalar one a tensor."""

Answer: TypeAlias = list[Rows | Crash]
"""One for each way."""

RunAll: TypeAlias = Callable[[Iterable[Request]], Iterator[Answer]]
"""Answers requests, in their order; it may ask for more of them before it gives an answer."""


def here(requests: Iterable[Request]) -> Iterator[Answer]:
    """Answer each request when it comes, in this process."""
    return map(answer, requests)


def answer(request: Request) -> Answer:
    given = [course.given() for course in request.courses]
    return [_taken(start, request, given) for start in request.starts]


def _taken(start: Start, request: Request, given: Sequence[Sequence[Given]]) -> Rows | Crash:
    rows: dict[str, list[Floats]] = {}
    steps = 0
    for index, (course, each) in enumerate(zip(request.courses, given, strict=True)):
        try:
            found = run(start, request.arguments, each, course.first)
        except Exception as error:  # whatever generated code may raise is its failure
            return _crash(start, request, index, each, error)
        for moment, results in zip(course.moments, found, strict=True):
            steps += 1
            for name, tensors in results.items():
                taken = [np.ravel(x) for x in tensors[: moment.tensors]]
                rows.setdefault(name, []).append(np.concatenate(taken))
    return {name: np.concatenate(row) for name, row in rows.items() if len(row) == steps}


def _crash(
    start: Start, request: Request, index: int, given: Sequence[Given], error: Exception
) -> Crash:
    """What an error says, and of which tensor it is: of one, if that fails by itself."""
    course = request.courses[index]
    several = range(len(course.shapes)) if len(course.shapes) > 1 else ()
    for tensor in several:
        alone = [
            _alone(each, tensor)
            for each, moment in zip(given, course.moments, strict=True)
            if tensor < moment.tensors
        ]
        try:
            run(start, request.arguments, alone, course.first)
        except Exception as own:
            return Crash(index, tensor, told(own))
    return Crash(index, None, told(error))


def _alone(given: Given, index: int) -> Given:
    """What one of the parameters is given."""

    def own(values: Mapping[str, Any]) -> dict[str, Any]:
        return {n: [x[index]] if isinstance(x, Sequence) else x for n, x in values.items()}

    theta, gradient = [given.theta[index]], [given.gradient[index]]
    return Given(theta, own(given.states), gradient, own(given.inputs))
