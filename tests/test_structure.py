"""What a reviewer would check by hand: heavy libraries have one door each, and modules stay small."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(p for folder in ("rag", "api", "evals", "training", "deploy") for p in (ROOT / folder).rglob("*.py"))

# Where each heavy library may be imported.
DOORS = {
    "alembic": {"rag/database/migrate.py", *(f"rag/migrations/{name}.py" for name in ("env", "versions/*"))},
    "chromadb": {"rag/vectors.py"},
    "tantivy": {"rag/keywords.py"},
    "sentence_transformers": {"rag/embed_any.py", "rag/reader_any.py", "evals/bench/embedding.py"},
    "torch": {
        "rag/export_onnx.py",
        "rag/embed_any.py",
        "rag/reader_any.py",
        "evals/bench/embedding.py",
        *(f"training/{name}.py" for name in ("ablate", "bundled", "checkpoint", "dev", "model", "mpnet", "train")),
    },
    "transformers": {"rag/reader_any.py", "training/model.py"},
    "onnxruntime": {"rag/embed.py", "rag/export_onnx.py", "rag/reader_model.py", "training/teach.py"},
    "trafilatura": {"rag/ingest/markup.py"},
    "pypdf": {"rag/ingest/pdf.py", "rag/ingest/pdf_child.py"},
    "rensa": {"rag/neardup.py"},
    "nupunkt": {"rag/sentences.py"},
    "ir_measures": {"evals/metrics/retrieval.py"},
    "mcp": {"api/mcp_mount.py", "api/mcp_server.py"},
    "httpcore": {"rag/fetch/wire.py"},
    "feedparser": {"rag/ingest/feed.py"},
    "prometheus_client": {"api/metrics.py"},
    "opentelemetry": {"rag/telemetry.py"},
    "ray": {"rag/on_ray/*.py"},
    "jinja2": {"evals/report/page.py"},
}


@cache
def nodes(file: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


@cache
def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("library", DOORS)
def test_a_heavy_library_is_imported_in_its_own_file(library: str) -> None:
    found = {str(p.relative_to(ROOT)) for p in SOURCES if library in imported(p)}
    assert found
    assert all(any(fnmatch(one, door) for door in DOORS[library]) for one in found)


@pytest.mark.parametrize("file", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_and_functions_stay_small(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 330
    for node in nodes(file):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


def test_only_settings_reads_the_environment() -> None:
    looks = re.compile(r"os\.(?:environ\.get|environ\[|getenv)(?!\(\"PYTHONPATH\"\))")  # a child process gets that one
    readers = {str(p.relative_to(ROOT)) for p in SOURCES if looks.search(p.read_text("utf-8"))}
    assert readers <= {"rag/settings.py"}
