from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.ports import PairReaders
from rag.rerank import Reranker, lead_of
from rag.types import AnswerSpan, Hit, PairReading
from tests.rag.reading import article, hit


class ScriptedReader:
    """Finds `wanted` in what it reads, and thinks what holds it relevant."""

    identity = "scripted"

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted
        self.was_asked = 0

    def read(self, text: str, passages: Sequence[str], leads: Sequence[str] = ()) -> list[PairReading]:
        assert len(leads) in (0, len(passages))
        return self.read_pairs([(text, passage) for passage in passages])

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[PairReading]:
        self.was_asked += len(pairs)
        return [self._read(passage) for _, passage in pairs]

    def _read(self, passage: str) -> PairReading:
        places = [at for at in range(len(passage)) if passage.startswith(self._wanted, at)]
        spans = tuple(AnswerSpan(at, at + len(self._wanted), 4.0) for at in places)
        return PairReading(spans, 0.9 if spans else 0.1, 0.99 if spans else 0.01)


WHARF = hit(
    "Orsa Lines bought the wharf.", "It paid $40 million.", rank=2, of=article("wharf", title="A wharf is sold")
)
RAIN = hit("Rain fell on the wharf.", rank=1, of=article("rain", title="Rain"), fused=1.2)
OTHER = hit("Ships left the wharf.", rank=3, of=article("ships"), fused=0.9)


def test_what_holds_the_answer_comes_first_and_all_are_numbered_anew() -> None:
    found = Reranker(PairReaders(ScriptedReader("$40 million")), 10)("How much?", [RAIN, WHARF, OTHER])
    assert [(h.rank, h.article.id) for h in found] == [(1, "wharf"), (2, "rain"), (3, "ships")]
    assert found[0].scores.fused > WHARF.scores.fused
    assert found[0].scores.parts["span"] == 4.0
    assert found[0].scores.parts["relevance"] == pytest.approx(math.log(99))


def test_spans_are_the_passages_own_characters() -> None:
    found = Reranker(PairReaders(ScriptedReader("wharf")), 10)("What was bought?", [WHARF])
    reading = found[0].reading
    assert reading is not None
    assert [WHARF.text[s.start : s.end] for s in reading.spans] == ["wharf"]
    assert lead_of(WHARF) == "A wharf is sold (example.com, 1 March 2024). "


def test_the_full_reader_reads_the_best_few_and_its_word_counts() -> None:
    fast, full = ScriptedReader("wharf"), ScriptedReader("Ships")
    found = Reranker(PairReaders(fast, full), 10, few=3)("What left?", [RAIN, WHARF, OTHER, hit("Nothing.", rank=4)])
    assert (fast.was_asked, full.was_asked) == (4, 3)
    assert [h.article.id for h in found] == ["ships", "rain", "wharf", "a4"]
    alone = Reranker(PairReaders(full), 10)("What left?", [OTHER])[0]
    assert found[0].scores.fused == pytest.approx(alone.scores.fused)


def test_only_the_first_usable_hits_are_read_and_the_others_follow() -> None:
    model = ScriptedReader("Ships")
    twin = replace(RAIN, rank=2, left_out="a near-duplicate")
    found = Reranker(PairReaders(model), 2)("What left?", [RAIN, twin, WHARF, OTHER])
    assert model.was_asked == 2
    assert [h.article.id for h in found] == ["rain", "wharf", "ships", "rain"]
    assert [h.reading is not None for h in found] == [True, True, False, False]
    assert found[-1].left_out == "a near-duplicate"


def test_to_answer_it_stops_where_no_unread_hit_could_come_first() -> None:
    hits = [hit(f"Ships left wharf {n}.", rank=n, of=article(f"a{n}"), fused=2.0 - 0.1 * n) for n in range(1, 12)]
    model = ScriptedReader("wharf 1")
    found = Reranker(PairReaders(model), 10, ample=0.8)("What left?", hits)
    # The best has 1.9 and what reading adds, more than a point; the fifth would have 1.5 and 0.8.
    assert model.was_asked == 4
    assert found[0].article.id == "a1"
    assert sorted(h.rank for h in found) == list(range(1, 12))
    unread = ScriptedReader("nothing of this")
    Reranker(PairReaders(unread), 10, ample=0.8)("What left?", hits)
    assert unread.was_asked == 10


def test_a_model_without_an_opinion_changes_no_order() -> None:
    class Silent(ScriptedReader):
        def _read(self, passage: str) -> PairReading:  # noqa: ARG002
            return PairReading()

    found = Reranker(PairReaders(Silent("x")), 10)("What?", [RAIN, WHARF])
    assert [h.article.id for h in found] == ["rain", "wharf"]
    assert [h.scores.fused for h in found] == [RAIN.scores.fused, WHARF.scores.fused]


def test_no_hits_give_none() -> None:
    nothing: list[Hit] = []
    assert Reranker(PairReaders(ScriptedReader("x")), 10)("What?", nothing) == []
