"""What has to be true of every reply of the chat protocol, whoever received it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rag.settings import load_settings
from rag.wiring import open_ledger

QUESTION = "Which Ford plant is the leading candidate to build Geely cars?"
DIFFERING = "How many people did the Lomar earthquake kill?"
UNANSWERED = "What did the Bishop of Ely say about beekeeping subsidies?"


def holds_together(content: str, annotations: list[dict[str, Any]], record: dict[str, Any], data: Path) -> None:
    """The text is the record's; each annotation is a sentence with its marks, and leads to its very quote."""
    assert content == record["text"]
    told = [one["url_citation"] | {"type": one["type"]} for one in annotations]
    wanted = [(s, n) for s in record["sentences"] for n in s["citations"]]
    assert len(told) == len(wanted)
    citations = {one["n"]: one for one in record["citations"]}
    for one, (sentence, n) in zip(told, wanted, strict=True):
        assert one["type"] == "url_citation"
        marked = sentence["text"] + "".join(f" [{m}]" for m in sentence["citations"])
        assert content[one["start_index"] : one["end_index"]] == marked
        _leads_to(one, citations[n], data)


def _leads_to(annotation: dict[str, Any], citation: dict[str, Any], data: Path) -> None:
    article = citation["article"]
    with open_ledger(load_settings(data_dir=data)) as ledger:
        stored = ledger.text(article["id"], article["version"])
    assert stored[citation["start"] : citation["end"]] == citation["quote"]
    assert annotation["title"] == (article["title"] or article["file"])
    if article["url"]:
        assert annotation["url"].startswith(article["url"] + "#:~:text=")
        return
    asked = parse_qs(urlsplit(annotation["url"]).query)
    assert asked["article"] == [article["id"]]
    start, end = int(asked["start"][0]), int(asked["end"][0])
    assert stored[start:end] == citation["quote"]


def without_what_varies(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in {"id", "timings_ms"}}
