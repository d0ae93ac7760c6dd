"""Realistically made news, as much as is asked for: sentences of real articles put together anew.

A made article takes runs of neighbouring sentences from real ones, each sentence a paragraph, and the title, outlet and
authors of one of them; its day is moved by whole years. So words, lengths and outlets are spread as in the real
archive, and no two articles are alike. A passage's vector is the mean of its sentences' and its title's vectors,
weighed by length: embedding a million passages would take hours of the same work, and takes as long for each whatever
the archive's size. `likeness` says how near these vectors come to the model's own.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.bench.realtimeqa import read_articles
from rag.ports import Embedder, Vectors
from rag.sentences import sentence_spans

SENTENCE_CHARS = range(40, 400)
RUNS, RUN = range(12, 22), range(2, 6)  # runs in an article, sentences in a run
YEARS = range(2013, 2023)
_AT_ONCE = 2_000  # sentences embedded between two saves
_EVERY = 2  # every second real article: their sentences are embedded once, which takes some minutes


@dataclass(frozen=True, slots=True)
class Source:
    """A real article: its sentences' rows in the pool, and what is taken over of it."""

    rows: range
    title: str
    outlet: str | None
    authors: Any
    published: str


class Pool:
    """Sentences of real articles and their vectors, kept in a folder."""

    def __init__(self, articles: Path, folder: Path) -> None:
        self.sentences: list[str] = []
        self.sources: list[Source] = []
        self._folder = folder
        for n, row in enumerate(read_articles(articles)):
            if n % _EVERY == 0:
                self._take(row)
        self.titles = sorted({one.title for one in self.sources})

    def _take(self, row: dict[str, Any]) -> None:
        text, first = row["text"], len(self.sentences)
        spans = [text[a:b] for a, b in sentence_spans(text) if b - a in SENTENCE_CHARS and "\n" not in text[a:b]]
        if len(spans) < RUN.stop or not row["title"] or not row["published"]:
            return
        self.sentences += spans
        rows = range(first, len(self.sentences))
        self.sources.append(Source(rows, row["title"], row["source"], row["authors"], row["published"]))

    @cached_property
    def rows(self) -> dict[str, int]:
        """A text's row in `vectors`: of sentences, then of titles."""
        return {text: n for n, text in enumerate([*self.sentences, *self.titles])}

    def vectors(self, embedder: Embedder) -> Vectors:
        """Of all sentences and titles; made once, and what is made goes on after an interruption."""
        texts = [*self.sentences, *self.titles]
        name = hashlib.sha256("\n".join([embedder.identity, *texts]).encode()).hexdigest()[:16]
        file = self._folder / f"sentences-{name}.f32"
        self._folder.mkdir(parents=True, exist_ok=True)
        width = embedder.dimensions
        with file.open("ab") as out:
            done = file.stat().st_size // (4 * width)
            out.truncate(done * 4 * width)
            for first in range(done, len(texts), _AT_ONCE):
                out.write(embedder.embed(texts[first : first + _AT_ONCE]).tobytes())
                print(f"embedded {min(first + _AT_ONCE, len(texts)):,} of {len(texts):,} sentences", flush=True)
        return np.fromfile(file, np.float32).reshape(-1, width)


def made_articles(pool: Pool, first: int, many: int) -> Iterator[dict[str, Any]]:
    """Articles number `first` to `first + many - 1`: the same ones every time."""
    for n in range(first, first + many):
        yield _made(pool, n)


def write_articles(pool: Pool, first: int, many: int, file: Path) -> None:
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=1) as out:
        for row in made_articles(pool, first, many):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _made(pool: Pool, n: int) -> dict[str, Any]:
    dice = random.Random(n)  # noqa: S311 - not for secrets
    sources = dice.choices(pool.sources, k=dice.choice(RUNS))
    sentences = [sentence for source in sources for sentence in _run(pool, source, dice)]
    face, day = sources[0], date.fromisoformat(sources[0].published[:10])
    year = dice.choice(YEARS)
    published = date(year, day.month, min(day.day, 28)).isoformat()
    return {
        "id": f"made-{n}",
        "url": f"https://made.example/{year}/{n}",
        "title": face.title,
        "source": face.outlet,
        "authors": face.authors,
        "published": published,
        "text": "\n\n".join(sentences),
    }


def _run(pool: Pool, source: Source, dice: random.Random) -> Sequence[str]:
    length = dice.choice(RUN)
    start = dice.randrange(max(1, len(source.rows) - length))
    return [pool.sentences[row] for row in source.rows[start : start + length]]


class MadeEmbedder:
    """An Embedder of made passages. It goes by the model's own name, for questions are embedded by that."""

    def __init__(self, pool: Pool, model: Embedder) -> None:
        self._rows, self._vectors, self._model = pool.rows, pool.vectors(model), model
        self.unknown = 0  # pieces that are no sentence of the pool: these are embedded by the model

    @property
    def identity(self) -> str:
        return self._model.identity

    @property
    def dimensions(self) -> int:
        return self._model.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._mean(text) for text in texts])

    def _mean(self, text: str) -> NDArray[np.float32]:
        pieces = [piece for piece in text.split("\n") if piece]
        weights = np.array([len(piece) for piece in pieces], np.float32)
        total = weights @ np.stack([self._of(piece) for piece in pieces])
        return np.asarray(total / np.linalg.norm(total), np.float32)

    def _of(self, piece: str) -> NDArray[np.float32]:
        row = self._rows.get(piece)
        if row is not None:
            return np.asarray(self._vectors[row])
        self.unknown += 1
        return np.asarray(self._model.embed([piece])[0])


def likeness(texts: Sequence[str], made: MadeEmbedder, model: Embedder) -> tuple[float, float]:
    """The mean and the least cosine of made vectors to the model's own of the same texts."""
    cosines = np.sum(made.embed(texts) * model.embed(texts), axis=1)
    return float(cosines.mean()), float(cosines.min())
