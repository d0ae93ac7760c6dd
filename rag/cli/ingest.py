"""`byline ingest`."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from rag.cli.options import DataDir, NoService
from rag.exits import INTERRUPTED, SOME_REJECTED
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from rag.cli.ingest_job import Ingested, Shown

_SHOWN_REJECTIONS = 50
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_COUNTS = ("new", "updated", "unchanged", "near_duplicates")


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
    no_service: NoService = False,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="auto|HOST:PORT",
            help="Work on a Ray cluster: RAY_ADDRESS's or this machine's own, or the one there. PATHs may be s3://….",
        ),
    ] = None,
) -> None:
    """Add articles to the archive. The same bytes again change nothing; an interrupted run goes on where it stopped."""
    from rag.cli.ingest_job import ingest_by
    from rag.cli.progress import IngestLines, IngestProgress
    from rag.cli.service import ServiceGone, found_service

    settings = load_settings(data_dir=data_dir)
    shown: Shown = IngestLines if as_json else IngestProgress
    if ray is not None:
        _end(_ingest_on_ray(settings, ray, sources, shown), as_json=as_json)
    urls = [source for source in sources if _ADDRESS.match(source)]
    paths = [Path(source) for source in sources if not _ADDRESS.match(source)]
    ingested = None
    with suppress(ServiceGone), found_service(settings, unless=no_service) as service:
        ingested = ingest_by(service, paths, urls, shown) if service else None
    if ingested is None:
        ingested = _ingest_here(settings, paths, urls, shown)
    _end(ingested, as_json=as_json)


def _end(ingested: Ingested, *, as_json: bool) -> NoReturn:
    """Show how it came out, and end with its exit code."""
    if not as_json:
        _show(ingested)
    if ingested.interrupted:
        raise typer.Exit(INTERRUPTED)
    if ingested.told["rejected_count"]:
        raise typer.Exit(SOME_REJECTED)
    raise typer.Exit


def _ingest_here(settings: Settings, paths: list[Path], urls: list[str], shown: Shown) -> Ingested:
    from rag.cli.ingest_job import Ingested
    from rag.cli.progress import ingest_record, stand_back
    from rag.jobs import open_ingest

    stand_back()
    with open_ingest(settings, paths, urls) as job:
        with shown(job.total) as progress:
            report = job.run(lambda report: progress.tell(ingest_record(report, job.total)))
        return Ingested(ingest_record(report, job.total), job.counts(), report.interrupted)


def _ingest_on_ray(settings: Settings, address: str, sources: list[str], shown: Shown) -> Ingested:
    from rag.cli.ingest_job import Ingested
    from rag.cli.progress import ingest_record, stand_back
    from rag.on_ray.job import open_ray_ingest

    stand_back()
    with open_ray_ingest(settings, address, sources) as job:
        with shown(job.total) as progress:
            report = job.run(lambda report: progress.tell(ingest_record(report, job.total) | asdict(job.strength())))
        return Ingested(ingest_record(report, job.total), job.counts(), report.interrupted)


def _show(ingested: Ingested) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    told = ingested.told
    console = Console()
    table = Table(show_header=False, title="Articles", title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    for name in _COUNTS:
        table.add_row(name.replace("_", "-"), f"{told[name]:,}")
    table.add_row("rejected", f"{told['rejected_count']:,}")
    console.print(table)
    for one in told["rejected"][:_SHOWN_REJECTIONS]:
        console.print(Text(f"rejected: {one['where']}: {one['reason']}"), style="yellow", soft_wrap=True)
    if told["rejected_count"] > _SHOWN_REJECTIONS:
        console.print(f"… and {told['rejected_count'] - _SHOWN_REJECTIONS} more", style="yellow")
    for one in told["notices"]:
        console.print(one["text"], style="yellow", soft_wrap=True, markup=False)
    if ingested.interrupted:
        console.print(
            "Interrupted. What is in the table is stored; the same command goes on from here.", style="yellow"
        )
    console.print(f"The archive holds {_of(ingested.total, 'articles')} in {_of(ingested.total, 'passages')}.")


def _of(total: dict[str, int], what: str) -> str:
    return f"{total[what]:,} {what if total[what] != 1 else what[:-1]}"
