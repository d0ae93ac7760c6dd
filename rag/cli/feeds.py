"""`byline feeds add | list | remove | poll`."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import DataDir, Json
from rag.exits import INTERRUPTED, SOME_REJECTED
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from rag.feeds.jobs import FeedReport

Url = Annotated[str, typer.Argument(metavar="URL", help="The address of an RSS or Atom feed.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Follow RSS and Atom feeds.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_feeds)
    group.command("remove")(remove)
    group.command("poll")(poll)
    app.add_typer(group, name="feeds")


def add(url: Url, data_dir: DataDir = None) -> None:
    """Follow a feed. The next poll fetches it; one that was switched off is switched on."""
    from rag.feeds.jobs import add_feed

    new = add_feed(load_settings(data_dir=data_dir), url)
    sys.stdout.write("added\n" if new else "it is there already\n")


def list_feeds(as_json: Json = False, data_dir: DataDir = None) -> None:
    """The feeds, when each was polled and is due, and what went wrong."""
    from rag.feeds import jobs

    feeds = jobs.list_feeds(load_settings(data_dir=data_dir))
    if as_json:
        sys.stdout.writelines(json.dumps(asdict(feed), ensure_ascii=False) + "\n" for feed in feeds)
        return
    from rag.cli.show import safe

    for feed in feeds:
        polled = f"polled {_time(feed.polled_at)}" if feed.polled_at else "not polled yet"
        due = "switched off" if feed.off else f"due {_time(feed.due_at)}" if feed.polled_at else "due now"
        sys.stdout.write(f"{feed.url}\n  {safe(feed.title or 'title unknown')} · {polled} · {due}\n")
        if feed.fault:
            sys.stdout.write(f"  {safe(feed.fault)} ({feed.failures} in a row)\n")
    sys.stdout.write(f"{_of(len(feeds))}\n")


def remove(url: Url, data_dir: DataDir = None) -> None:
    """Follow a feed no longer. The articles that it brought stay."""
    from rag.feeds.jobs import remove_feed

    remove_feed(load_settings(data_dir=data_dir), url)
    sys.stdout.write("removed\n")


def poll(
    once: Annotated[bool, typer.Option("--once", help="Poll what is due and end; so it does without --every.")] = False,
    every: Annotated[
        int | None, typer.Option("--every", metavar="MINUTES", min=1, help="Go on, and look so often.")
    ] = None,
    now: Annotated[bool, typer.Option("--now", help="Poll every feed, due or not.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print progress and the report as JSON lines.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Ingest what is new in the feeds. Ctrl-C is safe."""
    from rag.cli.progress import stand_back

    settings = load_settings(data_dir=data_dir)
    stand_back()
    poll_all = _poll_as_lines if as_json else _poll
    faultless = poll_all(settings, every_feed=now)
    while every is not None and not once:
        time.sleep(every * 60)
        faultless = poll_all(settings, every_feed=False)
    if not faultless:
        raise typer.Exit(SOME_REJECTED)


def _poll(settings: Settings, *, every_feed: bool) -> bool:
    """Whether nothing went wrong."""
    from rag.feeds import jobs

    faultless, polled = True, 0
    for report in jobs.poll(settings, every_feed=every_feed):
        polled += 1
        _say(report)
        if report.articles.interrupted:
            raise typer.Exit(INTERRUPTED)
        faultless = faultless and report.faultless
    sys.stdout.write(f"{_of(polled)} polled\n")
    sys.stdout.flush()
    return faultless


def _poll_as_lines(settings: Settings, *, every_feed: bool) -> bool:
    """As `_poll`; what all feeds brought so far is a line after each."""
    from rag.cli.progress import ingest_record
    from rag.errors import ArticleRejected
    from rag.feeds import jobs
    from rag.ingestion import IngestReport

    together = IngestReport()
    for done, report in enumerate(jobs.poll(settings, every_feed=every_feed), 1):
        together.add(report.articles)
        if report.fault:
            together.rejected.append(ArticleRejected(report.feed.url, report.fault, remedy=""))
        sys.stdout.write(json.dumps(ingest_record(together, done) | {"done": done}, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        if report.articles.interrupted:
            raise typer.Exit(INTERRUPTED)
    return not together.rejected


def _say(report: FeedReport) -> None:
    from rag.cli.show import safe

    articles = report.articles
    counts = {
        "new": articles.new,
        "updated": articles.updated,
        "unchanged": articles.unchanged,
        "rejected": len(articles.rejected),
        "withdrawn by the feed": report.withdrawn,
        "removed before and kept out": report.kept_out,
    }
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "nothing new"
    sys.stdout.write(f"{report.feed.url}: {safe(report.fault or told)}\n")
    sys.stdout.writelines(f"  rejected: {safe(str(one))}\n" for one in articles.rejected)
    sys.stdout.writelines(f"  {safe(one.text)}\n" for one in articles.notices)
    sys.stdout.flush()


def _of(count: int) -> str:
    return f"{count:,} feed{'s' if count != 1 else ''}"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
