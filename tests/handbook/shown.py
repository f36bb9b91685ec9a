"""The specs that have pages in the handbook of every day: few, and those that chapters show.

It has all its chapters and claims, and what settles a claim on the pages of few. ``-m exhaustive``
makes the handbook of all specs.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

import pytest
from steprule.codegen.handbook import material as materials
from steprule.codegen.handbook.edition import Edition, edition
from steprule.codegen.handbook.material import Material
from steprule.codegen.handbook.pages import claims
from steprule.codegen.handbook.proofs.derivation import argued
from steprule.codegen.loading import selection
from steprule.codegen.loading.load import all_builtin
from steprule.codegen.prove.discover import modules
from steprule.codegen.prove.prove import Settled
from steprule.specs.language import Optimizer, Schedule, Spec

from .. import sample

NAMED = {"ASGD", "Lamb", "NoisySGD", "RAdam", "SGDW"}
"""By tests."""


@cache
def shown() -> dict[str, Spec]:
    """The specs by name, in their order."""
    every = all_builtin()
    if sample.is_whole:
        return every
    daily = {*sample.declarations(), *sample.schedule_declarations(), *NAMED}
    spoken_of = {name for text in edition().chapters.values() for name in _referred_to(text)}
    return {name: s for name, s in every.items() if name in daily or s.module in spoken_of}


def _referred_to(chapter: str) -> Iterator[str]:
    """What a chapter's calls name, and the pages it links to."""
    for call in re.findall(r"<<.*?>>", chapter, re.DOTALL):
        yield from re.findall(r'"([a-z0-9]+)"', call)
    yield from re.findall(r"/([a-z0-9]+)\.md", chapter)


def optimizers() -> dict[str, Optimizer]:
    """The rules among them."""
    return {name: spec for name, spec in shown().items() if isinstance(spec, Optimizer)}


def schedules() -> dict[str, Schedule]:
    """The schedules among them."""
    return {name: spec for name, spec in shown().items() if isinstance(spec, Schedule)}


@contextmanager
def gathered() -> Iterator[Material]:
    """What the handbook of these specs is made of."""
    specs = shown()
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            for place in (materials, selection):
                patch.setattr(place, "all_builtin", lambda: specs)
            found = stack.enter_context(materials.gathered(()))
        yield found


@contextmanager
def argued_in_part() -> Iterator[None]:
    """Of a sample of claims, and of one whole page, the pages of claims say what settles them."""
    daily = {*sample.claims(), *(claim.name for claim in modules()["momentum"])}

    def of_few(settled: Settled, edition: Edition) -> str:
        return argued(settled, edition) if settled.claim.name in daily else ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "argued", of_few)
        yield
