"""A spec beside what is compiled of it: once, when it is first asked for, for all who read it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, overload

from ...specs.language import Optimizer, Schedule, Spec, Transform, points
from ..notation.memo import kept, once
from .compile import compile_in_turns, compile_spec, compile_stages
from .cut import Parts, parts_of
from .nodes import Program
from .passes.expand import expand
from .passes.prune import prune
from .passes.settle import settle
from .schedule import compile_schedule
from .stages import Stages


@dataclass(frozen=True)
class CompiledRule:
    """An analysed optimizer, and its programs.

    Args:
        spec: it.
        mark: what the names of its files end with.
    """

    spec: Optimizer
    mark: str = ""

    def __reduce__(self) -> Any:
        return marked, (self.spec, self.mark)  # programs hold functions, which cannot be sent

    @property
    def module(self) -> str:
        """The stem of its files."""
        return self.spec.module + self.mark

    @cached_property
    def program(self) -> Program:
        """One step, ready for the backends.

        Raises:
            RewriteError: a pass changed the program's meaning; a fault of this package.
        """
        return compile_spec(self.spec)

    @cached_property
    def in_turns(self) -> Program:
        """One step for languages whose totals are numbers of the host.

        Raises:
            RewriteError: as above.
        """
        return compile_in_turns(self.spec) if self.program.takes_turns else self.program

    @cached_property
    def outputs(self) -> dict[str, Program]:
        """By output, the step whose new parameter is that, under its old name; all else is let be.

        Raises:
            RewriteError: as above.
        """
        of = {o.name: self.spec.reader(o) for o in self.spec.outputs}
        return {name: _of_parameter(compile_spec(spec)) for name, spec in of.items()}

    @cached_property
    def points(self) -> "dict[str, CompiledRule]":
        """By input, the rule whose step leads to where that gradient is taken."""
        return {name: CompiledRule(s, self.mark) for name, s in points(self.spec).items()}

    @cached_property
    def kernel(self) -> Program:
        """The same under one name a slot, which is the old value until it is assigned.

        Kernels are printed from it, where the program is elementwise.
        """
        return settle(expand(self.program))

    @cached_property
    def has_kernel(self) -> bool:
        """Whether it works on single elements, or in stages that there are kernels for."""
        return self.program.is_elementwise or self.stages is not None

    @property
    def no_kernel(self) -> str:
        """Why there is none, as the rest of a sentence; empty where there is."""
        if self.has_kernel:
            return ""
        if self.program.takes_turns:
            return "it needs a number of all tensors together before it can update any element"
        both = "and computes with whole tensors, and no kernel does both"
        if any(given.is_random for given in self.spec.inputs):
            return f"it draws random numbers {both}"
        if self.program.tensor_inputs:
            return f"it is given a second tensor {both}"
        return "it multiplies matrices, or otherwise computes with each as a whole"

    @property
    def passes(self) -> int:
        """How often kernels, where there are any, go through memory."""
        return len(self.stages.passes) if self.stages else 1

    @cached_property
    def stages(self) -> Stages | None:
        """What kernels of a rule that is not elementwise are printed from; None if it has none.

        Raises:
            RewriteError: as above.
        """
        program = self.program
        if program.is_elementwise or program.tensor_inputs or program.takes_turns:
            return None
        try:
            return compile_stages(self.spec)
        except NotImplementedError:
            return None


def _of_parameter(program: Program) -> Program:
    """What computes the new parameter, and nothing else."""
    return prune(settle(replace(expand(program), slots=program.slots[:1])))


@dataclass(frozen=True)
class CompiledSchedule:
    """An analysed schedule, and the functions of the step that compute its series.

    Args:
        spec: it.
        mark: what the names of its files end with.
    """

    spec: Schedule
    mark: str = ""
    _functions: dict[tuple[str, ...], Program] = field(
        default_factory=dict[tuple[str, ...], Program], init=False, repr=False, compare=False
    )

    def __reduce__(self) -> Any:
        return marked, (self.spec, self.mark)  # programs hold functions, which cannot be sent

    @property
    def module(self) -> str:
        """The stem of its files."""
        return self.spec.module + self.mark

    def function(self, *series: str) -> Program:
        """What computes some series, by name: ``eta``, ``mu``, states.

        Raises:
            RewriteError: a pass changed what is computed.
        """
        if series not in self._functions:
            self._functions[series] = compile_schedule(self.spec, series)
        return self._functions[series]


@dataclass(frozen=True)
class CompiledTransform:
    """An analysed transform of gradients, and its parts."""

    spec: Transform

    def __reduce__(self) -> Any:
        return compiled, (self.spec,)  # programs hold functions, which cannot be sent elsewhere

    @cached_property
    def parts(self) -> Parts:
        """In the order they are computed in.

        Raises:
            NotImplementedError: it is not one norm of the gradient, one number from it, and what
                that does to each element.
            RewriteError: a pass changed its meaning; a fault of this package.
        """
        return parts_of(self.spec, compiled(self.spec.rule).program)


Compiled = CompiledRule | CompiledSchedule | CompiledTransform


_KINDS: dict[type, Callable[[Any], Compiled]] = {
    Optimizer: CompiledRule,
    Schedule: CompiledSchedule,
    Transform: CompiledTransform,
}


@overload
def compiled(spec: Optimizer) -> CompiledRule: ...
@overload
def compiled(spec: Schedule) -> CompiledSchedule: ...
@overload
def compiled(spec: Transform) -> CompiledTransform: ...
@overload
def compiled(spec: Spec | Transform) -> Compiled: ...
@once
def compiled(spec: Spec | Transform) -> Compiled:
    """An analysed spec, to be compiled as far as it is read: one object for one spec."""
    return next(of for kind, of in _KINDS.items() if isinstance(spec, kind))(spec)


@overload
def marked(spec: Spec, mark: str) -> CompiledRule | CompiledSchedule: ...
@overload
def marked(spec: Spec | Transform, mark: str) -> Compiled: ...
def marked(spec: Spec | Transform, mark: str) -> Compiled:
    """The same, to be printed as files whose names end with a mark, beside others of that name."""
    found = compiled(spec)
    if not mark or isinstance(found, CompiledTransform):
        return found
    return kept(spec).setdefault(f"{__name__}.marked {mark}", replace(found, mark=mark))
