"""A question to hits: candidates from words and from vectors, ranked together, near-duplicates shown once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from rag import tracing
from rag.occurrences import Keys, Terms, keys
from rag.ports import Embedder, PassageIds, VectorIndex, Vectors
from rag.rank import Candidate, rank
from rag.types import ArticleRef, Hit, Passage, Query, Scores

BY_WORDS, BY_VECTOR = 60, 40  # passages from each side; more gave the same first 20, and cost time
# A word in more than this share of the passages, and in more than so many, is not looked for: such words tell almost
# nothing, and take most of the time.
COMMON, COMMON_FROM = 0.3, 1_000
ADJOINING = 2  # passages in a row of one article before others get a place
_MOST_TITLES = 20_000  # whose words are remembered; about 10 MB


Clusters = Mapping[str, tuple[str, ...]]


class Stored(Protocol):
    """A passage as the ledger gives it."""

    @property
    def passage(self) -> Passage: ...
    @property
    def article(self) -> ArticleRef: ...
    @property
    def text(self) -> str: ...


class Outline(Protocol):
    """What ranking needs of a passage. `words` are the keys of its analysed words, in order."""

    @property
    def id(self) -> int: ...
    @property
    def article_id(self) -> str: ...
    @property
    def ordinal(self) -> int: ...
    @property
    def words(self) -> Keys: ...
    @property
    def title(self) -> str | None: ...


class Ledger(Protocol):
    def passages(self, ids: Sequence[int]) -> Mapping[int, Stored]: ...


class Keywords(Protocol):
    def count(self) -> int: ...
    def frequency(self, term: str) -> int: ...
    def search(self, words: Sequence[str], k: int, *, limits: Any = None) -> list[tuple[int, float]]: ...


class Dense(VectorIndex, Protocol):
    def cosines(self, vector: Vectors, ids: Collection[int]) -> dict[int, float]: ...


class View(Protocol):
    """One complete state of an archive. `clusters` has, of each article that nearly repeats others, all of these and
    itself."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def keywords(self) -> Keywords: ...
    @property
    def dense(self) -> Dense: ...
    @property
    def clusters(self) -> Clusters: ...
    def passing(self, limits: Any) -> PassageIds: ...
    def outlines(self, ids: Sequence[int]) -> Sequence[Outline]: ...


@dataclass(frozen=True, slots=True)
class Found:
    """`candidates[n]` is what ranking knows of the passage of `outlines[n]`."""

    terms: Terms
    outlines: Sequence[Outline]
    candidates: Sequence[Candidate]


class Retriever:
    """Finds and ranks the passages of a view."""

    def __init__(self, embedder: Embedder, analyze: Callable[[str], list[str]], limits: Callable[..., Any]) -> None:
        """`analyze` gives a text's words as the keyword index has them; `limits` makes what its search is limited by,
        from sources and the days `day_from`, `day_to` and `as_of` as ordinals."""
        self._embedder = embedder
        self._analyze = analyze
        self._limits = limits
        self._beside = ThreadPoolExecutor(2, "keywords")  # words are searched while the question is embedded
        self._title_words = lru_cache(maxsize=_MOST_TITLES)(lambda title: keys(analyze(title)))

    def __call__(self, view: View, query: Query) -> list[Hit]:
        """`query.k` hits to use, best first but for those that had to wait (`_chosen`), and with `left_out` those that
        were passed over."""
        with tracing.retrieval(query.k, query.text) as noted:
            found = self.find(view, query)
            ranked = sorted(zip(rank(found.terms, found.candidates), found.outlines, strict=True), key=_order)
            hits = _hits(view, _chosen(ranked, view.clusters, query.k))
            scores = [{"id": str(hit.passage.id), "score": hit.scores.fused} for hit in hits if not hit.left_out]
            noted.text("gen_ai.retrieval.documents", scores)
        return hits

    def find(self, view: View, query: Query) -> Found:
        """What is to be ranked: the passages that words or vectors found."""
        words = self._analyze(query.text)
        passages = view.keywords.count()
        frequency = _telling({word: view.keywords.frequency(word) for word in words}, passages)
        terms = Terms.of(words, frequency, passages)
        cosines = self._cosines(view, query, list(frequency))
        outlines = view.outlines(list(cosines))
        return Found(terms, outlines, [self._candidate(one, cosines[one.id]) for one in outlines])

    def _cosines(self, view: View, query: Query, words: Sequence[str]) -> dict[int, float]:
        """Of every passage that words or vectors found, compared with the ledger's vectors whoever found it: Chroma's
        own cosines differ in the fourth digit, and an answer must not depend on whether Chroma was open.
        """
        days = [d.toordinal() if d else None for d in (query.published_from, query.published_to, query.as_of)]
        limited = bool(query.sources) or any(days)
        limits = self._limits(query.sources, *days) if limited else None
        by_words = self._beside.submit(view.keywords.search, words, max(BY_WORDS, 2 * query.k), limits=limits)
        with tracing.embeddings(self._embedder.identity, self._embedder.dimensions):
            vector = self._embedder.embed([query.text])[0]
        among = view.passing(limits) if limited else None
        found = [i for i, _ in view.dense.search(vector, max(BY_VECTOR, query.k), among)]
        found = list(dict.fromkeys([*found, *(i for i, _ in by_words.result())]))
        return dict.fromkeys(found, 0.0) | view.dense.cosines(vector, found)

    def _candidate(self, outline: Outline, dense: float) -> Candidate:
        return Candidate(dense, outline.ordinal, self._title_words(outline.title or ""), outline.words)


