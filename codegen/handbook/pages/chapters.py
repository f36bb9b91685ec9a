"""The chapters: texts that a person wrote, with what they speak of taken from specs and claims."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from sympy import Basic

from ....specs.language import Optimizer, Schedule, Spec, SpecError, Update
from ....specs.language.claims import Equivalence, Identity, Side, Stability, Verdict
from ...analysis.nearby import either, near
from ...analysis.reserved import LANGUAGE, reserved
from ...backends.latex.notation import Notation
from ...backends.latex.printer import LatexPrinter
from ...prove.induction import Correspondence
from ...prove.prove import Settled
from ..edition import Edition
from ..markdown import display, environment, equations, figure, inline, labelled
from ..material import Material
from ..measure import width
from ..page import Page, Picture
from ..pictures.correction import correction
from ..pictures.damping import damping
from ..pictures.forgetting import forgetting
from ..pictures.noise import noise
from ..pictures.sensitivity import all_sensitivities
from ..pictures.shown import Shown
from ..pictures.shrinkage import shrinkage
from ..pictures.stability import momentum_region, nesterov_region
from ..proofs.claimed import caution, reference, statement
from ..proofs.claims import printer
from ..proofs.derivation import derived
from ..proofs.polynomial import polynomial
from ..proofs.printer import ProofPrinter
from ..proofs.rows import WIDEST, aligned, chained, rows
from ..rules.excerpts import declaration_source, lines_source, methods_source
from ..rules.variants import plain, switches, usual
from ..writer import Writer, linked
from .parts import STEP_METHODS, page_link, python
from .recipes import recipe, recipes

_Found = TypeVar("_Found")
_Claim = TypeVar("_Claim", Equivalence, Identity, Stability)

_PICTURES: Mapping[str, Callable[[Material, Edition], Shown]] = {
    "correction": correction,
    "damping": damping,
    "forgetting": forgetting,
    "noise": noise,
    "sensitivities": all_sensitivities,
    "shrinkage": shrinkage,
    "stability/momentum": momentum_region,
    "stability/nesterov": nesterov_region,
}

_TAKEN: Mapping[str, Callable[[], frozenset[str]]] = {
    "language": lambda: LANGUAGE,
    "optimizers": partial(reserved, Optimizer),
    "schedules": partial(reserved, Schedule),
}


def chapter_pages(material: Material, edition: Edition) -> list[Page]:
    """Every chapter; none where the handbook is about chosen specs alone.

    Raises:
        SpecError: a chapter names a claim, a part of one, a spec or a picture that is not there.
    """
    if not material.is_complete:
        return []
    return [_Chapter(name, material, edition).page() for name in sorted(edition.chapters)]


class _Chapter:
    """One chapter, and the functions its template may call."""

    def __init__(self, name: str, material: Material, edition: Edition) -> None:
        self._name = name
        self._material = material
        self._edition = edition
        self._pictures: list[Picture] = []

    def page(self) -> Page:
        names = [name for name in vars(type(self)) if not name.startswith("_") and name != "page"]
        helpers: Mapping[str, Callable[..., Any]] = {name: getattr(self, name) for name in names}
        template = environment(helpers).from_string(self._edition.chapters[self._name])
        return Page(self._name, linked(template.render()), pictures=self._pictures)

    def proved(self, *names: str) -> str:
        """Within a line: the claims that a sentence rests on, all of them proved."""
        return reference([self._settled(n) for n in names], Verdict.PROVED, self._edition)

    def refuted(self, *names: str) -> str:
        """Within a line: the claims whose refutation a sentence rests on."""
        return reference([self._settled(n) for n in names], Verdict.REFUTED, self._edition)

    def theorem(self, name: str) -> str:
        """A claim that is proved."""
        return statement(self._settled(name), Verdict.PROVED, self._edition)

    def counterexample(self, name: str) -> str:
        """A claim that is refuted, with the numbers that do it."""
        return statement(self._settled(name), Verdict.REFUTED, self._edition)

    def derivation(self, name: str) -> str:
        """A claim that is proved, with its whole derivation."""
        settled = self._settled(name)
        return caution(settled, Verdict.PROVED, self._edition) + derived(settled, self._edition)

    def left(self, name: str) -> str:
        """The equations of an equivalence's left side."""
        return _rule(self._claim(name, Equivalence).left)

    def right(self, name: str) -> str:
        """The equations of its right side."""
        return _rule(self._claim(name, Equivalence).right)

    def correspondence(self, name: str) -> str:
        """How the right side's quantities, with a prime, follow from the left's."""
        claim = self._claim(name, Equivalence)
        prints, names = printer(claim), ProofPrinter([claim.right.spec]).names
        phi = Correspondence(claim).equations
        return equations([(_primed(names.of(q)), prints.expression(e)) for q, e in phi.items()])

    def part(self, name: str, *whats: str) -> str:
        """Equations of an identity, by what they say."""
        claim = self._claim(name, Identity)
        parts = {part.what: part for part in claim.parts}
        found = [self._among(parts, what, f"equation of the claim {name}") for what in whats]
        return "\n".join(_equation(p.left, p.right, printer(claim)) for p in found)

    def meaning(self, name: str, *symbols: str) -> str:
        """What names stand for in the equations of an identity."""
        claim = self._claim(name, Identity)
        where = {str(s): (s, e) for s, e in claim.where.items()}
        found = [self._among(where, symbol, f"name in the claim {name}") for symbol in symbols]
        prints = printer(claim)
        return equations([(prints.expression(s), prints.expression(e)) for s, e in found])

    def polynomial(self, name: str) -> str:
        """The characteristic polynomial of a rule on a quadratic."""
        claim = self._claim(name, Stability)
        p = polynomial(claim.polynomial, claim.variable, printer(claim))
        return equations([(f"p({claim.variable})", p)])

    def region(self, name: str) -> str:
        """Within a line: where a rule contracts."""
        claim = self._claim(name, Stability)
        bound = printer(claim).inline(claim.bound)
        return inline(rf"0 < \gamma {claim.curvature} < {bound}")

    def equations(self, spec: str, *on: str) -> str:
        """The equations of a spec, with these switches on, or as it is by default."""
        found = self._spec(spec)
        updates = found.updates
        if isinstance(found, Optimizer):
            updates = plain(found, self._on(found, on)).spec.updates
        return _equations(updates, LatexPrinter(found))

    def equation(self, spec: str, quantity: str, *on: str) -> str:
        """One of them."""
        found = self._spec(spec)
        if not isinstance(found, Optimizer):
            raise self._missing(spec, "optimizer", ())
        updates = plain(found, self._on(found, on)).spec.updates
        named = {u.target.name: u for u in updates}
        update = self._among(named, quantity, f"quantity of {found.name}")
        return _equations([update], LatexPrinter(found))

    def forms(self, spec: str, quantity: str) -> str:
        """One equation of an optimizer in all its forms: declared, printed, and in each package."""
        found = self._spec(spec)
        named = {u.target.name: u for u in found.updates}
        update = self._among(named, quantity, f"quantity of {found.name}")
        printed = LatexPrinter(found).equation(update)
        words = self._edition.words["chapters"]
        declared = declaration_source(self._material.declarations[found.module], quantity)
        shown = {"declared": python(declared), "printed": display([printed])}
        for backend, methods in STEP_METHODS.items():
            source = self._material.code[f"{backend}/{found.module}.py"]
            step = methods_source(source, found.name, methods)
            shown[backend] = python(lines_source(step, quantity))
        return labelled({words[key]: text for key, text in shown.items()})

    def picture(self, name: str) -> str:
        """A picture with its caption."""
        shown = self._among(_PICTURES, name, "picture")(self._material, self._edition)
        self._pictures.append(shown.picture)
        return figure(*shown)

    def program(self, name: str) -> str:
        """A whole program, in each package that it is there for."""
        return recipe(self._among(recipes(), name, "program"), Writer(self._edition, "chapters"))

    def page_of(self, spec: str) -> str:
        """Within a line: a spec's name, and a link to its page."""
        return page_link(self._spec(spec))

    def taken(self, by: str) -> str:
        """Names that no spec can have, as the language or generated code has them."""
        names = self._among(_TAKEN, by, "user of names")()
        return " ".join(f"`{name}`" for name in sorted(names))

    def _on(self, spec: Optimizer, on: tuple[str, ...]) -> frozenset[str]:
        known = {name: name for name in switches(spec)}
        asked = frozenset(self._among(known, name, f"switch of {spec.name}") for name in on)
        return asked or usual(spec)

    def _spec(self, name: str) -> Spec:
        return self._among({s.module: s for s in self._material.specs}, name, "spec")

    def _settled(self, name: str) -> Settled:
        return self._among(self._material.settled, name, "claim")

    def _claim(self, name: str, kind: type[_Claim]) -> _Claim:
        claim = self._settled(name).claim
        if not isinstance(claim, kind):
            raise self._missing(name, kind.__name__.lower(), ())
        return claim

    def _among(self, known: Mapping[str, _Found], name: str, kind: str) -> _Found:
        if name not in known:
            raise self._missing(name, kind, known)
        return known[name]

    def _missing(self, name: str, kind: str, known: Mapping[str, object] | tuple[()]) -> SpecError:
        similar = near(name, known)
        return SpecError(
            "chapter",
            spec=f"{self._edition.language}/{self._name}.md",
            where=name,
            problem=f"there is no {kind} of this name",
            remedy=f"Perhaps {either(similar)} is meant" if similar else "Name one that there is",
        )


def _rule(side: Side) -> str:
    return _equations(side.spec.updates, ProofPrinter([side.spec]))


def _equations(updates: Sequence[Update], prints: LatexPrinter) -> str:
    return equations([(prints.expression(u.target), prints.expression(u.value)) for u in updates])


def _equation(left: Basic, right: Basic, prints: ProofPrinter) -> str:
    sides = prints.expression(left), prints.expression(right)
    if sum(map(width, sides)) <= WIDEST:
        return equations([sides])
    return display(aligned(list(chained([rows(left, prints), rows(right, prints)]))))


def _primed(notation: Notation) -> str:
    return replace(notation.at("t"), sup=notation.sup + r"\prime").tex
