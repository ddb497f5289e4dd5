"""Printing for people and for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

OUT = Console(soft_wrap=True)
ERR = Console(stderr=True, soft_wrap=True)
JSON = typer.Option(False, "--json", help="Print JSON.")


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that something long is under way: a spinner, or a line where nobody watches."""
    if ERR.is_terminal:
        with ERR.status(what):
            yield
    else:
        ERR.print(f"{what} ...", markup=False)
        yield


def table_of(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Lay out rows under headings."""
    table = Table(*headings, box=None)
    for row in rows:
        table.add_row(*row)
    return table


def print_json(content: Any) -> None:
    """Print JSON in UTF-8, for programs."""
    write: Callable[[str], int] = sys.stdout.write
    write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
