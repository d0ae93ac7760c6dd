"""Run as a process by the crash tests: ingests, updates or removes with small batches until it is killed.

It prints `ready` before the first write, then one line for each acknowledged step.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from rag.ingest.units import Limits, Unit, units
from rag.ingestion import Ingestor, IngestReport
from rag.settings import Settings, load_settings
from rag.store import open_store
from tests.rag.fakes import WordEmbedder


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def ingest(settings: Settings, file: Path) -> None:
    def tell(report: IngestReport) -> None:
        say(f"stored {report.new + report.updated}")

    with open_store(settings, "crash test", chroma_lag=16) as store:
        job = Ingestor(store, WordEmbedder(), settings.passage_chars, batch_passages=8)
        say("ready")
        job.run(_all_units(file), tell)


def _all_units(file: Path) -> Iterator[Unit]:
    for unit in units(file, Limits()):
        if isinstance(unit, Unit):
            yield unit


def remove(settings: Settings, file: Path) -> None:
    wanted = json.loads(file.read_text(encoding="utf-8"))
    with open_store(settings, "crash test") as store:
        say("ready")
        for article_id in wanted:
            store.remove(article_id)
            say(f"removed {article_id}")


if __name__ == "__main__":
    {"ingest": ingest, "remove": remove}[sys.argv[1]](load_settings(), Path(sys.argv[2]))
