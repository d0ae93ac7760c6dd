"""Errors of the chat routes in the form that OpenAI's clients read."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.chat_wire import ErrorReply, Fault
from api.problems import headers_of, status_of, told_of
from rag.errors import BylineError, InputError

_TYPES: dict[int, Any] = {401: "authentication_error", 403: "authentication_error", 429: "rate_limit_error"}


class ChatRefused(InputError):
    """A request of the chat protocol that Byline can't do. `param` is the field at fault."""

    def __init__(self, message: str, *, remedy: str, param: str, code: str = "unsupported_value") -> None:
        super().__init__(message, remedy=remedy)
        self.param = param
        self.code = code


class ModelUnknown(ChatRefused):
    """There is no model of that name."""


class ChatRoute(APIRoute):
    """A route whose errors are replies of the chat protocol, those of its dependencies included."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        reply = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await reply(request)
            except RequestValidationError as error:
                return _respond(400, _of_validation(error.errors()))
            except BylineError as error:
                return _respond(chat_status_of(error), fault_of(error), headers_of(error))
            except HTTPException as error:
                fault = Fault(message=told_of(error), type=_type_of(error.status_code))
                return _respond(error.status_code, fault, error.headers)

        return told


def chat_status_of(error: BylineError) -> int:
    """As this protocol has it: what can't be used is 400, and 404 a model that there is not."""
    if isinstance(error, ModelUnknown):
        return 404
    return 400 if isinstance(error, InputError) else status_of(error)


def fault_of(error: BylineError) -> Fault:
    param = error.param if isinstance(error, ChatRefused) else "messages" if isinstance(error, InputError) else None
    code = error.code if isinstance(error, ChatRefused) else _in_snakes(type(error).__name__)
    return Fault(message=str(error), type=_type_of(chat_status_of(error)), param=param, code=code)


def _of_validation(faults: Sequence[Any]) -> Fault:
    told = "; ".join(dict.fromkeys(f"{_field(one['loc'])}: {one['msg']}" for one in faults))
    return Fault(
        message=told,
        type="invalid_request_error",
        param=_field(faults[0]["loc"]) if faults else None,
        code="invalid_value",
    )


def _field(where: Sequence[str | int]) -> str:
    """The field of the request, and which one of a list: what lies deeper names choices of a model, not fields."""
    name, *inside = where[1:] or ("body",)
    if isinstance(name, int):  # a place in a body that is no JSON
        return "body"
    return f"{name}[{inside[0]}]" if inside and isinstance(inside[0], int) else str(name)


def _type_of(status: int) -> Any:
    return _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")


def _in_snakes(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _respond(status: int, fault: Fault, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(ErrorReply(error=fault).model_dump(), status, dict(headers) if headers else None)
