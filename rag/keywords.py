"""The lexical index: BM25 over passage bodies and titles, by tantivy.

A cache of the ledger. It holds stemmed terms, ids and filter fields, no readable text. tantivy's segments are
immutable and a searcher keeps the commit it was opened on, so readers in other processes see whole commits only.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as TQuery

from rag.errors import StoreDamaged

UNDATED = 0  # `date.toordinal()` starts at 1, so a range from 1 on leaves the undated out
_WRITER_HEAP = 64_000_000
_ANALYZER = "byline_en"
_FIELDS = ("body", "title")
TITLE_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class Entry:
    """What is indexed of one passage. `day` is None when the article has no date."""

    passage_id: int
    body: str
    title: str | None
    source: str | None
    day: int | None


@dataclass(frozen=True, slots=True)
class Limits:
    """Which passages may be found; empty and None mean all."""

    sources: tuple[str, ...] = ()
    day_from: int | None = None
    day_to: int | None = None
    as_of: int | None = None

    @property
    def none(self) -> bool:
        return not self.sources and self.day_from is None and self.day_to is None and self.as_of is None


@lru_cache(maxsize=1)
def _analyzer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(60),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def terms(text: str) -> list[str]:
    """Lower-cased, accent-folded, stemmed words of `text`, as they are indexed."""
    return list(_analyzer().analyze(text))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    for name in _FIELDS:
        builder.add_text_field(name, tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


class KeywordIndex:
    """An index in a folder. One process writes; any number read."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(_ANALYZER, _analyzer())
        index.config_reader(reload_policy="manual")
        self._index = index

    @classmethod
    def open(cls, folder: Path, *, make: bool = True) -> KeywordIndex:
        """Open the index in `folder`, made if absent unless told not to. Raises StoreDamaged when it can't be read."""
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        try:
            if not make and not tantivy.Index.exists(str(folder)):
                raise ValueError("it is not there")
            return cls(tantivy.Index(_schema(), str(folder)))
        except (ValueError, OSError) as error:
            raise StoreDamaged(f"The keyword index can't be read ({error}).", remedy="Run `byline rebuild`.") from error

    def write(self, add: Iterable[Entry] = (), drop: Sequence[tuple[int, int]] = ()) -> None:
        """Drop passages `first..last` of each pair, then add; one commit. Adding an id again replaces it."""
        writer = self._index.writer(_WRITER_HEAP, 1)
        for first, last in drop:
            writer.delete_documents_by_query(_range(self._index.schema, "id", first, last))
        for entry in add:
            writer.add_document(_document(entry))
        writer.commit()
        writer.wait_merging_threads()

    def searcher(self) -> KeywordSearcher:
        """A view of the newest commit, unchanged by later ones."""
        self._index.reload()
        return KeywordSearcher((self._index.searcher(),), self._index.schema)


class KeywordSearcher:
    """Searches one commit of the index, with what was added to the ledger since."""

    def __init__(
        self, searchers: tuple[tantivy.Searcher, ...], schema: tantivy.Schema, stale: frozenset[int] = frozenset()
    ) -> None:
        self._searchers = searchers
        self._schema = schema
        self._stale = stale

    def with_tail(self, entries: Iterable[Entry], stale: frozenset[int]) -> KeywordSearcher:
        """Also searches `entries`, a batch that the index lacks for the moment, from memory, and finds no `stale` id.

        Their BM25 rests on their own frequencies until the index has them.
        """
        tail = tantivy.Index(_schema())
        tail.register_tokenizer(_ANALYZER, _analyzer())
        writer = tail.writer(_WRITER_HEAP, 1)
        for entry in entries:
            writer.add_document(_document(entry))
        writer.commit()
        tail.reload()
        return KeywordSearcher((*self._searchers, tail.searcher()), self._schema, stale)

    def count(self) -> int:
        return sum(searcher.num_docs for searcher in self._searchers)

    def ids(self) -> list[int]:
        """All passage ids, ascending."""
        return sorted(i for i, _ in self._run(TQuery.all_query(), max(1, self.count())))

    def frequency(self, term: str) -> int:
        """In how many passage bodies an analysed term occurs."""
        return sum(searcher.doc_freq("body", term) for searcher in self._searchers)

    def search(self, words: Sequence[str], k: int, *, limits: Limits | None = None) -> list[tuple[int, float]]:
        """The k best `(passage id, score)` for analysed terms, any of which may match, best first. The score is BM25 of
        the body and, at TITLE_WEIGHT, of the title."""
        query = self._any_of(words)
        if query is None:
            return []
        return self._run(self._limited(query, limits or Limits()), k)

    def _run(self, query: TQuery, k: int) -> list[tuple[int, float]]:
        found: dict[int, float] = {}
        for searcher in self._searchers:
            hits = searcher.search(query, k + len(self._stale), count=False).hits
            ids = searcher.fast_field_values("id", [address for _, address in hits])
            found |= {int(i or 0): float(score) for i, (score, _) in zip(ids, hits, strict=True)}
        for gone in self._stale:
            found.pop(gone, None)
        return sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))[:k]

    def _any_of(self, words: Sequence[str]) -> TQuery | None:
        weights = {"body": 1.0, "title": TITLE_WEIGHT}
        parts = [
            (Occur.Should, TQuery.boost_query(TQuery.term_query(self._schema, name, word, index_option="freq"), weight))
            for name, weight in weights.items()
            if weight > 0
            for word in dict.fromkeys(words)
        ]
        return TQuery.boolean_query(parts) if parts else None

    def _limited(self, query: TQuery, limits: Limits) -> TQuery:
        if limits.none:
            return query
        musts = [TQuery.const_score_query(limit, 0.0) for limit in self._limits(limits)]
        return TQuery.boolean_query([(Occur.Must, query), *((Occur.Must, must) for must in musts)])

    def _limits(self, limits: Limits) -> Iterable[TQuery]:
        if limits.sources:
            yield TQuery.term_set_query(self._schema, "source", list(limits.sources))
        if limits.day_from is not None or limits.day_to is not None:
            yield _range(self._schema, "day", limits.day_from or UNDATED + 1, limits.day_to or date.max.toordinal())
        if limits.as_of is not None:
            yield _range(self._schema, "day", UNDATED, limits.as_of)


def _range(schema: tantivy.Schema, name: str, first: int, last: int) -> TQuery:
    return TQuery.range_query(schema, name, FieldType.Integer, first, last)


def _document(entry: Entry) -> tantivy.Document:
    fields: dict[str, object] = {
        "id": entry.passage_id,
        "body": entry.body,
        "day": entry.day if entry.day is not None else UNDATED,
    }
    if entry.title:
        fields["title"] = entry.title
    if entry.source:
        fields["source"] = entry.source
    with warnings.catch_warnings():
        return tantivy.Document(**fields)
