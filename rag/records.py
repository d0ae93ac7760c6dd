"""Records as the JSON that the command line, the service and the evals share (shapes in ARCHITECTURE.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rag.notices import Notice
from rag.types import Answer, AnswerSentence, ArticleRef, Citation, Hit, Span


def answer_record(answer: Answer) -> dict[str, Any]:
    return {
        "id": answer.id,
        "question": answer.question,
        "standalone": answer.standalone,
        "status": answer.status,
        "text": answer.text,
        "short_answer": answer.short_answer,
        "polarity": answer.polarity,
        "mode": answer.mode,
        "as_of": answer.as_of,
        "answered_at": answer.answered_at,
        "confidence": round(answer.confidence, 4),
        "missing": answer.missing,
        "conflict": answer.conflict,
        "notices": notice_records(answer.notices),
        "sentences": [_sentence(s) for s in answer.sentences],
        "removed": [_sentence(s) for s in answer.removed],
        "citations": [citation_record(c) for c in answer.citations],
        "nearest": [hit_record(h) for h in answer.nearest],
        "timings_ms": {name: round(ms, 1) for name, ms in answer.timings_ms.items()},
        "models": answer.models,
        "usage": asdict(answer.usage) if answer.usage else None,
    }


def search_record(hits: Sequence[Hit], notices: Sequence[Notice]) -> dict[str, Any]:
    return {"hits": [hit_record(hit) for hit in hits], "notices": notice_records(notices)}


def notice_records(notices: Sequence[Notice]) -> list[dict[str, str]]:
    return [{"kind": one.kind, "text": one.text} for one in notices]


def with_ranking(record: dict[str, Any], hits: Sequence[Hit]) -> dict[str, Any]:
    """An answer's record, and every passage that was ranked for it."""
    return record | {"hits": [hit_record(hit) for hit in hits]}


def citation_record(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "article": article_record(citation.article),
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "prefix": citation.prefix,
        "suffix": citation.suffix,
        "answer_span": _span(citation.answer_span),
        "attribution": citation.attribution,
        "also_in": list(citation.also_in),
    }


def article_record(article: ArticleRef) -> dict[str, Any]:
    """Written out: `asdict` copies deeply, which is most of the time that a hit's record takes."""
    return {
        "id": article.id,
        "version": article.version,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": article.published,
        "file": article.file,
    }


def _span(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None


def hit_record(hit: Hit) -> dict[str, Any]:
    scores = {"fused": hit.scores.fused, "bm25": hit.scores.bm25, "dense": hit.scores.dense}
    return {
        "rank": hit.rank,
        "article": article_record(hit.article),
        "passage": hit.passage.id,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.text,
        "scores": {name: None if score is None else round(score, 4) for name, score in scores.items()},
        "parts": {name: round(part, 4) for name, part in hit.scores.parts.items()},
        "also_in": list(hit.also_in),
        "left_out": hit.left_out,
    }


def _sentence(sentence: AnswerSentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "citations": list(sentence.citations),
        "verdict": sentence.verdict,
        "checks": [asdict(check) for check in sentence.checks],
    }
