"""``steprule list``: what there is, all of it or what is asked for.

Stages: ``families`` says from the lineages which rules grew out of which; ``kernels`` says of a
rule's program where it runs fused, and why not elsewhere; ``elsewhere`` says from the peers what
libraries call a rule; the command keeps those that are asked for, and shows them.
"""

from collections.abc import Iterator, Sequence

import click
from sympy import Rational, false, true

from ...specs.language import Optimizer, Source, Spec, SpecError, State, Transform
from ...specs.language.shapes import Shape
from ..analysis import analyse
from ..analysis.nearby import suggestion
from ..console import reported, show_rows
from ..cost import BYTES, costs
from ..loading.audited import audited
from ..loading.libraries import within
from ..loading.load import all_builtin, builtin, transforms
from ..loading.stacks import operators
from ..program.compiled import CompiledRule, compiled


@click.command("list")
@click.option("--family", metavar="RULE", help="RULE, and the rules derived from it.")
@click.option("--states", type=click.IntRange(min=0), help="Rules with at most this many states.")
@click.option(
    "--bytes",
    "moved",
    type=click.FloatRange(min=0),
    help="Rules that move at most this many bytes.",
)
@click.option("--closure/--no-closure", default=None, help="Rules that need a closure, or none.")
@click.option(
    "--fused/--no-fused",
    default=None,
    help="Rules that have kernels, or that have none, with the reason.",
)
@click.option(
    "--in", "library", metavar="LIBRARY", help="Rules that LIBRARY has too, such as torch.optim."
)
@click.option("--like", metavar="LIBRARY:NAME", help="The rule that LIBRARY calls NAME.")
def list_command(
    family: str | None,
    states: int | None,
    moved: float | None,
    closure: bool | None,
    fused: bool | None,
    library: str | None,
    like: str | None,
) -> None:
    """List the built-in specs, and the operators that make rules of rules.

    With options, only the optimizers that meet all of them are listed. States are counted with the
    defaults, as numbers kept for each parameter; bytes are those that a step in float32 reads and
    writes for each parameter.
    """
    with reported():
        if all(each is None for each in (family, states, moved, closure, fused, library, like)):
            show_rows(*_all())
            return
        found = [*builtin().values()]
        if family is not None:
            found = _family(family, found)
        if library is not None:
            theirs = {peer.of for peer in within(library, builtin(), where="--in")}
            found = [rule for rule in found if rule.name in theirs]
        if like is not None:
            found = [rule for rule in found if rule.name in _like(like, found)]
        if states is not None:
            found = [rule for rule in found if len(_kept(rule)) <= states]
        if closure is not None:
            found = [rule for rule in found if _needs_closure(rule) == closure]
        columns: dict[str, dict[str, str]] = {}
        if moved is not None:
            sizes = {rule.name: _bytes(rule) for rule in found}
            found = [rule for rule in found if (sizes[rule.name] or moved + 1) <= moved]
            columns["bytes"] = {name: str(size) for name, size in sizes.items()}
        if fused is not None:
            known = {rule.name: kernels(compiled(analyse(rule))) for rule in found}
            found = [rule for rule in found if bool(known[rule.name][0]) == fused]
            columns["fused"] = {n: "; ".join(filter(None, said)) for n, said in known.items()}
        rows: list[tuple[str, ...]] = []
        for rule in found:
            kept = " ".join(s.name for s in _kept(rule))
            others = ", ".join(elsewhere(rule.name))
            more = [column[rule.name] for column in columns.values()]
            rows.append((rule.name, kept or "-", rule.peer or "-", others or "-", *more))
    show_rows(("name", "states", "in place of", "elsewhere", *columns), rows)


