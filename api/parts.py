"""What the routes share: the library and the stores that the app opened, injected into each request."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from fastapi import Query as Parameter

from api.job_runner import JobRunner
from api.watch import Watch
from rag.pipeline import Byline
from rag.record_store import RecordStore
from rag.settings import Settings
from rag.types import Query


def _byline(request: Request) -> Byline:
    byline: Byline = request.app.state.byline
    return byline


def _records(request: Request) -> RecordStore:
    records: RecordStore = request.app.state.records
    return records


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _jobs(request: Request) -> JobRunner:
    jobs: JobRunner = request.app.state.jobs
    return jobs


def _watch(request: Request) -> Watch:
    watch: Watch = request.app.state.watch
    return watch


TheByline = Annotated[Byline, Depends(_byline)]
Records = Annotated[RecordStore, Depends(_records)]
Jobs = Annotated[JobRunner, Depends(_jobs)]
TheWatch = Annotated[Watch, Depends(_watch)]
TheSettings = Annotated[Settings, Depends(_settings)]
Sources = Annotated[
    list[str],
    Parameter(alias="source", max_length=100, description="Only these; may be repeated.", examples=[["Reuters"]]),
]
Day = Annotated[date | None, Parameter(examples=["2024-05-31"])]


def _limits(
    source: Sources = [],  # noqa: B006 - FastAPI copies it
    published_from: Day = None,
    published_to: Day = None,
    as_of: Day = None,
) -> Query:
    return Query("", sources=tuple(source), published_from=published_from, published_to=published_to, as_of=as_of)


TheLimits = Annotated[Query, Depends(_limits)]
"""Which articles count, of an address's parameters; its text and k are not set."""
