"""The serving process: one an archive, and how it ends."""

from __future__ import annotations

import signal
import socket
import threading
import time
from pathlib import Path

import httpx

from tests.api.events import events
from tests.api.serving import served
from tests.command import byline
from tests.rag.llm.asking import QUESTION, saying
from tests.scripted_llm import Say, scripted


def test_an_archive_has_one_service(tmp_path: Path) -> None:
    with served(tmp_path):
        second = byline("serve", "--port", "0", data=tmp_path)
    assert second.returncode == 5
    assert "Another process serves the archive" in second.stderr
    assert "Traceback" not in second.stderr


def test_more_workers_need_a_chroma_server(tmp_path: Path) -> None:
    told = byline("serve", "--port", "0", "--workers", "2", data=tmp_path)
    assert told.returncode == 1
    assert "Chroma server" in told.stderr


def test_an_answer_under_way_ends_before_the_service(own_data: Path) -> None:
    words = "One person said Ford’s site in Valencia is the leading candidate"
    good = ("One person said Ford's site in Valencia is the leading candidate to take part.", words)
    names: list[str] = []
    with scripted(Say(saying(good), pieces=40, pause_s=0.05)) as model:
        wire = {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": model.base_url}
        with served(own_data, BYLINE_LLM_STRUCTURED="never", **wire) as service:

            def ask() -> None:
                headers = {"Accept": "text/event-stream"}
                with (
                    httpx.Client(base_url=service.address, timeout=30) as http,
                    http.stream("POST", "/v1/ask", json={"question": QUESTION}, headers=headers) as reply,
                ):
                    names.extend(name for name, _ in events(reply))

            asking = threading.Thread(target=ask)
            asking.start()
            for _ in range(100):
                if model.requests:
                    break
                time.sleep(0.05)
            service.process.send_signal(signal.SIGTERM)
            asking.join(30)
            assert service.process.wait(30) in {0, -signal.SIGTERM}
    assert names[-1] == "done"


def listens(address: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) == 0


def test_a_service_that_is_to_stop_serves_on_for_a_while_and_says_so(own_data: Path) -> None:
    with served(own_data, BYLINE_DRAIN_S="1") as service, httpx.Client(base_url=service.address, timeout=30) as http:
        early = socket.create_connection(("127.0.0.1", int(service.address.rpartition(":")[2])))
        assert http.get("/readyz").status_code == 200
        service.process.send_signal(signal.SIGTERM)
        while (told := http.get("/readyz")).status_code == 200:
            time.sleep(0.05)
        assert told.json()["parts"]["service"]["state"] == "leaving"
        assert told.headers["connection"] == "close"
        assert http.get("/v1/search", params={"q": "Ford"}).status_code == 200
        late = socket.create_connection(early.getpeername())
        with early, late:
            while listens(early.getpeername()):
                time.sleep(0.02)
            late.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert late.recv(100).startswith(b"HTTP/1.1 200")
        assert service.process.wait(30) in {0, -signal.SIGTERM}