def _all() -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The head and the rows of a table of all specs, transforms and operators."""
    rows: list[tuple[str, ...]] = []
    specs: list[Spec | Transform] = [*all_builtin().values(), *transforms().values()]
    for spec in specs:
        kind = type(spec).__name__.lower()
        states = "" if isinstance(spec, Transform) else " ".join(s.name for s in spec.states)
        rows.append((spec.name, kind, states or "-", spec.peer or "-", spec.source))
    for each in operators().values():
        states = " ".join(s.name for s in each.states)
        rows.append((each.name, "operator", states or "-", "-", each.source))
    return ("name", "kind", "states", "in place of", "source"), rows


def _family(name: str, rules: Sequence[Optimizer]) -> list[Optimizer]:
    """A rule, and those that grew out of it."""
    root = _rule(name, [rule.name for rule in rules])
    return [rule for rule in rules if root in {rule.name, *ancestors(rule, rules)}]


def ancestors(rule: Optimizer, rules: Sequence[Optimizer]) -> Iterator[str]:
    """What a rule grew out of, and what that did, the nearest first."""
    by_name = {each.name: each for each in rules}
    pending, seen = [*rule.lineage], {rule.name}
    while pending:
        name = pending.pop(0).partition("(")[0]
        if name not in seen:
            seen.add(name)
            yield name
            pending += by_name[name].lineage if name in by_name else ()


def _rule(name: str, names: Sequence[str]) -> str:
    """The name of a rule as it is written.

    Raises:
        SpecError: there is none of it.
    """
    for known in names:
        if known.lower() == name.lower():
            return known
    raise SpecError(
        "unknown-spec",
        spec=name,
        where="name",
        problem="no built-in optimizer has this name",
        remedy=f"{suggestion(name, names)}There are {', '.join(names)}",
    )


def elsewhere(name: str) -> list[str]:
    """What libraries call a rule: paths that begin with theirs."""
    return [peer.name for peer in audited() if peer.of == name]


def _like(reference: str, rules: Sequence[Optimizer]) -> set[str]:
    """The rule that a library has under a name: as declared of it, or else of that name here.

    Raises:
        SpecError: there is none, or nothing is known of the library.
    """
    library, _, name = reference.replace(":", ".").rpartition(".")
    wanted = _plain(name)
    ours = {rule.name for rule in rules}
    peers = within(library, builtin(), where="--like") if library else audited()
    names = {peer.name: peer.of for peer in peers if peer.of in ours}
    declared = {of for path, of in names.items() if _plain(path.rpartition(".")[2]) == wanted}
    if found := declared or {rule.name for rule in rules if _plain(rule.name) == wanted}:
        return found
    paths = {path.rpartition(".")[2]: of for path, of in names.items()}
    known = [*paths, *(rule.name for rule in rules)]
    raise SpecError(
        "unknown-spec",
        spec=reference,
        where="--like",
        problem="no rule is known to be called this there, nor here",
        remedy=f"{suggestion(name, known)}steprule list --in LIBRARY lists what one has",
    )


def _plain(name: str) -> str:
    """A name as it is in other spellings: ``sign_sgd`` and ``SignSGD``."""
    return name.lower().replace("_", "").replace("-", "")


def _kept(rule: Optimizer) -> list[State]:
    """The states with a number for each of a parameter, with the defaults."""
    settled = {o.flag: true if o.default else false for o in rule.options} | {
        h.symbol: Rational(h.default) for h in rule.hyperparameters if h.default
    }
    exists = {s.name: s.when.subs([*settled.items()]) == true for s in rule.states}
    return [s for s in rule.states if s.shape == Shape.TENSOR and exists[s.name]]


def _needs_closure(rule: Optimizer) -> bool:
    return any(i.source in (Source.GRADIENT, Source.LOSS) for i in rule.inputs)


def _bytes(rule: Optimizer) -> int | None:
    """Those that a step in float32 moves for each number; None where that depends on shapes."""
    found = compiled(analyse(rule))
    return costs(found)[0].moved * BYTES["float32"] if found.has_kernel else None


def kernels(rule: CompiledRule) -> tuple[str, str]:
    """Where a rule has kernels, and why it has none elsewhere."""
    if rule.program.is_elementwise or (rule.stages and rule.stages.are_flat):
        return "on CPUs and GPUs", ""
    if rule.stages:
        return "on CPUs", "not on GPUs, as it reduces rows or columns"
    return "", rule.no_kernel
