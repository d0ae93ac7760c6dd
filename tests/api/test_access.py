"""Who may do what on a service that is bound to every address, and how much."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from rag.cli.app import app
from rag.keys import KeyStore
from rag.local_service import find
from tests.api.operations import KEYED, WRITING, Operation
from tests.api.serving import Service, served
from tests.command import ROOT, byline


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
    with served(folder, "--host", "0.0.0.0", BYLINE_MAX_BODY_MB="1", BYLINE_BODY_TIMEOUT_S="2") as service:  # noqa: S104
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


@pytest.mark.parametrize("one", [one for one in KEYED if one.path != "/readyz"], ids=str)
def test_without_a_key_nothing_is_told(wide: Open, one: Operation) -> None:
    for headers in ({}, bearer("byl_000000000000_" + "A" * 43), {"X-API-Key": "nonsense"}):
        reply = wide.http.request(one.method, one.path, headers=headers)
        assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
        assert "access-control-allow-origin" not in reply.headers


def test_the_page_and_health_need_none(wide: Open) -> None:
    assert [wide.http.get(path).status_code for path in ("/", "/static/page.css", "/healthz")] == [200] * 3


def test_who_balances_the_load_is_told_whether_it_is_ready_and_no_more(wide: Open) -> None:
    _, whole = wide.keys.add("operator", "read")
    assert wide.http.get("/readyz").json() == {"ready": True}
    assert "parts" in wide.http.get("/readyz", headers=bearer(whole)).json()
    assert wide.http.get("/readyz", headers=bearer("nonsense")).status_code == 401


def test_a_reading_key_does_not_write(wide: Open) -> None:
    _, whole = wide.keys.add("reader", "read")
    for one in KEYED:
        status = wide.http.request(one.method, one.path, headers=bearer(whole)).status_code
        assert (status == 403) == (one in WRITING), one
    assert wide.http.post("/v1/of-the-future", headers=bearer(whole)).status_code == 403
    told = wide.http.post("/v1/articles", headers=bearer(whole))
    assert told.headers["content-type"] == "application/problem+json"


def test_what_writes_is_what_changes_the_archive() -> None:
    reading = {one.path for one in KEYED if one.method == "POST" and one not in WRITING}
    assert reading == {"/v1/ask", "/v1/check", "/v1/checks/none/recheck", "/v1/chat/completions", "/mcp"}
    assert not [one for one in WRITING if not one.path.startswith(("/v1/articles", "/v1/feeds", "/v1/jobs/"))]


def test_a_revoked_key_stops_working_on_every_path(wide: Open) -> None:
    key, whole = wide.keys.add("desk", "write")
    # One connection, kept alive: it is the key that is judged each time.
    one_only = httpx.Limits(max_connections=1)
    with httpx.Client(base_url=wide.http.base_url, timeout=30, limits=one_only, headers=bearer(whole)) as http:
        for one in KEYED:
            assert http.request(one.method, one.path).status_code not in {401, 403}, one
        assert wide.http.get("/v1/stats", headers={"X-API-Key": whole}).status_code == 200
        wide.keys.revoke(key.id)
        for one in KEYED:
            assert http.request(one.method, one.path).status_code == 401, one
        assert wide.http.get("/v1/stats", headers={"X-API-Key": whole}).status_code == 401


def test_a_chat_client_gets_the_error_in_its_form(wide: Open) -> None:
    told = wide.http.post("/v1/chat/completions", json={}).json()
    assert (told["error"]["type"], told["error"]["code"]) == ("authentication_error", "invalid_api_key")


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
        assert refused.json()["detail"] == f"Too many requests. Try again in {refused.headers['retry-after']} s."
        assert refused.headers["ratelimit-policy"] == '"minute";q=5;w=60'
        assert refused.headers["ratelimit"] == f'"minute";r=0;t={refused.headers["retry-after"]}'
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
