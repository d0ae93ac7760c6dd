"""A running service that holds the same data folder, as commands use it: over HTTP on this machine."""

from __future__ import annotations

import json
import ssl
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx

from rag.errors import BylineError, StoreBusy
from rag.local_service import LocalService, find, settings_digest
from rag.settings import Settings

_HERE_S = 2.0  # to say that it is there
_SILENT_S = 60.0  # streams are kept alive every 10 s
_GONE = frozenset({401, 403, 421})  # it does not know this command: another one than the note is of

Told = tuple[str, dict[str, Any]]
"""An event's name and its payload."""


class ServiceGone(Exception):
    """It does not answer any more; the command does its work itself."""


@contextmanager
def found_service(settings: Settings, *, unless: bool = False) -> Iterator[Service | None]:
    """None where none lives, it does not answer, or it answers by other settings than this command would."""
    local = None if unless else find(settings.data_dir)
    if local is None or local.settings != settings_digest(settings):
        yield None
        return
    with closing(Service(local)) as service:
        yield service if service.answers() else None


class Service:
    """Raises BylineError with what the service says is wrong, and ServiceGone when it says nothing."""

    def __init__(self, local: LocalService) -> None:
        self._http = httpx.Client(
            base_url=local.address,
            headers={"Authorization": f"Bearer {local.token}"},
            timeout=httpx.Timeout(_SILENT_S, connect=_HERE_S),
            trust_env=False,  # no proxy
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # never used; reading all authorities would take time
        )

    def answers(self) -> bool:
        """Whether it is there, and is the one that the note is of."""
        try:
            return self._http.get("/local/here", timeout=_HERE_S).status_code == 204
        except httpx.HTTPError:
            return False

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        given = {name: value for name, value in query.items() if value is not None}
        return self._reply("GET", path, params=given)

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._reply("POST", path, **_json(body))

    def delete(self, path: str) -> dict[str, Any]:
        return self._reply("DELETE", path)

    def events(self, method: str, path: str, body: dict[str, Any] | None = None) -> Generator[Told]:
        """As they come, the last one `done`."""
        with (
            _gone(),
            self._http.stream(method, path, **_json(body, Accept="text/event-stream")) as reply,
        ):
            if reply.is_error:
                reply.read()
                raise _fault(reply.status_code, reply.json())
            for name, payload in _parsed(reply.iter_lines()):
                if name == "error":
                    raise _fault(payload["status"], payload)
                yield name, payload
                if name == "done":
                    return
        raise ServiceGone

    def _reply(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        with _gone():
            reply = self._http.request(method, path, **sent)
            told: dict[str, Any] = reply.json() if reply.content else {}
        if reply.is_error:
            raise _fault(reply.status_code, told)
        return told

    def close(self) -> None:
        self._http.close()


def _json(body: dict[str, Any] | None, **headers: str) -> dict[str, Any]:
    if body is None:
        return {"headers": headers}
    sent = json.dumps(body, ensure_ascii=False).encode()  # what is no valid Unicode can't be sent
    return {"content": sent, "headers": headers | {"Content-Type": "application/json"}}


@contextmanager
def _gone() -> Iterator[None]:
    try:
        yield
    except (httpx.TransportError, ValueError) as error:  # it left, or this is nothing that could be sent or read
        raise ServiceGone from error


def _fault(status: int, problem: dict[str, Any]) -> BylineError | ServiceGone:
    if status in _GONE:
        return ServiceGone()
    detail, remedy = str(problem.get("detail")), problem.get("remedy")
    if remedy is None:
        return fault_of(detail)
    kind = StoreBusy if problem["title"] == StoreBusy.__name__ else BylineError
    return kind(detail.removesuffix(remedy).rstrip(), remedy=remedy)


def fault_of(told: str) -> BylineError:
    """An error that was told as its text: the first sentence is what failed."""
    message, stop, remedy = told.partition(". ")
    return BylineError(message + stop.rstrip(), remedy=remedy)


def _parsed(lines: Iterator[str]) -> Iterator[Told]:
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)
