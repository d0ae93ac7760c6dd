"""Whatever a file holds, its articles are articles or rejections with a remedy, and offsets hold."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.chunk import chunk
from rag.errors import ArticleRejected
from rag.ingest.identity import Origin
from rag.ingest.limits import Limits
from rag.ingest.readers import read_line, read_whole
from rag.ingest.records import FIELDS
from rag.types import Article
from tests.rag.ingest.files import STORY

TEXT = st.text(st.characters(codec=None), max_size=80) | st.just(STORY)
VALUE = (
    st.none()
    | st.booleans()
    | st.integers()
    | TEXT
    | st.lists(TEXT, max_size=2)
    | st.dictionaries(TEXT, TEXT, max_size=1)
)
RECORD: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"text": VALUE}, optional=dict.fromkeys([name for name in FIELDS if name != "text"], VALUE)
)


def _outcome(read: Any, raw: bytes, origin: Origin) -> Article | ArticleRejected:
    try:
        article: Article = read(raw, origin, Limits(max_article_chars=2_000))
    except ArticleRejected as rejection:
        return rejection
    return article


def check(read: Any, raw: bytes, name: str) -> None:
    origin = Origin(name, Path("/archive", name), hashlib.sha256(raw).hexdigest())
    outcome = _outcome(read, raw, origin)
    if isinstance(outcome, ArticleRejected):
        assert outcome.remedy
        assert outcome.where == name
        return
    assert outcome.text.strip()
    assert "\r" not in outcome.text
    assert outcome.text.encode("utf-8")
    for passage in chunk(outcome):
        assert outcome.text[passage.start : passage.end].strip()


@settings(deadline=None)
@given(
    st.binary(max_size=300) | TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([".txt", ".md"]),
)
def test_any_bytes_in_a_file(raw: bytes, suffix: str) -> None:
    check(read_whole, raw, f"story{suffix}")


@settings(deadline=None)
@given(TEXT, TEXT)
def test_any_front_matter(front: str, body: str) -> None:
    check(read_whole, f"---\ntitle: {front}\n---\n{body}".encode("utf-8", "replace"), "story.md")


@settings(deadline=None)
@given(RECORD | VALUE)
def test_any_record_in_a_line(record: Any) -> None:
    check(read_line, json.dumps(record).encode(), "news.jsonl")


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_in_a_line(raw: bytes) -> None:
    check(read_line, raw, "news.jsonl")
