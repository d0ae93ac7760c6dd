"""Search and articles over HTTP: listed, read, added by jobs, removed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.jobs import file_name
from api.replies import ArticleRecord, ArticlesRecord, HitsRecord
from api.replies_own import JobRecord, JobsRecord
from rag.locks import WriterLock
from tests.api.events import events
from tests.api.serving import served
from tests.command import ROOT, byline

KEEPER = "Ada Brook retired as lighthouse keeper of Fenwick Point on Monday after thirty-one years. "
STORY = KEEPER + "The harbour council said that the lamp will be switched by a computer in Leith. " * 3


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service over an archive of its own, which the tests change."""
    folder = tmp_path_factory.mktemp("changing")
    assert byline("ingest", str(ROOT / "corpus"), data=folder).returncode == 0
    with served(folder) as service, httpx.Client(base_url=service.address, timeout=60) as http:
        yield http


def upload(http: httpx.Client, **files: str) -> httpx.Response:
    return http.post("/v1/articles", files=[("files", (name, text.encode())) for name, text in files.items()])


def ended(http: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    """The job when it has ended, followed by its events."""
    assert accepted.status_code == 202, accepted.text
    with http.stream("GET", accepted.headers["location"], headers={"Accept": "text/event-stream"}) as reply:
        told = list(events(reply))
    assert [name for name, _ in told][-1] == "done"
    JobRecord.model_validate(told[-1][1])
    return told[-1][1]


def test_search_gives_passages_with_their_places(at: httpx.Client) -> None:
    found = at.get("/v1/search", params={"q": "Geely plant Valencia", "k": 3}).json()
    HitsRecord.model_validate(found)
    first = found["hits"][0]
    article = at.get(f"/v1/articles/{first['article']['id']}").json()
    assert article["text"][first["start"] : first["end"]] == first["text"]
    assert at.get("/v1/search", params={"q": "  "}).status_code == 422
    assert at.get("/v1/search", params={"q": "Ford", "published_from": "2020-01-01"}).json()["hits"] == []


def test_articles_are_listed_and_read(at: httpx.Client) -> None:
    told = at.get("/v1/articles", params={"limit": 2}).json()
    ArticlesRecord.model_validate(told)
    assert (len(told["articles"]), told["total"] >= 3) == (2, True)
    one = at.get(f"/v1/articles/{told['articles'][0]['article']['id']}").json()
    ArticleRecord.model_validate(one)
    assert one["versions"] == [1]
    assert at.get(f"/v1/articles/{one['id']}", params={"version": 9}).status_code == 404
    assert at.get("/v1/articles/nothing").status_code == 404


def test_an_uploaded_file_answers_changes_and_goes(at: httpx.Client) -> None:
    job = ended(at, upload(at, **{"../../keeper.txt": STORY}))
    assert (job["status"], job["new"], job["subjects"]) == ("done", 1, ["keeper.txt"])
    question = {"question": "Who retired as lighthouse keeper of Fenwick Point?"}
    answer = at.post("/v1/ask", json=question).json()
    assert "Ada Brook" in answer["text"]
    article = answer["citations"][0]["article"]
    assert article["file"] == "keeper.txt"

    assert ended(at, upload(at, **{"keeper.txt": STORY}))["unchanged"] == 1
    assert ended(at, upload(at, **{"keeper.txt": STORY.replace("Ada", "Ida")}))["updated"] == 1
    assert "Ida Brook" in at.post("/v1/ask", json=question).json()["text"]
    assert "Ada" in at.get(f"/v1/articles/{article['id']}", params={"version": 1}).json()["text"]

    assert at.delete(f"/v1/articles/{article['id']}").status_code == 204
    assert at.get(f"/v1/articles/{article['id']}").status_code == 404
    assert at.post("/v1/ask", json=question).json()["status"] == "no_evidence"
    assert at.delete(f"/v1/articles/{article['id']}").status_code == 404


def test_records_are_stored_and_bad_ones_told(at: httpx.Client) -> None:
    url = "https://harbour.example/mast"
    good = {"text": "The mast of the Merriwether was found off Skerra on Friday.", "url": url, "title": "A mast"}
    job = ended(at, at.post("/v1/articles", json={"articles": [good, {"text": " ", "title": "Nothing"}]}))
    assert (job["status"], job["new"], job["rejected_count"]) == ("done", 1, 1)
    assert "articles.jsonl:2" in job["rejected"][0]["where"]
    assert str(ROOT) not in str(job)
    found = at.get("/v1/search", params={"q": "mast Merriwether"}).json()["hits"][0]
    assert found["article"]["url"] == url
    assert job["id"] in [one["id"] for one in JobsRecord.model_validate(at.get("/v1/jobs").json()).model_dump()["jobs"]]
    assert at.get("/v1/jobs/" + "0" * 32).status_code == 404


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"files": [("files", ("story.exe", b"x"))]}, "story.exe"),
        ({"files": [("files", ("a.txt", b"x")), ("files", ("a.txt", b"y"))]}, "two files"),
        ({"files": [("other", ("a.txt", b"x"))]}, "no file"),
        ({"json": {}}, "neither"),
        ({"json": {"articles": [{"title": "x"}]}}, "Field required"),
        ({"json": {"urls": ["file:///etc/passwd"]}}, "URL scheme"),
        ({"content": b"x", "headers": {"Content-Type": "text/plain"}}, "text/plain"),
    ],
)
def test_what_can_not_be_added_is_refused_at_once(at: httpx.Client, sent: dict[str, Any], told: str) -> None:
    reply = at.post("/v1/articles", **sent)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert told in reply.json()["detail"]


