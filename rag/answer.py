"""A reading and its citations -> the answer record: the sentences in the stored words, or what was missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rag.prompts import load_prompt
from rag.types import Answer, AnswerSentence, ArticleRef, Check, Citation, Evidence, Hit, Reading, Status, Verdict

NEAREST = 3  # passages shown when it abstains
UNKNOWN_DATE = "date unknown"

Verify = Callable[[str, Sequence[Citation]], tuple[Verdict, tuple[Check, ...]]]


def compose(
    question: str,
    reading: Reading,
    citations: Sequence[Citation],
    hits: Sequence[Hit],
    *,
    verify: Verify,
    answer_id: str,
    as_of: str | None,
    timings_ms: Mapping[str, float],
    models: Mapping[str, str],
) -> Answer:
    """The extractive answer, each sentence with its citation and verdict; `hits` are shown when it abstains.

    `citations` are those made for `reading.evidence`; KeyError when one is missing.
    """
    cited = [(one, _citation_of(one, citations)) for one in reading.evidence]
    sentences = tuple(_sentence(citation, verify) for _, citation in cited)
    return Answer(
        id=answer_id,
        question=question,
        status=_status(sentences),
        text=_text(reading, sentences, [citation for _, citation in cited]),
        short_answer=next((one.short_answer for one in reading.evidence if one.short_answer), None)
        if not reading.conflict
        else None,  # a conflict has no one short answer
        mode="extractive",
        as_of=as_of,
        sentences=sentences,
        citations=tuple(citations),
        nearest=() if sentences else tuple(hits[:NEAREST]),
        confidence=reading.confidence,
        missing=None if sentences else reading.missing,
        conflict=reading.conflict,
        timings_ms=dict(timings_ms),
        models=dict(models),
    )


def outlet_of(article: ArticleRef) -> str:
    return article.source or article.title or article.file


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
        return " ".join(numbered)
    statement = load_prompt("conflict-statement")
    statements = [
        statement.render(outlet=outlet_of(citation.article), date=date_of(citation.article), sentence=sentence)
        for citation, sentence in zip(citations, numbered, strict=True)
    ]
    return load_prompt("conflict").render(statements=" ".join(statements))
