"""What all commands share in talking to a terminal, a pipe or a log."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.syntax import Syntax
from rich.table import Table

from ..specs.language import SpecError
from .files.emit import ForeignFileError
from .files.formatting import GenerationError
from .oracle.exact import UndecidedError
from .program.check import RewriteError

output = Console(emoji=False)
messages = Console(stderr=True, emoji=False)


@contextmanager
def reported() -> Iterator[None]:
    """Report a fault as one message, without a traceback.

    Exit status: 2 for a fault of the input, 1 for any other.
    """
    try:
        yield
    except (SpecError, ForeignFileError) as error:
        fail(f"error: {error}", status=2)
    except (
        GenerationError,
        RewriteError,
        UndecidedError,
        NotImplementedError,
        OSError,
    ) as error:
        fail(f"error: {error}", status=1)


def fail(text: str, *, status: int) -> None:
    """Print why and exit."""
    messages.print(text, style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(status)


def note(text: str) -> None:
    """Print a line beside the output, unwrapped."""
    messages.print(text, markup=False, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a line, unwrapped."""
    output.print(text, markup=False, highlight=False, soft_wrap=True)


def show_code(text: str, language: str) -> None:
    """Print highlighted in a terminal, plain and unwrapped elsewhere."""
    if output.is_terminal:
        output.print(Syntax(text, language, background_color="default", word_wrap=False))
    else:
        output.file.write(text)


def show_table(table: Table) -> None:
    """Print folded to the width of a terminal, elsewhere one line a row and no trailing blanks."""
    if output.is_terminal:
        output.print(table)
        return
    unbounded = Console(file=StringIO(), width=10_000, emoji=False)
    with unbounded.capture() as capture:
        unbounded.print(table)
    # Each row is filled up to the length of the longest.
    _write(line.rstrip() for line in capture.get().splitlines())


def show_rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print as a table in a terminal, elsewhere each row with two blanks between its cells.

    For cells of such different lengths that columns would be mostly blank.
    """
    if output.is_terminal:
        table = Table(*head, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*map(escape, row))
        output.print(table)
        return
    _write("  ".join(row) for row in (head, *rows))


def _write(lines: Iterable[str]) -> None:
    output.file.write("".join(f"{line}\n" for line in lines))


def progress(what: str, total: int) -> Progress:
    """A bar on standard error of a terminal, gone when done; its one task is already added."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=messages,
        transient=True,
        disable=not messages.is_terminal,
    )
    bar.add_task(what, total=total)
    return bar
