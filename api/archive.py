"""Search, and the articles: listed, read, added and removed. What changes the archive is a job."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.responses import StreamingResponse

from api import sse
from api.background import in_turn
from api.bodies import NewArticles
from api.documented import ARTICLE, ARTICLES, HITS, JOB, JOB_EVENTS, JOBS, NOT_FOUND, REFUSED, UNAVAILABLE, UNREADABLE
from api.job_runner import JobRunner
from api.jobs import Job, file_name, new_job
from api.parts import Jobs, Sources, TheByline, TheLimits
from rag.errors import InputError
from rag.holdings import Holding, holding, listed
from rag.ingest.discover import SUFFIXES
from rag.records import search_record

router = APIRouter(prefix="/v1", tags=["archive"])

_REMOVED_WITHIN_S = 10.0


@router.get("/search", responses={200: HITS, **REFUSED, **UNAVAILABLE})
async def search(
    byline: TheByline,
    limits: TheLimits,
    q: Annotated[str, Query(description="What to look for.", examples=["Geely tariffs"])],
    k: Annotated[int, Query(ge=1, le=1000, description="How many passages.")] = 20,
    rerank: Annotated[bool, Query(description="Let the reader model order the first passages; slower.")] = False,
) -> JSONResponse:
    """The passages that fit best, by words and by meaning."""
    query = replace(limits, text=q, k=k)

    def found() -> JSONResponse:
        return JSONResponse(search_record(*byline.searched(query, rerank=rerank)))

    return await in_turn(found)


@router.get("/articles", responses={200: ARTICLES, **REFUSED})
def list_articles(
    byline: TheByline,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    source: Sources = [],  # noqa: B006 - FastAPI copies it
) -> JSONResponse:
    """The newest version of each article, the latest first, the undated last."""
    with byline.snapshot() as snapshot:
        rows, total = listed(snapshot, limit, offset, source)
    return JSONResponse({"total": total, "articles": [asdict(row) for row in rows]})


ArticleId = Annotated[str, Path(max_length=100)]


@router.get("/articles/{article_id}", responses={200: ARTICLE, **NOT_FOUND, **REFUSED})
def article(
    article_id: ArticleId, byline: TheByline, version: Annotated[int | None, Query(ge=1, le=10**9)] = None
) -> JSONResponse:
    """One version of an article as stored, the newest unless told. Offsets are code points of its text."""
    with byline.snapshot() as snapshot:
        return JSONResponse(_article_record(holding(snapshot, article_id, version)))


@router.delete("/articles/{article_id}", status_code=204, responses={202: JOB, **NOT_FOUND, **REFUSED})
async def remove(article_id: ArticleId, byline: TheByline, jobs: Jobs) -> Response:
    """Remove an article with all its versions. 202 and the job when another job is still under way."""
    await run_in_threadpool(byline.article, article_id)
    job = new_job("remove", [article_id])
    jobs.add(job)
    if not await jobs.ended(job.id, _REMOVED_WITHIN_S):
        return _accepted(job)
    ended = jobs.folders.get(job.id)
    if ended.error:
        raise InputError(f"Article {article_id} was not removed: {ended.error}", remedy="Try again.")
    return Response(status_code=204)


@router.post(
    "/articles",
    status_code=202,
    responses={202: JOB, **REFUSED, **UNREADABLE},
    openapi_extra={
        "requestBody": {
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                        "required": ["files"],
                    },
                    "example": {"files": ["The lighthouse keeper Ada Brook retired on Friday."]},
                },
                "application/json": {"schema": NewArticles.model_json_schema()},
            },
            "required": True,
        }
    },
)
async def add(request: Request, jobs: Jobs) -> Response:
    """Add articles: files as a form's `files`, or JSON with `articles` or `urls`. It replies with a job to follow."""
    job = new_job("ingest", [])
    try:
        job.subjects = await _subjects(request, jobs, job)
    except BaseException:
        jobs.folders.drop(job.id)
        raise
    jobs.add(job)
    return _accepted(job)


