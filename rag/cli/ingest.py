"""`byline ingest`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import DataDir
from rag.exits import INTERRUPTED, SOME_REJECTED
from rag.settings import load_settings

if TYPE_CHECKING:
    from rag.ingestion import IngestReport

_SHOWN_REJECTIONS = 50
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def register(app: typer.Typer) -> None:
    app.command()(ingest)


def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|URL…", help="Files and folders: .txt .md .html .htm .pdf .jsonl .jsonl.gz; web addresses."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print progress and the report as JSON lines.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Add articles to the archive. The same bytes again change nothing; an interrupted run goes on where it stopped."""
    from rag.cli.progress import IngestLines, IngestProgress, stand_back
    from rag.jobs import open_ingest

    stand_back()
    urls = [source for source in sources if _ADDRESS.match(source)]
    paths = [Path(source) for source in sources if not _ADDRESS.match(source)]
    with open_ingest(load_settings(data_dir=data_dir), paths, urls) as job:
        with IngestLines(job.total) if as_json else IngestProgress(job.total) as progress:
            report = job.run(progress.tell)
        total = job.counts()
    if not as_json:
        _show(report, total)
    if report.interrupted:
        raise typer.Exit(INTERRUPTED)
    if report.rejected:
        raise typer.Exit(SOME_REJECTED)


def _show(report: IngestReport, total: dict[str, int]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table(show_header=False, title="Articles", title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    for name in ("new", "updated", "unchanged", "near_duplicates"):
        table.add_row(name.replace("_", "-"), f"{getattr(report, name):,}")
    table.add_row("rejected", f"{len(report.rejected):,}")
    console.print(table)
    for rejection in report.rejected[:_SHOWN_REJECTIONS]:
        console.print(Text(f"rejected: {rejection}"), style="yellow", soft_wrap=True)
    if len(report.rejected) > _SHOWN_REJECTIONS:
        console.print(f"… and {len(report.rejected) - _SHOWN_REJECTIONS} more", style="yellow")
    if report.interrupted:
        console.print(
            "Interrupted. What is in the table is stored; the same command goes on from here.", style="yellow"
        )
    console.print(f"The archive holds {_of(total, 'articles')} in {_of(total, 'passages')}.")


def _of(total: dict[str, int], what: str) -> str:
    return f"{total[what]:,} {what if total[what] != 1 else what[:-1]}"
