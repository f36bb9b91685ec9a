"""The ``steprule`` command."""

import sys


def main() -> None:
    """Run the command line, or say what to install where the generator is not."""
    try:
        from .cli import cli
    except ModuleNotFoundError as error:
        if error.name not in {"click", "jinja2", "mpmath", "rich", "ruff", "sympy"}:
            raise
        print(
            f"steprule needs {error.name} to generate: pip install 'steprule[codegen]'",
            file=sys.stderr,
        )
        sys.exit(2)
    cli(prog_name="steprule")


if __name__ == "__main__":
    main()
