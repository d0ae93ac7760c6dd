"""`POST /v1/chat/completions` and `GET /v1/models`, for programs that speak OpenAI's chat protocol."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.background import each, followed, last_told
from api.chat_asked import chat_asked, check_model
from api.chat_errors import ChatRoute, fault_of
from api.chat_reply import Reply
from api.chat_wire import ChatRequest, Chunk, Completion, ErrorReply, Fault, Model, Models
from api.documented import CHAT_EVENTS
from api.parts import TheByline, TheWatch
from api.watch import Watch
from rag.errors import BylineError
from rag.events import Done, Event
from rag.records import answer_record

log = logging.getLogger("byline.chat")

BEAT_S = 10.0  # seconds of silence after which a comment keeps a stream alive
_KEEP_ALIVE = ": waiting\n\n"
_DONE = "data: [DONE]\n\n"
_STREAM_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
_STARTED = int(time.time())

router = APIRouter(prefix="/v1", route_class=ChatRoute)


@router.get("/models")
def models() -> Models:
    """The one model that can be named."""
    return Models(data=[_model()])


@router.get("/models/{name}")
def model(name: str) -> Model:
    """The model `byline`; there is no other."""
    check_model(name)
    return _model()


@router.post("/chat/completions", response_model=Completion, responses={200: CHAT_EVENTS})
async def complete(request: Request, chat: ChatRequest, byline: TheByline, watch: TheWatch) -> Response:
    """Answer the last message, with citations as annotations; `stream` gives it as server-sent events."""
    asked, reply = chat_asked(chat), Reply(str(request.base_url))
    work = each(lambda: byline.stream(asked.question, None, asked.history))
    if not chat.stream:
        done = await last_told(work, request.receive)
        assert isinstance(done, Done)  # noqa: S101 - an answer ends with it
        watch.answer(answer_record(done.asked.answer))
        return JSONResponse(reply.whole(done.asked.answer).model_dump())
    events = followed(work, BEAT_S)
    first = await anext(events)  # what can't be asked has a status of its own while no header is sent
    count_tokens = bool(chat.stream_options and chat.stream_options.include_usage)
    lines = lines_of(first, events, reply, watch, count_tokens=count_tokens)
    return StreamingResponse(lines, media_type="text/event-stream", headers=_STREAM_HEADERS)


async def lines_of(
    first: Event | None, events: AsyncGenerator[Event | None], reply: Reply, watch: Watch, *, count_tokens: bool
) -> AsyncGenerator[str]:
    """The stream. A sentence may be taken back as long as the answer does not stand, and this protocol can't tell
    so: the sentences are sent when it does.
    """
    yield _line(reply.opening())
    event = first
    try:
        async with aclosing(events):
            while not isinstance(event, Done):
                if event is None:
                    yield _KEEP_ALIVE
                event = await anext(events)
        watch.answer(answer_record(event.asked.answer))
        for chunk in reply.pieces(event.asked.answer, count_tokens=count_tokens):
            yield _line(chunk)
        yield _DONE
    except BylineError as error:
        yield _failed(fault_of(error))
    except Exception:
        log.exception("a chat stream broke")
        yield _failed(Fault(message="The service failed. Try again.", type="server_error", code="internal_error"))


def _line(chunk: Chunk) -> str:
    return f"data: {json.dumps(chunk.model_dump(), ensure_ascii=False, separators=(',', ':'))}\n\n"


def _failed(fault: Fault) -> str:
    return f"data: {ErrorReply(error=fault).model_dump_json()}\n\n"


def _model() -> Model:
    return Model(created=_STARTED)
