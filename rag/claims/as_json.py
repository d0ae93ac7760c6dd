"""A checked draft as the JSON that the command line, the service and the evals share."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.claims.records import Attribution, CheckedClaim, CheckedDraft, ClaimEvidence, Dated, DraftSentence, QuoteCheck
from rag.claims.statements import Statement
from rag.records import citation_record, notice_records
from rag.types import Citation


def draft_record(draft: CheckedDraft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "text": draft.text,
        "as_of": draft.as_of,
        "checked_at": draft.checked_at,
        "claims": [claim_record(one) for one in draft.claims],
        "not_checked": [_not_checked(one) for one in draft.not_checked],
        "articles": [asdict(one) for one in draft.articles],
        "timings_ms": {name: round(ms, 1) for name, ms in draft.timings_ms.items()},
        "notices": notice_records(draft.notices),
        "models": draft.models,
        "usage": asdict(draft.usage) if draft.usage else None,
    }


def claim_record(claim: CheckedClaim) -> dict[str, Any]:
    sentence = claim.sentence
    return {
        "text": sentence.text,
        "start": sentence.start,
        "end": sentence.end,
        "read_as": sentence.claim,
        "edits": [asdict(edit) for edit in sentence.edits],
        "verdict": claim.verdict,
        "confidence": round(claim.confidence, 4),
        "explanation": claim.explanation,
        "in_words": claim.in_words,
        "missing": claim.missing,
        "independent_sources": claim.independent_sources,
        "sources": claim.sources,
        "attributed_only": claim.attributed_only,
        "evidence": [_evidence(one) for one in claim.evidence],
        "parts": [asdict(part) for part in claim.parts],
        "quotes": [_quote(one) for one in claim.quotes],
        "timeline": [dated_record(one) for one in claim.timeline],
    }


def _not_checked(sentence: DraftSentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "start": sentence.start,
        "end": sentence.end,
        "kind": sentence.kind,
        "why": sentence.why,
    }


def _evidence(one: ClaimEvidence) -> dict[str, Any]:
    return {
        "stance": one.stance,
        "score": one.score,
        "stage": one.stage,
        "citation": _attributed(one.citation, one.attribution),
        "checks": [asdict(check) for check in one.checks],
    }


def statement_record(one: Statement) -> dict[str, Any]:
    return {"citation": _attributed(one.citation, one.attribution)}


def _attributed(citation: Citation, attribution: Attribution) -> dict[str, Any]:
    told = asdict(attribution) | {"chain": list(attribution.chain)}
    return citation_record(citation) | {"attribution": told}


def _quote(one: QuoteCheck) -> dict[str, Any]:
    return {
        "words": one.words,
        "start": one.start,
        "end": one.end,
        "found": one.found,
        "detail": one.detail,
        "citations": [citation_record(citation) for citation in one.citations],
    }


def dated_record(one: Dated) -> dict[str, Any]:
    return {"day": one.day, "stage": one.stage, "changed": one.changed, "citation": citation_record(one.citation)}
