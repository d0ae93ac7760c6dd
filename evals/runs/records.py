"""A target's record (answer, check, or a line of a predictions file) to the `Reply` that metrics look at.

A Byline answer record has all of it. Another system needs no more than `text`; what it doesn't tell stays unscored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Annotated, Any, Literal, Protocol

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from evals.errors import EvalError
from evals.gold import Case, Label
from evals.gold.text import covers
from evals.reply import Cited, Found, Reply, Said, Usage
from rag.sentences import sentence_spans


class Archive(Protocol):
    """What a target's stored articles say of a citation."""

    def text(self, article_id: str | None, version: int | None, file: str) -> str | None:
        """The stored text, or that of the corpus file; None when neither can be had."""

    def newest(self, article_id: str | None) -> int | None: ...


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Article(_Lenient):
    id: str | None = None
    version: int | None = None
    published: str | None = None
    file: str = ""


class _Citation(_Lenient):
    quote: str
    n: int | None = None
    file: str = ""
    article: _Article = _Article()
    start: int | None = None
    end: int | None = None
    also_in: tuple[str, ...] = ()


class _Sentence(_Lenient):
    text: str
    citations: tuple[int, ...] = ()


class _Hit(_Lenient):
    text: str
    file: str = ""
    article: _Article = _Article()
    start: int | None = None
    end: int | None = None
    left_out: str | None = None


class _Claim(_Lenient):
    verdict: Label
    confidence: float | None = None


class Prediction(_Lenient):
    """One record as any system may write it; unknown fields are ignored."""

    id: str | int | None = None
    text: Annotated[str, Field(validation_alias=AliasChoices("text", "answer", "prediction"))] = ""
    status: Literal["answered", "partly_supported", "no_evidence"] | None = None
    short_answer: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    sentences: tuple[_Sentence, ...] | None = None
    citations: tuple[_Citation, ...] = ()
    hits: tuple[_Hit, ...] | None = None
    verdict: Annotated[Label | None, Field(validation_alias=AliasChoices("verdict", "label"))] = None
    claims: tuple[_Claim, ...] = ()
    not_checked: tuple[Any, ...] = ()
    usage: Usage | None = None
    models: dict[str, str] = {}
    timings_ms: dict[str, float] = {}
    error: dict[str, Any] | str | None = None


def parse_prediction(record: Any) -> Prediction:
    """Raises EvalError that names each field that can't be used."""
    try:
        return Prediction.model_validate(record)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'record'}: {e['msg']}" for e in error.errors())
        raise EvalError(
            f"The record can't be used: {faults}.", remedy="Write records as `byline ask --json`."
        ) from error


def reply_of(case: Case, told: Prediction, archive: Archive, *, repeat: int = 0) -> Reply:
    """A prediction looked up in the archive: are its quotes exact, which supporting quotes do its hits hold?"""
    if told.error is not None:
        said = str(told.error.get("message", told.error)) if isinstance(told.error, Mapping) else told.error
        return Reply(case=case.id, repeat=repeat, trouble="refused", detail=said)
    citations = tuple(_cited(one, place, archive) for place, one in enumerate(told.citations, start=1))
    verdict, confidence = _verdict(told)
    return Reply(
        case=case.id,
        repeat=repeat,
        status=told.status or ("answered" if told.text.strip() else "no_evidence"),
        text=told.text,
        short_answer=told.short_answer,
        confidence=confidence,
        sentences=_sentences(told, citations),
        citations=citations,
        found=None if told.hits is None else _found(case, told.hits),
        verdict=verdict,
        unsupported="the target checks no claims" if case.kind == "claim" and verdict is None else None,
        usage=told.usage,
        models=told.models,
        ms=told.timings_ms.get("total"),
    )


def _verdict(told: Prediction) -> tuple[Label | None, float | None]:
    """A check of one claim gives one verdict; of several parts, every one must be supported."""
    if told.verdict is None and told.not_checked and not told.claims:
        return "not_enough_evidence", None  # it took the claim for something that can't be checked
    if told.verdict is not None or not told.claims:
        return told.verdict, told.confidence
    parts = sorted(told.claims, key=lambda claim: _WORST.index(claim.verdict))
    return parts[0].verdict, parts[0].confidence


_WORST: tuple[Label, ...] = ("refuted", "disputed", "not_enough_evidence", "supported")


def _cited(one: _Citation, place: int, archive: Archive) -> Cited:
    article = one.article
    file = one.file or article.file
    text = archive.text(article.id, article.version, PurePath(file).name)
    newest = archive.newest(article.id)
    return Cited(
        file=file,
        quote=one.quote,
        n=one.n if one.n is not None else place,
        article_id=article.id,
        version=article.version,
        start=one.start,
        end=one.end,
        published=article.published,
        also_in=one.also_in,
        exact=None if text is None else _is_exact(one, text, stored=article.id is not None),
        newest=None if newest is None or article.version is None else article.version >= newest,
    )


def _is_exact(one: _Citation, text: str, *, stored: bool) -> bool:
    """At its offsets where those are of the stored text; anywhere in the article where they aren't known."""
    if not one.quote:
        return False
    if stored and one.start is not None and one.end is not None:
        return 0 <= one.start < one.end <= len(text) and text[one.start : one.end] == one.quote
    return one.quote in text


def _sentences(told: Prediction, citations: Sequence[Cited]) -> tuple[Said, ...]:
    """As told; else the text's own sentences, with the numbers in square brackets that stand in them."""
    if told.status == "no_evidence":
        return ()
    if told.sentences is not None:
        return tuple(Said(text=one.text, citations=one.citations) for one in told.sentences)
    text = told.text
    marked = [n for n in {c.n for c in citations} if f"[{n}]" in text]
    spans = [(span.start, span.end) for span in sentence_spans(text)] if text.strip() else []
    every = tuple(c.n for c in citations)
    # Without any marker a system's citations are for all that it says.
    return tuple(
        Said(text=text[a:b], citations=tuple(n for n in marked if f"[{n}]" in text[a:b]) if marked else every)
        for a, b in spans
    )


def _found(case: Case, hits: Sequence[_Hit]) -> tuple[Found, ...]:
    told = []
    for hit in hits:
        if hit.left_out is None:
            name = PurePath(hit.file or hit.article.file).name
            held = [n for n, s in enumerate(case.supporting) if s.file == name and covers(hit.text, s.quote)]
            told.append(Found(file=name, covers=tuple(held), start=hit.start, end=hit.end))
    return tuple(told)
