"""Where a key must not be found, and what is under way when one is revoked."""

from __future__ import annotations

import base64
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.keys import KeyStore
from rag.locks import WriterLock
from rag.record_store import RecordStore
from tests.api.raw import HOST, said
from tests.api.serving import served
from tests.rag.llm.asking import QUESTION, saying
from tests.scripted_llm import Say, scripted

STREAM = {"Accept": "text/event-stream"}
CLAIM = "Ford’s site in Valencia is the leading candidate to take part."
GOOD = ("One person said Ford's site in Valencia is the leading candidate to take part.", CLAIM[:40])
RPC = {"Accept": "application/json, text/event-stream"}


def call(tool: str, **arguments: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


def misplaced(http: httpx.Client, key: str) -> Iterator[httpx.Response]:
    """The ways in which people send a key where it does not belong."""
    basic = base64.b64encode(f"user:{key}".encode()).decode()
    for name, value in {
        "Api-Key": key,
        "X-Auth-Token": key,
        "Authorization": f"Basic {basic}",
        "Cookie": f"key={key}",
        "User-Agent": key,
        "Referer": f"http://localhost/?key={key}",
        "Accept": key,
        "Content-Type": key,
    }.items():
        yield http.get("/v1/stats", headers={name: value})
        yield http.post("/v1/articles", headers={name: value})
    for path in ("/", "/healthz", "/v1/search", "/v1/stats", "/nowhere", "/mcp"):
        yield http.get(path, params={"q": "Ford", "api_key": key})
    for path in (f"/v1/articles/{key}", f"/v1/jobs/{key}", f"/v1/checks/{key}/export", f"/{key}", f"/static/{key}"):
        yield http.get(path)
        yield http.request("DELETE", path)
    for path, body in {
        "/v1/ask": {"question": f"Which Ford plant? {key}"},
        "/v1/check": {"text": f"Ford is a plant. {key}"},
        "/v1/articles": {"urls": [f"http://127.0.0.1/{key}"]},
        "/v1/feeds": {"url": f"http://127.0.0.1/{key}.xml"},
        "/v1/chat/completions": {"model": "byline", "messages": [{"role": "user", "content": key}]},
        "/mcp": call("search", query=f"Ford {key}"),
        "/v1/nothing": {"key": key},
    }.items():
        yield http.post(path, json=body, headers=RPC)
        yield http.post(path, json={"api_key": key}, headers=RPC)
        yield http.post(path, content=b'{"broken": ' + key.encode(), headers={"Content-Type": "application/json"})
    yield http.post("/v1/articles", files=[("files", ("keys.txt", f"The key is {key}. It is a story.".encode()))])
    yield http.post("/v1/articles", files=[("files", (f"{key}.txt", b"A story."))])


def test_a_key_is_found_nowhere(data: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(data, tmp_path / "own"))
    store = KeyStore(folder)
    _, reading = store.add("reader", "read")
    _, writing = store.add("writer", "write")
    revoked, old = store.add("old", "write")
    store.revoke(revoked.id)
    told: list[bytes] = []

    def hear(reply: httpx.Response) -> None:
        assert reply.status_code < 500
        told.append(repr(reply.headers.raw).encode() + reply.content)

    with served(folder, BYLINE_REQUIRE_KEYS="true") as service:
        port = int(service.address.rpartition(":")[2])
        for key in (reading, writing, old):
            whole = {"Authorization": f"Bearer {writing}"}
            for headers in ({}, whole):
                with httpx.Client(base_url=service.address, timeout=30, headers=headers) as http:
                    for reply in misplaced(http, key):
                        hear(reply)
            for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}, {"Authorization": key}):
                with httpx.Client(base_url=service.address, timeout=30, headers=headers) as http:
                    hear(http.post("/v1/ask", json={"question": QUESTION}))
                    hear(http.post("/mcp", json=call("ask", question="the of"), headers=RPC))
            rude = (b"GET " + key.encode(), b"GET / HTTP/1.1\r\n" + HOST + key.encode())
            told.extend(said(port, head + b"\r\n\r\n").whole for head in rude)
        with httpx.Client(base_url=service.address, timeout=30, headers={"Authorization": f"Bearer {reading}"}) as http:
            hear(http.get("/metrics"))
            hear(http.get("/v1/jobs"))
    places = searched(folder, service.log, told)
    assert len(places) > 7
    for key in (reading, writing, old):
        assert holding(key, places) == []
    assert "Traceback" not in places["the log"].decode()


