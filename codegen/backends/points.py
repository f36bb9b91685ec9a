"""The files of the rules that lead to where a rule takes its gradients beside the first."""

from ..program.compiled import CompiledRule
from . import Backend


def of_points(backend: Backend, compiled: CompiledRule) -> dict[str, str]:
    """What a backend prints of them: classes of their own, which the rule's runs."""
    found: dict[str, str] = {}
    for point in compiled.points.values():
        found |= backend.files(point)
    return found
