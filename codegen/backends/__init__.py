"""What a backend is, how it is found, and how to write one.

A backend turns specs into the text of files; it never writes them. It is an object that meets
:class:`Backend`, announced through the entry-point group ``steprule.backends`` of any package::

    [project.entry-points."steprule.backends"]
    awk = "my_package.awk:backend"

``steprule generate`` then writes its files to a folder of its name, and ``show --as`` shows them.

One is four things, of which the first alone is always there:

A table (:mod:`..program.forms`): of each operation, its form in the language. Start from
``ARITHMETIC``, or ``PYTHON``, and add functions::

    FORMS = {**ARITHMETIC, ops.SQRT: "sqrt", ops.SELECT: "({} ? {} : {})", ...}
    printer = Printer(Language("AWK", FORMS))

A second table is for what lives on tensors, where that is written otherwise than numbers are. What
an operation means, its exact value and its cost are said once for all languages, in
:mod:`..program.operations`. An operation without a form is refused, by the names of the spec, the
backend and the operation.

A program to be printed. ``files`` is given a spec with its programs, compiled once for all
backends (:mod:`..program.compiled`). ``compiled.program`` is one step with a new name for each new
value; ``compiled.kernel`` assigns to the states themselves, as a loop over elements does. Passes of
:mod:`..program` fit one to a language: ``linearise`` and ``allocate`` where there are no
expressions, ``contract`` where there are combined calls, ``flag`` where branches are compiled. Its
``host`` is computed once a step, from the step ``t``, arguments and states that are one number; its
``body`` is what happens to tensors::

    lines = [*map(assigned(printer), program.host)]
    body = block(program.body, printer, assigned(printer))  # see statements, for layouts too

Templates, ``optimizer.py.j2`` and the like (:mod:`.rendering`): what stands around these lines. For
classes in Python most of what fills them is there: :mod:`.python_class`, :mod:`.scalars`,
:mod:`.schedule_class`, :mod:`.clipping`.

A runtime (:mod:`.runtime`): modules that no spec changes, ordinary source that is copied, with what
rules call.

A spec of which there is nothing to print has no files: schedules, where the language has none.
``tests/backends/test_another_backend.py`` is a whole one, and steps every rule with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol

from ..program.compiled import Compiled


@dataclass(frozen=True)
class Entry:
    """One generated optimizer or schedule, as the files that list them all see it."""

    name: str
    module: str
    is_schedule: bool = False


class Backend(Protocol):
    """The printer of one target language.

    Attributes:
        name: the folder its files are written to, and its name in ``show --as``.
        comment: what starts a comment in its files; the header line is written with it.
    """

    name: str
    comment: str

    def files(self, compiled: Compiled) -> Mapping[str, str]:
        """The files of one spec: path in the backend's folder to unformatted text.

        Args:
            compiled: the spec, and its programs: each is compiled when the first backend reads it,
                and all others are given the same. Of a transform it is those of the shared files
                it is in.

        Raises:
            NotImplementedError: there is no form for an operation in the spec.
        """
        ...

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        """The files all specs of a folder share, given every spec in it."""
        ...


def backends() -> dict[str, Backend]:
    """All installed backends by name."""
    found = entry_points(group="steprule.backends")
    return {point.name: point.load() for point in sorted(found, key=lambda point: point.name)}


def runnable() -> dict[str, Backend]:
    """Those whose files Python can run, the kernels' among them."""
    return {name: backend for name, backend in backends().items() if name in _RUNNABLE}


_RUNNABLE = frozenset({"numba", "numpy", "torch", "triton"})
