"""Errors as `application/problem+json` (RFC 9457), with a pointer to each field at fault."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from rag.errors import BylineError, InputError, NotFound, StoreBusy, StoreEmpty, StoreUnreachable

_STATUS: dict[type[BylineError], int] = {
    InputError: 422,
    NotFound: 404,
    StoreBusy: 503,
    StoreEmpty: 503,
    StoreUnreachable: 503,
}
_AGAIN_S = 5
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
    return problem(status_of(error), type(error).__name__, str(error))


def respond(told: dict[str, Any], headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem as a response."""
    return JSONResponse(told, status_code=told["status"], media_type=PROBLEM, headers=headers)


async def _of_byline(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BylineError)  # noqa: S101 - registered for this type
    return respond(problem_of(error), headers_of(error))


async def _of_validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    faults = [{"pointer": "/" + "/".join(map(str, e["loc"][1:])), "detail": e["msg"]} for e in error.errors()]
    detail = "; ".join(fault["detail"] for fault in faults)
    return respond(problem(422, "The request can't be used", detail, errors=faults))


async def _of_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
    told = problem(error.status_code, str(error.detail), str(error.detail))
    headers = dict(error.headers or {})
    return respond(told, headers | ({"Allow": _allowed(request)} if error.status_code == 405 else {}))


def _allowed(request: Request) -> str:
    """The methods of all routes of a path: the one that refused knows its own only."""
    matching = (one for one in request.app.routes if one.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for one in matching for method in getattr(one, "methods", None) or ()}))
