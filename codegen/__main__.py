"""The ``steprule`` command."""

import sys
from pathlib import Path
from typing import NoReturn

from .needs import advice


def main() -> None:
    """Run the command line, or say what to install where the generator is not."""
    if not Path(__file__).is_file():
        _fail("steprule writes files of its own, which an archive cannot hold: unpack it")
    try:
        from .cli import cli

        cli(prog_name="steprule")  # imports what a command needs
    except ModuleNotFoundError as error:
        if said := advice(error.name, "generate"):
            _fail(said)
        raise


def _fail(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
