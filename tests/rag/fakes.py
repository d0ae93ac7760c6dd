"""Small stand-ins at the ports, and makers of records."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from datetime import date

import numpy as np

from rag.ledger_write import Admission
from rag.neardup import SIMILAR, bands, signature
from rag.occurrences import keys
from rag.ports import Vectors
from rag.types import Article, Passage, Published, Span

DIMENSIONS = 64


class WordEmbedder:
    """Unit vectors from hashed words: texts that share words are near each other."""

    identity = "words@test"
    dimensions = DIMENSIONS

    def embed(self, texts: Sequence[str]) -> Vectors:
        matrix = np.full((len(texts), DIMENSIONS), 1e-3, dtype=np.float32)
        for row, text in zip(matrix, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.encode()) % DIMENSIONS] += 1
        return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def article(text: str, *, url: str | None = None, day: date | None = None, **more: object) -> Article:
    """An article with a url of its own unless given one."""
    name = hashlib.sha256(text.encode()).hexdigest()[:12]
    address = url or f"https://news.example/{name}"
    published = Published(day.isoformat(), "given") if day else None
    fields: dict[str, object] = {"file": f"{name}.txt", "url": address, "source": "news.example", **more}
    key_id = hashlib.sha256(address.encode()).hexdigest()[:16]
    return Article(id=f"a{key_id}", key=f"url:{address}", text=text, published=published, **fields)  # type: ignore[arg-type]


def passages(text: str) -> tuple[Passage, ...]:
    """One passage a paragraph."""
    found, at = [], 0
    for n, part in enumerate(text.split("\n\n")):
        found.append(Passage("", 0, n, at, at + len(part), (Span(at, at + len(part)),)))
        at += len(part) + 2
    return tuple(found)


def admission(given: Article) -> Admission:
    parts = passages(given.text)
    sign = signature(given.text, ())
    return Admission(
        digest=hashlib.sha256((given.key + given.text).encode()).hexdigest(),
        article=given,
        passages=parts,
        words=[keys(given.text[p.start : p.end].lower().split()) for p in parts],
        vectors=WordEmbedder().embed([given.text[p.start : p.end] for p in parts]).astype(np.float16),
        signature=sign,
        bands=bands(sign) if sign else (),
        similar=SIMILAR,
    )
