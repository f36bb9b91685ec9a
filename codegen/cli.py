"""The command line: ``steprule new | generate | list | show | cost | verify | prove | ...``.

Exit status: 0 for success, 1 where a check failed, 2 where the input is wrong. A command is
imported when it is asked for, as what it needs takes seconds to import.
"""

from importlib import import_module

import click

_COMMANDS = {
    "new": "commands.new:new_command",
    "generate": "commands.generate:generate_command",
    "list": "commands.catalogue:list_command",
    "show": "commands.specs:show_command",
    "cost": "commands.specs:cost_command",
    "verify": "verify.command:verify_command",
    "prove": "prove.command:prove_command",
    "audit": "audit.command:audit_command",
    "bench": "bench.command:bench_command",
    "docs": "handbook.command:docs_command",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        return getattr(import_module(f".{module}", __package__), name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="steprule")
def cli() -> None:
    """Optimizers and schedules declared once as equations; NumPy, PyTorch and LaTeX derived.

    SPEC is a built-in name, such as adam, or path/to/file.py[:name], or operators done to one of
    these: "lookahead(cautious(adamw), k=5)".
    """
