"""An ingest job of a running service, followed as if this process did it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.cli.progress import IngestLines, IngestProgress
from rag.cli.service import Service, ServiceGone, Told, fault_of
from rag.errors import BylineError

Progress = IngestProgress | IngestLines
Shown = type[IngestProgress] | type[IngestLines]
"""Shows how far it is, of so many articles."""

_TOLD = (
    "total",
    "done",
    "new",
    "updated",
    "unchanged",
    "near_duplicates",
    "passages",
    "rejected_count",
    "rejected",
    "notices",
)


@dataclass(frozen=True, slots=True)
class Ingested:
    """How an ingestion came out (as `ingest_record` has it), and what the archive holds now."""

    told: dict[str, Any]
    total: dict[str, int]
    interrupted: bool


def ingest_by(service: Service, paths: Sequence[Path], urls: Sequence[str], shown: Shown) -> Ingested:
    """Ctrl-C stops the job at the end of an article. Raises ServiceGone before anything has begun, and BylineError."""
    given = {str(path): str(path.absolute()) for path in paths}
    job = service.post("/local/ingest", {"paths": given, "urls": list(urls)})
    try:
        state = _followed(service, job["id"], shown)
        total = service.get("/v1/stats")
    except KeyboardInterrupt:
        service.delete(f"/v1/jobs/{job['id']}")
        raise
    except ServiceGone as error:
        raise BylineError(
            "The service that ingests went away.",
            remedy="It goes on when it is started again: `byline serve`; or give the same command once more.",
        ) from error
    if state["status"] == "failed":
        raise fault_of(state["error"])
    return Ingested({name: state[name] for name in _TOLD}, total, state["status"] == "stopped")


def _followed(service: Service, job_id: str, shown: Shown) -> dict[str, Any]:
    """The job when it has ended."""
    state: dict[str, Any] = {}
    with ExitStack() as left:
        progress: Progress | None = None
        for state in _states(service, job_id):
            if progress is None and (state["total"] or state["ended_at"]):
                progress = shown(state["total"])
                left.enter_context(progress)
            if progress is not None:
                progress.tell({name: state[name] for name in _TOLD})
    return state


def _states(service: Service, job_id: str) -> Iterator[dict[str, Any]]:
    """The job as it goes on, to its end, which Ctrl-C hastens. What it waits for is said once."""
    try:
        yield from _waiting(service.events("GET", f"/v1/jobs/{job_id}"))
    except KeyboardInterrupt:
        service.delete(f"/v1/jobs/{job_id}")
        yield from _waiting(service.events("GET", f"/v1/jobs/{job_id}"))


def _waiting(events: Iterator[Told]) -> Iterator[dict[str, Any]]:
    waits = None
    for _, state in events:
        if state["error"] and state["error"] != waits and not state["ended_at"]:
            waits = state["error"]
            sys.stderr.write(f"byline: waiting. {waits}\n")
        yield state
