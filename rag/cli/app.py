"""The command line's frame: the commands, the exit codes, and errors without tracebacks.

Exit codes: 0 done; 1 it failed, with the reason on stderr; 2 the command line can't be read; 3 done, but some input
was rejected; 4 a check or a comparison did not come out as demanded; 5 another process is writing; 130 interrupted.
typer and rich end with 1 when the reader of the output is gone (`| head`).
"""

from __future__ import annotations

import sys

import typer

from rag.cli import (
    archive,
    articles,
    asking,
    backup,
    chat,
    checking,
    evals,
    feeds,
    ingest,
    keys,
    mcp,
    serve,
    statements,
)
from rag.errors import BylineError, StoreBusy
from rag.exits import BUSY, INTERRUPTED

app = typer.Typer(
    name="byline",
    help="Answers questions about the news with quotes whose exact characters are checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (ingest, feeds, asking, chat, checking, statements, articles, archive, backup, keys, serve, mcp, evals):
    module.register(app)


def main() -> None:
    """Run the command; a user's mistake is one line on stderr."""
    try:
        app()
    except BylineError as error:
        sys.stderr.write(f"byline: {error}\n")
        sys.exit(BUSY if isinstance(error, StoreBusy) else 1)
    except KeyboardInterrupt:
        sys.stderr.write("byline: interrupted\n")
        sys.exit(INTERRUPTED)
