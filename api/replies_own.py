"""What the service replies of itself: its jobs, feeds, counts, parts and problems; as `replies.py` does of the rest."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.jobs import JobKind, JobStatus
from api.replies import Reply
from rag.notices import Notice


class RejectedRecord(Reply):
    where: str
    reason: str


class JobRecord(Reply):
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
    notices: list[Notice] = Field(description="What it had to leave for later.")
    error: str | None


class JobsRecord(Reply):
    jobs: list[JobRecord]


class DayCount(Reply):
    day: str | None
    articles: int


class SourceCount(Reply):
    """`days` is empty but for the largest six."""

    source: str | None
    articles: int
    days: list[DayCount]


class AnswerCounts(Reply):
    day: str
    answered: int
    no_evidence: int
    partly_supported: int


class StatsRecord(Reply):
    """Days are of publication (null where it is not known) for articles, and of the question for answers."""

    articles: int
    versions: int
    passages: int
    days: list[DayCount]
    sources: list[SourceCount]
    answers: list[AnswerCounts]


class ExamplesRecord(Reply):
    questions: list[str]


class FeedRecord(Reply):
    """A feed. `failures` in a row; `active` is false for one that is gone for good."""

    url: str
    title: str | None
    last_polled: str | None
    next_due: str | None
    failures: int
    active: bool
    error: str | None


class FeedsRecord(Reply):
    feeds: list[FeedRecord]


class PartRecord(Reply):
    """A part of the service. `ok` is false where questions can't be answered for it, and `reason` says why."""

    ok: bool
    state: str
    reason: str | None


class PartsRecord(Reply):
    ledger: PartRecord
    keywords: PartRecord
    vectors: PartRecord
    reader: PartRecord
    language_model: PartRecord
    jobs: PartRecord
    service: PartRecord


class ReadyRecord(Reply):
    """Without `parts` for who has no key where one is asked for."""

    ready: bool
    parts: PartsRecord | None = None


class FieldFault(Reply):
    """Where the field is, a JSON pointer to it (empty for the whole), and what is wrong with it."""

    in_: Literal["body", "query", "path", "header", "cookie"] = Field(alias="in")
    pointer: str
    detail: str


class Problem(Reply):
    """RFC 9457. `remedy` is the last part of `detail`, where it says what to do."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str | None = None
    errors: list[FieldFault] = Field(default=[])
