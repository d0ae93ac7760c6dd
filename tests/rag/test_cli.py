"""The command as a user runs it: processes and archives of its own."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.command import ROOT, byline, lend_model
from tests.forking import Forked

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"


def record(*arguments: str, data: Path) -> dict[str, Any]:
    done = byline(*arguments, data=data)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_first_commands_on_a_new_machine(tmp_path: Path) -> None:
    """Each in a new interpreter, and the first one exports the model."""
    for arguments, told in ((["ingest", str(ROOT / "corpus")], "The archive holds"), (["ask", QUESTION], "Valencia")):
        command = [sys.executable, "-m", "rag.cli", *arguments, "--data-dir", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)
        assert (done.returncode, done.stderr) == (0, "")
        assert told in done.stdout


def test_ask_prints_the_answer_and_where_it_stands(data: Path) -> None:
    done = byline("ask", QUESTION, "--explain", data=data)
    assert done.returncode == 0, done.stderr
    assert "Valencia" in done.stdout
    assert "[1] 002_d463962792375dd0.txt — source unknown, date unknown" in done.stdout
    assert re.search(r"characters \d+–\d+", done.stdout)
    assert "Ranking" in done.stdout


def test_the_json_record_quotes_the_stored_characters(data: Path) -> None:
    told = record("ask", QUESTION, "--json", data=data)
    (citation, *_) = told["citations"]
    shown = record("articles", "show", citation["article"]["id"], "--json", data=data)
    assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert shown["text"].endswith(citation["quote"] + citation["suffix"], 0, citation["end"] + len(citation["suffix"]))
    assert shown["text"][slice(*citation["answer_span"])] == told["short_answer"]
    assert citation["start"] <= citation["answer_span"][0] < citation["answer_span"][1] <= citation["end"]


def test_it_abstains_and_says_what_is_missing(data: Path) -> None:
    told = record("ask", "How much did the Bishop of Ely spend on beekeeping?", "--json", data=data)
    assert told["status"] == "no_evidence"
    assert told["missing"]
    assert told["nearest"]


def test_search_gives_k_passages_best_first(data: Path) -> None:
    hits = record("search", "Ford and Volkswagen alliance", "--k", "3", "--json", data=data)["hits"]
    scores = [hit["scores"]["fused"] for hit in hits]
    assert len(hits) == 3
    assert scores == sorted(scores, reverse=True)
    assert all("relevance" in hit["parts"] for hit in hits)


def test_search_without_the_reader_model(data: Path) -> None:
    hits = record("search", "Ford and Volkswagen alliance", "--no-rerank", "--json", data=data)["hits"]
    assert not any("relevance" in hit["parts"] for hit in hits)


def test_a_batch_answers_each_line_and_goes_on_over_bad_ones(data: Path, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "question": QUESTION}),
        "no json",
        '{"id": "b"}',
        '{"id": 3, "question": ""}',
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    done = byline("ask", "--batch", str(file), data=data)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 3
    assert [t["id"] for t in told] == ["a", None, None, 3]
    assert "Valencia" in told[0]["text"]
    assert all(t["error"]["remedy"] for t in told[1:])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask", ""], "empty"),
        (["ask"], "no question"),
        (["ask", "the of"], "no word"),
        (["ask", "Ford?", "--from", "yesterday"], "--from yesterday"),
        (["articles", "show", "a0"], "No article a0"),
        (["articles", "remove", "a0"], "No article a0"),
        (["ask", "--batch", "/no/such/file"], "/no/such/file"),
    ],
)
def test_a_mistake_is_one_line_with_a_remedy(data: Path, arguments: list[str], told: str) -> None:
    done = byline(*arguments, data=data)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_empty_archive_says_how_to_fill_it(tmp_path: Path) -> None:
    done = byline("ask", QUESTION, data=tmp_path / "none")
    assert done.returncode == 1
    assert "byline ingest" in done.stderr


def test_bad_files_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text("The ferry to Arran sailed again on Sunday after repairs.", encoding="utf-8")
    (folder / "empty.txt").write_text("", encoding="utf-8")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    (folder / "lines.jsonl").write_text('{"text": "Snow fell on Leith all night."}\n{"text": 7}\n', encoding="utf-8")
    done = byline("ingest", str(folder), data=tmp_path / "data")
    assert done.returncode == 3
    told = " ".join(done.stdout.split())
    assert "new │ 2" in told
    assert "rejected │ 4" in told
    for name in ("empty.txt", "binary.txt", "broken.pdf", "lines.jsonl:2"):
        assert name in told.replace(" ", "")
    again = byline("ingest", str(folder / "good.txt"), data=tmp_path / "data")
    assert again.returncode == 0
    assert "unchanged │ 1" in " ".join(again.stdout.split())


def test_an_interrupted_ingest_keeps_what_it_stored_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    rows = [{"id": str(n), "text": f"Report {n}: the council of ward {n} met on dredging."} for n in range(2000)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    lend_model(tmp_path / "data")
    command = ("-m", "rag.cli", "ingest", str(file), "--data-dir", str(tmp_path / "data"))
    child = Forked(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while child.poll() is None and not stored(tmp_path / "data" / "ledger.sqlite3"):
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    told, errors = child.communicate(timeout=60)
    assert child.returncode == 130, errors
    assert "Interrupted" in told
    assert "Traceback" not in errors
    told_stored = int(re.search(r"new\s+│\s+([\d,]+)", told)[1].replace(",", ""))  # type: ignore[index]
    assert 0 < told_stored < 2000
    assert stored(tmp_path / "data" / "ledger.sqlite3") == told_stored


def stored(ledger: Path) -> int:
    """How many articles a ledger holds that somebody else may be making."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as opened:
        return int(opened.execute("select count(*) from articles").fetchone()[0])
    return 0


def test_removal_and_rebuild(tmp_path: Path) -> None:
    file = tmp_path / "otter.txt"
    file.write_text("An otter was seen in the harbour of Oban by nine anglers.", encoding="utf-8")
    data = tmp_path / "data"
    assert byline("ingest", str(file), str(ROOT / "corpus"), data=data).returncode == 0
    told = record("ask", "Where was an otter seen?", "--json", data=data)
    otter = told["citations"][0]["article"]["id"]
    assert byline("rebuild", data=data).returncode == 0
    assert "Oban" in record("ask", "Where was an otter seen?", "--json", data=data)["text"]
    assert byline("articles", "remove", otter, data=data).returncode == 0
    assert record("ask", "Where was an otter seen?", "--json", data=data)["status"] == "no_evidence"
    assert byline("doctor", data=data).returncode == 0
