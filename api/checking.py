"""`POST /v1/check`, and the checks that are kept."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.bodies import CheckRequest
from api.parts import Records, TheByline
from rag.claims.as_json import draft_record

router = APIRouter(prefix="/v1")


@router.post("/check")
def check(given: CheckRequest, byline: TheByline, records: Records) -> JSONResponse:
    """Check every claim of a text against the archive; the record is kept under its id."""
    record = draft_record(byline.check(given.text, given.limits()))
    records.keep("check", record)
    return JSONResponse(record)


@router.get("/checks/{check_id}")
def stored_check(check_id: str, records: Records) -> JSONResponse:
    """A check as it was made."""
    return JSONResponse(records.get("check", check_id))
