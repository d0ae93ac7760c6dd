"""For the `byline` command of this machine, which shows that it may read the data folder (`api/access.py`).

What it names it may read itself: it runs as the service does. So it may have files ingested where they are, as it does
without a service, and they are known by the same paths.
"""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from api.jobs import new_job
from api.parts import Jobs

router = APIRouter(prefix="/local")


class Sources(BaseModel):
    """Files and folders, as they were given and as absolute paths; and web addresses."""

    model_config = ConfigDict(extra="forbid")

    paths: dict[str, str] = {}
    urls: list[str] = []


@router.get("/here", status_code=204)
def here() -> Response:
    """That it is this service."""
    return Response(status_code=204)


@router.post("/ingest", status_code=202)
async def ingest(given: Sources, jobs: Jobs) -> JSONResponse:
    """A job that ingests files where they are."""
    job = new_job("ingest", [*given.paths, *given.urls])
    job.paths = given.paths
    jobs.add(job)
    return JSONResponse(job.record(), status_code=202)
