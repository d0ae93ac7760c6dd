"""Commands beside a running service that holds the same data folder: they work through it, and print the same."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from rag.cli.app import app
from rag.keys import KeyStore
from rag.local_service import FILE, LocalService, announce, find, new_token, settings_digest
from rag.locks import WriterLock
from rag.settings import load_settings
from rag.wiring import open_ledger
from tests.api.serving import Service, served
from tests.forking import Forked
from tests.rag.llm.asking import saying
from tests.scripted_llm import Say, scripted

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
DRAFT = "Hello. VW CEO Herbert Diess met reporters in Washington. He said VW “would take an equity stake in Ford”."
STORY = "Ada Brook retired as lighthouse keeper of Fenwick Point on Monday after thirty-one years. " * 3

Said = tuple[int, str, str]
"""The exit code, standard output without what differs from run to run, and the error."""


def run(data: Path, *arguments: str, typed: str | None = None) -> Said:
    """In this process, which is spared the second that it takes to start one."""
    done = CliRunner().invoke(app, [*arguments, "--data-dir", str(data)], input=typed, env={"COLUMNS": "120"})
    error = str(done.exception) if done.exception and not isinstance(done.exception, SystemExit) else ""
    return done.exit_code, masked(done.stdout), error


def masked(text: str) -> str:
    text = re.sub(r'"timings_ms": \{[^}]*\}', '"timings_ms": {}', text)
    return re.sub(r"[0-9a-f]{32}|\d{4}-\d\d-\d\dT[\d:]+\+00:00", "…", text)


def not_here(*_: object, **__: object) -> None:
    raise AssertionError("the archive was opened in this process")


@pytest.fixture(scope="module")
def own(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(data, tmp_path_factory.mktemp("held") / "data"))


@pytest.fixture(scope="module")
def service(own: Path) -> Iterator[Service]:
    with served(own) as running:
        yield running


@pytest.fixture
def only_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this process can't open an archive."""
    for opening in ("rag.wiring.open_byline", "rag.jobs.open_ingest", "rag.store.open_store"):
        monkeypatch.setattr(opening, not_here)


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", QUESTION],
        ["ask", QUESTION, "--json", "--explain"],
        ["ask", "Where do Ford and VW cooperate?", "--explain"],
        ["ask", "How much did the Bishop of Ely spend on beekeeping?", "--json"],
        ["ask", "Ford?", "--from", "2020-01-01", "--source", "cnn.com", "--source", "bbc.com"],
        ["ask", "the of"],
        ["ask", "\udcff Ford"],
        ["search", "Geely plant", "--k", "3"],
        ["search", "Geely plant", "--json", "--no-rerank"],
        ["search", ""],
        ["check", DRAFT],
        ["check", DRAFT, "--json", "--as-of", "2030-01-01"],
        ["check", DRAFT, "--export", "csv", "--strict"],
        ["check", "--recheck", "0" * 32],
        ["check", "--recheck", "../keys"],
        ["quotes", "Diess"],
        ["quotes", "Diess", "--json", "--as-of", "2030-01-01"],
        ["timeline", "Ford Geely"],
        ["timeline", "Ford Geely", "--json"],
        ["articles", "list", "--json"],
        ["feeds", "list"],
        ["articles", "remove", "a0"],
        ["articles", "remove", "a/0"],
    ],
    ids=" ".join,
)
def test_a_command_prints_the_same_with_and_without_the_service(
    own: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = run(own, *arguments, *([] if "list" in arguments else ["--no-service"]))
    with monkeypatch.context() as patch:
        if not {"\udcff Ford", "../keys", "a/0"} & set(arguments):  # no address and no JSON has these
            patch.setattr("rag.wiring.open_byline", not_here)
            patch.setattr("rag.store.open_store", not_here)
        assert run(own, *arguments) == alone
    assert alone[1] or alone[2]


@pytest.mark.usefixtures("service")
def test_batches_conversations_and_checks_that_are_kept(
    own: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("os.nice", lambda _: 0)
    lines = tmp_path / "lines.jsonl"
    rows = [
        {"id": "a", "question": QUESTION, "claim": "Ford and Geely are in talks."},
        {"id": 3, "question": "", "claim": ""},
    ]
    lines.write_text("\n".join([*map(json.dumps, rows), "no json"]), encoding="utf-8")
    talk = f"{QUESTION}\nWho said that?\n/sources\n/check Geely owns Ford.\nthe of\n/quit\n"
    commands: list[tuple[list[str], str | None]] = [(["chat"], talk)]
    commands += [([what, "--batch", str(lines)], None) for what in ("ask", "search", "check")]
    alone = [run(own, *command, "--no-service", typed=typed) for command, typed in commands]
    checked = json.loads(CliRunner().invoke(app, ["check", DRAFT, "--json", "--data-dir", str(own)]).stdout)
    again = ["check", "--recheck", checked["id"]]
    alone.append(run(own, *again, "--no-service"))
    monkeypatch.setattr("rag.wiring.open_byline", not_here)
    assert [run(own, *command, typed=typed) for command, typed in [*commands, (again, None)]] == alone
    assert [code for code, _, _ in alone] == [0, 3, 3, 3, 0]


@pytest.fixture
def pair(data: Path, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """The folder of an archive with a service, and of one without."""
    with_one, without = (Path(shutil.copytree(data, tmp_path / name)) for name in ("with", "without"))
    with served(with_one):
        yield with_one, without
    assert not (with_one / FILE).exists()


def test_articles_are_added_and_removed_the_same(
    pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By jobs of the service; with the paths as they were given, and the same keys."""
    monkeypatch.setattr("os.nice", lambda _: 0)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "keeper.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "in" / "empty.txt").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "in")
    held, alone = pair
    for arguments in (
        ["ingest", ".", "-nowhere.txt"],
        ["ingest", "keeper.txt", "../in/empty.txt", "--json"],
        ["ingest", "keeper.txt"],
    ):
        command = [arguments[0], *(["--json"] if "--json" in arguments else []), "--"]
        command += [one for one in arguments[1:] if one != "--json"]
        outcome = []
        for folder in pair:
            options = [command[0], "--data-dir", str(folder), *command[1:]]
            with monkeypatch.context() as patch:
                if folder == held:
                    patch.setattr("rag.jobs.open_ingest", not_here)
                done = CliRunner().invoke(app, options, env={"COLUMNS": "120"})
            said = done.stdout.splitlines()
            outcome.append((done.exit_code, said[-1:] if "--json" in arguments else said))
        assert outcome[0] == outcome[1]
        assert outcome[0][1]
    listed = [run(folder, "articles", "list", "--json") for folder in pair]
    assert listed[0] == listed[1]
    keeper = next(one["article"]["id"] for one in map(json.loads, listed[0][1].splitlines()) if "keeper" in str(one))
    for folder in pair:
        with open_ledger(load_settings(data_dir=folder)) as ledger:
            assert ledger.keys_of(keeper) == [f"file:{tmp_path / 'in' / 'keeper.txt'}"]
    removed = [run(folder, "articles", "remove", keeper) for folder in (alone, held)]
    assert removed[0] == removed[1] == (0, f"removed {keeper} (1 version)\n", "")
    jobs = httpx.get(f"{address_of(held)}/v1/jobs", timeout=30).text
    assert str(tmp_path) not in jobs


def address_of(data: Path) -> str:
    found = find(data)
    assert found is not None
    return found.address


def test_ctrl_c_stops_the_job(own: Path, service: Service, tmp_path: Path) -> None:
    (tmp_path / "keeper.txt").write_text(STORY, encoding="utf-8")
    lock = WriterLock(own)
    lock.take("the test")  # so that the job can't have ended before
    child = started(own, "ingest", str(tmp_path / "keeper.txt"))
    assert child.stderr is not None
    waiting = child.stderr.readline()
    child.send_signal(signal.SIGINT)
    shown, errors = child.communicate(timeout=30)
    lock.release()
    assert waiting.startswith("byline: waiting. Another process is writing to this archive (the test")
    assert (child.returncode, "Traceback" in errors) == (130, False)
    assert "Interrupted." in shown
    job = httpx.get(f"{service.address}/v1/jobs", timeout=30).json()["jobs"][0]
    assert (job["status"], job["new"]) == ("stopped", 0)
    assert httpx.delete(f"{service.address}/v1/jobs/{job['id']}", timeout=30).json()["status"] == "stopped"


@pytest.mark.usefixtures("service")
def test_other_settings_are_answered_here(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_RATE_PER_MINUTE", "7")  # no answer depends on it
    with monkeypatch.context() as patch:
        patch.setattr("rag.wiring.open_byline", not_here)
        assert run(own, "ask", QUESTION)[0] == 0
    monkeypatch.setenv("BYLINE_ABSTAIN_BELOW", "0.99")
    assert "does not answer this" in run(own, "ask", QUESTION)[1]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_service_that_is_killed_or_hangs_is_not_waited_for(own_data: Path, how: signal.Signals) -> None:
    with served(own_data) as service:
        note = (own_data / FILE).read_bytes()
        service.process.send_signal(how)
        if how == signal.SIGKILL:
            service.process.wait(10)
        started = time.monotonic()
        assert "Valencia" in run(own_data, "ask", QUESTION)[1]
        assert time.monotonic() - started < 20
        assert (own_data / FILE).read_bytes() == note
        service.process.send_signal(signal.SIGCONT)
    if how == signal.SIGKILL:
        with served(own_data):
            assert (own_data / FILE).read_bytes() != note
            assert find(own_data) is not None


def test_a_note_that_others_may_read_or_that_leads_elsewhere_is_not_believed(
    own: Path, service: Service, tmp_path: Path
) -> None:
    note, held = own / FILE, find(own)
    assert held is not None
    assert (held.address, held.pid) == (service.address, service.process.pid)
    assert note.stat().st_mode & 0o777 == 0o600
    try:
        for mode in (0o640, 0o604, 0o620):
            note.chmod(mode)
            assert find(own) is None
        announce(own, LocalService("http://192.0.2.7:8000", held.pid, held.settings, held.token))
        assert find(own) is None
        for text in ("", "{}", "[1]", "no json", '{"address": 1, "pid": 1, "settings": "", "token": ""}'):
            note.write_text(text, encoding="utf-8")
            assert find(own) is None
        note.unlink()
        announce(tmp_path, held)
        note.symlink_to(tmp_path / FILE)
        assert find(own) is None
        note.unlink()
        assert find(own) is None
    finally:
        announce(own, held)
    assert find(own) == held
    assert held.token not in repr(held)


def test_another_database_is_another_archive_and_its_password_is_not_in_the_note() -> None:
    urls = [f"postgresql://byline:sesame@db.example/{name}" for name in ("news", "sports")]
    told = {settings_digest(load_settings(database_url=url)) for url in (None, *urls)}
    assert len(told) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in told)


def test_the_token_opens_this_service_alone_and_is_told_nowhere(
    own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, reading = KeyStore(own_data).add("reader", "read")
    with served(own_data, BYLINE_REQUIRE_KEYS="true", BYLINE_RATE_PER_MINUTE="2") as service:
        local = find(own_data)
        assert local is not None
        monkeypatch.setenv("BYLINE_REQUIRE_KEYS", "true")
        monkeypatch.setattr("rag.wiring.open_byline", not_here)
        assert [run(own_data, "ask", QUESTION)[0] for _ in range(4)] == [0] * 4
        with httpx.Client(base_url=local.address, timeout=30) as http:
            for given in (new_token(), local.token[:-1], reading, "x", "é"):
                headers = {"Authorization": f"Bearer {given}".encode()}
                assert http.get("/local/here", headers=headers).status_code == 403
                assert http.post("/local/ingest", json={"paths": {"/etc": "/etc"}}, headers=headers).status_code == 403
                if given != reading:
                    assert http.get("/v1/stats", headers=headers).status_code == 401
            own_one = {"Authorization": f"Bearer {local.token}"}
            assert http.get("/local/here", headers=own_one).status_code == 204
            assert "/local" not in http.get("/openapi.json", headers=own_one).text
            told = http.get("/metrics", headers=own_one).text + http.get("/readyz", headers=own_one).text
        assert [one.name for one in KeyStore(own_data).all()] == ["reader"]
        secret = local.token.encode()
        holding = [one.name for one in own_data.rglob("*") if one.is_file() and secret in one.read_bytes()]
        assert holding == [FILE]
        assert local.token not in told + "".join(service.log)
        assert local.token not in run(own_data, "keys", "list")[1]


def test_a_service_that_stops_answers_what_was_asked_and_says_what_becomes_of_a_job(
    own_data: Path, tmp_path: Path
) -> None:
    (tmp_path / "keeper.txt").write_text(STORY, encoding="utf-8")
    lock = WriterLock(own_data)
    lock.take("the test")  # so that the job can't have ended before
    quote = "One person said Ford’s site in Valencia is the leading candidate"
    good = ("One person said Ford's site in Valencia is the leading candidate to take part.", quote)
    with scripted(Say(saying(good), pieces=40, pause_s=0.05)) as model:
        wire = {"BYLINE_LLM": "openai:scripted", "BYLINE_LLM_BASE_URL": model.base_url}
        wire |= {"BYLINE_LLM_STRUCTURED": "never"}
        with served(own_data, **wire) as service:
            ingesting = started(own_data, "ingest", str(tmp_path / "keeper.txt"), **wire)
            assert ingesting.stderr is not None
            assert ingesting.stderr.readline().startswith("byline: waiting.")
            asking = started(own_data, "ask", QUESTION, **wire)
            for _ in range(200):
                if model.requests:
                    break
                time.sleep(0.05)
            service.process.send_signal(signal.SIGTERM)
            answer, fault = asking.communicate(timeout=60)
            shown, why = ingesting.communicate(timeout=60)
            service.process.wait(10)  # nobody holds it up
    lock.release()
    assert (asking.returncode, fault) == (0, "")
    assert good[0] in answer
    assert len(model.requests) == 1
    assert (ingesting.returncode, shown) == (1, "")
    assert why == (
        "byline: The service that ingests went away. It goes on when it is started again: `byline serve`; or give the "
        "same command once more.\n"
    )


def started(data: Path, *arguments: str, **environment: str) -> Forked:
    command = ("-m", "rag.cli", *arguments, "--data-dir", str(data))
    return Forked(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | environment)


def all_at_once(data: Path, *commands: tuple[str, ...]) -> list[str]:
    """What each of the commands printed, which run beside each other."""
    children = [started(data, *command) for command in commands]
    told = [child.communicate(timeout=60) for child in children]
    assert [
        (child.returncode, error) for child, (_, error) in zip(children, told, strict=True) if child.returncode
    ] == []
    return [printed.strip() for printed, _ in told]


def test_feeds_are_changed_by_many_commands_and_the_service_at_once(own: Path, service: Service) -> None:
    """They have a database of their own, which each opens to write: nothing is lost."""
    by_command, by_service = ([f"https://{who}.example/{n}" for n in range(4)] for who in ("command", "service"))
    with httpx.Client(base_url=service.address, timeout=60) as http, ThreadPoolExecutor(4) as pool:
        added = [pool.submit(http.post, "/v1/feeds", json={"url": url}) for url in by_service]
        assert all_at_once(own, *(("feeds", "add", url) for url in by_command)) == ["added"] * 4
        assert [one.result().status_code for one in added] == [201] * 4
        assert {one["url"] for one in http.get("/v1/feeds").json()["feeds"]} == {*by_command, *by_service}
        gone = [pool.submit(http.delete, "/v1/feeds", params={"url": url}) for url in by_command]
        assert all_at_once(own, *(("feeds", "remove", url) for url in by_service)) == ["removed"] * 4
        assert [one.result().status_code for one in gone] == [204] * 4
        assert http.get("/v1/feeds").json() == {"feeds": []}


def test_keys_are_made_and_revoked_while_the_service_judges_them(own: Path, service: Service) -> None:
    with httpx.Client(base_url=service.address, timeout=60) as http, ThreadPoolExecutor(4) as pool:

        def statuses(keys: list[str]) -> list[int]:
            headers = [{"Authorization": f"Bearer {key}"} for key in keys]
            return [one.status_code for one in pool.map(lambda given: http.get("/v1/stats", headers=given), headers)]

        made = all_at_once(own, *(("keys", "add", f"desk {n}") for n in range(4)))
        used = pool.submit(statuses, made)  # which is noted
        more = all_at_once(own, *(("keys", "add", f"desk {n}") for n in range(4, 6)))
        assert used.result() + statuses(more) == [200] * 6
        keys = KeyStore(own).all()
        assert sorted(key.name for key in keys) == [f"desk {n}" for n in range(6)]
        assert all(key.used_on for key in keys)
        assert all_at_once(own, *(("keys", "revoke", key.id) for key in keys)) == ["revoked"] * 6
        assert statuses(made + more) == [401] * 6


@pytest.mark.usefixtures("service")
def test_the_embedding_model_is_not_changed_beneath_a_service(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.nice", lambda _: 0)

    def call_it(name: str, before: str) -> None:
        with closing(sqlite3.connect(own / "ledger.sqlite3")) as ledger, ledger:
            ledger.execute("update models set identity = replace(identity, ?, ?)", (before, name))

    call_it("another", "all-MiniLM")  # as if the settings named a model that the archive does not have
    code, _, error = run(own, "rebuild")
    call_it("all-MiniLM", "another")
    assert code == 1
    assert f"A service at {address_of(own)}/ answers from this archive" in error
    assert run(own, "rebuild") == (0, "The indexes are rebuilt.\n", "")
    assert "Valencia" in run(own, "ask", QUESTION)[1]
