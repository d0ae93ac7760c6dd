"""Errors as `application/problem+json` (RFC 9457), with a pointer to each field at fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from rag.errors import (
    BylineError,
    DraftRejected,
    FetchError,
    InputError,
    NotFound,
    QuestionRejected,
    StoreBusy,
    StoreEmpty,
    StoreUnreachable,
)

_STATUS: dict[type[BylineError], int] = {
    InputError: 422,
    NotFound: 404,
    StoreBusy: 503,
    StoreEmpty: 503,
    StoreUnreachable: 503,
}
_AGAIN_S = 5
_FIELDS: dict[type[BylineError], tuple[str, str]] = {
    QuestionRejected: ("question", "q"),
    DraftRejected: ("text", "text"),
    FetchError: ("url", "url"),
}
"""What an error of the library is about: the field of a body, and the parameter where there is none."""
_PHRASES = {status.phrase for status in HTTPStatus}
PROBLEM = "application/problem+json"


def install(app: FastAPI) -> None:
    """Every error of `app` becomes a problem."""
    app.exception_handler(BylineError)(_of_byline)
    app.exception_handler(RequestValidationError)(_of_validation)
    app.exception_handler(HTTPException)(_of_http)


def status_of(error: BylineError) -> int:
    """The HTTP status that tells of an error; 500 where it is not the request's fault."""
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)


def headers_of(error: BylineError) -> dict[str, str]:
    """What the reply says beside its body: when it is worth while to try again."""
    return {"Retry-After": str(_AGAIN_S)} if isinstance(error, StoreBusy | StoreUnreachable) else {}


def problem(status: int, title: str, detail: str, **more: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}


def problem_of(error: BylineError) -> dict[str, Any]:
    return problem(status_of(error), type(error).__name__, str(error), remedy=error.remedy)


def respond(told: dict[str, Any], headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem as a response."""
    return JSONResponse(told, status_code=told["status"], media_type=PROBLEM, headers=headers)


async def _of_byline(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BylineError)  # noqa: S101 - registered for this type
    told = problem_of(error)
    field = next((field for kind, field in _FIELDS.items() if isinstance(error, kind)), None)
    if field is not None:
        where, name = ("body", field[0]) if request.method == "POST" else ("query", field[1])
        told["errors"] = [{"in": where, "pointer": f"/{name}", "detail": str(error)}]
    return respond(told, headers_of(error))


async def _of_validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    faults = [_fault(one, request) for one in error.errors()]
    detail = "; ".join(fault["detail"] for fault in faults)
    return respond(problem(422, "The request can't be used", detail, errors=faults))


def _fault(error: Mapping[str, Any], request: Request) -> dict[str, str]:
    where, *path = error["loc"]
    if error["type"] == "json_invalid":
        told = f"This is no JSON from character {path[0] if path else 0} on: {error['ctx']['error']}."
        return {"in": where, "pointer": "", "detail": told}
    if where == "body" and not path:
        return {"in": where, "pointer": "", "detail": _of_whole_body(error, request)}
    return {"in": where, "pointer": _pointer(path), "detail": _words(error)}


def _of_whole_body(error: Mapping[str, Any], request: Request) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.endswith("json") or error["type"] == "missing":
        return _words(error)
    return f"Send JSON with Content-Type: application/json, not {kind or 'without a type'}."


def _words(error: Mapping[str, Any]) -> str:
    return str(error["msg"]).removeprefix("Value error, ")


def _pointer(path: Sequence[str | int]) -> str:
    """RFC 6901; the whole is the empty string."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


async def _of_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
    told = problem(error.status_code, HTTPStatus(error.status_code).phrase, told_of(error))
    headers = dict(error.headers or {})
    return respond(told, headers | ({"Allow": _allowed(request)} if error.status_code == 405 else {}))


def told_of(error: HTTPException) -> str:
    """In words, where the framework has few."""
    if isinstance(error.__cause__, UnicodeDecodeError):
        return f"The body is not UTF-8: byte {error.__cause__.start} can't be read. Send JSON in UTF-8."
    if isinstance(error.__cause__, RecursionError):
        return "The body is nested too deep. Send it as the document at /openapi.json has it."
    told = {404: "There is nothing at this address. /openapi.json tells what there is.", 405: "It can't be done here."}
    return told.get(error.status_code, str(error.detail)) if error.detail in _PHRASES else str(error.detail)


def _allowed(request: Request) -> str:
    """The methods of all routes of a path: the one that refused knows its own only."""
    matching = (one for one in request.app.routes if one.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for one in matching for method in getattr(one, "methods", None) or ()}))
