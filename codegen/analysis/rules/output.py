"""An output is made of what there is after a step, element by element, and is always defined."""

from collections.abc import Iterator

from sympy import Basic

from ....specs.language import Fact, GradientAt, Optimizer, Output, Shape, Value, theta
from ....specs.language.heads import Head
from ....specs.language.occurrences import nodes
from ..fault import Fault
from ..subject import Subject
from . import division, existence, root, shape, step_count

CODE = "output"

_OF_STEPS = (step_count, shape, existence, root, division)
"""What holds for the equations of a step, and for an output as well."""


def check(subject: Subject) -> Iterator[Fault]:
    if not isinstance(subject.spec, Optimizer):
        return
    for output in subject.spec.outputs:
        where = f"output {output.name}"
        for node in nodes(output.value):
            if problem := _problem(subject, node):
                yield Fault(where, *problem)
        reader = Subject(subject.spec.reader(output))
        for rule in _OF_STEPS:
            for fault in rule.check(reader):
                yield Fault(where, *_said(fault, output, rule.CODE))


def _problem(subject: Subject, node: Basic) -> tuple[str, str] | None:
    """What an output cannot read, and what to do instead."""
    text = subject.text(node)
    if isinstance(node, GradientAt):
        return f"{text} is gone when it is asked for", "Keep the gradient in a state"
    if isinstance(node, Value) and node.lag != 0:
        return (
            f"it reads {text}, and there is no more than what the last step left",
            f"Write {node.name}[t]; to look further back, keep the older value in a state",
        )
    if isinstance(node, Value) and node.name in subject.inputs:
        return f"{text} is gone when it is asked for", "Keep what needs it in a state"
    if isinstance(node, Value) and node.name not in {theta.name, *subject.states}:
        return (
            f"{text} is gone when it is asked for: an intermediate is forgotten after its step",
            f"Declare State({node.name}, ...), or make the output of theta[t] and states",
        )
    if isinstance(node, Fact):
        return f"it reads {text}, which only a step knows", "Keep what depends on it in a state"
    state = subject.states.get(node.name) if isinstance(node, Value) else None
    if state is not None and state.shape != Shape.TENSOR and not state.shape.on_host:
        return (
            f"it reads {text}, which is neither of the parameter's shape nor a scalar",
            "Keep what it needs in a state of one of these",
        )
    if isinstance(node, Head) and node.category != "elementwise":
        return (
            f"{text} is made of whole tensors, and an output of each element by itself",
            "Keep it in a state, and let the output read that",
        )
    return None


def _said(fault: Fault, output: Output, code: str) -> tuple[str, str]:
    """The words for a fault of the rule that has the output for its new parameter."""
    if code == shape.CODE and fault.problem.startswith(f"{theta.name} is"):
        return (
            "it is to stand for the parameter, and has another shape",
            "Let it depend on theta[t], or on a state of the parameter's shape",
        )
    return tuple(text.replace("[t-1]", "[t]") for text in (fault.problem, fault.remedy))  # pyright: ignore[reportReturnType]
