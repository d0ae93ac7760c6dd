"""Answers cut into pieces: nothing is lost, and each citation spans its own sentence, whatever the words are."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.chat_reply import pieces_of
from rag.answer import answer_of, in_words, marked
from rag.types import Answer, AnswerSentence, ArticleRef, Check, Citation, Reading, Verdict

ARTICLE = ArticleRef("a1", 2, None, None, None, None, "a & b.txt")
WORDS = st.lists(st.sampled_from(["Ford", "Ford [1]", "[2]", "🚗", "“it”", "said.", "é"]), min_size=1, max_size=4)
VERDICTS = st.sampled_from(["supported", "unsupported", "contradicted", "unchecked"])


@st.composite
def sentences(draw: st.DrawFn) -> AnswerSentence:
    verdict: Verdict = draw(VERDICTS)
    why = Check("number", False, " ".join(draw(WORDS)))
    cited = tuple(draw(st.lists(st.integers(1, 3), unique=True, max_size=2)))
    return AnswerSentence(" ".join(draw(WORDS)), cited, verdict, () if verdict == "supported" else (why,))


def answer(told: list[AnswerSentence]) -> Answer:
    cited = [Citation(n, ARTICLE, n, n + 5, "words", "", "") for n in (1, 2, 3)]
    composed = in_words(Reading((), 1.0), told, cited)
    made: dict[str, Any] = {"answer_id": "x", "as_of": None, "answered_at": "", "timings_ms": {}, "models": {}}
    return answer_of("?", Reading((), 1.0), composed, (), **made)


@given(st.lists(sentences(), max_size=5))
def test_pieces_join_to_the_text_and_citations_span_their_sentences(told: list[AnswerSentence]) -> None:
    whole = answer(told)
    pieces = pieces_of(whole, "http://here/")
    assert "".join(piece.text for piece in pieces) == whole.text
    at = 0
    for sentence, piece in zip(told, pieces, strict=bool(told)):
        assert piece.text.startswith(marked(sentence))
        assert len(piece.annotations) == len(sentence.citations)
        for one in piece.annotations:
            assert (one.url_citation.start_index, one.url_citation.end_index) == (at, at + len(marked(sentence)))
        at += len(piece.text)


def test_an_article_without_an_address_is_linked_at_the_service() -> None:
    (piece,) = pieces_of(answer([AnswerSentence("Ford.", (2,), "supported", ())]), "http://here:8000/")
    (one,) = piece.annotations
    assert one.url_citation.url == "http://here:8000/?article=a1&version=2&start=2&end=7"
    assert one.url_citation.title == "a & b.txt"
