"""The benchmark on real news, over a folder of the same format made here."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evals.bench.__main__ import main
from evals.bench.curve import PICTURE
from evals.bench.reading import auroc
from tests.command import byline

ARTICLES = {
    "a1": (
        "Harbour bridge reopens",
        "The harbour bridge reopened on Monday after repairs. Mayor Ana Ruiz cut the ribbon before 4,000 people.",
    ),
    "a2": (
        "Ferries to Lund Island stop",
        "Norrfrakt stopped its ferries to Lund Island when the last captain resigned. Islanders are angry.",
    ),
    "a3": ("Rain in the north", "Rain is expected in the north for the rest of the week, forecasters said on Friday."),
}
QUESTIONS = {
    "q1": ("Who cut the ribbon of the harbour bridge?", ["Ana Ruiz"], ["a1"]),
    "q2": ("Which operator ran the ferries to Lund Island?", ["Norrfrakt"], ["a2"]),
    "q3": ("Who won the chess final?", ["Ida Quist"], ["a3"]),  # not in its article, so not asked
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in RealTimeQA's format."""
    with gzip.open(tmp_path / "articles.jsonl.gz", "wt", encoding="utf-8") as out:
        for key, (title, text) in ARTICLES.items():
            url = f"https://news.example/{key}"
            row = {"id": key, "url": url, "title": title, "text": text, "published": "2022-06-20T00:00:00"}
            out.write(json.dumps(row) + "\n")
    lines = [
        json.dumps({"id": key, "question": text, "gold": gold, "articles": own, "asked": "2022-06-24"})
        for key, (text, gold, own) in QUESTIONS.items()
    ]
    (tmp_path / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def bench(*arguments: str) -> Any:
    import typer

    app = typer.Typer()
    app.command()(main)
    return CliRunner().invoke(app, arguments)


def test_questions_are_found_read_and_timed(folder: Path) -> None:
    work, out = folder / "work", folder / "told.json"
    assert byline("ingest", str(folder / "articles.jsonl.gz"), data=work / "archive").returncode == 0
    label = {"sentence": "Norrfrakt said so.", "before": "", "kind": "on the record", "source": "Norrfrakt"}
    (work / "attribution.jsonl").write_text(json.dumps(label) + "\n", encoding="utf-8")
    sections = ("latency", "retrieval", "reading", "read-passages", "claims")
    only = [word for name in sections for word in ("--only", name)]
    done = bench("--data", str(folder), "--articles", "0", "--folder", str(work), "--out", str(out), *only)
    assert done.exit_code == 0, done.output
    told = json.loads(out.read_text(encoding="utf-8"))
    assert {"at", "commit", "machine"} <= told.keys()
    figures = {row["what"].strip(): row["figure"] for rows in told["sections"].values() for row in rows}
    assert figures["hit@1"] == "1.000"
    assert figures["chosen sentences contain the gold string"] == "1.000"
    assert float(figures["confidence with its articles against without, AUROC"]) == 1.0
    assert figures["16 passages read (the default)"].startswith("hit@1 1.000")
    assert (folder / PICTURE).read_text(encoding="utf-8").count("<polyline") == 2
    assert figures["unchanged or reworded: supported"] == "1.000"
    assert figures["who says it: source and class right"] == "1.000"
    assert out.with_suffix(".md").read_text(encoding="utf-8").startswith(told["at"][:10])


def test_without_real_news_it_says_so(tmp_path: Path) -> None:
    done = bench("--data", str(tmp_path))
    assert done.exit_code == 0
    assert "Skipped" in done.output
    assert "articles.jsonl.gz is not there" in done.output


def test_a_section_that_is_not_there_is_refused(folder: Path) -> None:
    done = bench("--data", str(folder), "--only", "speed")
    assert done.exit_code == 2
    assert "speed" in done.output


def test_confidence_is_told_apart_by_order_alone() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert auroc([0.5, 0.5], [0.5, 0.5]) == 0.5
    assert auroc([0.1, 0.6], [0.2, 0.4]) == 0.5
