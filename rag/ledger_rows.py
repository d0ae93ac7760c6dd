"""Rows of the ledger as records, and back."""

from __future__ import annotations

import array
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import RowMapping, func

from rag import schema as s
from rag.errors import ModelMismatch, NotFound
from rag.types import Article, ArticleRef, DateKnown, Mark, Passage, Published, Span

REF_COLUMNS = [s.versions.c[n] for n in ("article_id", "version", "title", "source", "url", "published", "file")]
PASSAGE_COLUMNS = [
    *(s.passages.c[n] for n in ("id", "ordinal", "start", "end", "sentences")),
    func.substr(s.versions.c.text, s.passages.c.start + 1, s.passages.c.end - s.passages.c.start),
    *REF_COLUMNS,
]
OUTLINE_COLUMNS = [*(s.passages.c[n] for n in ("id", "article_id", "ordinal", "words")), s.versions.c.title]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with what display needs of its article."""

    passage: Passage
    article: ArticleRef
    text: str


OutlineRow = tuple[int, str, int, bytes, str | None]
"""OUTLINE_COLUMNS of a passage."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What ranking needs of a passage, without its text. It never changes. `words` are its analysed words' keys."""

    id: int
    article_id: str
    ordinal: int
    words: NDArray[np.uint32]
    title: str | None

    @classmethod
    def of(cls, row: OutlineRow) -> Outline:
        passage_id, article_id, ordinal, words, title = row
        return cls(passage_id, article_id, ordinal, np.frombuffer(words, "<u4"), title)


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """A line of `byline articles list`."""

    article: ArticleRef
    versions: int
    passages: int
    cluster: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """Passages `first..last` were added, dropped or removed with their article at `seq`; none when `last` is lower."""

    seq: int
    kind: str
    first: int
    last: int


def stored_passage(row: Sequence[Any]) -> StoredPassage:
    """From PASSAGE_COLUMNS."""
    passage_id, ordinal, start, end, sentences, body, *article = row
    ref = ArticleRef(*article)
    return StoredPassage(
        Passage(ref.id, ref.version, ordinal, start, end, unpack_spans(sentences), passage_id), ref, body
    )


def ref(row: Mapping[Any, Any]) -> ArticleRef:
    return ArticleRef(
        row["article_id"],
        row["version"],
        row["title"],
        row["source"],
        row["url"],
        row["published"],
        row["file"],
    )


def to_article(row: RowMapping) -> Article:
    known: DateKnown | None = row["published_known"]
    return Article(
        id=row["article_id"],
        key="",
        text=row["text"],
        file=row["file"],
        title=row["title"],
        source=row["source"],
        url=row["url"],
        authors=tuple(json.loads(row["authors"])),
        published=Published(row["published"], known) if known else None,
        language=row["language"],
        marks=tuple(Mark(*mark) for mark in json.loads(row["marks"])),
        version=row["version"],
    )


def model_mismatch(stored: str, wanted: str) -> ModelMismatch:
    return ModelMismatch(
        f"The archive was embedded with {stored}; the settings ask for {wanted}.",
        remedy="Run `byline rebuild` to embed it anew, or set BYLINE_EMBEDDING_MODEL back.",
    )


def no_article(article_id: str, version: int | None) -> NotFound:
    which = article_id if version is None else f"{article_id} version {version}"
    return NotFound(f"No article {which}.", remedy="`byline articles list` shows what there is.")


def pack_spans(spans: Sequence[Span]) -> bytes:
    """Spans as little-endian unsigned 32-bit pairs."""
    return np.asarray(spans, dtype="<u4").tobytes()


def unpack_spans(packed: bytes) -> tuple[Span, ...]:
    flat = array.array("I", packed)
    return tuple(Span(flat[i], flat[i + 1]) for i in range(0, len(flat), 2))


def ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None
