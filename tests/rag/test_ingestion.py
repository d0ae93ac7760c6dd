"""The ingest job, with a real store and real files."""

from __future__ import annotations

import json
from pathlib import Path

from rag.ingest.units import Limits, units
from rag.ingestion import Ingestor, IngestReport
from rag.settings import Settings
from rag.store import open_store
from tests.rag.fakes import WordEmbedder


def ingest(data: Path, file: Path) -> IngestReport:
    with open_store(Settings(data_dir=data), "test") as store:
        return Ingestor(store, WordEmbedder(), 800, batch_passages=2).run(units(file, Limits()))


def test_a_file_with_several_versions_of_an_article_changes_nothing_the_second_time(tmp_path: Path) -> None:
    texts = ["The bridge at Ayr closed on Monday.", "The bridge at Ayr closed on Tuesday.", "Trams ran in Leith."]
    urls = ["https://n.example/bridge", "https://n.example/bridge", "https://n.example/trams"]
    file = tmp_path / "articles.jsonl"
    rows = [{"url": url, "text": text} for url, text in zip(urls, texts, strict=True)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    first, again = ingest(tmp_path / "data", file), ingest(tmp_path / "data", file)
    assert (first.new, first.updated, first.unchanged) == (2, 1, 0)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 3)
