"""The service: `POST /v1/ask`, `/healthz` and a page to ask in. Errors are `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from rag.claims.as_json import draft_record
from rag.errors import BylineError, InputError, NotFound, StoreBusy, StoreEmpty
from rag.pipeline import Byline
from rag.record_store import RecordStore
from rag.records import answer_record
from rag.settings import Settings
from rag.types import Query, Turn
from rag.wiring import open_byline

_STATIC = Path(__file__).parent / "static"
_STATUS: dict[type[BylineError], int] = {InputError: 422, NotFound: 404, StoreBusy: 503, StoreEmpty: 503}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Message(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: str = Field(max_length=20_000)


class AskRequest(BaseModel):
    """A question, and which articles may answer it. Days are inclusive."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(examples=["Which Ford plant is the leading candidate to build Geely cars?"])
    history: list[Message] = Field(
        default=[], max_length=50, description="The conversation before it, oldest first; a follow-up rests on it."
    )
    sources: list[str] = Field(default=[], max_length=100)
    published_from: date | None = None
    published_to: date | None = None
    as_of: date | None = Field(None, description="As if today were this day: nothing published later.")

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(one.role, one.content) for one in self.history)

    def limits(self) -> Query:
        return Query(
            text="",
            sources=tuple(self.sources),
            published_from=self.published_from,
            published_to=self.published_to,
            as_of=self.as_of,
        )


class CheckRequest(BaseModel):
    """A claim or a draft, and which articles may speak to it. Days are inclusive."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(examples=["Ford and Geely are in talks."])
    sources: list[str] = Field(default=[], max_length=100)
    as_of: date | None = Field(None, description="As if today were this day: nothing published later.")

    def limits(self) -> Query:
        return Query(text="", sources=tuple(self.sources), as_of=self.as_of)


def create_app(settings: Settings) -> FastAPI:
    """An app that opens the archive of `settings` when it starts and closes it when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.byline = await run_in_threadpool(open_byline, settings)
        app.state.records = RecordStore(settings.data_dir)
        try:
            yield
        finally:
            await run_in_threadpool(app.state.byline.close)

    app = FastAPI(title="Byline", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.middleware("http")(_secure)
    app.exception_handler(BylineError)(_byline_problem)
    app.exception_handler(RequestValidationError)(_validation_problem)
    app.exception_handler(HTTPException)(_http_problem)
    app.post("/v1/ask")(ask)
    app.post("/v1/check")(check)
    app.get("/v1/checks/{check_id}")(stored_check)
    app.get("/healthz")(healthz)
    app.get("/", include_in_schema=False)(page)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    return app


def _byline(request: Request) -> Byline:
    byline: Byline = request.app.state.byline
    return byline


def _records(request: Request) -> RecordStore:
    records: RecordStore = request.app.state.records
    return records


TheByline = Annotated[Byline, Depends(_byline)]
Records = Annotated[RecordStore, Depends(_records)]


def ask(asked: AskRequest, byline: TheByline) -> JSONResponse:
    """Answer with cited quotes, or abstain and say what is missing."""
    return JSONResponse(answer_record(byline.ask(asked.question, asked.limits(), asked.turns()).answer))


def check(given: CheckRequest, byline: TheByline, records: Records) -> JSONResponse:
    """Check every claim of a text against the archive; the record is kept under its id."""
    record = draft_record(byline.check(given.text, given.limits()))
    records.keep("check", record)
    return JSONResponse(record)


def stored_check(check_id: str, records: Records) -> JSONResponse:
    """A check as it was made."""
    return JSONResponse(records.get("check", check_id))


def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


def page() -> FileResponse:
    return FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})


async def _secure(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _problem(status: int, title: str, detail: str, **more: Any) -> JSONResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


async def _byline_problem(_request: Request, error: Exception) -> JSONResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    return _problem(status, type(error).__name__, str(error))


async def _validation_problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    faults = [{"pointer": "/" + "/".join(map(str, e["loc"][1:])), "detail": e["msg"]} for e in error.errors()]
    return _problem(422, "The request can't be used", "; ".join(f["detail"] for f in faults), errors=faults)


async def _http_problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
    return _problem(error.status_code, str(error.detail), str(error.detail))
