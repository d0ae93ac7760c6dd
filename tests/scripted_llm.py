"""A language model's server that speaks the OpenAI chat protocol over HTTP and says what a script tells it to.

It streams and doesn't, gives usage, fails in the ways that real servers fail, and when the script runs out it answers
500 and remembers it: `server.left_over()` tells a test.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 400, "completion_tokens": 40, "total_tokens": 440}


@dataclass(frozen=True)
class Say:
    """One reply. `text` may be made from the request. `pieces` is in how many parts it is streamed."""

    text: str | Callable[[dict[str, Any]], str] = ""
    finish: str | None = "stop"
    refusal: str | None = None
    pieces: int = 12
    pause_s: float = 0.0  # before each part
    silent_s: float = 0.0  # before the first
    usage: dict[str, int] | None = field(default_factory=lambda: dict(USAGE))
    cut_after: int | None = None  # parts, then the connection is closed with nothing more
    reset: bool = False  # the connection is reset at once
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None  # of an error

    def words(self, request: dict[str, Any]) -> str:
        return self.text(request) if callable(self.text) else self.text


class ScriptedLLM:
    """`requests` are the bodies that came, `dropped` how many replies their reader did not wait for."""

    def __init__(self, script: Sequence[Say]) -> None:
        self._script = list(script)
        self._lock = threading.Lock()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.written_at: list[float] = []  # time.monotonic of each part sent
        self.ran_out = 0
        self.dropped = 0
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def say(self, *replies: Say) -> None:
        """What comes next."""
        with self._lock:
            self._script.extend(replies)

    def left_over(self) -> int:
        """Replies that nobody asked for."""
        return len(self._script)

    def take(self, request: dict[str, Any], headers: dict[str, str]) -> Say:
        with self._lock:
            self.requests.append(request)
            self.headers.append(headers)
            if self._script:
                return self._script.pop(0)
            self.ran_out += 1
            return Say(
                status=500, body=json.dumps({"error": {"message": "the script ran out", "type": "server_error"}})
            )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


@contextmanager
def scripted(*script: Say) -> Iterator[ScriptedLLM]:
    """A server with a script of its own; the test fails when it is asked for more than the script holds."""
    server = ScriptedLLM(script)
    server.start()
    try:
        yield server
        assert server.ran_out == 0, f"the script ran out {server.ran_out} times"
    finally:
        server.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, scripted_llm: ScriptedLLM) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scripted = scripted_llm

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the script."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    @property
    def _llm(self) -> ScriptedLLM:
        return self.server.scripted

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            self._send(404, "application/json", b'{"error": {"message": "no such path"}}')
            return
        say = self._llm.take(request, {name.lower(): value for name, value in self.headers.items()})
        try:
            self._answer(say, request)
        except (BrokenPipeError, ConnectionResetError):
            self._llm.dropped += 1
            self.close_connection = True

    def _answer(self, say: Say, request: dict[str, Any]) -> None:
        if say.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            self.connection.close()
            self.close_connection = True
            return
        time.sleep(say.silent_s)
        if say.status != 200:
            body = say.body or json.dumps({"error": {"message": "scripted", "type": "server_error", "code": None}})
            self._send(say.status, "application/json", body.encode(), say.headers)
        elif request.get("stream"):
            self._stream(say, request)
        else:
            self._send(200, "application/json", json.dumps(_whole(say, request)).encode(), say.headers)

    def _stream(self, say: Say, request: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for n, chunk in enumerate(_chunks(say, request)):
            if say.cut_after is not None and n >= say.cut_after:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            time.sleep(say.pause_s)
            self._event(json.dumps(chunk))
        self._event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, told: str) -> None:
        line = f"data: {told}\n\n".encode()
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()
        self._llm.written_at.append(time.monotonic())

    def _send(self, status: int, kind: str, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base has it
        pass


def _whole(say: Say, request: dict[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": say.words(request) or None, "refusal": say.refusal}
    choice = {"index": 0, "message": message, "finish_reason": say.finish, "logprobs": None}
    told = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": request["model"]}
    return told | {"choices": [choice]} | ({"usage": say.usage} if say.usage else {})


def _chunks(say: Say, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    told = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": request["model"]}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return told | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]}

    yield chunk({"role": "assistant", "content": ""})
    words = say.words(request)
    size = max(1, -(-len(words) // max(1, say.pieces)))
    for at in range(0, len(words), size):
        yield chunk({"content": words[at : at + size]})
    if say.refusal:
        yield chunk({"refusal": say.refusal})
    if say.finish:
        yield chunk({}, say.finish)
    if say.usage and (request.get("stream_options") or {}).get("include_usage"):
        yield told | {"choices": [], "usage": say.usage}
