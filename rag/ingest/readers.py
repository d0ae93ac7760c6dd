"""The bytes of one article to the Article, by the kind of their file."""

from __future__ import annotations

from rag.errors import ArticleRejected
from rag.ingest.decode import decode
from rag.ingest.discover import kind_of
from rag.ingest.draft import Draft, settle
from rag.ingest.identity import Origin
from rag.ingest.limits import Limits
from rag.ingest.plain import read_markdown, read_text
from rag.ingest.records import read_record
from rag.ingest.sandbox import read_apart
from rag.types import Article


def read_line(raw: bytes, origin: Origin, limits: Limits) -> Article:
    """The article of one line of a .jsonl file. Raises ArticleRejected."""
    return settle(read_record(raw, origin.where, origin.digest), origin, limits)


def read_whole(raw: bytes, origin: Origin, limits: Limits) -> Article:
    """The article of a file that holds one. Raises ArticleRejected."""
    return settle(draft_of(raw, origin, limits), origin, limits)


def draft_of(raw: bytes, origin: Origin, limits: Limits) -> Draft:
    """What a file that holds one article states, unsettled. Raises ArticleRejected."""
    kind = kind_of(origin.path)
    if not raw:
        raise ArticleRejected(origin.where, "the file is empty.", remedy="Give it a text, or leave it out.")
    if kind == ".pdf":
        return read_apart("pdf", raw, origin.where, limits)
    if kind in {".html", ".htm"}:
        return read_apart("html", raw, origin.where, limits)
    text = decode(raw, origin.where)
    return read_text(text) if kind == ".txt" else read_markdown(text, origin.where)
