"""What the routes share: the library and the stores that the app opened, injected into each request."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Request

from api.job_runner import JobRunner
from api.watch import Watch
from rag.pipeline import Byline
from rag.record_store import RecordStore
from rag.settings import Settings


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
    Query(alias="source", max_length=100, description="Only these; may be repeated.", examples=[["Reuters"]]),
]
Day = Annotated[date | None, Query(examples=["2024-05-31"])]
