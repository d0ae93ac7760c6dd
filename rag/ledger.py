"""The truth: articles, their versions, passages and vectors, in SQLite through SQLAlchemy Core.

A `Snapshot` is one read transaction: everything read through it belongs to one state, whatever a writer in another
process commits meanwhile. Writing is in `rag/ledger_write.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Select, create_engine, event, func, select, text
from sqlalchemy.exc import DatabaseError

from rag import schema as s
from rag.errors import StoreDamaged
from rag.ledger_rows import REF_COLUMNS, ArticleRow, Change, StoredPassage, no_article, ref, stored_passage, to_article
from rag.types import Article

BUSY_TIMEOUT_MS = 10_000
_IN_LIST = 500  # SQLite's limit on variables is far higher; this keeps statements cacheable


class Ledger:
    """A handle on the ledger file. Each snapshot takes a connection from a pool."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """Open the ledger at `path`, made if absent.

        Raises StoreDamaged when the file is no ledger or one of another schema.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{path}")
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        try:
            _create_if_empty(engine)
        except DatabaseError as error:
            raise StoreDamaged(
                f"{path} can't be read as a ledger ({error.orig}).",
                remedy="Restore it from a backup, or move it away and ingest again.",
            ) from error
        return cls(engine)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self.engine.connect() as connection:
            yield Snapshot(connection)

    def truncate_log(self) -> bool:
        """Move the write-ahead log into the file and empty it; False while a reader still needs it."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy

    def close(self) -> None:
        self.engine.dispose()


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN is ours, so that reads are transactions too
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # a removed article's bytes are overwritten
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _create_if_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        known = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'meta'")).first()
        found = known and connection.execute(select(s.meta.c.value).where(s.meta.c.name == "schema")).scalar()
    if found == s.SCHEMA_VERSION:
        return
    if found is not None:
        raise StoreDamaged(
            f"The ledger has schema {found}; this version of Byline reads schema {s.SCHEMA_VERSION}.",
            remedy="Use the version of Byline that wrote it, or ingest into a new data folder.",
        )
    with engine.connect() as connection:
        # IMMEDIATE: two processes that start on one empty folder make the tables one after the other.
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        s.metadata.create_all(connection)
        connection.execute(
            text("INSERT OR IGNORE INTO meta (name, value) VALUES ('schema', :v)"), {"v": s.SCHEMA_VERSION}
        )
        connection.commit()


class Snapshot:
    """Reads within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def seq(self) -> int:
        """The newest change, 0 when there is none."""
        return int(self.connection.execute(select(func.coalesce(func.max(s.changes.c.seq), 0))).scalar_one())

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

    def changes(self, after: int) -> list[Change]:
        rows = self.connection.execute(select(s.changes).where(s.changes.c.seq > after).order_by(s.changes.c.seq))
        return [Change(row.seq, row.kind, row.first_passage, row.last_passage) for row in rows]

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

    def articles(self, limit: int | None = None, offset: int = 0) -> list[ArticleRow]:
        """The newest version of each article, by day (undated last), then by id."""
        v, a = s.versions.c, s.articles.c
        query = (
            select(*REF_COLUMNS, v.first_passage, v.last_passage, a.newest, a.cluster)
            .join(s.articles, (a.id == v.article_id) & (a.newest == v.version))
            .order_by(v.day.desc().nulls_last(), v.article_id)
            .limit(limit)
            .offset(offset)
        )
        return [
            ArticleRow(ref(row), row["newest"], row["last_passage"] - row["first_passage"] + 1, row["cluster"])
            for row in self.connection.execute(query).mappings()
        ]

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Those of `ids` that are searched now; an unknown id is left out."""
        found: dict[int, StoredPassage] = {}
        for part in _parts(ids):
            rows = self.connection.execute(_passages_query(), {"ids": part}).mappings()
            found |= {row["id"]: stored_passage(row) for row in rows}
        return found

    def cluster_of(self, article_id: str) -> str | None:
        return self.connection.execute(select(s.articles.c.cluster).where(s.articles.c.id == article_id)).scalar()

    def in_cluster(self, cluster: str) -> list[str]:
        """Ids of the articles that are near-duplicates of each other."""
        rows = self.connection.execute(
            select(s.articles.c.id).where(s.articles.c.cluster == cluster).order_by(s.articles.c.id)
        )
        return [row.id for row in rows]

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

    def matching(
        self, sources: Sequence[str], day_from: int | None, day_to: int | None, as_of: int | None
    ) -> NDArray[np.int64]:
        """Ids of the searched passages that pass a filter (the rule for undated articles is `Query`'s)."""
        v, a = s.versions.c, s.articles.c
        query = select(v.first_passage, v.last_passage).join(
            s.articles, (a.id == v.article_id) & (a.newest == v.version)
        )
        if sources:
            query = query.where(v.source.in_(sources))
        if day_from is not None:
            query = query.where(v.day >= day_from)
        if day_to is not None:
            query = query.where(v.day <= day_to)
        if as_of is not None:
            query = query.where((v.day <= as_of) | v.day.is_(None))
        ranges = [np.arange(first, last + 1) for first, last in self.connection.execute(query)]
        return np.sort(np.concatenate(ranges)) if ranges else np.empty(0, dtype=np.int64)

    def vectors(self, ids: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """`(ids, vectors)` of those of `ids` that have one, in ascending order of id."""
        rows: list[tuple[int, bytes]] = []
        for part in _parts(ids):
            rows += [(row[0], row[1]) for row in self.connection.execute(_vectors_query(), {"ids": part})]
        rows.sort()
        return self._matrix(rows)

    def vectors_from(self, first: int, model_id: int | None = None) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """`(ids, vectors)` of all searched passages from id `first` on, of the model in use unless told."""
        v = s.vectors.c
        model = model_id if model_id is not None else int(self.meta("model") or 0)
        rows = self.connection.execute(
            select(v.passage_id, v.vector).where(v.model_id == model, v.passage_id >= first).order_by(v.passage_id)
        )
        return self._matrix([(row[0], row[1]) for row in rows], model)

    def without_vector(self, model_id: int) -> list[int]:
        """Ids of the searched passages that have no vector of a model yet."""
        v, p = s.vectors.c, s.passages.c
        have = select(v.passage_id).where(v.model_id == model_id)
        return [row.id for row in self.connection.execute(select(p.id).where(p.id.not_in(have)).order_by(p.id))]

    def _matrix(
        self, rows: list[tuple[int, bytes]], model_id: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        model = model_id if model_id is not None else int(self.meta("model") or 0)
        width = self.connection.execute(select(s.models.c.dimensions).where(s.models.c.id == model)).scalar() or 0
        ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
        matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16).reshape(len(rows), width)
        return ids, matrix


@lru_cache(maxsize=1)
def _passages_query() -> Select[Any]:
    from sqlalchemy import bindparam

    p, v = s.passages.c, s.versions.c
    body = func.substr(v.text, p.start + 1, p.end - p.start).label("body")
    return (
        select(p.id, p.ordinal, p.start, p.end, p.sentences, *REF_COLUMNS, s.articles.c.cluster, body)
        .join(s.versions, (v.article_id == p.article_id) & (v.version == p.version))
        .join(s.articles, s.articles.c.id == p.article_id)
        .where(p.id.in_(bindparam("ids", expanding=True)))
    )


@lru_cache(maxsize=1)
def _vectors_query() -> Select[Any]:
    from sqlalchemy import Integer, bindparam, cast

    current = select(cast(s.meta.c.value, Integer)).where(s.meta.c.name == "model").scalar_subquery()
    v = s.vectors.c
    return select(v.passage_id, v.vector).where(
        v.model_id == current, v.passage_id.in_(bindparam("ids", expanding=True))
    )


def _parts(ids: Sequence[int]) -> Iterator[list[int]]:
    plain = [int(i) for i in ids]
    for start in range(0, len(plain), _IN_LIST):
        yield plain[start : start + _IN_LIST]
