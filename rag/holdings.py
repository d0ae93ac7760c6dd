"""What an archive holds, counted and listed, read from one state of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true

from rag import schema as s
from rag.ledger_rows import REF_COLUMNS, ArticleRow, ref
from rag.snapshot import Snapshot
from rag.types import Article, ArticleRef

_SOURCES = 50
_BY_DAY = 6  # of these, the largest

Days = tuple[tuple[date | None, int], ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """One version of an article, which versions there are, and the articles that nearly repeat it."""

    article: Article
    versions: tuple[int, ...]
    also_in: tuple[ArticleRef, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Articles by day of publication (oldest first; None where it is not known), and by source (most first): of each
    how many, and by day where it is among the largest.
    """

    days: Days
    sources: tuple[tuple[str | None, int, Days], ...]


def listed(
    snapshot: Snapshot, limit: int | None = None, offset: int = 0, sources: Sequence[str] = ()
) -> tuple[list[ArticleRow], int]:
    """The newest version of each article, the latest day first and the undated last; and how many there are in all."""
    v, a = s.versions.c, s.articles.c
    query = _newest(*REF_COLUMNS, v.first_passage, v.last_passage, a.newest, a.cluster)
    total = _newest(func.count())
    if sources:
        query, total = query.where(v.source.in_(sources)), total.where(v.source.in_(sources))
    rows = snapshot.connection.execute(
        query.order_by(v.day.desc().nulls_last(), v.article_id).limit(limit).offset(offset)
    ).mappings()
    found = [
        ArticleRow(ref(row), row["newest"], row["last_passage"] - row["first_passage"] + 1, row["cluster"])
        for row in rows
    ]
    return found, int(snapshot.connection.execute(total).scalar_one())


def holding(snapshot: Snapshot, article_id: str, version: int | None = None) -> Holding:
    """Raises NotFound."""
    article = snapshot.article(article_id, version)
    a = s.articles.c
    cluster = snapshot.cluster_of(article_id)
    near: tuple[ArticleRef, ...] = ()
    if cluster is not None:
        query = _newest(*REF_COLUMNS).where(a.cluster == cluster, a.id != article_id).order_by(a.id)
        near = tuple(ref(row) for row in snapshot.connection.execute(query).mappings())
    return Holding(article, tuple(snapshot.versions(article_id)), near)


def counted(snapshot: Snapshot) -> Counts:
    source = s.versions.c.source
    sources = snapshot.connection.execute(
        _newest(source, func.count()).group_by(source).order_by(func.count().desc(), source).limit(_SOURCES)
    ).all()
    return Counts(
        _by_day(snapshot, true()),
        tuple(
            (name, n, _by_day(snapshot, source.is_not_distinct_from(name)) if place < _BY_DAY else ())
            for place, (name, n) in enumerate(sources)
        ),
    )


def _by_day(snapshot: Snapshot, which: ColumnElement[bool]) -> Days:
    day = s.versions.c.day
    rows = snapshot.connection.execute(_newest(day, func.count()).where(which).group_by(day).order_by(day.nulls_last()))
    return tuple((None if one is None else date.fromordinal(one), n) for one, n in rows)


def _newest(*columns: ColumnElement[Any]) -> Select[Any]:
    v, a = s.versions.c, s.articles.c
    return select(*columns).select_from(s.versions).join(s.articles, (a.id == v.article_id) & (a.newest == v.version))
