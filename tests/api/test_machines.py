"""Two services on one PostgreSQL, each with a data folder of its own, as two machines have."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.database.choose import shared_engine
from rag.keys import KeyStore
from rag.locks import FileLock
from rag.settings import Settings
from tests.api.serving import Service, served
from tests.command import child_environment
from tests.postgres import Server

WITHIN_S = 60.0  # how soon it is, the benchmark says; here it has to come
STORY = (
    "The lighthouse of Quillhaven was sold on Tuesday for nine million dollars, its keeper said. "
    "The buyer, a museum of ships, will open it to visitors in the summer of next year."
)
QUESTION = "For how much was the lighthouse of Quillhaven sold?"


@dataclass
class Machine:
    folder: Path
    service: Service
    http: httpx.Client

    def ask(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.post("/v1/ask", json={"question": QUESTION}).json()
        return answer

    def keywords(self) -> dict[str, Any]:
        part: dict[str, Any] = self.http.get("/readyz").json()["parts"]["keywords"]
        return part

    def upload(self, name: str, text: str) -> None:
        """Returns when it is stored."""
        given = self.http.post("/v1/articles", files=[("files", (name, text.encode()))])
        assert given.status_code == 202, given.text
        self.ended(given)

    def ended(self, accepted: httpx.Response) -> None:
        eventually(lambda: self.http.get(accepted.headers["location"]).json()["status"] == "done")


@dataclass
class Pair:
    one: Machine
    other: Machine
    url: str
    keys: KeyStore
    key_id: str


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture(scope="module")
def pair(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    url, folder = postgres.fresh(), tmp_path_factory.mktemp("machines")
    settings = [Settings(data_dir=folder / name, database_url=url) for name in ("one", "other")]
    keys = KeyStore(settings[0].data_dir, settings[0].database_url)
    key, whole = keys.add("desk", "write")
    with ExitStack() as stack:
        machines = []
        for each in settings:
            env = child_environment(each) | {"BYLINE_REQUIRE_KEYS": "true"}
            service = stack.enter_context(served(each.data_dir, **env))
            client = httpx.Client(base_url=service.address, timeout=30, headers={"Authorization": f"Bearer {whole}"})
            machines.append(Machine(each.data_dir, service, stack.enter_context(client)))
        yield Pair(*machines, url, keys, key.id)
    shared_engine(url).dispose()


def test_what_is_added_and_removed_through_one_is_so_on_the_other(pair: Pair) -> None:
    assert pair.other.http.get("/readyz").status_code == 503
    pair.one.upload("lighthouse.txt", STORY)
    eventually(lambda: pair.other.ask()["status"] == "answered")
    answer = pair.other.ask()
    (article,) = {citation["article"]["id"] for citation in answer["citations"]}
    assert pair.one.ask()["citations"] == answer["citations"]
    assert pair.one.http.get(f"/v1/answers/{answer['id']}").json() == answer

    assert pair.other.http.delete(f"/v1/articles/{article}").status_code in {202, 204}
    eventually(lambda: pair.one.ask()["status"] == "no_evidence")
    eventually(lambda: pair.one.keywords()["state"] == "level")
    for machine in (pair.one, pair.other):
        kept = b"".join(file.read_bytes() for file in (machine.folder / "indexes").rglob("*") if file.is_file())
        assert b"quillhaven" not in kept


def test_readyz_says_how_far_a_machine_is_behind_while_it_answers(pair: Pair) -> None:
    right = FileLock(pair.other.folder / "replica.lock")
    eventually(right.try_lock)
    pair.one.upload("sold.txt", STORY)
    assert pair.other.ask()["status"] == "answered"
    assert pair.other.keywords() == {"ok": True, "state": "1 changes behind", "reason": None}
    right.release()
    eventually(lambda: pair.other.keywords()["state"] == "level")


def test_a_database_that_is_gone_for_a_while_is_told_and_comes_back(pair: Pair, postgres: Server) -> None:
    name = pair.url.rpartition("/")[2]
    postgres.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
    postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    for path in ("/v1/articles", "/v1/chat/completions"):
        told = pair.one.http.get(path)
        assert (told.status_code, told.headers["retry-after"]) == (503, "5")
        assert "can't be reached" in told.text
        assert "sesame" not in told.text
    assert pair.one.http.get("/healthz").status_code == 200
    postgres.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
    assert pair.one.http.get("/v1/articles").status_code == 200
    assert "parts" in pair.other.http.get("/readyz").json()  # its connections were cut meanwhile, which it sees
    pair.one.upload("again.txt", STORY.replace("Quillhaven", "Ambrose"))
    eventually(lambda: pair.other.keywords()["state"] == "level")
    assert not [line for line in (*pair.one.service.log, *pair.other.service.log) if "sesame" in line]


def test_a_key_that_is_revoked_through_one_is_refused_by_the_other(pair: Pair) -> None:
    assert pair.other.http.get("/v1/articles").status_code == 200
    pair.keys.revoke(pair.key_id)
    for machine in (pair.one, pair.other):
        assert machine.http.get("/v1/articles").status_code == 401
