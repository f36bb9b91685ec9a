"""``steprule verify``: every implementation against the oracle, as a table.

What generated code runs on is being imported, in a process of its own, while the generator is here.
"""

import click

from .elsewhere import begin
from .optimizers.forms import absent, dtypes


@click.command("verify")
@click.argument("spec", nargs=-1)
@click.option(
    "--device",
    default="cpu",
    show_default=True,
    help="Where torch runs; off the CPU, NumPy is left out.",
)
@click.option(
    "--dtype",
    "only",
    multiple=True,
    type=click.Choice(dtypes()),
    help="Check this dtype of parameters only; can be repeated. Schedules have float64 alone.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Verify again what has not changed since it last passed here.",
)
def verify_command(
    spec: tuple[str, ...], device: str, only: tuple[str, ...], everything: bool
) -> None:
    """Check the generated code of each SPEC against exact evaluation of its equations.

    For every state and parameter the worst error over all options, dtypes and edge inputs is shown
    in units in the last place, beside the bound that rounding allows and the error of the class it
    replaces. For a schedule these are the errors of its rate, momentum and states, over all kinds
    of arguments and steps. If no SPEC is named, the numbers that refute claims are run through the
    generated code as well. What needs torch or Numba is left out, with a note, where they are not
    installed; so is what passed on this machine before and has not changed.
    """
    if everything:  # else it may turn out that nothing is to be run
        begin()
    from .verdicts import verify_specs

    verify_specs(spec, device, only, absent(), everything=everything)
