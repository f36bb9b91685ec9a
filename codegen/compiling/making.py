"""From a spec to its entry: one that is there already, or built now."""

import json
from dataclasses import replace
from pathlib import Path

from ...specs.language import Operator, Optimizer, Schedule, Spec, Transform
from ..analysis import analyse
from ..backends import runnable
from ..files import cache
from ..files.build import build
from ..files.declared import declared
from ..files.own import own_folder
from ..files.sources import sources_of_texts
from ..loading import selection
from ..loading.fingerprint import fingerprint
from ..loading.load import with_peers
from ..loading.reading import loaded, reading
from ..program.compiled import marked
from ..showing.page import Page
from ..showing.written import page_of
from . import entries
from .finding import LENGTH
from .known import FOLDERS, PAGE, Made


def made_of_text(text: str) -> tuple[Made, set[Path]]:
    """What a text comes to, and the files that this follows from.

    Raises:
        SpecError: no one spec is named, or it is not valid.

    What building raises comes from here too: see :func:`made_of_spec`.
    """
    with reading() as read:
        spec = selection.valid(selection.one(text), text)
    return made_of_spec(spec), read | loaded()


def made_of_spec(spec: object) -> Made:
    """What a spec comes to.

    Raises:
        TypeError: it is none that a class is made of.
        SpecError: it is not valid.
        GenerationError, NotImplementedError, RewriteError: see :func:`..files.build.build`.
        OSError: what is built can be kept nowhere.
    """
    valid = analyse(_of_class(spec))
    made = Made(valid.name, valid.module, isinstance(valid, Schedule), "")
    if _is_installed(valid):
        return made
    with_peers([valid])
    mark = cache.digest(sources_of_texts(), _text(valid))[:LENGTH]
    if entries.find(mark, again=True) is None:
        entries.publish(mark, _files(valid, mark))
    return replace(made, mark=mark)


def page_of_spec(spec: object) -> Page:
    """What is shown of a spec.

    Raises:
        TypeError: it is none that a class is made of.
        SpecError: it is not valid.
    """
    return page_of(marked(analyse(_of_class(spec)), ""))


def _of_class(spec: object) -> Spec:
    match spec:
        case Optimizer() | Schedule():
            return spec
        case Operator():
            remedy = f"an operator is done to a rule: compile {spec.name}(rule)"
        case Transform():
            remedy = f"every optimizer takes it, as the argument {spec.hyper.name}"
        case _:
            remedy = "give an Optimizer, a Schedule, or a text such as 'lookahead(adamw, k=5)'"
    shown = getattr(spec, "name", spec)
    raise TypeError(f"{type(spec).__name__} {shown!s:.80} is no rule: {remedy}")


def _is_installed(spec: Spec) -> bool:
    """Whether this package has its classes: the first line of their files says of what they are."""
    folder = FOLDERS["numpy"] if isinstance(spec, Schedule) else ""
    file = own_folder() / "numpy" / folder / f"{spec.module}.py"
    if not file.is_file():
        return False
    with file.open(encoding="utf-8") as stream:
        return f" {spec.name}, {fingerprint(spec)}." in stream.readline()


def _text(spec: Spec) -> str:
    try:
        return declared(spec)
    except TypeError:  # of an example, such as a number of NumPy's
        return fingerprint(spec)


def _files(spec: Spec, mark: str) -> dict[str, bytes]:
    (built,) = build([spec], runnable(), f"_{mark}")
    files = {
        f"{name}/{path}": text.encode()
        for name, texts in built.files.items()
        for path, text in texts.items()
    }
    return files | {PAGE: json.dumps(page_of(marked(spec, f"_{mark}")).data).encode()}
