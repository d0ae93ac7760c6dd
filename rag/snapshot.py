"""Reading the ledger. A `Snapshot` is one read transaction: everything read through it belongs to one state, whatever a
writer in another process commits meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    select,
    union_all,
)

from rag import schema as s
from rag.ledger_rows import (
    OUTLINE_COLUMNS,
    PASSAGE_COLUMNS,
    Change,
    OutlineRow,
    StoredPassage,
    no_article,
    stored_passage,
    to_article,
)
from rag.types import Article

_SEQ = ""  # the name under which the newest change comes among the notes; none has it
_AT_ONCE = 10_000  # vectors that are read together, of which there may be a million
_IN_LIST = 500  # SQLite's limit on variables is far higher; this keeps statements cacheable


class Keyed(NamedTuple):
    """The newest version of an article, found by its key, and the digest of what it was read from."""

    article: Article
    digest: str | None


class Snapshot:
    """Reads within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def seq(self) -> int:
        """The newest change, 0 when there is none."""
        return int(self.connection.execute(select(func.coalesce(func.max(s.changes.c.seq), 0))).scalar_one())

    def state(self) -> tuple[int, dict[str, str]]:
        """The newest change and all notes, in one read: every view begins with it."""
        names: dict[str, str] = {row[0]: row[1] for row in self.connection.execute(_state_query())}
        return int(names.pop(_SEQ)), names

    def meta(self, name: str) -> str | None:
        return self.connection.execute(select(s.meta.c.value).where(s.meta.c.name == name)).scalar()

    def metas(self) -> dict[str, str]:
        return {row.name: row.value for row in self.connection.execute(select(s.meta))}

    def model(self) -> tuple[int, str, int] | None:
        """`(id, identity, dimensions)` of the embedding model in use; None before the first ingest."""
        current = self.meta("model")
        if current is None:
            return None
        row = self.connection.execute(select(s.models).where(s.models.c.id == int(current))).one()
        return row.id, row.identity, row.dimensions

    def counts(self) -> dict[str, int]:
        """How many articles, versions and searched passages there are."""
        tables = {"articles": s.articles, "versions": s.versions, "passages": s.passages}
        return {
            name: int(self.connection.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in tables.items()
        }

    def changes(self, after: int, most: int | None = None) -> list[Change]:
        """Those after change `after`, the `most` first ones."""
        seq = s.changes.c.seq
        rows = self.connection.execute(select(s.changes).where(seq > after).order_by(seq).limit(most))
        return [Change(row.seq, row.kind, row.first_passage, row.last_passage) for row in rows]

    def mark(self, seq: int) -> str:
        """By which a change is known again; empty where there is none, or it is from before there were marks."""
        return str(self.connection.execute(select(s.changes.c.mark).where(s.changes.c.seq == seq)).scalar() or "")

    def article(self, article_id: str, version: int | None = None) -> Article:
        """One version, the newest unless told. Raises NotFound."""
        wanted = version if version is not None else self._newest(article_id)
        row = (
            self.connection.execute(
                select(s.versions).where(s.versions.c.article_id == article_id, s.versions.c.version == wanted)
            )
            .mappings()
            .first()
        )
        if row is None:
            raise no_article(article_id, version)
        return to_article(row)

    def text(self, article_id: str, version: int) -> str:
        """The stored text of one version. Raises NotFound."""
        found = self.connection.execute(
            select(s.versions.c.text).where(s.versions.c.article_id == article_id, s.versions.c.version == version)
        ).scalar()
        if found is None:
            raise no_article(article_id, version)
        return str(found)

    def keyed(self, key: str) -> Keyed | None:
        """The article that has a key; None where none has."""
        article_id = self.connection.execute(select(s.keys.c.article_id).where(s.keys.c.key == key)).scalar()
        if article_id is None:
            return None
        article, i = self.article(article_id), s.inputs.c
        read_from = select(i.digest).where(i.article_id == article_id, i.version == article.version)
        return Keyed(article, self.connection.execute(read_from).scalar())

    def keys_of(self, article_id: str) -> list[str]:
        """All keys that lead to an article."""
        return list(self.connection.execute(select(s.keys.c.key).where(s.keys.c.article_id == article_id)).scalars())

    def versions(self, article_id: str) -> list[int]:
        rows = self.connection.execute(
            select(s.versions.c.version).where(s.versions.c.article_id == article_id).order_by(s.versions.c.version)
        )
        return [row.version for row in rows]

    def _newest(self, article_id: str) -> int:
        found = self.connection.execute(select(s.articles.c.newest).where(s.articles.c.id == article_id)).scalar()
        if found is None:
            raise no_article(article_id, None)
        return int(found)

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Those of `ids` that are searched now; an unknown id is left out."""
        found = map(stored_passage, self._each(_passages_query(), ids))
        return {one.passage.id: one for one in found}

    def outlines(self, ids: Sequence[int]) -> list[OutlineRow]:
        """What ranking needs of those of `ids` that are searched now."""
        return [(row[0], row[1], row[2], row[3], row[4]) for row in self._each(_outlines_query(), ids)]

    def clusters(self) -> dict[str, tuple[str, ...]]:
        """Of each article that nearly repeats others: the ids of all articles of its cluster, sorted."""
        a = s.articles.c
        members: dict[str, list[str]] = {}
        rows = self.connection.execute(select(a.id, a.cluster).where(a.cluster.is_not(None)).order_by(a.id))
        for article_id, cluster in rows:
            members.setdefault(cluster, []).append(article_id)
        return {one: together for together in map(tuple, members.values()) for one in together}

    def _each(self, query: Select[Any], ids: Sequence[int]) -> Iterator[Sequence[Any]]:
        """Rows of `query`, whose `ids` are bound in parts."""
        plain = [int(i) for i in ids]
        for start in range(0, len(plain), _IN_LIST):
            yield from self.connection.execute(query, {"ids": plain[start : start + _IN_LIST]})

    def cluster_of(self, article_id: str) -> str | None:
        return self.connection.execute(select(s.articles.c.cluster).where(s.articles.c.id == article_id)).scalar()

    def known_inputs(self, digests: Sequence[str]) -> set[str]:
        """Those of `digests` that some version of some article was read from, whether or not it is the newest: one
        file may hold several versions of an article, and ingesting it again changes nothing."""
        i = s.inputs.c
        return {row.digest for row in self.connection.execute(select(i.digest).where(i.digest.in_(digests)))}

    def passage_ids(self, first: int | None = None) -> NDArray[np.int64]:
        """Ids of the searched passages in ascending order, from `first` on."""
        rows = self.connection.execute(
            select(s.passages.c.id).where(s.passages.c.id >= (first or 0)).order_by(s.passages.c.id)
        )
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def count_from(self, first: int) -> int:
        """How many searched passages there are from id `first` on."""
        query = select(func.count()).select_from(s.passages)
        if first > 1:  # all of them SQLite counts in a small index, the rest by reading its rows
            query = query.where(s.passages.c.id >= first)
        return int(self.connection.execute(query).scalar_one())

    def searched_articles(self, first: int) -> Iterator[tuple[int, int, int | None, str | None]]:
        """First and last passage, day and outlet of each article whose passages are searched, those from passage
        `first` on."""
        v, a = s.versions.c, s.articles.c
        newest = (a.id == v.article_id) & (a.newest == v.version)
        query = select(v.first_passage, v.last_passage, v.day, v.source).join(s.articles, newest)
        for row in self.connection.execute(query.where(v.first_passage >= max(1, first))):
            yield row[0], row[1], row[2], row[3]

    def vectors(self, ids: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """`(ids, vectors)` of those of `ids` that have one, in ascending order of id."""
        rows = [(row[0], row[1]) for row in self._each(_vectors_query(), ids)]
        rows.sort()
        return _matrix(rows, self._width(int(self.meta("model") or 0)))

    def vectors_from(
        self, first: int, model_id: int | None = None, most: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """`(ids, vectors)` of the searched passages from id `first` on, the `most` first ones, of the model in use
        unless told.
        """
        model = model_id if model_id is not None else int(self.meta("model") or 0)
        parts = [_matrix([], self._width(model))]
        while most is None or most > 0:
            rows = self._vectors_after(model, first, _AT_ONCE if most is None else min(most, _AT_ONCE))
            if not rows:
                break
            parts.append(_matrix(rows, self._width(model)))
            first, most = rows[-1][0] + 1, None if most is None else most - len(rows)
        ids, matrices = zip(*parts, strict=True)
        return np.concatenate(ids), np.concatenate(matrices)

    def _vectors_after(self, model: int, first: int, most: int) -> list[tuple[int, bytes]]:
        v = s.vectors.c
        query = select(v.passage_id, v.vector).where(v.model_id == model, v.passage_id >= first)
        return [(row[0], row[1]) for row in self.connection.execute(query.order_by(v.passage_id).limit(most))]

    def without_vector(self, model_id: int) -> list[int]:
        """Ids of the searched passages that have no vector of a model yet."""
        v, p = s.vectors.c, s.passages.c
        have = select(v.passage_id).where(v.model_id == model_id)
        return [row.id for row in self.connection.execute(select(p.id).where(p.id.not_in(have)).order_by(p.id))]

    def _width(self, model_id: int) -> int:
        return self.connection.execute(select(s.models.c.dimensions).where(s.models.c.id == model_id)).scalar() or 0


def _matrix(rows: Sequence[tuple[int, bytes]], width: int) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    return ids, np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16).reshape(len(rows), width)


@lru_cache(maxsize=1)
def _state_query() -> CompoundSelect[Any]:
    seq = select(literal(_SEQ), cast(func.coalesce(func.max(s.changes.c.seq), 0), String))
    return union_all(select(s.meta.c.name, s.meta.c.value), seq)


@lru_cache(maxsize=1)
def _passages_query() -> Select[Any]:
    return _of_searched(*PASSAGE_COLUMNS)


@lru_cache(maxsize=1)
def _outlines_query() -> Select[Any]:
    return _of_searched(*OUTLINE_COLUMNS)


def _of_searched(*columns: ColumnElement[Any]) -> Select[Any]:
    p, v = s.passages.c, s.versions.c
    return (
        select(*columns)
        .select_from(s.passages)
        .join(s.versions, (v.article_id == p.article_id) & (v.version == p.version))
        .where(p.id.in_(bindparam("ids", expanding=True)))
    )


@lru_cache(maxsize=1)
def _vectors_query() -> Select[Any]:
    current = select(cast(s.meta.c.value, Integer)).where(s.meta.c.name == "model").scalar_subquery()
    v = s.vectors.c
    return select(v.passage_id, v.vector).where(
        v.model_id == current, v.passage_id.in_(bindparam("ids", expanding=True))
    )
