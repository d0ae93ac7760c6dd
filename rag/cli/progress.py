"""Long jobs: progress bars on stderr, which show on a terminal and stay silent in a pipe, and giving way to others."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from rag.ingestion import IngestReport
from rag.records import notice_records

_NICE = 10
_LINE_EVERY_S = 0.2
_REJECTIONS = 100


def stand_back() -> None:
    """Let questions go first: a long job takes the processor time that other processes leave."""
    with suppress(OSError):
        os.nice(_NICE)


class IngestProgress:
    """Articles done of `total`, passages, passages a second and the time left."""

    def __init__(self, total: int) -> None:
        self._bar = Progress(
            TextColumn("ingesting"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("articles · {task.fields[passages]:,} passages · {task.fields[rate]:.0f} passages/s"),
            TextColumn("{task.fields[crew]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            console=Console(stderr=True),
            disable=not Console(stderr=True).is_terminal,
        )
        self._task = self._bar.add_task("ingest", total=total, passages=0, rate=0.0, crew="")

    def __enter__(self) -> IngestProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def tell(self, told: dict[str, Any]) -> None:
        """As `ingest_record` has it, and on a cluster how many `workers` there are on how many `nodes`."""
        crew = f"· workers {told['workers']}, nodes {told['nodes']}" if "workers" in told else ""
        elapsed = self._bar.tasks[0].elapsed or 0.0
        rate = told["passages"] / elapsed if elapsed else 0.0
        self._bar.update(self._task, completed=told["done"], passages=told["passages"], rate=rate, crew=crew)


class IngestLines:
    """What `IngestProgress` shows, as a JSON object a line on stdout: some a second at most, and the last one."""

    def __init__(self, total: int) -> None:
        self._told_at = 0.0
        self._told = ingest_record(IngestReport(), total)

    def __enter__(self) -> IngestLines:
        self._print()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._print()

    def tell(self, told: dict[str, Any]) -> None:
        """As `ingest_record` has it."""
        self._told = told
        if time.monotonic() - self._told_at >= _LINE_EVERY_S:
            self._print()

    def _print(self) -> None:
        self._told_at = time.monotonic()
        sys.stdout.write(json.dumps(self._told, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def ingest_record(report: IngestReport, total: int) -> dict[str, Any]:
    """A report as JSON; the first rejections with their reasons."""
    counts = ("new", "updated", "unchanged", "near_duplicates", "passages")
    rejected = [{"where": one.where, "reason": f"{one.reason} {one.remedy}"} for one in report.rejected[:_REJECTIONS]]
    return {
        "total": total,
        "done": report.articles,
        **{name: getattr(report, name) for name in counts},
        "rejected_count": len(report.rejected),
        "rejected": rejected,
        "notices": notice_records(report.notices),
    }


def passages_bar(what: str, total: int) -> Progress:
    """A bar of passages done; use it as a context and call `advance(bar.task_ids[0], n)`."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("passages"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    bar.add_task(what, total=total)
    return bar


@contextmanager
def claims_bar() -> Iterator[Callable[[int, int], None]]:
    """Claims done of all; to be told both."""
    console = Console(stderr=True)
    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("check", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def bytes_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Bytes done of all; to be told how many more."""
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)
