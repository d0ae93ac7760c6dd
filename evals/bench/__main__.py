"""`python -m evals.bench --data DIR`: measures everything in one run, prints the tables and writes JSON."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from evals.bench import sections
from evals.bench.reading import reading
from evals.bench.realtimeqa import articles_file
from evals.bench.retrieval import retrieval
from evals.bench.rows import Row, table
from evals.bench.sections import Bench

# `latency`, `retrieval` and `reading` use the archive that `ingest` made.
SECTIONS: dict[str, Callable[[Bench], list[Row]]] = {
    "cold": sections.cold,
    "embedding": sections.embedding,
    "ingest": sections.ingest,
    "latency": sections.latency,
    "retrieval": retrieval,
    "reading": reading,
    "tutorial": sections.tutorial,
}


def main(
    data: Annotated[Path, typer.Option(help="A folder with realtimeqa-2022/articles.jsonl.gz and questions.jsonl.")],
    articles: Annotated[int, typer.Option(min=0, help="How many articles; 0 takes all.")] = 500,
    out: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path("bench.json"),
    only: Annotated[list[str] | None, typer.Option(help=f"Only these: {', '.join(SECTIONS)}.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Keep the archives here, and use those that are there.")] = None,
) -> None:
    """Measure, print, write."""
    if not articles_file(data).exists():
        raise typer.BadParameter(f"{articles_file(data)} is not there; RealTimeQA 2022 is not part of this project.")
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(data, articles, folder or Path(temporary))
        told: dict[str, Any] = {"machine": _machine(), "articles": articles, "sections": {}}
        for name, section in SECTIONS.items():
            if only and name not in only:
                continue
            rows = section(bench)
            table(name, rows)
            told["sections"][name] = [row.record() for row in rows]
            out.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _machine() -> dict[str, Any]:
    packages = ("byline", "chromadb", "tantivy", "onnxruntime", "sentence-transformers", "langchain-core")
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
    }


if __name__ == "__main__":
    typer.run(main)
