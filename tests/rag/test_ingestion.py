"""The ingest job, with a real store and real files."""

from __future__ import annotations

import json
from pathlib import Path

from rag.ingest.units import Limits, units
from rag.ingestion import Ingestor, IngestReport
from rag.settings import Settings
from rag.store import open_store
from tests.rag.fakes import WordEmbedder


def ingest(settings: Settings, file: Path) -> IngestReport:
    with open_store(settings, "test") as store:
        return Ingestor(store, WordEmbedder(), 800, batch_passages=2).run(units(file, Limits()))


def test_a_file_with_several_versions_of_an_article_changes_nothing_the_second_time(tmp_path: Path) -> None:
    texts = ["The bridge at Ayr closed on Monday.", "The bridge at Ayr closed on Tuesday.", "Trams ran in Leith."]
    urls = ["https://n.example/bridge", "https://n.example/bridge", "https://n.example/trams"]
    file = tmp_path / "articles.jsonl"
    rows = [{"url": url, "text": text} for url, text in zip(urls, texts, strict=True)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = Settings(data_dir=tmp_path / "data")
    first, again = ingest(settings, file), ingest(settings, file)
    assert (first.new, first.updated, first.unchanged) == (2, 1, 0)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 3)


def test_what_a_database_could_not_store_is_rejected_alone(settings: Settings, tmp_path: Path) -> None:
    told, file = {"text": "The bridge at Ayr closed on Monday."}, tmp_path / "articles.jsonl"
    hostile = [
        told | {"title": "Bridge\0"},
        told | {"id": "\0"},
        told | {"authors": ["A\0"]},
        told | {"language": "en\0", "url": "https://n.example/\0"},
        told | {"id": "x" * 3000},
        told | {"url": "https://n.example/" + "ü" * 3000},
        told | {"source": "𐍈" * 3000, "id": "y" * 1500},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in [*hostile, told]), encoding="utf-8")
    report = ingest(settings, file)
    assert [one.where.rpartition(":")[2] for one in report.rejected] == ["1", "2", "3", "4", "5", "6"]
    assert "key of 6,0" in report.rejected[5].reason
    assert report.new == 2
