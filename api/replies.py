"""What the service replies of questions, checks and articles, as models.

They are the reply part of the OpenAPI document, and tests hold it to them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.claims.recheck import ArticleNow, ClaimNow
from rag.claims.records import Attribution, ClaimVerdict, Edit, EvidenceStance, Part, QuoteClass, ReadArticle
from rag.notices import Notice
from rag.types import ArticleRef, Check, DateKnown, Mark, Polarity, Status, Verdict
from rag.usage import Usage


class Reply(BaseModel):
    """A reply has the fields that it says, and no more."""

    model_config = ConfigDict(extra="forbid")


class CitationRecord(Reply):
    """`start` and `end` are code points of the stored text of that article version, end exclusive; the text there is
    `quote`. `answer_span` is where the short answer stands, as [start, end) of the same text.
    """

    n: int
    article: ArticleRef
    start: int
    end: int
    quote: str
    prefix: str
    suffix: str
    answer_span: list[int] | None
    attribution: Attribution | None
    also_in: list[str]


class SentenceRecord(Reply):
    """A sentence of the answer, the numbers of its citations, and what the checks say of it."""

    text: str
    citations: list[int]
    verdict: Verdict
    checks: list[Check]


class PassageRecord(Reply):
    """A passage as retrieval ranked it. `left_out` says why it was ranked and not used; null means that it is used."""

    rank: int
    article: ArticleRef
    passage: int
    start: int
    end: int
    text: str
    scores: dict[str, float | None]
    parts: dict[str, float]
    also_in: list[str]
    left_out: str | None


class AnswerRecord(Reply):
    """The answer; `byline ask --json` prints the same."""

    id: str
    question: str
    standalone: str | None = Field(description="The question as understood in its conversation, where it differs.")
    status: Status
    text: str
    short_answer: str | None
    polarity: Polarity | None = Field(description="What it says to a yes/no question.")
    mode: Literal["extractive", "llm"]
    as_of: str | None
    answered_at: str
    confidence: float
    missing: str | None = Field(description="What is missing, when it abstains.")
    conflict: bool = Field(description="The articles disagree, or the story moved on.")
    notices: list[Notice] = Field(description="What it had to go without: some vectors, or the language model's words.")
    sentences: list[SentenceRecord]
    removed: list[SentenceRecord] = Field(description="Sentences of the language model that are not in the text.")
    citations: list[CitationRecord]
    nearest: list[PassageRecord] = Field(description="What came nearest, when it abstains.")
    timings_ms: dict[str, float]
    models: dict[str, str]
    usage: Usage | None
    hits: list[PassageRecord] = Field(default=[], description="With `explain`, every passage that was ranked.")


class EvidenceRecord(Reply):
    stance: EvidenceStance
    score: float
    stage: str | None
    citation: CitationRecord
    checks: list[Check]


class QuoteRecord(Reply):
    words: str
    start: int
    end: int
    found: QuoteClass
    detail: str
    citations: list[CitationRecord]


class DatedRecord(Reply):
    day: str | None
    stage: str
    changed: str | None
    citation: CitationRecord


class ClaimRecord(Reply):
    """A claim; `start` and `end` are code points of the text that was given."""

    text: str
    start: int
    end: int
    read_as: str
    edits: list[Edit]
    verdict: ClaimVerdict
    confidence: float
    explanation: str
    in_words: str | None
    missing: str | None
    independent_sources: int
    sources: str
    attributed_only: bool
    evidence: list[EvidenceRecord]
    parts: list[Part]
    quotes: list[QuoteRecord]
    timeline: list[DatedRecord]


class NotCheckedRecord(Reply):
    text: str
    start: int
    end: int
    kind: str
    why: str | None


class CheckRecord(Reply):
    """The check; `byline check --json` prints the same."""

    id: str
    text: str
    as_of: str | None
    checked_at: str
    claims: list[ClaimRecord]
    not_checked: list[NotCheckedRecord]
    articles: list[ReadArticle] = Field(description="The article versions that it rests on, with their hashes.")
    timings_ms: dict[str, float]
    notices: list[Notice] = Field(description="What it had to go without.")
    models: dict[str, str]
    usage: Usage | None


class RecheckRecord(Reply):
    id: str
    checked_at: str
    articles: list[ArticleNow]
    claims: list[ClaimNow]


class HitsRecord(Reply):
    hits: list[PassageRecord]
    notices: list[Notice] = Field(description="What the search had to go without.")


class StatementRecord(Reply):
    """A sentence that somebody is said to have said; the citation's `attribution` says who passed it on."""

    citation: CitationRecord


class QuotesRecord(Reply):
    person: str
    quotes: list[StatementRecord]


class TimelineRecord(Reply):
    subject: str
    timeline: list[DatedRecord]


class ArticleLine(Reply):
    """The newest version of an article. `cluster` is shared by articles that nearly repeat each other."""

    article: ArticleRef
    versions: int
    passages: int
    cluster: str | None


class ArticlesRecord(Reply):
    total: int
    articles: list[ArticleLine]


class ArticleRecord(Reply):
    """One version of an article. `marks` are stretches of its text that are not retrieved, and why."""

    id: str
    version: int
    versions: list[int]
    title: str | None
    source: str | None
    url: str | None
    authors: list[str]
    published: str | None
    published_known: DateKnown | None
    language: str | None
    file: str
    text: str
    marks: list[Mark]
    also_in: list[ArticleRef]
