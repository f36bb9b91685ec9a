"""``steprule audit``: somebody's optimizer, held against a spec."""

import json
import sys

import click

from ...specs.language import Optimizer, Schedule, SpecError
from ..analysis import analyse
from ..console import fail, note, progress, reported, say
from ..loading.audited import FILE, audited, written
from ..loading.load import load
from ..oracle.formats import FORMATS
from .again import again
from .arguments import held_of, word_of
from .audit import STEPS, audit
from .facts import facts
from .report import report
from .schedules import report as schedules
from .schedules.audit import audit_schedule
from .shape_names import shape_of
from .trials import SHAPES


@click.command("audit")
@click.argument("spec", required=False)
@click.option(
    "--against",
    metavar="OPTIMIZER",
    help="module:Name or path/to/file.py:Name, such as torch.optim:AdamW or optax:adan.",
)
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="OURS=THEIRS",
    help="An argument or state of SPEC, and its name there; betas=b1,b2 for a tuple, and nothing "
    "after = for one that is not there. Can be repeated.",
)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="THEIRS=VALUE",
    help="A fixed value for one of their arguments; group.NAME for an entry of their parameter "
    "group. Can be repeated.",
)
@click.option(
    "--with",
    "held",
    multiple=True,
    metavar="OURS=VALUE",
    help="A fixed value for an argument of SPEC, on both sides. Can be repeated.",
)
@click.option(
    "--shape",
    "shapes",
    multiple=True,
    metavar="SHAPE",
    help="A shape of parameters, in place of the usual ones: 2x3, or 0-d. Can be repeated.",
)
@click.option("--steps", type=click.IntRange(min=1), default=STEPS, show_default=True)
@click.option(
    "--dtype",
    type=click.Choice([*FORMATS]),
    default="float64",
    show_default=True,
    help="The dtype of the parameters.",
)
@click.option(
    "--peers",
    "of_peers",
    is_flag=True,
    help="Audit all known optimizers of the libraries that are installed, and write the results; "
    "SPEC may then name one library.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def audit_command(
    spec: str | None,
    against: str | None,
    maps: tuple[str, ...],
    sets: tuple[str, ...],
    held: tuple[str, ...],
    shapes: tuple[str, ...],
    steps: int,
    dtype: str,
    of_peers: bool,
    as_json: bool,
) -> None:
    """Compare any optimizer or schedule with SPEC.

    Both take the same steps from the same start, over options, shapes, rates and gradients, in
    float64. If they agree, it is shown how closely. If not, the first step and state in which they
    differ are shown, with the smallest numbers that still show it, and which known variant of the
    rule it is, if any. OPTIMIZER is a class of torch, Keras or NumPy arrays, a factory of optax,
    or a function step(theta, gradient, state, **arguments) that gives (theta, state). The status
    is 0 where they agree, 1 where they differ or OPTIMIZER raises an error, and 2 where the input
    is wrong.

    For a schedule the rates are compared, of a torch scheduler or of what makes a function of the
    step: at the first steps, around every boundary, and past the end.
    """
    if of_peers:
        if against:
            raise click.UsageError("--peers goes without --against")
        with reported():
            _audit_peers(spec or "")
        return
    if not (spec and against):
        raise click.UsageError("name a SPEC, and an optimizer with --against; or give --peers")
    with reported():
        rule = _one(spec)
        if isinstance(rule, Schedule):
            words = dict(word_of(text, spec) for text in held)
            rates = audit_schedule(rule, against, maps=maps, sets=sets, held=words)
            if as_json:
                click.echo(json.dumps(schedules.facts(rates), indent=2))
            else:
                say(schedules.report(rates))
            sys.exit(not rates.agrees)
        bar = progress(f"{rule.module} and {against}", 1)
        with bar:
            found = audit(
                rule,
                against,
                maps=maps,
                sets=sets,
                held=dict(held_of(text, spec) for text in held),
                shapes=[*map(_shape, shapes)] or SHAPES,
                steps=steps,
                dtype=dtype,
                progress=lambda done, total: bar.update(
                    bar.task_ids[0], completed=done, total=total
                ),
            )
        if as_json:
            click.echo(json.dumps(facts(found), indent=2))
        else:
            say(report(found))
    if not found.agrees:
        sys.exit(1)


def _shape(name: str) -> tuple[int, ...]:
    try:
        return shape_of(name)
    except ValueError as error:
        raise click.BadParameter(f"{name} is no shape such as 2x3 or 0-d") from error


def _one(reference: str) -> Optimizer | Schedule:
    found = load(reference)
    if len(found) == 1:
        (spec,) = found
        return analyse(spec)
    raise SpecError(
        "audit",
        spec=reference,
        where="spec",
        problem=f"it holds {len(found)} specs",
        remedy=f"Name one: {reference}:{found[0].name}",
    )


def _audit_peers(of: str) -> None:
    """Audit what is installed of the peers, or of one package, and write what is found."""
    known, odd = [*audited()], list[str]()
    with progress("peers", len(known)) as bar:
        for index, each in enumerate(known):
            bar.update(bar.task_ids[0], completed=index, description=each.name)
            if of not in ("", each.package) or not each.is_installed:
                continue
            try:
                known[index] = found = again(each)
            except SpecError as error:
                odd.append(each.name)
                note(str(error))
                continue
            FILE.write_text(written(known))
            told = f", with undeclared {listed}" if (listed := ", ".join(found.undeclared)) else ""
            say(f"{each.name}: {found.found}{told}")
    if odd:
        fail(f"not audited: {', '.join(odd)}", status=1)
