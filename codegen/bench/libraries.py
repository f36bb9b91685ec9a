"""What other libraries have of a rule: those that are installed, step torch's tensors, are audited.

How their arguments follow from ours is known from audits; see ``specs/peers/audited.toml``.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ...specs.language import Optimizer, SpecError
from ..audit.adapters import OF_TORCH, adapted
from ..audit.adapters.of_torch import made
from ..audit.arguments import pairing
from ..audit.target import target
from ..loading.audited import audited
from ..verify.optimizers.configurations import Configuration

Make = Callable[[list[Any]], Any]
"""Makes an optimizer of parameters."""


def of_libraries(spec: Optimizer, configuration: Configuration) -> Iterator[tuple[str, Make]]:
    """By name, what makes each; of rules that read more than gradients, none."""
    for known in () if spec.inputs else audited():
        if known.of == spec.name and known.package != "torch" and known.is_installed:
            try:
                made_by = target(known.name)
                kind, _, parameters = adapted(made_by)
                paired = pairing(spec, parameters, known.map, known.set, known.name)
            except SpecError as error:
                yield known.name, partial(_refuse, error)
                continue
            if kind in OF_TORCH:
                arguments = paired.theirs(configuration.hyper, configuration.options)
                yield known.name, partial(made, made_by, arguments)


def _refuse(error: SpecError, params: list[Any]) -> Any:
    """What cannot be made says so when it is to be."""
    del params
    raise ImportError(f"{error.problem}: {error.remedy}") from error
