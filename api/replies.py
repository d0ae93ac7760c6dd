"""What the service replies, as models: they are the reply part of the OpenAPI document, and tests hold it to them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.jobs import JobKind, JobStatus
from rag.claims.recheck import ArticleNow, ClaimNow
from rag.claims.records import Attribution, ClaimVerdict, Edit, EvidenceStance, Part, QuoteClass, ReadArticle
from rag.types import ArticleRef, Check, DateKnown, Mark, Status, Usage, Verdict


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CitationRecord(_Reply):
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


class SentenceRecord(_Reply):
    """A sentence of the answer, the numbers of its citations, and what the checks say of it."""

    text: str
    citations: list[int]
    verdict: Verdict
    checks: list[Check]


class PassageRecord(_Reply):
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


class AnswerRecord(_Reply):
    """The answer; `byline ask --json` prints the same."""

    id: str
    question: str
    standalone: str | None = Field(description="The question as understood in its conversation, where it differs.")
    status: Status
    text: str
    short_answer: str | None
    mode: Literal["extractive", "llm"]
    as_of: str | None
    answered_at: str
    confidence: float
    missing: str | None = Field(description="What is missing, when it abstains.")
    conflict: bool = Field(description="The articles disagree, or the story moved on.")
    notice: str | None = Field(description="What became of the language model's draft, where something did.")
    sentences: list[SentenceRecord]
    removed: list[SentenceRecord] = Field(description="Sentences of the language model that are not in the text.")
    citations: list[CitationRecord]
    nearest: list[PassageRecord] = Field(description="What came nearest, when it abstains.")
    timings_ms: dict[str, float]
    models: dict[str, str]
    usage: Usage | None


class EvidenceRecord(_Reply):
    stance: EvidenceStance
    score: float
    stage: str | None
    citation: CitationRecord
    checks: list[Check]


class QuoteRecord(_Reply):
    words: str
    start: int
    end: int
    found: QuoteClass
    detail: str
    citations: list[CitationRecord]


class DatedRecord(_Reply):
    day: str | None
    stage: str
    changed: str | None
    citation: CitationRecord


class ClaimRecord(_Reply):
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


class NotCheckedRecord(_Reply):
    text: str
    start: int
    end: int
    kind: str
    why: str | None


class CheckRecord(_Reply):
    """The check; `byline check --json` prints the same."""

    id: str
    text: str
    as_of: str | None
    checked_at: str
    claims: list[ClaimRecord]
    not_checked: list[NotCheckedRecord]
    articles: list[ReadArticle] = Field(description="The article versions that it rests on, with their hashes.")
    timings_ms: dict[str, float]
    models: dict[str, str]
    usage: Usage | None


class RecheckRecord(_Reply):
    id: str
    checked_at: str
    articles: list[ArticleNow]
    claims: list[ClaimNow]


class HitsRecord(_Reply):
    hits: list[PassageRecord]


class ArticleLine(_Reply):
    """The newest version of an article. `cluster` is shared by articles that nearly repeat each other."""

    article: ArticleRef
    versions: int
    passages: int
    cluster: str | None


class ArticlesRecord(_Reply):
    total: int
    articles: list[ArticleLine]


class ArticleRecord(_Reply):
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


class RejectedRecord(_Reply):
    where: str
    reason: str


class JobRecord(_Reply):
    """A job that changes the archive. `subjects` are what it is about: file names, URLs, article ids."""

    id: str
    kind: JobKind
    subjects: list[str]
    made_at: str
    status: JobStatus
    started_at: str | None
    ended_at: str | None
    total: int
    done: int
    new: int
    updated: int
    unchanged: int
    near_duplicates: int
    passages: int
    rejected_count: int
    rejected: list[RejectedRecord]
    error: str | None


class JobsRecord(_Reply):
    jobs: list[JobRecord]


class DayCount(_Reply):
    day: str | None
    articles: int


class SourceCount(_Reply):
    source: str | None
    articles: int


class AnswerCounts(_Reply):
    day: str
    answered: int
    no_evidence: int
    partly_supported: int


class StatsRecord(_Reply):
    """Days are of publication (null where it is not known) for articles, and of the question for answers."""

    articles: int
    versions: int
    passages: int
    days: list[DayCount]
    sources: list[SourceCount]
    answers: list[AnswerCounts]


class ExamplesRecord(_Reply):
    questions: list[str]


class FeedRecord(_Reply):
    """A feed. `failures` in a row; `active` is false for one that is gone for good."""

    url: str
    title: str | None
    last_polled: str | None
    next_due: str | None
    failures: int
    active: bool
    error: str | None


class FeedsRecord(_Reply):
    feeds: list[FeedRecord]


class PartRecord(_Reply):
    """A part of the service. `ok` is false where questions can't be answered for it, and `reason` says why."""

    ok: bool
    state: str
    reason: str | None


class PartsRecord(_Reply):
    ledger: PartRecord
    keywords: PartRecord
    vectors: PartRecord
    reader: PartRecord
    language_model: PartRecord
    jobs: PartRecord


class ReadyRecord(_Reply):
    ready: bool
    parts: PartsRecord


class FieldFault(_Reply):
    """Where the field is, a JSON pointer to it (empty for the whole), and what is wrong with it."""

    in_: Literal["body", "query", "path", "header", "cookie"] = Field(alias="in")
    pointer: str
    detail: str


class Problem(_Reply):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldFault] = []
