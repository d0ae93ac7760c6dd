"""What somebody said, and what happened when: statements of the archive, dated and cited."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.documented import QUOTES, REFUSED, TIMELINE, UNAVAILABLE
from api.parts import TheByline, TheLimits
from rag.claims.as_json import dated_record, statement_record

router = APIRouter(prefix="/v1", tags=["statements"])


@router.get("/quotes", responses={200: QUOTES, **REFUSED, **UNAVAILABLE})
def quotes(
    byline: TheByline,
    limits: TheLimits,
    person: Annotated[str, Query(description="A name, as the articles have it.", examples=["Herbert Diess"])],
) -> JSONResponse:
    """Everything that somebody said in the archive, the newest first."""
    told = [statement_record(one) for one in byline.quotes(person, limits)]
    return JSONResponse({"person": person, "quotes": told})


@router.get("/timeline", responses={200: TIMELINE, **REFUSED, **UNAVAILABLE})
def timeline(
    byline: TheByline,
    limits: TheLimits,
    subject: Annotated[str, Query(description="The names that it is about.", examples=["Ford Geely"])],
) -> JSONResponse:
    """What the archive says of some names, in the order of its days, and what changed."""
    told = [dated_record(one) for one in byline.timeline(subject, limits)]
    return JSONResponse({"subject": subject, "timeline": told})
