"""The one writer of the ledger. Each `Writing` block is one transaction: all of it is stored, or none."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, insert, select, update

from rag import schema as s
from rag.database.base import Database
from rag.ledger import Ledger
from rag.ledger_rows import ordinal, pack_spans
from rag.snapshot import Snapshot
from rag.types import Article, Passage

_MOST_COMPARED = 64  # a text that very many articles share (a template) is compared with only so many


class _Inserts:
    """Built once: building them for each article took as long as running them."""

    version = insert(s.versions)
    passage = insert(s.passages)
    signature = insert(s.signatures)
    change = insert(s.changes)

    def __init__(self, kind: type[Database]) -> None:
        self.meta = kind.replacing(s.meta, ["name"], ["value"])
        self.article = kind.replacing(s.articles, ["id"], ["newest", "cluster"])
        self.input = kind.replacing(s.inputs, ["digest"], ["article_id", "version"])
        self.key = kind.unless_there(s.keys)
        self.band = kind.unless_there(s.bands)
        self.vector = kind.unless_there(s.vectors)


_inserts = lru_cache(_Inserts)


@dataclass(frozen=True, slots=True)
class Admission:
    """One article ready to be stored. `words` (the keys of its analysed words) and `vectors` have one row for each
    passage; articles whose `signature`s agree in at least the share `similar` are near-duplicates."""

    digest: str
    article: Article
    passages: tuple[Passage, ...]
    words: Sequence[NDArray[np.uint32]]
    vectors: NDArray[np.float16]
    signature: bytes | None
    bands: tuple[int, ...]
    similar: float


@contextmanager
def writing(ledger: Ledger) -> Iterator[Writing]:
    """A transaction that commits when the block ends and leaves no trace when it raises."""
    with ledger.database.changing() as connection:
        yield Writing(connection, type(ledger.database))


def _agree(signature: bytes, admission: Admission) -> bool:
    if admission.signature is None:
        return False
    same = np.frombuffer(signature, "<u4") == np.frombuffer(admission.signature, "<u4")
    return float(np.mean(same)) >= admission.similar


class Writing(Snapshot):
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection, kind: type[Database]) -> None:
        super().__init__(connection)
        self._inserts = _inserts(kind)

    def set_meta(self, name: str, value: str) -> None:
        self.connection.execute(self._inserts.meta, {"name": name, "value": value})

    def use_model(self, identity: str, dimensions: int) -> int:
        """Register an embedding model, if new, and return its id. `set_meta("model", id)` makes it the one in use."""
        found = self.connection.execute(select(s.models.c.id).where(s.models.c.identity == identity)).scalar()
        if found is not None:
            return int(found)
        row = self.connection.execute(insert(s.models).values(identity=identity, dimensions=dimensions))
        return int(row.inserted_primary_key[0])  # type: ignore[index]

    def admit(self, admission: Admission) -> Article:
        """Store an article as a new one or as the next version of a known one, and return it as stored."""
        stored = self._settle_identity(admission.article)
        known = stored.version > 1
        if known:
            self._drop_passages(stored.id)
        first, count = self._next_passage_id(), len(admission.passages)
        first, last = (first, first + count - 1) if count else (0, -1)
        self._insert_version(stored, first, last)
        if count:
            self._insert_passages(stored, first, admission)
            self._change("add", first, last)
        self._insert_identity(stored, admission, known)
        return stored

    def know_input(self, digest: str, article_id: str, version: int) -> None:
        self.connection.execute(self._inserts.input, {"digest": digest, "article_id": article_id, "version": version})

    def remove(self, article_id: str) -> int:
        """Remove an article with all its versions; returns how many. Raises NotFound."""
        removed = self._newest(article_id)
        self._drop_passages(article_id)
        self._change("remove", 0, -1)  # what holds terms of the dropped ones, of any version, is to be written anew
        for table in (s.versions, s.keys, s.inputs, s.signatures, s.bands):
            self.connection.execute(delete(table).where(table.c.article_id == article_id))
        self.connection.execute(delete(s.articles).where(s.articles.c.id == article_id))
        return removed

    def add_vectors(self, model_id: int, ids: Sequence[int], matrix: NDArray[np.float16]) -> None:
        """Store vectors for existing passages (a change of model)."""
        rows = [
            {"model_id": model_id, "passage_id": int(i), "vector": row.tobytes()}
            for i, row in zip(ids, matrix, strict=True)
        ]
        self.connection.execute(self._inserts.vector, rows)

    def use_only_model(self, model_id: int) -> None:
        """Every passage has its vector already; those of other models go."""
        self.set_meta("model", str(model_id))
        self.connection.execute(delete(s.vectors).where(s.vectors.c.model_id != model_id))
        self.connection.execute(delete(s.models).where(s.models.c.id != model_id))

    def _settle_identity(self, article: Article) -> Article:
        keyed = self.connection.execute(select(s.keys.c.article_id).where(s.keys.c.key == article.key)).scalar()
        article_id = keyed or self._free_id(article.id)
        newest = self.connection.execute(select(s.articles.c.newest).where(s.articles.c.id == article_id)).scalar()
        return replace(article, id=article_id, version=(newest or 0) + 1)

    def _free_id(self, proposed: str) -> str:
        """The proposed id, numbered when another article has it (its key is another, so it is another article)."""
        candidate, n = proposed, 1
        while self.connection.execute(select(s.articles.c.id).where(s.articles.c.id == candidate)).first():
            n += 1
            candidate = f"{proposed}-{n}"
        return candidate

    def _next_passage_id(self) -> int:
        c = s.changes.c
        newest = select(c.last_passage).where(c.kind == "add").order_by(c.seq.desc()).limit(1)
        return int(self.connection.execute(newest).scalar() or 0) + 1

    def _insert_passages(self, article: Article, first: int, admission: Admission) -> None:
        ids = range(first, first + len(admission.passages))
        rows = [
            {
                "id": passage_id,
                "article_id": article.id,
                "version": article.version,
                "ordinal": p.ordinal,
                "start": p.start,
                "end": p.end,
                "sentences": pack_spans(p.sentences),
                "words": words.astype("<u4").tobytes(),
            }
            for passage_id, p, words in zip(ids, admission.passages, admission.words, strict=True)
        ]
        self.connection.execute(self._inserts.passage, rows)
        self.add_vectors(int(self.meta("model") or 0), ids, admission.vectors)

    def _insert_version(self, article: Article, first: int, last: int) -> None:
        published = article.published
        self.connection.execute(
            self._inserts.version,
            {
                "article_id": article.id,
                "version": article.version,
                "title": article.title,
                "source": article.source,
                "url": article.url,
                "authors": json.dumps(article.authors, ensure_ascii=False),
                "published": published.at if published else None,
                "published_known": published.known if published else None,
                "day": ordinal(published.day) if published else None,
                "language": article.language,
                "file": article.file,
                "marks": json.dumps([(m.start, m.end, m.kind) for m in article.marks]),
                "ingested_at": time.time(),
                "first_passage": first,
                "last_passage": last,
                "text": article.text,
            },
        )

    def _insert_identity(self, article: Article, admission: Admission, known: bool) -> None:
        if known:
            for table in (s.signatures, s.bands):
                self.connection.execute(delete(table).where(table.c.article_id == article.id))
        cluster = self._cluster(admission)
        self.connection.execute(
            self._inserts.article, {"id": article.id, "newest": article.version, "cluster": cluster}
        )
        self.connection.execute(self._inserts.key, {"key": article.key, "article_id": article.id})
        self.know_input(admission.digest, article.id, article.version)
        if admission.signature is not None:
            self.connection.execute(
                self._inserts.signature, {"article_id": article.id, "signature": admission.signature}
            )
            self.connection.execute(
                self._inserts.band, [{"band": band, "article_id": article.id} for band in admission.bands]
            )

    def _cluster(self, admission: Admission) -> str | None:
        """The cluster of the articles that this one nearly repeats; theirs become one if it joins several."""
        close = [row for row in self._sharing_bands(admission.bands) if _agree(row.signature, admission)]
        if not close:
            return None
        clusters = {row.cluster for row in close if row.cluster}
        cluster: str = min(clusters) if clusters else min(row.id for row in close)
        a = s.articles.c
        self.connection.execute(
            update(s.articles)
            .where(a.cluster.in_(clusters) | a.id.in_([row.id for row in close]))
            .values(cluster=cluster)
        )
        return cluster

    def _sharing_bands(self, bands: tuple[int, ...]) -> Sequence[Any]:
        a, b = s.articles.c, s.bands.c
        sharing = select(b.article_id).where(b.band.in_(bands)).distinct().limit(_MOST_COMPARED)
        return self.connection.execute(
            select(a.id, a.cluster, s.signatures.c.signature)
            .join(s.signatures, s.signatures.c.article_id == a.id)
            .where(a.id.in_(sharing))
        ).all()

    def _drop_passages(self, article_id: str) -> None:
        first, last = self.connection.execute(
            select(func.min(s.passages.c.id), func.max(s.passages.c.id)).where(s.passages.c.article_id == article_id)
        ).one()
        if first is None:
            return
        self.connection.execute(delete(s.passages).where(s.passages.c.article_id == article_id))
        self.connection.execute(delete(s.vectors).where(s.vectors.c.passage_id.between(first, last)))
        self._change("drop", first, last)

    def _change(self, kind: str, first: int, last: int) -> None:
        """Numbered without a gap, in the order of the commits: there is one writer at a time."""
        row = {"seq": self.seq() + 1, "kind": kind, "first_passage": first, "last_passage": last}
        self.connection.execute(self._inserts.change, {**row, "mark": secrets.randbits(62)})
