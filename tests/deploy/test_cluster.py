"""The acceptance test of a cluster: two hosts behind nginx, with PostgreSQL beneath, as `make cluster` starts them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from deploy import cluster, proxy
from deploy.cluster import Cluster
from deploy.postgres import programs
from rag.keys import KeyStore
from tests.deploy.load import QUESTIONS, Load, loaded

STORY = (
    "The lighthouse of Quillhaven was sold on Tuesday for nine million dollars, its keeper said. "
    "The buyer, a museum of ships, will open it to visitors in the summer of next year."
)
QUESTION = "For how much was the lighthouse of Quillhaven sold?"
WITHIN_S = 30.0
PER_MINUTE = 240


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    if programs() is None or proxy.program() is None:
        pytest.skip("PostgreSQL or nginx is not installed here: apt-get install postgresql nginx-light")
    with tempfile.TemporaryDirectory(prefix="byline-cluster-") as folder:
        Path(folder).chmod(0o711)
        env = {"BYLINE_REQUIRE_KEYS": "true", "BYLINE_RATE_PER_MINUTE": str(PER_MINUTE)}
        with cluster.running(Path(folder), keep=False, environment=env) as started:
            yield started


@pytest.fixture(scope="module")
def store(running: Cluster) -> KeyStore:
    return KeyStore(running.hosts[0].folder / "data", SecretStr(running.database_url))


@pytest.fixture(scope="module")
def key(store: KeyStore) -> str:
    return store.add("desk", "write")[1]


@pytest.fixture(scope="module")
def clients(store: KeyStore) -> list[str]:
    """A key for each client of a load."""
    return [store.add(f"client {n}", "read")[1] for n in range(3)]


def client(address: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=60, headers={"Authorization": f"Bearer {key}"})


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def told(load: Load) -> str:
    """For whoever reads the log of a test."""
    counts = {kind: sum(one.kind == kind for one in load.done) for kind in ("search", "ask", "stream")}
    return f"{counts} failed: {[(one.kind, one.fault) for one in load.faults]}"


def test_every_host_and_nginx_give_the_same(running: Cluster, key: str) -> None:
    answers = []
    for address in (running.address, *(host.address for host in running.hosts)):
        with client(address, key) as http:
            answer = http.post("/v1/ask", json={"question": QUESTIONS[0]}).json()
        answers.append({name: answer[name] for name in ("status", "text", "sentences", "citations", "short_answer")})
    assert answers[0]["status"] == "answered"
    assert answers[0] == answers[1] == answers[2]


def test_an_upload_and_a_permalink_are_of_the_cluster(running: Cluster, key: str) -> None:
    one, other = (client(host.address, key) for host in running.hosts)
    with one, other, client(running.address, key) as http:
        stored = one.post("/v1/articles", files=[("files", ("lighthouse.txt", STORY.encode()))])
        assert stored.status_code == 202, stored.text
        eventually(lambda: http.get(stored.headers["location"]).json()["status"] == "done")
        assert [http.get(stored.headers["location"]).status_code for _ in range(6)] == [200] * 6
        assert http.get("/v1/jobs/" + "0" * 32).status_code == 404
        eventually(lambda: bool(other.post("/v1/ask", json={"question": QUESTION}).json()["status"] == "answered"))
        answer = other.post("/v1/ask", json={"question": QUESTION}).json()
        for where in (one, http):
            assert where.get(f"/v1/answers/{answer['id']}").json() == answer


def test_events_come_through_nginx_as_they_are_told(running: Cluster, key: str) -> None:
    with client(running.address, key) as http:
        asked = {"question": f"{QUESTIONS[2]} Tell me."}
        with http.stream("POST", "/v1/ask", json=asked, headers={"Accept": "text/event-stream"}) as reply:
            assert reply.headers["content-type"].startswith("text/event-stream")
            pieces = [piece for piece in reply.iter_raw() if piece]
    assert len(pieces) > 1
    assert b"event: done" not in pieces[0]


def test_a_revoked_key_is_refused_everywhere(running: Cluster, store: KeyStore) -> None:
    made, given = store.add("leaver", "read")
    addresses = [running.address, *(host.address for host in running.hosts)]
    assert [httpx.get(f"{at}/v1/models", headers={"X-API-Key": given}).status_code for at in addresses] == [200] * 3
    store.revoke(made.id)
    assert [httpx.get(f"{at}/v1/models", headers={"X-API-Key": given}).status_code for at in addresses] == [401] * 3
    assert httpx.get(f"{running.address}/readyz").json() == {"ready": True}


def test_a_key_has_one_rate_on_all_hosts(running: Cluster, store: KeyStore) -> None:
    _, given = store.add("busy", "read")
    addresses = [running.address, *(host.address for host in running.hosts)]
    began = time.monotonic()
    with ExitStack() as opened:
        sending = [opened.enter_context(client(at, given)) for at in addresses]
        codes = [sending[n % 3].get("/v1/models").status_code for n in range(PER_MINUTE + 60)]
    most = PER_MINUTE + (time.monotonic() - began) * PER_MINUTE / 60
    portion = PER_MINUTE // 30
    assert set(codes) <= {200, 429}
    assert PER_MINUTE - 2 * portion <= codes.count(200) <= most


def test_a_rolling_restart_loses_nothing(running: Cluster, clients: list[str]) -> None:
    with loaded(running.address, clients) as load:
        running.roll()
    assert not load.faults, told(load)
    assert len(load.done) > 20


def test_a_host_that_is_killed_costs_only_what_it_was_replying_to(running: Cluster, clients: list[str]) -> None:
    """The last one: the host stays away."""
    with loaded(running.address, clients) as load:
        time.sleep(2)
        running.hosts[0].kill()
        killed = time.monotonic()
        eventually(lambda: sum(one.began > killed for one in load.done) > 20)
    # nginx repeats what had no reply yet: only streams that had begun are broken off.
    assert all(one.kind == "stream" and one.began <= killed <= one.ended for one in load.faults), told(load)
