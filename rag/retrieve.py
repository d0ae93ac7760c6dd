"""A question to hits: candidates from words and from vectors, ranked together, near-duplicates shown once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.ports import Embedder, VectorIndex, Vectors
from rag.rank import Candidate, Terms, promising, rank
from rag.types import ArticleRef, Hit, Passage, Query, Scores

BY_WORDS, BY_VECTOR = 100, 60  # passages from each side
RANKED = 40  # whose text is read; 60 and 100 gave the same first 20, and cost time
_MOST_STEMS = 200_000  # words; about 30 MB
ADJOINING = 2  # passages in a row of one article before others get a place

_WORD = re.compile(r"[^\W_]+")


class Stored(Protocol):
    """A passage as the ledger gives it. `cluster` names near-duplicate articles."""

    @property
    def passage(self) -> Passage: ...
    @property
    def article(self) -> ArticleRef: ...
    @property
    def text(self) -> str: ...
    @property
    def cluster(self) -> str | None: ...


class Ledger(Protocol):
    def passages(self, ids: Sequence[int]) -> Mapping[int, Stored]: ...
    def in_cluster(self, cluster: str) -> list[str]: ...
    def matching(
        self, sources: Sequence[str], day_from: int | None, day_to: int | None, as_of: int | None
    ) -> NDArray[np.int64]: ...


class Keywords(Protocol):
    def count(self) -> int: ...
    def frequency(self, term: str) -> int: ...
    def search(
        self, words: Sequence[str], k: int, title_weight: float = 0.0, limits: Any = None
    ) -> list[tuple[int, float]]: ...
    def score(self, words: Sequence[str], ids: Sequence[int]) -> dict[int, float]: ...


class Dense(VectorIndex, Protocol):
    def cosines(self, vector: Vectors, ids: Collection[int]) -> dict[int, float]: ...


class View(Protocol):
    """One complete state of an archive."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def keywords(self) -> Keywords: ...
    @property
    def dense(self) -> Dense: ...


@dataclass(frozen=True, slots=True)
class Found:
    """`candidates[n]` is what ranking knows of `stored[n]`."""

    terms: Terms
    stored: Sequence[Stored]
    candidates: Sequence[Candidate]


class Retriever:
    """Finds and ranks the passages of a view."""

    def __init__(self, embedder: Embedder, analyze: Callable[[str], list[str]], limits: Callable[..., Any]) -> None:
        """`analyze` gives a text's words as the keyword index has them; `limits` makes what its search is limited by,
        from sources and the days `day_from`, `day_to` and `as_of` as ordinals."""
        self._embedder = embedder
        self._analyze = analyze
        self._limits = limits
        self._stems = _Stems(analyze)
        self._beside = ThreadPoolExecutor(2, "keywords")  # words are searched while the question is embedded
        self._title_words = lru_cache(maxsize=20_000)(self._words)

    def __call__(self, view: View, query: Query) -> list[Hit]:
        """Best first: `query.k` hits to use, and among them, with `left_out`, those that were passed over."""
        found = self.find(view, query)
        ranked = sorted(zip(rank(found.terms, found.candidates), found.stored, strict=True), key=_order)
        return _chosen(view.ledger, ranked, query.k)

    def find(self, view: View, query: Query) -> Found:
        """What is to be ranked: the most promising of the passages that words or vectors found."""
        words = self._analyze(query.text)
        bm25, dense = self._scored(view, query, words)
        stored = view.ledger.passages(promising(bm25, dense, max(RANKED, 2 * query.k)))
        terms = Terms.of(words, {w: view.keywords.frequency(w) for w in dict.fromkeys(words)}, view.keywords.count())
        candidates = [self._candidate(stored[i], bm25[i], dense.get(i, 0.0)) for i in stored]
        return Found(terms, list(stored.values()), candidates)

    def _scored(self, view: View, query: Query, words: Sequence[str]) -> tuple[dict[int, float], dict[int, float]]:
        """BM25 and cosine of every passage that either side found."""
        days = [d.toordinal() if d else None for d in (query.published_from, query.published_to, query.as_of)]
        limited = bool(query.sources) or any(days)
        limits = self._limits(query.sources, *days) if limited else None
        by_words = self._beside.submit(view.keywords.search, words, max(BY_WORDS, query.k), limits=limits)
        vector = self._embedder.embed([query.text])[0]
        among = view.ledger.matching(query.sources, *days).tolist() if limited else None
        dense = dict(view.dense.search(vector, max(BY_VECTOR, query.k), among))
        bm25 = dict(by_words.result())
        bm25 |= view.keywords.score(words, [i for i in dense if i not in bm25])
        dense |= view.dense.cosines(vector, [i for i in bm25 if i not in dense])
        return bm25, dense

    def _candidate(self, stored: Stored, bm25: float, dense: float) -> Candidate:
        title = self._title_words(stored.article.title or "")
        return Candidate(bm25, dense, stored.passage.ordinal, title, self._words(stored.text))

    def _words(self, text: str) -> list[str]:
        return [self._stems[word] for word in _WORD.findall(text.lower())]


class _Stems(dict[str, str]):
    """Words as the index has them. A passage is analysed word by word from this memory: ten times as fast as anew."""

    def __init__(self, analyze: Callable[[str], list[str]]) -> None:
        self._analyze = analyze

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_STEMS:
            self.clear()
        self[word] = next(iter(self._analyze(word)), "")
        return self[word]


Ranked = tuple[Scores, Stored]


def _order(ranked: Ranked) -> tuple[float, int]:
    scores, stored = ranked
    return -scores.fused, stored.passage.id


def _chosen(ledger: Ledger, ranked: Iterable[Ranked], k: int) -> list[Hit]:
    """The first k that show something new. A third passage in a row waits until the others have got a place."""
    hits: list[Hit] = []
    waiting: list[int] = []
    shown: dict[str, str] = {}
    used: set[tuple[str, int]] = set()
    for scores, stored in ranked:
        if len(used) >= k:
            break
        article, place = stored.article.id, (stored.article.id, stored.passage.ordinal)
        first = shown.setdefault(stored.cluster or article, article)
        left_out = None
        if first != article:
            left_out = f"a near-duplicate of article {first}, which is shown"
        elif _run_length(used, place) > ADJOINING:
            left_out = f"more than {ADJOINING} passages in a row of article {article}"
            waiting.append(len(hits))
        else:
            used.add(place)
        also_in = _others(ledger, stored) if first == article else ()
        hits.append(Hit(len(hits) + 1, stored.passage, stored.article, stored.text, scores, also_in, left_out))
    for at in waiting[: max(0, k - len(used))]:
        hits[at] = replace(hits[at], left_out=None)
    return hits


def _run_length(used: Collection[tuple[str, int]], place: tuple[str, int]) -> int:
    """How many passages in a row there would be with the one at `place`."""
    article, ordinal = place
    before, after = ordinal, ordinal
    while (article, before - 1) in used:
        before -= 1
    while (article, after + 1) in used:
        after += 1
    return after - before + 1


def _others(ledger: Ledger, stored: Stored) -> tuple[str, ...]:
    if stored.cluster is None:
        return ()
    return tuple(i for i in ledger.in_cluster(stored.cluster) if i != stored.article.id)
