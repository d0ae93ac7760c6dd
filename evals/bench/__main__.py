"""`python -m evals.bench --data DIR`: measures everything in one run, prints the tables and writes them.

`DIR` is a folder in RealTimeQA's format, or one that has it as `realtimeqa-2022`; without it there is nothing to
measure, which is said and is no failure.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from evals.bench import sections
from evals.bench.chroma import chroma_server
from evals.bench.claims import claims
from evals.bench.curve import read_passages
from evals.bench.llm import language_model
from evals.bench.load import load
from evals.bench.on_ray import on_ray
from evals.bench.reading import reading
from evals.bench.realtimeqa import articles_file, questions_file
from evals.bench.retrieval import retrieval
from evals.bench.rows import Row, markdown, table
from evals.bench.sections import Bench
from evals.bench.service import service
from evals.bench.tutorial_rows import tutorial
from evals.runs.fingerprint import surroundings

# `latency`, `chroma-server`, `retrieval`, `reading`, `claims`, `language-model`, `service`,
# `load` and `tutorial` use the archive that `ingest` made.
SECTIONS: dict[str, Callable[[Bench], list[Row]]] = {
    "cold": sections.cold,
    "embedding": sections.embedding,
    "ingest": sections.ingest,
    "ray": on_ray,
    "latency": sections.latency,
    "chroma-server": chroma_server,
    "retrieval": retrieval,
    "reading": reading,
    "read-passages": read_passages,
    "claims": claims,
    "language-model": language_model,
    "service": service,
    "load": load,
    "tutorial": tutorial,
}


def main(
    data: Annotated[Path, typer.Option(help="A folder with articles.jsonl.gz and questions.jsonl.")],
    articles: Annotated[int, typer.Option(min=0, help="How many articles; 0 takes all.")] = 500,
    out: Annotated[Path, typer.Option(help="Where the JSON goes; tables and pictures go beside it.")] = Path(
        "bench.json"
    ),
    only: Annotated[list[str] | None, typer.Option(help=f"Only these: {', '.join(SECTIONS)}.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Keep the archives here, and use those that are there.")] = None,
) -> None:
    """Measure, print, write."""
    unknown = sorted(set(only or ()) - SECTIONS.keys())
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(SECTIONS)}.")
    absent = [file for file in (articles_file(data), questions_file(data)) if not file.exists()]
    if absent:
        typer.echo(f"Skipped: {absent[0]} is not there. Real news is not part of this project; name its folder.")
        return
    told: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **surroundings()}
    told |= {"articles": articles, "sections": {}}
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(data, articles, folder or Path(temporary), out.resolve().parent)
        for name, section in SECTIONS.items():
            if only and name not in only:
                continue
            rows = section(bench)
            table(name, rows)
            told["sections"][name] = [row.record() for row in rows]
            out.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            out.with_suffix(".md").write_text(_page(told), encoding="utf-8")


def _page(told: dict[str, Any]) -> str:
    commit = (told["commit"] or "unknown")[:12] + (" with changes" if told["dirty"] else "")
    head = f"{told['at'][:10]}, {told['machine']}, Python {told['python']}, commit {commit}"
    return head + "\n" + "".join(markdown(name, rows) for name, rows in told["sections"].items())


if __name__ == "__main__":
    typer.run(main)
