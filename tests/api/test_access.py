"""Who may do what on a service that is bound to every address, and how much."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from api.limits import Rates
from rag.cli.app import app
from rag.keys import KeyStore
from rag.local_service import find
from tests.api.events import events
from tests.api.serving import Service, served
from tests.command import ROOT, byline
from tests.rag.llm.asking import saying
from tests.scripted_llm import Say, scripted

QUESTION = {"question": "Which Ford plant is the leading candidate to build Geely cars?"}
READ_PATHS = [
    ("GET", "/v1/search?q=Ford"),
    ("GET", "/v1/articles"),
    ("GET", "/v1/stats"),
    ("GET", "/v1/models"),
    ("GET", "/v1/jobs"),
    ("GET", "/v1/feeds"),
    ("GET", "/openapi.json"),
    ("POST", "/v1/ask"),
    ("POST", "/v1/check"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/mcp"),
]
WRITE_PATHS = [
    ("POST", "/v1/articles"),
    ("DELETE", "/v1/articles/none"),
    ("POST", "/v1/feeds"),
    ("DELETE", "/v1/feeds?url=x"),
    ("POST", "/v1/feeds/poll"),
]


@dataclass
class Open:
    """A service bound to every address, and the keys of its archive."""

    service: Service
    keys: KeyStore
    folder: Path
    http: httpx.Client


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    folder = tmp_path_factory.mktemp("wide")
    assert byline("ingest", str(ROOT / "corpus"), data=folder).returncode == 0
    with served(folder, "--host", "0.0.0.0", BYLINE_MAX_BODY_MB="1") as service:  # noqa: S104 - what is tested
        address = service.address.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        with httpx.Client(base_url=address, timeout=30) as http:
            yield Open(service, KeyStore(folder), folder, http)


def bearer(whole: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {whole}"}


def test_it_says_that_there_is_no_key(wide: Open) -> None:
    assert any("byline keys add" in line for line in wide.service.log)


def test_a_command_of_this_machine_finds_it_and_needs_none(wide: Open) -> None:
    found = find(wide.folder)
    assert found is not None
    assert found.address == str(wide.http.base_url)
    told = CliRunner().invoke(app, ["quotes", "Diess", "--json", "--data-dir", str(wide.folder)])
    assert json.loads(told.stdout)["quotes"]
    assert "/v1/quotes" in wide.http.get("/metrics", headers=bearer(found.token)).text


@pytest.mark.parametrize(("method", "path"), READ_PATHS + WRITE_PATHS)
def test_without_a_key_nothing_is_told(wide: Open, method: str, path: str) -> None:
    for headers in ({}, bearer("byl_000000000000_" + "A" * 43), {"X-API-Key": "nonsense"}):
        reply = wide.http.request(method, path, headers=headers)
        assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
        assert "access-control-allow-origin" not in reply.headers


def test_the_page_and_health_need_none(wide: Open) -> None:
    assert [wide.http.get(path).status_code for path in ("/", "/static/page.css", "/healthz")] == [200] * 3


@pytest.mark.parametrize(("method", "path"), WRITE_PATHS)
def test_a_reading_key_does_not_write(wide: Open, method: str, path: str) -> None:
    _, whole = wide.keys.add("reader", "read")
    reply = wide.http.request(method, path, headers=bearer(whole))
    assert (reply.status_code, reply.headers["content-type"]) == (403, "application/problem+json")


def test_a_revoked_key_stops_working_on_every_path(wide: Open) -> None:
    key, whole = wide.keys.add("desk", "write")
    for method, path in READ_PATHS + WRITE_PATHS:
        assert wide.http.request(method, path, headers=bearer(whole)).status_code not in {401, 403}
    assert wide.http.get("/v1/stats", headers={"X-API-Key": whole}).status_code == 200
    wide.keys.revoke(key.id)
    for method, path in READ_PATHS + WRITE_PATHS:
        assert wide.http.request(method, path, headers=bearer(whole)).status_code == 401
    secret = whole.rpartition("_")[2]
    assert all(secret.encode() not in one.read_bytes() for one in wide.folder.rglob("*") if one.is_file())
    assert not any(secret in line for line in wide.service.log)


def test_a_chat_client_gets_the_error_in_its_form(wide: Open) -> None:
    told = wide.http.post("/v1/chat/completions", json={}).json()
    assert (told["error"]["type"], told["error"]["code"]) == ("authentication_error", "invalid_api_key")


def test_a_stream_ends_when_its_key_is_revoked(own_data: Path) -> None:
    words = "One person said Ford’s site in Valencia is the leading candidate"
    good = ("One person said Ford's site in Valencia is the leading candidate to take part.", words)
    slow = Say(saying(*[good] * 20), pieces=400, pause_s=0.05)
    with scripted(slow) as model:
        wire = {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": model.base_url}
        with served(own_data, BYLINE_LLM_STRUCTURED="never", BYLINE_REQUIRE_KEYS="true", **wire) as service:
            store = KeyStore(own_data)
            key, whole = store.add("desk", "read")
            headers = bearer(whole) | {"Accept": "text/event-stream"}
            names: list[str] = []

            def listen(reply: httpx.Response) -> None:
                for name, _ in events(reply):
                    names.append(name)
                    if names.count("verdict") == 1:
                        store.revoke(key.id)

            with (
                httpx.Client(base_url=service.address, timeout=30) as http,
                http.stream("POST", "/v1/ask", json=QUESTION, headers=headers) as reply,
            ):
                started = time.monotonic()
                with pytest.raises(httpx.RemoteProtocolError):
                    listen(reply)
            assert time.monotonic() - started < 10
            assert "done" not in names


def test_a_reply_that_is_waited_for_is_refused_when_its_key_is_revoked(own_data: Path) -> None:
    with scripted(Say("Ford.", silent_s=6)) as model:
        wire = {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": model.base_url}
        with served(own_data, BYLINE_LLM_STRUCTURED="never", BYLINE_REQUIRE_KEYS="true", **wire) as service:
            store = KeyStore(own_data)
            key, whole = store.add("desk", "read")
            threading.Timer(1.0, store.revoke, [key.id]).start()
            told = httpx.post(f"{service.address}/v1/ask", json=QUESTION, headers=bearer(whole), timeout=30)
            assert (told.status_code, told.headers["content-type"]) == (401, "application/problem+json")
            assert told.headers["x-content-type-options"] == "nosniff"


def test_a_body_may_not_be_too_large(wide: Open) -> None:
    _, whole = wide.keys.add("desk", "write")
    large = b"x" * 1_100_000
    told = wide.http.post("/v1/ask", content=large, headers=bearer(whole))
    assert (told.status_code, told.headers["content-type"]) == (413, "application/problem+json")
    pieces = iter([b"x" * 100_000] * 12)
    assert wide.http.post("/v1/ask", content=pieces, headers=bearer(whole)).status_code == 413
    upload = [("files", ("a.txt", large))]
    assert wide.http.post("/v1/articles", files=upload, headers=bearer(whole)).status_code == 413


def test_a_body_that_does_not_come_is_given_up(wide: Open) -> None:
    _, whole = wide.keys.add("desk", "write")
    port = wide.http.base_url.port
    with socket.create_connection(("127.0.0.1", port or 0), timeout=30) as slow:
        head = f"POST /v1/ask HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {whole}\r\n"
        slow.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{{".encode())
        assert wide.http.get("/healthz").status_code == 200
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_endless_headers_are_refused(wide: Open) -> None:
    with socket.create_connection(("127.0.0.1", wide.http.base_url.port or 0), timeout=30) as rude:
        rude.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000)
        assert rude.recv(100).startswith(b"HTTP/1.1 4")


def test_where_no_key_is_needed_only_one_of_ours_is_judged(server: str) -> None:
    with httpx.Client(base_url=server, timeout=30) as http:
        assert http.get("/v1/stats", headers=bearer("sk-anything")).status_code == 200
        assert http.get("/v1/stats", headers=bearer("byl_000000000000_" + "A" * 43)).status_code == 401


def test_many_requests_have_to_wait(own_data: Path) -> None:
    _, whole = KeyStore(own_data).add("desk", "read")
    with (
        served(own_data, BYLINE_RATE_PER_MINUTE="5", BYLINE_REQUIRE_KEYS="true") as service,
        httpx.Client(base_url=service.address, timeout=30, headers=bearer(whole)) as http,
    ):
        statuses = [http.get("/v1/stats").status_code for _ in range(7)]
        assert statuses[:5] == [200] * 5
        assert 429 in statuses
        refused = http.get("/v1/stats")
        assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
        assert 1 <= int(refused.headers["retry-after"]) <= 12
        assert http.get("/healthz").status_code == 200


def test_a_key_has_one_rate_however_it_is_sent_and_bad_ones_have_none_of_it(own_data: Path) -> None:
    _, whole = KeyStore(own_data).add("desk", "read")
    ways = [bearer(whole), {"Authorization": f"bearer  {whole}"}, {"X-API-Key": whole}] * 3
    with (
        served(own_data, BYLINE_RATE_PER_MINUTE="5", BYLINE_REQUIRE_KEYS="true") as service,
        httpx.Client(base_url=service.address, timeout=30) as http,
    ):
        bad = [http.get("/v1/stats", headers=bearer(f"byl_{n:012d}_" + "A" * 43)).status_code for n in range(8)]
        assert bad == [401] * 8
        assert [http.get("/v1/stats", headers=way).status_code for way in ways].count(200) <= 6
        told = http.get("/v1/models", headers=bearer(whole)).json()
        assert told["error"]["type"] == "rate_limit_error"


def test_what_nobody_foresaw_is_a_problem_with_all_headers(own_data: Path) -> None:
    with (
        served(own_data, BYLINE_REQUIRE_KEYS="true") as service,
        httpx.Client(base_url=service.address, timeout=30) as http,
    ):
        (own_data / "keys.sqlite3").write_bytes(b"no database" * 1000)
        told = http.get("/v1/stats", headers=bearer("byl_000000000000_" + "A" * 43))
        assert (told.status_code, told.headers["content-type"]) == (500, "application/problem+json")
        assert "Restore the file" in told.json()["detail"]
        assert told.headers["x-content-type-options"] == "nosniff"


def test_a_bucket_fills_evenly_and_not_beyond_a_minute() -> None:
    rates = Rates(60)
    assert [rates.wait_s("a", 0.0) for _ in range(60)] == [0.0] * 60
    assert rates.wait_s("a", 0.0) == pytest.approx(1.0)
    assert rates.wait_s("b", 0.0) == 0.0
    assert rates.wait_s("a", 1.0) == 0.0
    assert rates.wait_s("a", 1.0) > 0
    assert [rates.wait_s("a", 1e6) for _ in range(61)].count(0.0) == 60