@router.get("/jobs", responses={200: JOBS})
def list_jobs(jobs: Jobs) -> JSONResponse:
    """The jobs that are kept, the newest first."""
    return JSONResponse({"jobs": [one.record() for one in jobs.folders.all()]})


@router.get("/jobs/{job_id}", responses={200: JOB | JOB_EVENTS, **NOT_FOUND, **REFUSED})
async def job(job_id: Annotated[str, Path(max_length=100)], request: Request, jobs: Jobs) -> Response:
    """How far a job is. With `Accept: text/event-stream` each change as `progress`, and `done` at its end."""
    now = jobs.folders.get(job_id)
    if sse.wanted(request):
        return StreamingResponse(_changes(jobs, job_id), media_type=sse.EVENT_STREAM, headers=sse.HEADERS)
    return JSONResponse(now.record())


@router.delete("/jobs/{job_id}", status_code=202, responses={202: JOB, **NOT_FOUND, **REFUSED})
async def stop_job(job_id: Annotated[str, Path(max_length=100)], jobs: Jobs) -> JSONResponse:
    """Stop a job at the end of an article. What it has stored stays; its record says `stopped` once it has."""
    return JSONResponse(jobs.cancel(job_id).record(), status_code=202)


async def _changes(jobs: JobRunner, job_id: str) -> AsyncIterator[bytes]:
    async for state in sse.kept_alive(jobs.states(job_id)):
        yield sse.KEEP_ALIVE if state is None else sse.encoded("done" if state.ended else "progress", state.record())


async def _subjects(request: Request, jobs: JobRunner, job: Job) -> list[str]:
    """What the job is about; its files are put into its folder. Raises InputError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_files=1000, max_fields=1000) as form:
            files = [one for one in form.getlist("files") if not isinstance(one, str)]
            return await run_in_threadpool(_saved, files, jobs, job)
    if kind == "application/json":
        return await run_in_threadpool(_given, NewArticles.read(await request.body()), jobs, job)
    raise InputError(
        f"The content type {kind or 'that is missing'} can't be used.",
        remedy="Send multipart/form-data with files, or application/json.",
    )


def _saved(files: list[Any], jobs: JobRunner, job: Job) -> list[str]:
    if not files:
        raise InputError("The form has no file.", remedy="Send one or more as the field 'files'.")
    names: list[str] = []
    for file in files:
        name = file_name(file.filename)
        if not name.lower().endswith(SUFFIXES):
            raise InputError(f"{name}: files of this kind can't be read.", remedy=f"Send {', '.join(SUFFIXES)}.")
        if name in names:
            raise InputError(f"{name}: two files have this name.", remedy="Send them one after the other.")
        with (jobs.folders.files(job.id) / name).open("wb") as out:
            shutil.copyfileobj(file.file, out)
        names.append(name)
    return names


def _given(given: NewArticles, jobs: JobRunner, job: Job) -> list[str]:
    if not given.articles:
        return [str(url) for url in given.urls]
    lines = (json.dumps(one.model_dump(exclude_none=True), ensure_ascii=False) + "\n" for one in given.articles)
    with (jobs.folders.files(job.id) / "articles.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(lines)
    return ["articles.jsonl", *(str(url) for url in given.urls)]


def _accepted(job: Job) -> Response:
    return JSONResponse(job.record(), status_code=202, headers={"Location": f"/v1/jobs/{job.id}"})


def _article_record(found: Holding) -> dict[str, Any]:
    one = found.article
    return {
        "id": one.id,
        "version": one.version,
        "versions": list(found.versions),
        "title": one.title,
        "source": one.source,
        "url": one.url,
        "authors": list(one.authors),
        "published": one.published.at if one.published else None,
        "published_known": one.published.known if one.published else None,
        "language": one.language,
        "file": one.file,
        "text": one.text,
        "marks": [asdict(mark) for mark in one.marks],
        "also_in": [asdict(other) for other in found.also_in],
    }
