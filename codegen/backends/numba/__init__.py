"""The Numba backend: kernels alone, one pass over memory, for NumPy's engine and torch's fused.

Stages: the compiled program is written out (``expand``) and its new values moved to their slots
(``settle``); ``printer`` turns each statement into one on single elements, and the template puts
them into a loop over all elements of all tensors. Numba keeps what it has compiled on disk for as
long as the file of a function is the same, and compiles what that calls into it: so each file
names the digest of those it is compiled with. A rule that reduces is a kernel for each of its
stages; see ``program/stages``. One that multiplies matrices has none: its class runs as it does
without one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

from ...program.compiled import Compiled, CompiledRule, CompiledSchedule, CompiledTransform
from .. import Entry
from ..clipping import clippings
from ..points import of_points
from ..rendering import environment
from ..runtime import runtime
from .context import context
from .printer import clipped
from .stages import stages_context

_COMPILED_IN = ("_clipping.py", "_functions.py", "_kernel.py")
REDUCED_BY = ("_room.py", "_sums.py", "_vectors.py")
BY_LINES = ("_added.py", "_lines.py", "_tile.py")


class NumbaBackend:
    """Prints specs as functions that Numba compiles."""

    name = "numba"
    comment = "#"

    def __init__(self) -> None:
        self._templates = environment(__name__, {"clipped": clipped})

    def files(self, compiled: Compiled) -> Mapping[str, str]:
        match compiled:
            case CompiledRule() if compiled.program.is_elementwise:
                template = self._templates.get_template("optimizer.py.j2")
                text = template.render(context(compiled), basis=self._basis(_COMPILED_IN))
                return {f"{compiled.module}.py": text} | of_points(self, compiled)
            case CompiledRule() if compiled.has_kernel and compiled.stages:
                template = self._templates.get_template("stages.py.j2")
                found = stages_context(compiled, compiled.stages)
                needed = (*_COMPILED_IN, *REDUCED_BY)
                needed = needed if compiled.stages.are_flat else (*needed, *BY_LINES)
                text = template.render(found, basis=self._basis(needed))
                return {f"{compiled.module}.py": text} | of_points(self, compiled)
            case CompiledTransform():
                return {"_clipping.py": self.shared(())["_clipping.py"]}
            case CompiledRule():
                return of_points(self, compiled)
            case CompiledSchedule():
                return {}

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        found = clippings()
        return runtime("steprule.codegen.runtime.numba", self._templates, entries, clippings=found)

    @cache  # noqa: B019 (there is one backend)
    def _basis(self, names: tuple[str, ...]) -> str:
        """The digest of what is compiled into a kernel."""
        shared = self.shared(())
        basis = "".join(shared[name] for name in names)
        return f"sha256:{hashlib.sha256(basis.encode()).hexdigest()[:16]}"


backend = NumbaBackend()
