"""`POST /v1/check`, at once or as events, and the checks that are kept: read again, checked again, exported."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api import sse
from api.background import Tell, last_told
from api.bodies import CheckRequest
from api.documented import CHECK, CHECK_EVENTS, EXPORTS, NOT_FOUND, RECHECK, REFUSED, UNAVAILABLE, UNREADABLE
from api.parts import Records, TheByline, TheWatch
from rag.claims.as_json import draft_record
from rag.claims.export import Format, exported
from rag.claims.recheck import articles_now, claims_now
from rag.types import Query

router = APIRouter(prefix="/v1", tags=["claims"])

_MEDIA: dict[Format, tuple[str, str]] = {
    "markdown": ("text/markdown; charset=utf-8", "md"),
    "html": ("text/html; charset=utf-8", "html"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "claimreview": ("application/ld+json", "json"),
    "annotations": ("application/ld+json", "json"),
}


@router.post("/check", responses={200: CHECK | CHECK_EVENTS, **REFUSED, **UNREADABLE, **UNAVAILABLE})
async def check(
    request: Request, given: CheckRequest, byline: TheByline, records: Records, watch: TheWatch
) -> Response:
    """Check every claim of a text against the archive; the record is kept under its id. With
    `Accept: text/event-stream` it tells `progress` meanwhile and ends with `done`.
    """

    def checked(tell: Tell[sse.Told]) -> None:
        record = draft_record(
            byline.check(given.text, given.limits(), lambda done, of: tell(("progress", {"done": done, "of": of})))
        )
        watch.check(record)
        records.keep("check", record)
        tell(("done", record))

    if sse.wanted(request):
        return await sse.respond(checked)
    _, record = await last_told(checked, request.receive)
    return JSONResponse(record)


@router.get("/checks/{check_id}", responses={200: CHECK, **NOT_FOUND})
def stored_check(check_id: str, records: Records) -> JSONResponse:
    """A check as it was made."""
    return JSONResponse(records.get("check", check_id))


@router.get("/checks/{check_id}/export", response_class=Response, responses={200: EXPORTS, **NOT_FOUND, **REFUSED})
def export(check_id: str, records: Records, format: Format = "markdown") -> Response:  # noqa: A002 - the parameter's name
    """A kept check in a form that others read, as a file."""
    text = exported(records.get("check", check_id), format)
    media, suffix = _MEDIA[format]
    name = f'attachment; filename="check-{check_id}.{suffix}"'
    return Response(text, media_type=media, headers={"Content-Disposition": name})


@router.post("/checks/{check_id}/recheck", responses={200: RECHECK, **NOT_FOUND, **UNAVAILABLE})
async def recheck(
    request: Request, check_id: str, byline: TheByline, records: Records, watch: TheWatch
) -> JSONResponse:
    """A kept check against the archive of today: what became of its articles, and each verdict then and now."""

    def rechecked(tell: Tell[dict[str, Any]]) -> None:
        then = records.get("check", check_id)
        as_of = date.fromisoformat(then["as_of"]) if then["as_of"] else None
        now = draft_record(byline.check(then["text"], Query("", as_of=as_of), lambda *_: tell({})))
        watch.check(now)
        tell(
            {
                "id": check_id,
                "checked_at": now["checked_at"],
                "articles": [asdict(one) for one in articles_now(then, byline.article)],
                "claims": [asdict(one) for one in claims_now(then, now)],
            }
        )

    return JSONResponse(await last_told(rechecked, request.receive))
