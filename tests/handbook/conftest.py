"""What the pages are made of, gathered once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from steprule.codegen.handbook import material as materials
from steprule.codegen.handbook.contents import ordered
from steprule.codegen.handbook.edition import Edition
from steprule.codegen.handbook.edition import edition as read_edition
from steprule.codegen.handbook.material import Material, gathered
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.pages import all_pages
from steprule.codegen.handbook.pictures.style import WIDTH
from steprule.codegen.handbook.publishing.workspace import Workspace, fill
from steprule.codegen.prove.prove import Settled, prove

from . import shown
from .browser import chromium

OWN_RULES = '''
"""Rules with what a page could stumble over: a reduction, arguments without a default."""

from sympy import Max

from steprule.specs.language import *

rate, mu, limit, share = hyperparameters("lr mu limit share")
(b,) = states("b")

normed = Optimizer(
    "Normed",
    summary="Momentum of gradients that are scaled by their norm.",
    source="nobody, doi:10.1000/182",
    hyper=[
        Hyper(rate, "0.1", NON_NEGATIVE, "learning rate"),
        Hyper(mu, "0.5", UNIT, "momentum"),
        Hyper(limit, "1e-3", NON_NEGATIVE, "smallest norm"),
    ],
    states=[State(b, init=0, key="momentum_buffer")],
    updates=[
        Update(b[t], mu * b[t - 1] + grad(theta[t - 1]) / Max(norm(grad(theta[t - 1])), limit)),
        Update(theta[t], theta[t - 1] - rate * b[t]),
    ],
)

itself = Equivalence("normed-itself", "It is what it is.", Side(normed), Side(normed), {})

halved = Schedule(
    "Halved",
    summary="A share of the rate, at every step.",
    source="nobody",
    hyper=[Hyper(share, "", UNIT, "share of the rate that is left")],
    updates=[Update(eta[step], lr * share)],
    example={"lr": "0.1", "share": "0.5"},
)

index = Schedule(
    "Index",
    summary="",
    source="",
    hyper=[],
    updates=[Update(eta[step], lr / (step + 1))],
    example={"lr": "0.1"},
)
'''


@pytest.fixture(scope="session")
def edition() -> Edition:
    return read_edition()


@pytest.fixture(scope="session")
def material() -> Iterator[Material]:
    with shown.gathered() as found:
        yield found


@pytest.fixture(scope="session")
def pages(material: Material, edition: Edition) -> dict[str, Page]:
    with shown.argued_in_part():
        return {page.name: page for page in all_pages(material, edition)}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def own_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("own") / "own_rules.py"
    file.write_text(OWN_RULES)
    return file


@pytest.fixture(scope="session")
def own_pages(own_file: Path, edition: Edition, settled: Mapping[str, Settled]) -> dict[str, Page]:
    with pytest.MonkeyPatch.context() as patch:
        # Of the package's own, not once more.
        patch.setattr(materials, "prove", lambda claim: settled.get(claim.name) or prove(claim))
        with gathered([str(own_file)]) as found:
            return {page.name: page for page in all_pages(found, edition)}


@pytest.fixture(scope="session")
def settled(material: Material) -> Mapping[str, Settled]:
    return material.settled


KINDS = [
    "index",
    "api/index",
    "api/torch",
    "comparison",
    "errata",
    "gradients",
    "nesterov",
    "recipes",
    "symbols",
    "claims/momentum",
    "optimizers/adam",
    "schedules/onecyclelr",
]
"""A page of each kind: those that are built whole every day."""
DRAWN = {"optimizers/adam", "schedules/onecyclelr"}
"""The pages whose pictures are drawn every day; on others a stand-in is as good for a layout."""
FENCED = re.compile(r"^(`{3,}|:{3,}).*?^\1$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="session")
def sources(
    pages: dict[str, Page], edition: Edition, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """The handbook, ready to be built: a page of each kind, and of others what links lead to."""
    space = Workspace(tmp_path_factory.mktemp("handbook"))
    short = [_undrawn(p) if p.name in KINDS else _outline(p) for p in pages.values()]
    fill(space, ordered(short, edition))
    return space


@pytest.fixture(scope="session")
def drawn_sources(
    pages: dict[str, Page], edition: Edition, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """The whole handbook, ready to be built."""
    space = Workspace(tmp_path_factory.mktemp("handbook"))
    fill(space, ordered(list(pages.values()), edition))
    return space


def _outline(page: Page) -> Page:
    """Its titles, and what else can be referred to: targets, and numbered equations."""
    lines = FENCED.sub("", page.text).splitlines()
    kept = [line for line in lines if re.match(r"#+ |\(.+\)=$", line)]
    labels = re.findall(r"^:label: (.+)$", page.text, re.MULTILINE)
    kept += [f":::{{math}}\n:label: {label}\nx\n:::" for label in labels]
    return Page(page.name, "\n\n".join(kept) + "\n")


def _undrawn(page: Page) -> Page:
    if page.name in DRAWN:
        return page
    return replace(page, pictures=[replace(p, draw=_stand_in) for p in page.pictures])


def _stand_in() -> Any:
    return Figure(figsize=(WIDTH, 3.2))  # without axes, which take long to draw
