"""What a middleware replies instead of the app: a problem, or OpenAI's error where its clients ask."""

from __future__ import annotations

import json
from typing import Literal

from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from api.chat_wire import ErrorReply, Fault
from api.problems import problem, respond

_CHAT = ("/v1/chat/", "/v1/models")
_CODES = {401: "invalid_api_key", 403: "insufficient_permissions", 429: "rate_limit_exceeded", 500: "internal_error"}


def refusal(scope: Scope, status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    """In the form that the clients of the request's path expect."""
    if scope["path"].startswith(_CHAT):
        return JSONResponse(ErrorReply(error=_fault(status, detail)).model_dump(), status, headers)
    return respond(problem(status, title, detail), headers)


def in_stream(scope: Scope, status: int, title: str, detail: str) -> bytes:
    """The same as the last event of a stream that has begun."""
    if scope["path"].startswith(_CHAT):
        return f"data: {ErrorReply(error=_fault(status, detail)).model_dump_json()}\n\n".encode()
    return f"event: error\ndata: {json.dumps(problem(status, title, detail))}\n\n".encode()


def _fault(status: int, detail: str) -> Fault:
    return Fault(message=detail, type=_kind(status), code=_CODES.get(status))


def _kind(status: int) -> Literal["invalid_request_error", "authentication_error", "rate_limit_error", "server_error"]:
    if status in {401, 403}:
        return "authentication_error"
    if status == 429:
        return "rate_limit_error"
    return "server_error" if status >= 500 else "invalid_request_error"
