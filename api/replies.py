"""What the service replies, as models: they are the reply part of the OpenAPI document, and tests hold it to them."""

from __future__ import annotations

from typing import Any, Literal

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


class FieldFault(_Reply):
    """A JSON pointer to the field, and what is wrong with it."""

    pointer: str
    detail: str


class Problem(_Reply):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldFault] = []


Responses = dict[int | str, dict[str, Any]]

_PROBLEM = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
_PROBLEM["properties"]["errors"]["items"] = FieldFault.model_json_schema()
_PROBLEM.pop("$defs")


def _problem(status: int, description: str, title: str, detail: str) -> Responses:
    example = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    content = {"application/problem+json": {"schema": _PROBLEM, "example": example}}
    return {status: {"description": description, "content": content}}


def _stream(*events: tuple[str, str]) -> dict[str, Any]:
    example = "".join(f"event: {name}\ndata: {payload}\n\n" for name, payload in events)
    return {"content": {"text/event-stream": {"schema": {"type": "string"}, "example": example}}}


ANSWER: dict[str, Any] = {"model": AnswerRecord, "description": "The answer, or an abstention."}
ANSWER_EVENTS = _stream(
    ("evidence", '{"passages": […]}'),
    ("sentence", '{"n": 1, "text": "One person said Ford’s site in Valencia is the leading candidate to take part."}'),
    ("citations", '{"n": 1, "citations": […]}'),
    ("verdict", '{"n": 1, "verdict": "supported", "checks": […]}'),
    ("done", '{"id": "…", "status": "answered", …}'),
)
CHECK: dict[str, Any] = {"model": CheckRecord, "description": "Every claim with its verdict and evidence."}
CHECK_EVENTS = _stream(("progress", '{"done": 1, "of": 2}'), ("done", '{"id": "…", "claims": […], …}'))
RECHECK: dict[str, Any] = {"model": RecheckRecord, "description": "What has become of it."}
EXPORTS: dict[str, Any] = {
    "description": "A file.",
    "content": {
        kind: {"schema": {"type": "string"}}
        for kind in ("text/markdown", "text/html", "text/csv", "application/ld+json")
    },
}
STATS: dict[str, Any] = {"model": StatsRecord, "description": "Counts."}
EXAMPLES: dict[str, Any] = {"model": ExamplesRecord, "description": "Questions."}
HITS: dict[str, Any] = {"model": HitsRecord, "description": "Passages, best first."}
ARTICLES: dict[str, Any] = {"model": ArticlesRecord, "description": "Articles, and how many there are in all."}
ARTICLE: dict[str, Any] = {"model": ArticleRecord, "description": "The article as stored."}
JOB: dict[str, Any] = {"model": JobRecord, "description": "The job."}
JOB_EVENTS = _stream(("progress", '{"id": "…", "status": "running", …}'), ("done", '{"id": "…", "status": "done", …}'))
JOBS: dict[str, Any] = {"model": JobsRecord, "description": "The jobs."}
REFUSED = _problem(422, "It can't be used.", "QuestionRejected", "The question is empty. Write what you want to know.")
UNREADABLE = _problem(400, "The body can't be read.", "Bad Request", "There was an error parsing the body")
NOT_FOUND = _problem(
    404, "There is none.", "NotFound", "There is no check 7. Look at the id that it was given when it was made."
)
UNAVAILABLE = _problem(
    503, "The archive can't answer now.", "StoreEmpty", "The archive is empty. Ingest articles: byline ingest PATH."
)