def _telling(frequency: Mapping[str, int], passages: int) -> Mapping[str, int]:
    """Without the common words, but where all are."""
    most = max(COMMON_FROM, COMMON * passages)
    return {word: n for word, n in frequency.items() if n <= most} or frequency


Ranked = tuple[Scores, Outline]


def _order(ranked: Ranked) -> tuple[float, int]:
    scores, outline = ranked
    return -scores.fused, outline.id


@dataclass(frozen=True, slots=True)
class _Choice:
    """`also` is whether the hit names the near-duplicates that it stands for; `left_out` is as in `Hit`."""

    scores: Scores
    outline: Outline
    also: bool
    left_out: str | None


def _chosen(ranked: Iterable[Ranked], clusters: Clusters, k: int) -> list[_Choice]:
    """The first k that show something new. A third passage in a row waits until another article has got a place."""
    choices: list[_Choice] = []
    waiting: list[Ranked] = []
    shown: dict[tuple[str, ...], str] = {}
    row, used = _Row(), 0
    for scores, outline in ranked:
        if used >= k:
            break
        article = outline.article_id
        first = shown.setdefault(clusters.get(article, (article,)), article)
        if first != article:
            choices.append(_Choice(scores, outline, False, f"a near-duplicate of article {first}, which is shown"))
            continue
        waiting.append((scores, outline))
        free = list(row.free(waiting, k - used))
        choices += [_Choice(*one, True, None) for one in free]
        used += len(free)
    # Nobody else is left to be given a place.
    choices += [_Choice(*one, True, None) for one in waiting[: k - used]]
    too_many = f"more than {ADJOINING} passages in a row of its article"
    return choices + [_Choice(*one, True, too_many) for one in waiting[k - used :]]


class _Row:
    """The passages of one article that got their places since another article got one."""

    def __init__(self) -> None:
        self._article = ""
        self._ordinals: set[int] = set()

    def free(self, waiting: list[Ranked], most: int) -> Iterator[Ranked]:
        """Take those that may have a place now out of `waiting`, best first."""
        for _ in range(most):
            at = next((n for n, (_, outline) in enumerate(waiting) if self._may_follow(outline)), None)
            if at is None:
                return
            yield waiting.pop(at)

    def _may_follow(self, outline: Outline) -> bool:
        """Whether it may; if so it is the row's last."""
        if outline.article_id != self._article:
            self._article, self._ordinals = outline.article_id, {outline.ordinal}
            return True
        if _run_length(self._ordinals, outline.ordinal) > ADJOINING:
            return False
        self._ordinals.add(outline.ordinal)
        return True


def _run_length(ordinals: Collection[int], ordinal: int) -> int:
    """How many passages in a row there would be with the one at `ordinal`."""
    before = after = ordinal
    while before - 1 in ordinals:
        before -= 1
    while after + 1 in ordinals:
        after += 1
    return after - before + 1


def _hits(view: View, choices: Sequence[_Choice]) -> list[Hit]:
    stored = view.ledger.passages([choice.outline.id for choice in choices])
    hits = []
    for place, choice in enumerate(choices, 1):
        one = stored[choice.outline.id]
        also_in = tuple(i for i in view.clusters.get(one.article.id, ()) if i != one.article.id) if choice.also else ()
        hits.append(Hit(place, one.passage, one.article, one.text, choice.scores, also_in, choice.left_out))
    return hits
