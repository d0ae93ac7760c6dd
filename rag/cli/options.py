"""Options that several commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from rag.errors import InputError
from rag.types import Query

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the archive is stored. BYLINE_DATA_DIR sets it too.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print the record as JSON.")]
NoService = Annotated[
    bool, typer.Option("--no-service", help="Open the archive here, even where a running service could answer.")
]
Batch = Annotated[
    str | None,
    typer.Option("--batch", metavar="FILE", help='One {"id", "question"} a line; "-" reads standard input.'),
]
Source = Annotated[list[str] | None, typer.Option("--source", help="Only this source; may be repeated.")]
After = Annotated[str | None, typer.Option("--from", metavar="DAY", help="Published on this day or later.")]
Before = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Published on this day or earlier.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DAY", help="As if today were this day: nothing published later.")
]


def day(text: str | None, option: str) -> date | None:
    """The day that an option names. Raises InputError."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option} {text}: this is no day.", remedy="Write it as 2022-06-17.") from error


def limits_of(source: list[str] | None, after: str | None, before: str | None, as_of: str | None) -> Query:
    """The limits that the options set; its text is empty. Raises InputError."""
    return Query(
        text="",
        sources=tuple(source or ()),
        published_from=day(after, "--from"),
        published_to=day(before, "--to"),
        as_of=day(as_of, "--as-of"),
    )
