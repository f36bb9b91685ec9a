"""``steprule prove``: every claim's verdict, or one claim's derivation."""

import json
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from ...specs.language import SpecError
from ...specs.language.claims import Verdict
from ..console import fail, note, progress, reported, say, show_table
from ..loading.packaged import path_and_name
from ..loading.selection import selected
from .derivation import derivation
from .discover import builtin_claims, claims_in, claims_of, neither
from .facts import facts
from .page import page
from .pair import apart, pair
from .prove import Settled, prove, prove_without_map


@click.command("prove")
@click.argument("claim", nargs=-1)
@click.option(
    "--map",
    "map_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With two specs: a file that says how one's quantities follow from the other's.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def prove_command(claim: tuple[str, ...], map_file: Path | None, as_json: bool) -> None:
    """Settle each CLAIM, by default all of them: PROVED, or REFUTED with a witness.

    CLAIM is a name, or path/to/file.py[:name] for the claims that a file makes. Those that are
    named are shown with their derivation. Two specs in place of claims are claimed to
    be one; without --map, the identity and linear maps are tried. The status is 1 where a
    verdict is UNKNOWN or not the one expected.
    """
    with reported():
        settled = _of_specs(claim, map_file) if _are_specs(claim, map_file) else _of_claims(claim)
        if as_json:
            click.echo(json.dumps([facts(s) for s in settled], indent=2))
        elif claim:
            say("\n\n".join(page(derivation(s)).rstrip() for s in settled))
        else:
            show_table(_table(settled))
    odd = [s for s in settled if not s.is_as_expected]
    if odd:
        fail(f"not as expected: {', '.join(s.claim.name for s in odd)}", status=1)


def _are_specs(names: tuple[str, ...], map_file: Path | None) -> bool:
    if map_file is not None and len(names) != 2:
        raise click.UsageError("--map goes with two specs")
    return (
        len(names) == 2
        and not set(names) & builtin_claims().keys()
        and (map_file is not None or not all(map(_makes_claims_alone, names)))
    )


def _makes_claims_alone(name: str) -> bool:
    """Whether something is a file that makes no rule, and claims."""
    path, _ = path_and_name(name)
    if path != name:
        return False
    try:
        selected([name])
    except SpecError as error:
        return error.code == "no-spec" and bool(claims_in(path))
    return False


def _of_specs(names: tuple[str, ...], map_file: Path | None) -> list[Settled]:
    if unknown := next(filter(None, map(neither, names)), None):
        raise unknown
    left, right = names
    claim = pair(left, right, map_file)
    settled = prove(claim) if map_file else prove_without_map(claim)
    if settled.verdict is Verdict.UNKNOWN and map_file is None and (said := apart(claim)):
        note(said)
    return [settled]


def _of_claims(names: tuple[str, ...]) -> list[Settled]:
    claims = [claim for name in names for claim in claims_of(name)]
    claims = claims or list(builtin_claims().values())
    settled: list[Settled] = []
    with progress("proving", len(claims)) as bar:
        for each in claims:
            settled.append(prove(each))
            bar.update(bar.task_ids[0], advance=1, description=each.name)
    return settled


def _table(settled: list[Settled]) -> Table:
    table = Table("claim", "verdict", "seconds", "", box=None, pad_edge=False)
    colours = {Verdict.PROVED: "green", Verdict.REFUTED: "yellow", Verdict.UNKNOWN: "red"}
    for s in settled:
        verdict = f"[{colours[s.verdict]}]{s.verdict.value}[/]"
        if s.claim.expected and not s.is_as_expected:
            verdict += f" [red](expected {s.claim.expected.value})[/]"
        table.add_row(s.claim.name, verdict, f"{s.seconds:.2f}", escape(s.claim.statement))
    return table
