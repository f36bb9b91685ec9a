"""The Numba backend: kernels alone, one pass over memory, for NumPy's engine and torch's fused.

Stages: the compiled program is written out (``expand``) and its new values moved to their slots
(``settle``); ``printer`` turns each statement into one on single elements, and the template puts
them into a loop over all elements of all tensors. A rule that reduces over a tensor or multiplies
matrices has no kernel: its class runs as it does without one.
"""

from collections.abc import Mapping, Sequence

from ....specs.language import Schedule, Spec, Transform
from ...program.compile import compile_spec
from .. import Entry
from ..clipping import clippings
from ..kernel import has_kernel, kernel_program
from ..rendering import environment
from .context import context, is_branch
from .printer import clipped


class NumbaBackend:
    """Prints specs as functions that Numba compiles."""

    name = "numba"
    comment = "#"

    def __init__(self) -> None:
        self._templates = environment(__name__, {"is_branch": is_branch, "clipped": clipped})

    def files(self, spec: Spec | Transform) -> Mapping[str, str]:
        if isinstance(spec, Transform):
            return {"_clipping.py": self.shared(())["_clipping.py"]}
        if isinstance(spec, Schedule):
            return {}
        program = kernel_program(compile_spec(spec))
        if not has_kernel(program):
            return {}
        template = self._templates.get_template("optimizer.py.j2")
        return {f"{spec.module}.py": template.render(context(spec, program))}

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        names = ("__init__", "_clipping", "_kernel", "_launch", "_numbers", "_threads")
        found = clippings()
        return {
            f"{name}.py": self._templates.get_template(f"{name}.py.j2").render(clippings=found)
            for name in names
        }


backend = NumbaBackend()
