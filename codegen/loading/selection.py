"""The specs a command works on."""

from collections.abc import Sequence

from ...specs.language import Spec, SpecError, Transform
from ..analysis import analyse
from .fingerprint import fingerprint
from .load import all_builtin, load, transforms


def named(references: Sequence[str]) -> list[Spec]:
    """The specs named, or all built-in ones, as they are declared.

    What is named is a spec or, as it is in the files that all specs share, a transform.

    Raises:
        SpecError: one does not exist, or does not import.
    """
    if not references:
        return list(all_builtin().values())
    known = {name.lower() for name in transforms()}
    return [spec for each in references if each.lower() not in known for spec in load(each)]


def one(reference: str) -> Spec:
    """The one spec that a reference stands for, as it is declared.

    Raises:
        SpecError: it does not exist, or does not import, or there are several.
    """
    found = load(reference)
    if len(found) == 1:
        return found[0]
    raise SpecError(
        "several-specs",
        spec=reference,
        where="file",
        problem=f"it holds {len(found)} specs: {', '.join(spec.name for spec in found)}",
        remedy=f"Name the one: {reference}:{found[0].name}",
    )


def selected(references: Sequence[str]) -> list[Spec]:
    """The specs named, or all built-in ones; validated, updates in an order they can run in.

    Raises:
        SpecError: one does not exist, does not import, or is not valid.
    """
    found = (
        [spec for reference in references for spec in load(reference)]
        if references
        else list(all_builtin().values())
    )
    analysed = [analyse(spec) for spec in found]
    # What is referred to twice, by name or by file, is one spec.
    return list({fingerprint(spec): spec for spec in analysed}.values())


def selected_with_transforms(
    references: Sequence[str],
) -> tuple[list[Transform], list[Spec]]:
    """The transforms and the other specs named; or all of both.

    Raises:
        SpecError: as :func:`selected` does.
    """
    known = {name.lower(): each for name, each in transforms().items()}
    others = [r for r in references if r.lower() not in known]
    specs = selected(others) if others or not references else []
    named = dict.fromkeys(r.lower() for r in references if r.lower() in known)
    return [known[name] for name in (named if references else known)], specs
