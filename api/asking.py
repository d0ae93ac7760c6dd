"""`POST /v1/ask`."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.bodies import AskRequest
from api.parts import TheByline
from rag.records import answer_record

router = APIRouter(prefix="/v1")


@router.post("/ask")
def ask(asked: AskRequest, byline: TheByline) -> JSONResponse:
    """Answer with cited quotes, or abstain and say what is missing."""
    return JSONResponse(answer_record(byline.ask(asked.question, asked.limits(), asked.turns()).answer))
