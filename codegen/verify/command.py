"""``steprule verify``: every implementation against the oracle, as a table.

What generated code runs on is being imported, in a process of its own, while the generator is here.
"""

import click

from .elsewhere import begin
from .optimizers.forms import absent, dtypes


@click.command("verify")
@click.argument("spec", nargs=-1)
@click.option(
    "--device", default="cpu", show_default=True, help="Where torch runs; NumPy is left out off it."
)
@click.option(
    "--dtype",
    "only",
    multiple=True,
    type=click.Choice(dtypes()),
    help="Of parameters, instead of all; can be repeated. Schedules have float64 alone.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Also what has not changed since it was right here."
)
def verify_command(
    spec: tuple[str, ...], device: str, only: tuple[str, ...], everything: bool
) -> None:
    """Hold the generated code of each SPEC against exact evaluation of its equations.

    The worst error of every state and parameter over all options, dtypes and edge inputs is
    shown in units in the last place, beside what rounding can lead to there, and beside the error
    of the class it stands in for. Of a schedule it is that of its rate, momentum and states over
    all kinds of arguments and steps. Where no SPEC is named, numbers that refute a claim are put
    through the generated code as well. What needs torch or Numba, where they are not installed, is
    left out, which is said; so is what was right on this machine before, and has not changed.
    """
    if everything:  # else it may turn out that nothing is to be run
        begin()
    from .verdicts import verify_specs

    verify_specs(spec, device, only, absent(), everything=everything)
