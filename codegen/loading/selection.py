"""The specs a command works on."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from ...specs.language import Spec, SpecError, Transform
from ..analysis import analyse
from .fingerprint import fingerprint
from .load import all_builtin, load, transforms, transforms_named
from .located import located
from .packaged import path_and_name
from .stacks import is_stack

AnySpec = TypeVar("AnySpec", bound=Spec)


def named(references: Sequence[str]) -> list[Spec]:
    """The specs named, or all built-in ones, as they are declared.

    What is named is a spec or, as it is in the files that all specs share, a transform.

    Raises:
        SpecError: one does not exist, does not import, or is named and not valid.
    """
    others = [each for each in references if not transforms_named(each)]
    if references and not others:
        return []
    found = declared(others)
    for spec, reference in found if references else ():
        valid(spec, reference)
    return [spec for spec, _ in found]


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


def declared(references: Sequence[str]) -> list[tuple[Spec, str]]:
    """The specs named, none of them a transform, as they are declared, and what each is named by.

    Without any they are all built-in ones, which nothing names.

    Raises:
        SpecError: one does not exist, or does not import.
    """
    if not references:
        return [(spec, "") for spec in all_builtin().values()]
    return [(spec, reference) for reference in references for spec in load(reference)]


def analysed(found: Iterable[tuple[Spec, str]]) -> list[Spec]:
    """Specs that are :func:`declared`, each once; validated, updates in an order they can run in.

    Raises:
        SpecError: one is not valid.
    """
    # What is referred to twice, by name or by file, is one spec.
    return list({fingerprint(x): x for x in (valid(*each) for each in found)}.values())


def selected(references: Sequence[str]) -> list[Spec]:
    """Those that are :func:`declared`, as they are :func:`analysed`."""
    return analysed(declared(references))


def valid(spec: AnySpec, reference: str) -> AnySpec:
    """A spec that a reference stands for, validated.

    Raises:
        SpecError: it is not valid; of one in a file, it says where.
    """
    try:
        return analyse(spec)
    except SpecError as error:
        path, _ = path_and_name(reference)
        if not path or is_stack(reference):
            raise
        raise located(error, path) from None


def selected_with_transforms(
    references: Sequence[str],
) -> tuple[list[Transform], list[Spec]]:
    """The transforms and the other specs named; or all of both.

    Raises:
        SpecError: as :func:`selected` does.
    """
    if not references:
        return [*transforms().values()], selected(())
    found = {reference: transforms_named(reference) for reference in references}
    others = [reference for reference, each in found.items() if not each]
    named = {each.name: each for some in found.values() for each in some}
    return [*named.values()], selected(others) if others else []
