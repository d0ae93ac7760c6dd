"""A small server that speaks the OpenAI chat protocol and streams one sentence again and again, for measuring."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

PIECES = 6  # parts of a sentence
PAUSE_S = 0.03  # between parts: some 30 tokens a second

_SHOWN = re.compile(r"^\[(E\d+)\] (?P<quote>[^\n]+)", re.MULTILINE)


class StreamingModel(ThreadingHTTPServer):
    """`finished_at` is when the last character of each reply's first sentence was sent (`time.perf_counter`)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.finished_at: list[float] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def streaming_model() -> Iterator[StreamingModel]:
    server = StreamingModel()
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StreamingModel

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        shown = "\n".join(str(one["content"]) for one in asked["messages"])
        sentence = _sentence(shown)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for turn in range(3):
            self._say(sentence)
            if turn == 0:
                self.server.finished_at.append(time.perf_counter())
        self._send(json.dumps(_chunk("", "stop")))
        self._send("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _say(self, sentence: str) -> None:
        size = -(-len(sentence) // PIECES)
        for at in range(0, len(sentence), size):
            time.sleep(PAUSE_S)
            self._send(json.dumps(_chunk(sentence[at : at + size])))

    def _send(self, told: str) -> None:
        line = f"data: {told}\n\n".encode()
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base has it
        pass


def _sentence(shown: str) -> str:
    """The first quote that it is shown, with its key, as a line of its own."""
    found = _SHOWN.search(shown)
    if found is None:
        return "NO ANSWER\n"
    return f"{found['quote'].strip()} [{found[1]}]\n"


def _chunk(words: str, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": words}, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "bench", "choices": [choice]}
