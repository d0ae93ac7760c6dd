"""A reading -> the answer record: the stored words or a language model's checked ones, or what was missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.outlets import outlet_named
from rag.prompts import load_prompt
from rag.types import (
    Answer,
    AnswerSentence,
    ArticleRef,
    Check,
    Citation,
    Evidence,
    Hit,
    Polarity,
    Reading,
    Status,
    Verdict,
)

NEAREST = 3  # passages shown when it abstains
UNKNOWN_DATE = "date unknown"

_WORDS: Mapping[Polarity | None, str] = {"yes": "Yes", "no": "No"}

Verify = Callable[[str, Sequence[Citation]], tuple[Verdict, tuple[Check, ...]]]


@dataclass(frozen=True, slots=True)
class Composed:
    """What is said: sentences with their verdicts, the citations they rest on, and both as one text."""

    mode: Literal["extractive", "llm"]
    text: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    short_answer: str | None


def in_quotes(reading: Reading, citations: Sequence[Citation], verify: Verify) -> Composed:
    """The evidence in the stored words, or what is missing.

    `citations` are those made for `reading.evidence`; KeyError when one is missing.
    """
    cited = [_citation_of(one, citations) for one in reading.evidence]
    sentences = tuple(_sentence(citation, verify) for citation in cited)
    return Composed("extractive", _text(reading, sentences, cited), sentences, tuple(citations), _short(reading))


def in_words(reading: Reading, sentences: Sequence[AnswerSentence], citations: Sequence[Citation]) -> Composed:
    """A language model's sentences, each followed by its citations, or by why it does not hold."""
    short = _short(reading) if reading.polarity is None else None
    said = [one.text.casefold() for one in sentences if one.verdict == "supported"]
    told = short if short and any(short.casefold() in text for text in said) else None
    text = " ".join(flagged(one) for one in sentences)
    return Composed("llm", text, tuple(sentences), _with_answer_spans(reading, citations), told)


def answer_of(
    question: str,
    reading: Reading,
    composed: Composed,
    hits: Sequence[Hit],
    *,
    answer_id: str,
    as_of: str | None,
    answered_at: str,
    timings_ms: Mapping[str, float],
    models: Mapping[str, str],
) -> Answer:
    """The record; `hits` are shown when it abstains."""
    return Answer(
        id=answer_id,
        question=question,
        status=_status(composed.sentences),
        text=composed.text,
        short_answer=composed.short_answer,
        mode=composed.mode,
        as_of=as_of,
        answered_at=answered_at,
        sentences=composed.sentences,
        citations=composed.citations,
        nearest=() if composed.sentences else tuple(hits[:NEAREST]),
        confidence=reading.confidence,
        missing=None if composed.sentences else reading.missing,
        conflict=reading.conflict,
        polarity=reading.polarity if composed.sentences and composed.mode == "extractive" else None,
        timings_ms=dict(timings_ms),
        models=dict(models),
    )


def _short(reading: Reading) -> str | None:
    """A conflict has no one short answer."""
    if reading.polarity in _WORDS:
        return _WORDS[reading.polarity]
    if reading.conflict:
        return None
    return next((one.short_answer for one in reading.evidence if one.short_answer), None)


def marked(one: AnswerSentence) -> str:
    """The sentence followed by its citations."""
    return one.text + "".join(f" [{n}]" for n in one.citations)


def flagged(one: AnswerSentence) -> str:
    """The sentence followed by its citations, and by why it does not hold."""
    text = marked(one)
    if one.verdict == "supported":
        return text
    reasons = dict.fromkeys(check.detail for check in one.checks if not check.ok)
    reason = "; ".join(reasons) or "it could not be checked"
    verdict = {"contradicted": "contradicted", "unsupported": "not supported"}.get(one.verdict, "not checked")
    return load_prompt("flagged").render(sentence=text, verdict=verdict, reason=reason)


def _with_answer_spans(reading: Reading, citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """The short answer's place is the same whoever cites the sentence."""
    spans = {(one.hit.article.id, one.answer_span) for one in reading.evidence if one.answer_span}

    def spanned(citation: Citation) -> Citation:
        inside = (
            span
            for article, span in spans
            if span and article == citation.article.id and citation.start <= span.start and span.end <= citation.end
        )
        return replace(citation, answer_span=next(inside, None))

    return tuple(spanned(one) for one in citations)


def date_of(article: ArticleRef) -> str:
    """The day of publication; an article without one is never given one."""
    return article.published[:10] if article.published else UNKNOWN_DATE


def _citation_of(evidence: Evidence, citations: Sequence[Citation]) -> Citation:
    article = (evidence.hit.article.id, evidence.hit.article.version)
    for one in citations:
        if (one.article.id, one.article.version, one.start, one.end) == (*article, evidence.start, evidence.end):
            return one
    raise KeyError(f"no citation of article {article[0]} [{evidence.start}, {evidence.end})")


def _sentence(citation: Citation, verify: Verify) -> AnswerSentence:
    shown = " ".join(citation.quote.split())
    verdict, checks = verify(shown, (citation,))
    return AnswerSentence(shown, (citation.n,), verdict, checks)


def _status(sentences: Sequence[AnswerSentence]) -> Status:
    if not sentences:
        return "no_evidence"
    return "answered" if all(one.verdict == "supported" for one in sentences) else "partly_supported"


def _text(reading: Reading, sentences: Sequence[AnswerSentence], citations: Sequence[Citation]) -> str:
    if not sentences:
        return load_prompt("abstain").render(missing=reading.missing or "no passage answers it")
    numbered = [f"{one.text} [{one.citations[0]}]" for one in sentences]
    if not reading.conflict:
        said = " ".join(numbered)
        word = _WORDS.get(reading.polarity)
        return load_prompt("yes-no").render(word=word, statements=said) if word else said
    statement = load_prompt("conflict-statement")
    statements = [
        statement.render(
            outlet=outlet_named(citation.article.source, citation.article.title),
            date=date_of(citation.article),
            sentence=sentence,
        )
        for citation, sentence in zip(citations, numbered, strict=True)
    ]
    prompt = load_prompt("reports-differ" if reading.polarity else "conflict")
    return prompt.render(statements=" ".join(statements))
