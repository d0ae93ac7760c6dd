from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.langchain import BylineRetriever
from rag.occurrences import Keys, keys
from rag.ports import Vectors
from rag.retrieve import Retriever
from rag.types import ArticleRef, Hit, Passage, Query, Scores, Span
from tests.rag.fakes import WordEmbedder

EMBEDDER = WordEmbedder()


@dataclass(frozen=True)
class Stored:
    passage: Passage
    article: ArticleRef
    text: str
    cluster: str | None = None

    @property
    def id(self) -> int:
        return self.passage.id

    @property
    def article_id(self) -> str:
        return self.article.id

    @property
    def ordinal(self) -> int:
        return self.passage.ordinal

    @property
    def words(self) -> Keys:
        return keys(analyze(self.text))

    @property
    def title(self) -> str | None:
        return self.article.title


def stored(
    number: int, text: str, article: str, ordinal: int = 0, *, day: str | None = None, cluster: str | None = None
) -> Stored:
    ref = ArticleRef(article, 1, f"About {article}", f"{article}.example", None, day, f"{article}.txt")
    passage = Passage(article, 1, ordinal, ordinal * 100, ordinal * 100 + len(text), (Span(0, len(text)),), number)
    return Stored(passage, ref, text, cluster)


def analyze(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


@dataclass(frozen=True)
class Limits:
    sources: tuple[str, ...]
    day_from: int | None
    day_to: int | None
    as_of: int | None

    def let(self, one: Stored) -> bool:
        day = date.fromisoformat(one.article.published).toordinal() if one.article.published else None
        return (
            (not self.sources or one.article.source in self.sources)
            and (self.day_from is None or (day is not None and day >= self.day_from))
            and (self.day_to is None or (day is not None and day <= self.day_to))
            and (self.as_of is None or day is None or day <= self.as_of)
        )


class Archive:
    """Ledger, keywords and dense search over a few passages, all exact."""

    def __init__(self, *given: Stored, blind: Collection[int] = (), deaf: Collection[int] = ()) -> None:
        """`blind` are not found by vector, `deaf` not by words."""
        self._all = {one.passage.id: one for one in given}
        self._blind, self._deaf = set(blind), set(deaf)
        self._forgotten: set[int] = set()
        self.ledger = self.keywords = self.dense = self

    def forget(self, number: int) -> None:
        """Drop a passage from the ledger alone."""
        self._forgotten.add(number)

    def passages(self, ids: Sequence[int]) -> dict[int, Stored]:
        return {i: self._all[i] for i in ids if i not in self._forgotten}

    def outlines(self, ids: Sequence[int]) -> list[Stored]:
        return list(self.passages(ids).values())

    @property
    def clusters(self) -> dict[str, tuple[str, ...]]:
        named = {one.article.id: one.cluster for one in self._all.values() if one.cluster}
        return {i: tuple(sorted(o for o in named if named[o] == cluster)) for i, cluster in named.items()}

    def passing(self, limits: Limits) -> NDArray[np.int64]:
        return np.array([i for i, one in self._all.items() if limits.let(one)], dtype=np.int64)

    def count(self) -> int:
        return len(self._all)

    def frequency(self, term: str) -> int:
        return sum(term in analyze(one.text) for one in self._all.values())

    def _score(self, words: Sequence[str], ids: Collection[int]) -> dict[int, float]:
        return {i: float(sum(Counter(analyze(self._all[i].text))[word] for word in words)) for i in ids}

    def cosines(self, vector: Vectors, ids: Collection[int]) -> dict[int, float]:
        return {i: float(EMBEDDER.embed([self._all[i].text])[0] @ vector) for i in ids}

    def search(self, wanted: Any, k: int, *rest: Any, **limits: Any) -> list[tuple[int, float]]:
        if isinstance(wanted, list):
            limit = limits["limits"]
            scores = self._score(wanted, [i for i in self._all if i not in self._deaf])
            kept = {i: s for i, s in scores.items() if s and (limit is None or limit.let(self._all[i]))}
        else:
            among = self._all if rest[0] is None else rest[0]
            kept = self.cosines(wanted, [i for i in among if i not in self._blind])
        return sorted(kept.items(), key=lambda hit: (-hit[1], hit[0]))[:k]


def find(archive: Archive, text: str, **limits: Any) -> list[Hit]:
    return Retriever(EMBEDDER, analyze, Limits)(archive, Query(text, **limits))


def used(hits: list[Hit]) -> list[int]:
    return [hit.passage.id for hit in hits if hit.left_out is None]


FERRY = stored(1, "The ferry to the island was cancelled because of the storm.", "ferry", day="2024-03-01")
BANK = stored(2, "The central bank left its rate unchanged.", "bank", day="2024-03-05")
STRIKE = stored(3, "A strike stopped the ferry for a day.", "strike")


def test_the_passage_with_the_words_of_the_question_comes_first() -> None:
    hits = find(Archive(BANK, STRIKE, FERRY), "Why was the island ferry cancelled?")

    assert used(hits)[0] == 1
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert hits[0].text == FERRY.text
    assert hits[0].article == FERRY.article


def test_hits_come_by_fused_score() -> None:
    fused = [hit.scores.fused for hit in find(Archive(BANK, STRIKE, FERRY), "ferry storm")]

    assert fused == sorted(fused, reverse=True)


def test_a_passage_that_one_side_missed_gets_both_scores() -> None:
    hits = find(Archive(BANK, FERRY, STRIKE, blind=[1], deaf=[3]), "ferry storm")
    by_id = {hit.passage.id: hit.scores for hit in hits}

    assert by_id[1].dense == pytest.approx(float(EMBEDDER.embed([FERRY.text])[0] @ EMBEDDER.embed(["ferry storm"])[0]))
    assert (by_id[3].bm25 or 0) > 0


def test_a_passage_that_the_ledger_no_longer_knows_is_no_hit() -> None:
    archive = Archive(FERRY, STRIKE)
    archive.forget(3)

    assert used(find(archive, "ferry")) == [1]


def test_no_words_and_no_passages() -> None:
    assert find(Archive(), "ferry") == []
    assert len(find(Archive(FERRY, BANK), "?!")) == 2


def test_k_limits_what_is_used() -> None:
    assert used(find(Archive(FERRY, BANK, STRIKE), "ferry", k=1)) in ([1], [3])


def test_a_range_keeps_only_passages_dated_inside() -> None:
    archive = Archive(FERRY, BANK, STRIKE)

    assert set(used(find(archive, "ferry", published_from=date(2024, 3, 1)))) == {1, 2}
    assert used(find(archive, "ferry", published_to=date(2024, 3, 4))) == [1]


def test_as_of_hides_what_came_later_and_keeps_the_undated() -> None:
    assert set(used(find(Archive(FERRY, BANK, STRIKE), "ferry bank", as_of=date(2024, 3, 4)))) == {1, 3}


def test_sources_keep_only_theirs() -> None:
    assert used(find(Archive(FERRY, BANK, STRIKE), "ferry", sources=("bank.example",))) == [2]


def test_of_near_duplicates_one_article_is_shown_and_names_the_others() -> None:
    first = stored(1, "The ferry was cancelled in the storm.", "a", cluster="c")
    copy = stored(4, "The ferry was cancelled in the storm .", "b", cluster="c")
    more = stored(5, "The ferry company apologised for the storm.", "a", 5, cluster="c")
    hits = find(Archive(first, copy, more, BANK), "ferry cancelled storm")

    shown = [hit for hit in hits if hit.left_out is None and hit.article.id in {"a", "b"}]
    passed_over = [hit for hit in hits if hit.left_out]
    winner, other = shown[0].article.id, passed_over[0].article.id

    assert {winner, other} == {"a", "b"}
    assert {hit.article.id for hit in shown} == {winner}
    assert all(hit.also_in == (other,) for hit in shown)
    assert all(winner in (hit.left_out or "") for hit in passed_over)
    assert len(shown) + len(passed_over) == 3


def test_a_third_passage_in_a_row_waits_for_others() -> None:
    row = [stored(n, f"The ferry ferry ferry {'storm ' * n}", "long", n) for n in (1, 2, 3)]
    other = stored(9, "A ferry.", "other")
    hits = find(Archive(*row, other), "ferry", k=3)

    assert 9 in used(hits)
    assert len(used(hits)) == 3
    (passed_over,) = [hit for hit in hits if hit.left_out]
    assert "in a row" in (passed_over.left_out or "")


def test_it_follows_the_first_of_another_article() -> None:
    row = [stored(n, f"The ferry ferry ferry {'storm ' * n}", "long", n) for n in (1, 2, 3)]
    hits = find(Archive(*row, stored(9, "A ferry.", "other")), "ferry", k=4)

    assert [hit.article.id for hit in hits] == ["long", "long", "other", "long"]


def test_it_gets_its_place_when_there_are_no_others() -> None:
    row = [stored(n, f"The ferry {'storm ' * n}", "long", n) for n in (1, 2, 3)]

    assert len(used(find(Archive(*row), "ferry", k=3))) == 3


def test_passages_of_one_article_that_do_not_adjoin_are_all_used() -> None:
    apart = [stored(n, f"The ferry {'storm ' * n}", "long", n) for n in (1, 3, 5, 7)]

    assert len(used(find(Archive(*apart), "ferry", k=4))) == 4


class OneHit:
    """A searcher that gives one hit to use and one passed over, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Query] = []

    def search(self, query: Query) -> list[Hit]:
        self.asked.append(query)
        given = [(FERRY, None), (STRIKE, "a near-duplicate")]
        return [
            Hit(n, one.passage, one.article, one.text, Scores(1.5, 7.0, 0.5), ("other",), why)
            for n, (one, why) in enumerate(given, 1)
        ]


def test_the_langchain_retriever_gives_the_used_hits_with_where_they_stand() -> None:
    searcher = OneHit()
    (found,) = BylineRetriever(byline=searcher, k=4, as_of=date(2024, 4, 1)).invoke("ferry?")

    assert found.page_content == FERRY.text
    assert found.metadata == {
        "article_id": "ferry",
        "version": 1,
        "start": 0,
        "end": len(FERRY.text),
        "title": "About ferry",
        "source": "ferry.example",
        "url": None,
        "published": "2024-03-01",
        "file": "ferry.txt",
        "also_in": ["other"],
        "scores": {"fused": 1.5, "bm25": 7.0, "dense": 0.5},
    }
    assert searcher.asked == [Query("ferry?", k=4, as_of=date(2024, 4, 1))]


def test_retrieving_does_not_import_langchain() -> None:
    code = "import sys, rag.retrieve; print([m for m in sys.modules if m.startswith(('langchain', 'torch'))])"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert ran.stdout.strip() == "[]"


class Large(Archive):
    """As if most of ten thousand passages had the words of `common`; remembers what was searched for."""

    def __init__(self, *given: Stored, common: Collection[str]) -> None:
        super().__init__(*given)
        self._common = common
        self.searched: list[str] = []

    def count(self) -> int:
        return 10_000

    def frequency(self, term: str) -> int:
        return 9_000 if term in self._common else 10

    def search(self, wanted: Any, k: int, *rest: Any, **limits: Any) -> list[tuple[int, float]]:
        if isinstance(wanted, list):
            self.searched = wanted
        return super().search(wanted, k, *rest, **limits)


@pytest.mark.parametrize(
    ("common", "searched"),
    [
        ({"the", "was"}, ["ferry", "cancelled"]),
        ({"the", "ferry", "was", "cancelled"}, ["the", "ferry", "was", "cancelled"]),
    ],
    ids=["some", "all"],
)
def test_common_words_are_searched_for_only_where_there_are_no_others(common: set[str], searched: list[str]) -> None:
    archive = Large(FERRY, BANK, common=common)

    assert used(find(archive, "the ferry was cancelled"))[0] == 1
    assert archive.searched == searched