def searched(folder: Path, log: list[str], told: list[bytes]) -> dict[str, bytes]:
    """All that is kept, written or sent, by where it is; the metrics are among what is `told`."""
    written = {one.name: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    return written | {"the log": "".join(log).encode(), "a reply": b"\n".join(told)}


def holding(key: str, places: dict[str, bytes]) -> list[str]:
    """Where the secret of a key is, or a part of it: shortened, it would be one still."""
    secret = key.rpartition("byl_")[2][13:].encode()
    return [name for name, text in places.items() if secret[:12] in text or secret[-12:] in text]


def test_a_key_that_is_somewhere_would_be_found(tmp_path: Path) -> None:
    _, key = KeyStore(tmp_path).add("reader", "read")
    assert holding(key, searched(tmp_path, ["made a key"], [b"{}"])) == []
    record = {"id": "7" * 32, "checked_at": "2026-01-01T00:00:00+00:00", "text": f"The key is {key}."}
    RecordStore(tmp_path).keep("check", record)
    found = holding(key, searched(tmp_path, [f"refused {key[:30]}…"], [b"{}", f"no key …{key[-12:]}".encode()]))
    assert {name.removesuffix("-wal") for name in found} == {"records.sqlite3", "the log", "a reply"}


def ends(listen: Callable[[list[str]], None]) -> tuple[list[str], float]:
    """The names of the events until the connection ends, and when that was."""
    names: list[str] = []
    with pytest.raises(httpx.RemoteProtocolError):
        listen(names)
    return names, time.monotonic()


@pytest.fixture
def slow(own_data: Path) -> Iterator[tuple[httpx.Client, KeyStore, str]]:
    """A service whose model takes its time and whose jobs wait for another writer; the id of a key that it is sent."""
    store = KeyStore(own_data)
    key, whole = store.add("desk", "write")
    lock = WriterLock(own_data)
    lock.take("the test")
    with scripted(*[Say(saying(*[GOOD] * 20), pieces=400, pause_s=0.05)] * 60) as model:
        wire = {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": model.base_url}
        with (
            served(own_data, BYLINE_LLM_STRUCTURED="never", BYLINE_REQUIRE_KEYS="true", **wire) as service,
            httpx.Client(base_url=service.address, timeout=30, headers={"Authorization": f"Bearer {whole}"}) as http,
        ):
            yield http, store, key.id
            service.process.kill()  # it would wait for its model, which is tested elsewhere
    lock.release()


def test_what_is_under_way_ends_when_its_key_is_revoked(slow: tuple[httpx.Client, KeyStore, str]) -> None:
    http, store, key_id = slow
    job = http.post("/v1/articles", json={"articles": [{"text": "A story."}]}).headers["location"]
    chat = {"model": "byline", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
    streams: list[tuple[str, str, Any]] = [
        ("GET", job, None),
        ("POST", "/v1/ask", {"question": QUESTION}),
        ("POST", "/v1/check", {"text": f"{CLAIM} " * 400}),
        ("POST", "/v1/chat/completions", chat),
    ]
    begun: list[str] = []

    def follow(method: str, path: str, body: Any) -> tuple[list[str], float]:
        def listen(names: list[str]) -> None:
            with http.stream(method, path, json=body, headers=STREAM) as reply:
                assert reply.status_code == 200
                begun.append(path)
                names.extend(reply.iter_lines())

        return ends(listen)

    with ThreadPoolExecutor() as pool:
        following = [pool.submit(follow, *one) for one in streams]
        waiting = pool.submit(http.post, "/v1/ask", json={"question": QUESTION})
        tool = pool.submit(http.post, "/mcp", json=call("ask", question=QUESTION), headers=RPC)
        until = time.monotonic() + 20
        while len(begun) < len(streams):
            assert time.monotonic() < until, begun
            time.sleep(0.05)
        store.revoke(key_id)
        revoked = time.monotonic()
        for one in following:
            lines, ended = one.result()
            assert ended - revoked < 5
            assert not {"event: done", "data: [DONE]"} & set(lines)
        for late in (waiting, tool):
            assert late.result().status_code == 401