@given(st.text(max_size=400))
def test_an_upload_s_name_stays_in_its_folder(given_name: str) -> None:
    name = file_name(given_name)
    assert name not in {"", ".", ".."}
    assert not set(name) & set("/\\\0\n")
    assert not name.startswith(".")
    assert len(name.encode()) <= 180


def test_a_killed_service_goes_on_with_its_jobs(tmp_path: Path) -> None:
    assert byline("ingest", str(ROOT / "corpus"), data=tmp_path).returncode == 0
    lock = WriterLock(tmp_path)
    lock.take("the test")  # so that the job can't have ended before the kill
    with served(tmp_path) as service, httpx.Client(base_url=service.address, timeout=60) as http:
        job = upload(http, **{"keeper.txt": STORY}).json()
        for _ in range(200):
            state = http.get(f"/v1/jobs/{job['id']}").json()
            if state["error"]:
                break
            time.sleep(0.05)
        assert "Another process is writing" in state["error"]
        os.kill(service.process.pid, signal.SIGKILL)
    lock.release()
    with served(tmp_path) as service, httpx.Client(base_url=service.address, timeout=60) as http:
        with http.stream("GET", f"/v1/jobs/{job['id']}", headers={"Accept": "text/event-stream"}) as reply:
            assert list(events(reply))[-1][1]["new"] == 1
        assert http.get("/v1/search", params={"q": "Ada Brook"}).json()["hits"]


def test_a_service_that_is_stopped_puts_its_job_back(tmp_path: Path) -> None:
    assert byline("ingest", str(ROOT / "corpus"), data=tmp_path).returncode == 0
    lock = WriterLock(tmp_path)
    lock.take("the test")
    with served(tmp_path) as service, httpx.Client(base_url=service.address, timeout=60) as http:
        location = upload(http, **{"keeper.txt": STORY}).headers["location"]
        with http.stream("GET", location, headers={"Accept": "text/event-stream"}) as reply:
            told = events(reply)
            next(told)
            service.process.terminate()
            assert "done" not in [name for name, _ in told]  # following it does not hold the service up
        service.process.wait(15)
    assert any("shutdown complete" in line for line in service.log)
    lock.release()
    with served(tmp_path) as service, httpx.Client(base_url=service.address, timeout=60) as http:
        job = http.get("/v1/jobs").json()["jobs"][0]
        with http.stream("GET", f"/v1/jobs/{job['id']}", headers={"Accept": "text/event-stream"}) as reply:
            assert list(events(reply))[-1][1]["new"] == 1
