"""`byline articles list | show | remove`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import DataDir, Json, NoService
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from rag.cli.service import Service


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="List, read and remove articles.", no_args_is_help=True)
    group.command("list")(list_articles)
    group.command("show")(show)
    group.command("remove")(remove)
    app.add_typer(group, name="articles")


def list_articles(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 100,
    offset: Annotated[int, typer.Option("--offset", min=0, help="After how many.")] = 0,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """The newest version of each article, the latest first."""
    from dataclasses import asdict

    from rag.holdings import listed
    from rag.wiring import open_ledger

    with open_ledger(load_settings(data_dir=data_dir)) as snapshot:
        rows, total = listed(snapshot, limit, offset)
    if as_json:
        for row in rows:
            sys.stdout.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from rag.cli.show import safe

    table = Table()
    for column in ("id", "version", "published", "source", "title or file", "passages"):
        table.add_column(column, no_wrap=column == "id")
    for row in rows:
        a = row.article
        cells = (a.id, str(a.version), a.published or "unknown", a.source or "unknown", a.title or a.file)
        table.add_row(*(Text(safe(cell)) for cell in cells), str(row.passages))
    console = Console()
    console.print(table)
    console.print(f"{len(rows):,} of {total:,} articles")


def show(
    article_id: Annotated[str, typer.Argument(help="As in `byline articles list`.")],
    version: Annotated[int | None, typer.Option("--version", help="An older version; the newest unless given.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """One article: what is known of it, and its text as stored; what is not retrieved is marked."""
    from dataclasses import asdict

    from rag.wiring import open_ledger

    with open_ledger(load_settings(data_dir=data_dir)) as snapshot:
        article, versions = snapshot.article(article_id, version), snapshot.versions(article_id)
    if as_json:
        sys.stdout.write(json.dumps(asdict(article) | {"versions": versions}, ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.text import Text

    from rag.cli.show import safe

    console = Console()
    published = f"{article.published.at} ({article.published.known})" if article.published else "unknown"
    facts = {
        "id": article.id,
        "version": f"{article.version} of {', '.join(map(str, versions))}",
        "title": article.title or "unknown",
        "source": article.source or "unknown",
        "authors": ", ".join(article.authors) or "unknown",
        "published": published,
        "language": article.language or "unknown",
        "url": article.url or "none",
        "file": article.file,
    }
    for name, fact in facts.items():
        console.print(Text(f"{name:>10}  {safe(fact)}"))
    body = Text("\n" + safe(article.text))
    for mark in article.marks:
        body.stylize("dim strike", mark.start + 1, mark.end + 1)
    console.print(body)
    for mark in article.marks:
        console.print(Text(f"not retrieved: {mark.start}–{mark.end}, {mark.kind}"), style="dim")


def remove(
    article_ids: Annotated[list[str], typer.Argument(help="One or more ids.")],
    data_dir: DataDir = None,
    no_service: NoService = False,
) -> None:
    """Remove articles with all their versions; their text is gone from the data folder when this returns."""
    from rag.cli.service import found_service

    settings = load_settings(data_dir=data_dir)
    named = all(one.isalnum() for one in article_ids)  # else it is none that an address could name
    with found_service(settings, unless=no_service or not named) as service:
        for article_id, versions in _removed_by(service, article_ids) if service else _removed(settings, article_ids):
            sys.stdout.write(f"removed {article_id} ({versions} version{'s' if versions > 1 else ''})\n")


def _removed(settings: Settings, article_ids: list[str]) -> Iterator[tuple[str, int]]:
    """Each that was removed, and how many versions it had."""
    from rag.store import open_store

    with open_store(settings, "byline articles remove") as store:
        for article_id in article_ids:
            yield article_id, store.remove(article_id)


def _removed_by(service: Service, article_ids: list[str]) -> Iterator[tuple[str, int]]:
    from rag.cli.service import ServiceGone, fault_of
    from rag.errors import BylineError

    for article_id in article_ids:
        try:
            versions = service.get(f"/v1/articles/{article_id}")["versions"]
            job = service.delete(f"/v1/articles/{article_id}")
            if job:  # another one is under way
                *_, (_, job) = service.events("GET", f"/v1/jobs/{job['id']}")
        except ServiceGone as error:
            raise BylineError(
                "The service that removes went away.", remedy="Look with `byline articles list`, and remove again."
            ) from error
        if job.get("error"):
            raise fault_of(job["error"])
        yield article_id, len(versions)
