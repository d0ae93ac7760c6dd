"""`byline eval` as a user runs it: real processes, a real service, a real kill, a disk without room."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from evals.gold import Case
from evals.runs.record import baseline_of, dump, load_run
from rag.cli.app import app
from tests.command import ROOT, byline
from tests.evals import systems
from tests.evals.runfiles import run_of
from tests.evals.systems import CASES, QUESTIONS, corpus
from tests.forking import Forked


def started(*arguments: str | Path, **more: Any) -> Forked:
    return Forked("-m", "rag.cli", "eval", *map(str, arguments), cwd=ROOT, **more)


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return started(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE).told()


def inside(*arguments: str | Path) -> Result:
    """The same, in this process: for what has to do with words and codes alone."""
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def gold_file(folder: Path, cases: tuple[Case, ...] = QUESTIONS) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("".join(case.model_dump_json() + "\n" for case in cases), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus(tmp_path / "corpus")
    gold_file(tmp_path)
    return tmp_path


def predictions(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "predictions.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


class Service(BaseHTTPRequestHandler):
    """Answers as the oracle does, but not every case at once, and not every case."""

    asked: list[str]
    slow_s = 0.0
    troubles: dict[str, int]

    def do_GET(self) -> None:
        self._send(200, {"status": "ok"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/ask":
            self._send(404, {"title": "Not found"})
            return
        case = next(one for one in QUESTIONS if one.question == body["question"])
        type(self).asked.append(case.id)
        time.sleep(self.slow_s)
        trouble = self.troubles.get(case.id, 200)
        if trouble == -1:
            time.sleep(3)
        told = systems.oracle(case)
        citations = [{"n": c.n, "quote": c.quote, "article": {"file": c.file}} for c in told.citations]
        record = {"status": told.status, "text": told.text, "short_answer": told.short_answer, "citations": citations}
        self._send(
            max(trouble, 200), record | {"confidence": 1.0, "sentences": [s.model_dump() for s in told.sentences]}
        )

    def _send(self, status: int, record: dict[str, Any]) -> None:
        raw = json.dumps(record).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        try:
            self.wfile.write(raw)
        except BrokenPipeError:
            return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ARG002
        return


@pytest.fixture
def service() -> Iterator[tuple[str, type[Service]]]:
    kind = type("Kind", (Service,), {"asked": [], "troubles": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", kind
    server.shutdown()
    server.server_close()


def test_a_killed_run_goes_on_where_it_stopped(folder: Path, service: tuple[str, type[Service]]) -> None:
    url, kind = service
    kind.slow_s = 0.15
    out = folder / "run.json"
    line = ("run", folder / "gold.jsonl", "--corpus", folder / "corpus", "--url", url, "--out", out)
    child = started(*line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journal = folder / "run.json.journal"
    while not journal.exists() or journal.read_bytes().count(b"\n") < 4:
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    safe = journal.read_bytes().count(b"\n") - 1
    assert not out.exists()
    kind.slow_s, kind.asked[:] = 0.0, []
    done = command(*line)
    assert done.returncode == 0, done.stderr
    assert len(kind.asked) == len(QUESTIONS) - safe
    assert load_run(out).scores_sha256 == load_run_of_a_whole(folder, url).scores_sha256
    assert not journal.exists()


def load_run_of_a_whole(folder: Path, url: str) -> Any:
    out = folder / "whole.json"
    done = command("run", folder / "gold.jsonl", "--corpus", folder / "corpus", "--url", url, "--out", out)
    assert done.returncode == 0, done.stderr
    return load_run(out)


def test_a_service_that_fails_or_hangs_for_some_cases(folder: Path, service: tuple[str, type[Service]]) -> None:
    url, kind = service
    kind.troubles = {"mayor": 500, "crowd": -1, "price": 422}
    out = folder / "run.json"
    arguments = (
        "run",
        folder / "gold.jsonl",
        "--corpus",
        folder / "corpus",
        "--url",
        url,
        "--out",
        out,
        "--timeout",
        "1",
    )
    done = command(*arguments, "--concurrency", "4")
    assert done.returncode == 3, done.stderr
    assert "2 of 10 cases have no score that counts. Run the same command again" in done.stderr
    assert "mayor: error: HTTP 500" in done.stdout
    assert "crowd: timeout: no answer in 1 s" in done.stdout
    made = load_run(out)
    assert {reply.case: reply.trouble for reply in made.replies if reply.trouble} == {
        "mayor": "error",
        "crowd": "timeout",
        "price": "refused",
    }
    assert made.summary["answered_right"].value == pytest.approx(4 / 7, abs=1e-5)
    kind.troubles, kind.asked[:] = {"price": 422}, []
    done = command(*arguments)
    assert done.returncode == 0, done.stderr
    assert sorted(kind.asked) == ["crowd", "mayor"]


def test_nothing_at_the_address_or_no_byline_service(folder: Path, service: tuple[str, type[Service]]) -> None:
    gold = ("run", folder / "gold.jsonl", "--corpus", folder / "corpus", "--out", folder / "r.json")
    done = command(*gold, "--url", "http://127.0.0.1:9")
    assert (done.returncode, "No service answers at http://127.0.0.1:9" in done.stderr) == (2, True)
    done = command(*gold, "--url", service[0] + "/elsewhere")
    assert (done.returncode, "this is no Byline service" in done.stderr) == (2, True)


def test_a_disk_without_room_loses_nothing(folder: Path) -> None:
    told = predictions(folder, *({"id": case.id, "text": "12 million " * 40} for case in QUESTIONS))
    out = folder / "run.json"
    arguments = ["run", folder / "gold.jsonl", "--corpus", folder / "corpus", "--predictions", told, "--out", out]
    # The child may write no file longer than this many bytes: as a full disk, the journal ends in the middle.
    line = " ".join(["ulimit -f 4;", *(f"'{part}'" for part in [sys.executable, "-m", "rag.cli", "eval", *arguments])])
    full = subprocess.run(["/bin/bash", "-c", line], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)
    assert full.returncode == 3, full.stderr
    assert "replies are safe in" in full.stderr
    assert "Make room and run the same command again" in full.stderr
    safe = (folder / "run.json.journal").read_bytes().count(b"\n") - 1
    assert 0 < safe < len(QUESTIONS)
    done = command(*arguments)
    assert done.returncode == 0, done.stderr
    assert len(load_run(out).replies) == len(QUESTIONS)


def test_a_predictions_file_with_missing_and_extra_ids(folder: Path) -> None:
    gold = ("run", folder / "gold.jsonl", "--corpus", folder / "corpus", "--out", folder / "r.json")
    rest = [{"id": case.id, "text": "x"} for case in QUESTIONS[1:]]
    done = command(*gold, "--predictions", predictions(folder, *rest))
    assert done.returncode == 3, done.stderr
    assert "day: missing: predictions.jsonl has no prediction for it" in done.stdout
    assert load_run(folder / "r.json").summary["right"].n == len(QUESTIONS)
    path = predictions(folder, {"id": "dya", "text": "x"}, {"id": "mayor"}, {"id": "mayor"}, {"text": "x"})
    path.write_text(path.read_text() + "{\n", encoding="utf-8")
    done = command(*gold, "--predictions", path)
    assert done.returncode == 2
    for fault in (
        ":1: the gold has no case dya",
        ":3: case mayor already has a prediction on line 2",
        ":4: it has no id",
    ):
        assert f"predictions.jsonl{fault}" in done.stderr
    assert "predictions.jsonl:5: it is no JSON" in done.stderr


def test_offline_runs_have_the_same_scores_to_the_byte_and_a_batch_of_byline_ask_too(folder: Path) -> None:
    data, gold = folder / "data", folder / "gold.jsonl"
    assert byline("ingest", str(folder / "corpus"), data=data).returncode == 0
    batch = byline("ask", "--batch", str(gold), data=data)
    assert batch.returncode == 0, batch.stderr
    (folder / "told.jsonl").write_text(batch.stdout, encoding="utf-8")
    arguments = ("run", gold, "--corpus", folder / "corpus", "--out")
    for name, more in (("own", ()), ("kept", ("--data-dir", data)), ("told", ("--predictions", folder / "told.jsonl"))):
        ran = command(*arguments, folder / f"{name}.json", *more)
        assert ran.returncode == 0, ran.stderr
    own, kept, told = (load_run(folder / f"{name}.json") for name in ("own", "kept", "told"))
    assert own.scores_sha256 == kept.scores_sha256
    assert own.fingerprint.archive == kept.fingerprint.archive
    assert own.target.models["embedding"]
    assert own.summary["quotes_exact"].value in (1, None)
    assert told.summary["right"] == own.summary["right"]
    assert told.summary["citation_recall"] == own.summary["citation_recall"]
    same = inside("compare", folder / "own.json", folder / "told.json")
    assert same.exit_code == 0, same.output
    assert "No case broke." in same.output


def test_answers_are_asked_again_in_changed_circumstances(folder: Path) -> None:
    few = folder / "few.jsonl"
    few.write_text(QUESTIONS[1].model_dump_json() + "\n", encoding="utf-8")
    done = inside("metamorphic", few, "--corpus", folder / "corpus")
    assert done.exit_code == 0, done.output
    assert "abstains" in done.output


def test_one_bad_line_of_gold_is_named_and_nothing_is_asked(folder: Path) -> None:
    path = folder / "gold.jsonl"
    path.write_text(path.read_text() + '{"id": "x"}\n', encoding="utf-8")
    done = command("run", path, "--corpus", folder / "corpus", "--out", folder / "r.json")
    assert done.returncode == 2
    assert f"{path}:11: kind: Field required" in done.stderr
    assert not (folder / "r.json.journal").exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--corpus", "nowhere"], "no corpus folder nowhere"),
        (["--url", "http://x", "--predictions", "p"], "exclude each other"),
        (["--predictions", "p", "--repeats", "2"], "one answer a case"),
        (["--predictions", "nowhere.jsonl"], "nowhere.jsonl can't be read"),
        (["--out", "/nowhere/run.json", "--predictions", "PREDICTIONS"], "can't be written"),
    ],
)
def test_a_command_line_that_cannot_be_used(folder: Path, arguments: list[str], reason: str) -> None:
    told = str(predictions(folder))
    given = [told if part == "PREDICTIONS" else part for part in arguments]
    if "--corpus" not in given:
        given += ["--corpus", str(folder / "corpus")]
    done = inside("run", folder / "gold.jsonl", *given)
    assert (done.exit_code, reason in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr


def test_comparing_has_an_exit_code_for_each_end(tmp_path: Path) -> None:
    def write(name: str, run: Any) -> Path:
        path = tmp_path / name
        path.write_text(dump(run), encoding="utf-8")
        return path

    many = tuple(c.model_copy(update={"id": f"{c.id}-{n}", "cluster": f"{c.id}-{n}"}) for n in range(5) for c in CASES)
    good = write("good.json", run_of(systems.oracle, many))
    kept = write("kept.json", baseline_of(load_run(good)))
    bad = write("bad.json", run_of(systems.abstainer, many))
    lost = write("lost.json", run_of(systems.silent, many))
    other = write(
        "other.json",
        load_run(good).model_copy(
            update={"fingerprint": load_run(good).fingerprint.model_copy(update={"corpus": "x"})}
        ),
    )
    old = tmp_path / "old.json"
    old.write_text('{"format": "byline-eval-run/0"}', encoding="utf-8")

    assert inside("compare", kept, good).exit_code == 0
    done = inside("compare", kept, bad, "--json", tmp_path / "told.json")
    assert done.exit_code == 1
    assert "regression: right" in done.stderr
    assert json.loads((tmp_path / "told.json").read_text())["metrics"][0]["verdict"] == "regression"
    assert inside("compare", kept, lost).exit_code == 3
    for baseline in (old, other, tmp_path / "none.json"):
        done = inside("compare", baseline, good)
        assert done.exit_code == 4, done.stderr
    assert "differ in corpus" in inside("compare", other, good).stderr
    assert inside("compare", other, good, "--ignore", "corpus").exit_code == 0
    assert inside("compare", good, old).exit_code == 2
    assert inside("compare", good, good, "--margin", "wrong=1").exit_code == 2
    assert inside("compare", good, good, "--ignore", "weather").exit_code == 2
    assert inside("baseline", lost, "--out", tmp_path / "b.json").exit_code == 3


def test_a_report_goes_to_every_form_at_once(tmp_path: Path) -> None:
    run, old = tmp_path / "run.json", tmp_path / "old.json"
    run.write_text(dump(run_of(systems.copycat)), encoding="utf-8")
    old.write_text(dump(baseline_of(run_of(systems.oracle))), encoding="utf-8")
    forms = ("html", "markdown", "junit", "jsonl")
    options = [part for form in forms for part in (f"--{form}", str(tmp_path / form))]
    done = inside("report", run, "--baseline", old, "--corpus", corpus(tmp_path / "corpus"), "--failures", *options)
    assert done.exit_code == 0, done.output
    assert all((tmp_path / form).stat().st_size for form in forms)
    assert "Mayor Ana Ruiz" in (tmp_path / "html").read_text(encoding="utf-8")
    assert inside("report", run, "--baseline", tmp_path / "none.json").exit_code == 4
    assert inside("report", tmp_path / "none.json").exit_code == 2


@pytest.mark.parametrize("name", ["run", "compare", "baseline"])
def test_help_tells_the_exit_codes(name: str) -> None:
    told = " ".join(inside(name, "--help").stdout.replace("│", " ").split())
    for words in ("0 pass", "1 regression", "2 bad configuration or gold", "3 incomplete", "4 no comparable baseline"):
        assert words in told
