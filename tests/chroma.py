"""Real Chroma servers, started by tests; and what may stand in a server's place: one that only lets in who has the
right header, and one that takes every connection and never replies.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

_START_S = 60


@dataclass
class ChromaServer:
    """One that can be killed and come back at the same address."""

    folder: Path
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.begin()
        self.wait()

    def begin(self) -> None:
        self.port = self.port or free_port()
        program = Path(sys.executable).with_name("chroma")
        command = [program, "run", "--path", self.folder, "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self) -> None:
        """Until it answers."""
        assert self._process is not None
        end = time.monotonic() + _START_S
        while not self._answers():
            assert self._process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", trust_env=False, timeout=5).is_success
        except httpx.TransportError:
            return False


@contextmanager
def chroma_servers(*folders: Path) -> Iterator[list[ChromaServer]]:
    servers = [ChromaServer(folder) for folder in folders]
    try:
        for one in servers:
            one.begin()
        for one in servers:
            one.wait()
        yield servers
    finally:
        for one in servers:
            one.kill()


def asking_for(header: str, value: str, behind: str) -> AbstractContextManager[str]:
    """The address of a proxy that lets nobody pass to `behind` without this header."""
    return _proxy(behind, lambda headers: None if headers.get(header) == value else 401)


def busy_at_first(times: int, behind: str) -> AbstractContextManager[str]:
    """The address of a proxy that says so often that it is busy."""
    refusals = iter([503] * times)
    return _proxy(behind, lambda _: next(refusals, None))


@contextmanager
def _proxy(behind: str, refused: Callable[[Mapping[str, str]], int | None]) -> Iterator[str]:
    class Proxy(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status = refused(self.headers)  # type: ignore[arg-type]
            if status is not None:
                self.reply(status, b"{}")
                return
            passed = httpx.request(self.command, behind + self.path, content=body, trust_env=False)
            self.reply(passed.status_code, passed.content)

        do_GET = do_POST = do_PUT = do_DELETE = handle_one  # noqa: N815 - as the base class has them

        def reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def silent_server() -> Iterator[str]:
    """The address of one that takes connections and never replies."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
