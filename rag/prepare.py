"""One article's bytes to what is stored of it: the part of an ingest that needs no archive and may be done anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.chunk import chunk, embedded_text
from rag.keywords import terms
from rag.ledger_write import Admission
from rag.neardup import SIMILAR, bands, signature
from rag.occurrences import Keys, keys
from rag.ports import Embedder
from rag.types import Article, Passage


class Unit(Protocol):
    """One article's raw bytes: where they are, their digest, and how to read them."""

    @property
    def where(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def read(self) -> Callable[[], Article]: ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with all that is stored of it but its vectors."""

    digest: str
    article: Article
    passages: tuple[Passage, ...]
    words: tuple[Keys, ...]
    signature: bytes | None

    def admission(self, vectors: NDArray[np.float16]) -> Admission:
        """`vectors` has a row for each passage, in order."""
        return Admission(
            digest=self.digest,
            article=self.article,
            passages=self.passages,
            words=self.words,
            vectors=vectors,
            signature=self.signature,
            bands=bands(self.signature) if self.signature else (),
            similar=SIMILAR,
        )


def prepare(unit: Unit, passage_chars: int) -> Prepared:
    """Raises ArticleRejected."""
    article = unit.read()
    passages = tuple(chunk(article, passage_chars))
    words = tuple(keys(terms(article.text[p.start : p.end])) for p in passages)
    return Prepared(unit.digest, article, passages, words, signature(article.text, article.marks))


def vectors_of(batch: Sequence[Prepared], embedder: Embedder) -> NDArray[np.float16]:
    """A row for each passage of each article, in order."""
    texts = [embedded_text(p.article.title, p.article.text[x.start : x.end]) for p in batch for x in p.passages]
    return embedder.embed(texts).astype(np.float16)
