"""A connection with limits on what a client may keep it waiting for: headers, the rest of a body, a reply unread."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.headers import HEADERS
from api.problems import PROBLEM, problem
from rag.settings import Settings

log = logging.getLogger("byline.connections")

HEADERS_AT_ONCE, HEADER_BYTES = 100, 32 * 1024  # of one request
_LINGER_S = 2.0  # for what a client still sends after its last reply: to close at once would take the reply from it
_COMING_S = 1.0  # for the first request of a connection that was made just as the service began to stop
_READ_BYTES = 16 * 1024  # that a client has to take of a reply within the time there is for it
_REFUSED = 200  # connections over the limit that are told so; more are closed without a word
_TOLD = {
    408: ("Too Slow", "The headers did not come in time. Send the request again."),
    431: (
        "Headers Too Large",
        f"There may be {HEADERS_AT_ONCE} headers, of {HEADER_BYTES // 1024} kB in all. Send fewer, or shorter ones.",
    ),
    501: ("Not Implemented", "This transfer encoding is not known. Send chunked, or a Content-Length."),
    503: ("Too Many Connections", "Too many connections are open. Try again in a moment."),
}
_MALFORMED = ("Bad Request", "The request is not valid HTTP/1.1. Look at its first line, headers and length.")


@dataclass(slots=True)
class _Owed:
    """What a client owes, and what becomes of the connection when it does not come in time."""

    what: str
    timer: asyncio.TimerHandle


class _LimitedHeaders(h11.Connection):
    """h11 limits what it has read of headers that are not complete; this limits those that are, and trailers."""

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        event = super().next_event()
        if isinstance(event, h11.Request | h11.EndOfMessage):
            size = sum(len(name) + len(value) for name, value in event.headers)
            if len(event.headers) > HEADERS_AT_ONCE or size > HEADER_BYTES:
                raise h11.RemoteProtocolError("too many headers", error_status_hint=431)
        return event


class LimitedConnection(H11Protocol):
    """uvicorn's connection, closed when its client takes too long. What is no HTTP is replied to with a problem."""

    def __init__(self, *given: Any, settings: Settings, **named: Any) -> None:
        super().__init__(*given, **named)
        self.conn = _LimitedHeaders(h11.SERVER, HEADER_BYTES)
        self._limits = settings
        self._owed: _Owed | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._leaving = False  # its last reply is written; what comes is not read any more

    @property
    def idle(self) -> bool:
        """Whether it waits for its next request, of which nothing has come."""
        return self.timeout_keep_alive_task is not None and not self.transport.is_closing()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # so that whatever a client does not take is noticed
        over = len(self.connections) - self._limits.max_connections
        if over > _REFUSED:
            transport.abort()
        elif over > 0 and not self._make_room():
            self._refuse(503)
        else:
            self._await("headers", self._limits.header_timeout_s, self._headers_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._received()
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._leaving:
            return
        super().data_received(data)
        if not self._leaving:
            self._see_what_is_owed()

    def shutdown(self) -> None:
        """The service stops. A new connection's request may be on its way, and nobody would send it again."""
        if not self.cycle:
            self.loop.call_later(_COMING_S, self._end)
        else:
            self._end()

    def _end(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:  # refused before it had come
            self._see_what_is_owed()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the base class names what it would send
        """Called where h11 raised: what came is no HTTP, be it a head or amid a body."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True  # whatever the app replies is not sent any more
            cycle.message_event.set()
        self._refuse(getattr(sys.exception(), "error_status_hint", 400))

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        self._stop_watching()
        super().resume_writing()

    def _unsupported_upgrade_warning(self) -> None:
        """Whoever asks for another protocol gets this one, and no line in the log."""

    def _see_what_is_owed(self) -> None:
        state, closing = self.conn.their_state, self.transport.is_closing()
        if state is h11.IDLE and not closing:
            self._await("headers", self._limits.header_timeout_s, self._headers_late)
        elif state is h11.SEND_BODY and self.cycle.response_complete and not closing:
            self._await("rest", _LINGER_S, self.transport.close)
        else:
            self._received()

    def _await(self, what: str, within_s: float, late: Callable[[], None]) -> None:
        """A time that runs already is not begun anew: every byte would make it longer."""
        if self._owed is None or self._owed.what != what:
            self._received()
            self._owed = _Owed(what, self.loop.call_later(within_s, late))

    def _received(self) -> None:
        if self._owed is not None:
            self._owed.timer.cancel()
            self._owed = None

    def _headers_late(self) -> None:
        if self.conn.trailing_data[0]:
            self._refuse(408)
        else:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        """Reply with a problem where a reply can still be made, then close."""
        self._leaving = True
        self._unset_keepalive_if_required()
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.close()
            return
        title, detail = _TOLD.get(status, _MALFORMED)
        body = json.dumps(problem(status, title, detail)).encode()
        told = {"Content-Type": PROBLEM, "Content-Length": str(len(body)), "Connection": "close"}
        headers = list((HEADERS | told | ({"Retry-After": "1"} if status == 503 else {})).items())
        head = h11.Response(status_code=status, headers=headers, reason=HTTPStatus(status).phrase.encode())
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.write_eof()
        self._await("leave", _LINGER_S, self.transport.close)

    def _make_room(self) -> bool:
        """Close a connection that waits for nothing. Returns whether there was one."""
        idle = next((one for one in self.connections if isinstance(one, LimitedConnection) and one.idle), None)
        if idle is not None:
            idle.timeout_keep_alive_handler()
        return idle is not None

    def _watch(self, unsent: int) -> None:
        self._stop_watching()
        self._unread = self.loop.call_later(self._limits.reply_timeout_s, self._look, unsent)

    def _look(self, unsent: int) -> None:
        left = self.transport.get_write_buffer_size()
        if unsent - left < _READ_BYTES:
            log.info("a reply was not read, bytes=%d", left)
            self.transport.abort()
        else:
            self._watch(left)

    def _stop_watching(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
