"""`POST /v1/ask`, at once or as events, and the answers that are kept."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api import sse
from api.background import each, last_told
from api.bodies import AskRequest
from api.documented import ANSWER, ANSWER_EVENTS, NOT_FOUND, REFUSED, UNAVAILABLE, UNREADABLE
from api.events import on_the_wire
from api.parts import Records, TheByline, TheSettings, TheWatch
from rag.events import Asked, Done
from rag.record_store import RecordStore
from rag.records import answer_record, with_ranking

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post("/ask", responses={200: ANSWER | ANSWER_EVENTS, **REFUSED, **UNREADABLE, **UNAVAILABLE})
async def ask(
    request: Request, asked: AskRequest, byline: TheByline, records: Records, settings: TheSettings, watch: TheWatch
) -> Response:
    """Answer with cited quotes, or abstain and say what is missing.

    With `Accept: text/event-stream` the answer comes as it is made: `understood`, `evidence`, then `sentence`,
    `citations` and `verdict` of each sentence, and `done` with the record. A sentence is a draft until its verdict has
    come; `withdrawn` takes back those so far.
    """
    keep = settings.keep_answers_days > 0

    def kept(record: dict[str, Any]) -> dict[str, Any]:
        watch.answer(record)
        records.tally("answer", record["status"], record["answered_at"][:10])
        if keep:
            records.keep("answer", record)
        return record

    def shown(told: Asked) -> dict[str, Any]:
        record = kept(answer_record(told.answer))
        return with_ranking(record, told.hits) if asked.explain else record

    def answer() -> Generator[dict[str, Any]]:
        with closing(byline.stream(asked.question, asked.limits(), asked.turns())) as made:
            for event in made:
                yield shown(event.asked) if isinstance(event, Done) else {}

    def events() -> Generator[sse.Told]:
        with closing(byline.stream(asked.question, asked.limits(), asked.turns())) as made:
            for event in made:
                name, payload = on_the_wire(event)
                if isinstance(event, Done):
                    payload = kept(payload)
                    payload = with_ranking(payload, event.asked.hits) if asked.explain else payload
                yield name, payload

    if sse.wanted(request):
        return await sse.respond(each(events))
    return JSONResponse(await last_told(each(answer), request.receive))


@router.get("/answers/{answer_id}", responses={200: ANSWER, **NOT_FOUND})
def stored_answer(answer_id: str, records: Records) -> JSONResponse:
    """An answer as it was given."""
    return JSONResponse(records.get("answer", answer_id))


def forget_old(records: RecordStore, days: int) -> int:
    """Drop the answers that were kept for so many days; returns how many."""
    before = datetime.now(UTC) - timedelta(days=days)
    return records.forget("answer", before.isoformat(timespec="seconds"))
