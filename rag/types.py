"""Frozen records that flow between the stages. Standard library only.

Offsets are Unicode code points into the stored text of one article version, start inclusive, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from rag.notices import Notice
from rag.usage import Usage

DateKnown = Literal["given", "markup", "text"]
"""How a publication date is known: stated by whoever gave us the article, by its markup, or by its own text."""

MarkKind = Literal["heading", "advert", "signup", "biography", "credit", "navigation", "instruction"]
"""Why a stretch of an article's text is not retrieved. A heading also ends the passage before it."""

Status = Literal["answered", "no_evidence", "partly_supported"]
Verdict = Literal["supported", "unsupported", "contradicted", "unchecked"]
CheckKind = Literal[
    "quote", "number", "date", "name", "post", "speech", "negation", "modality", "entailment", "citation", "link"
]


class Span(NamedTuple):
    """Code points `[start, end)` of an article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of an article's text that is kept but not retrieved."""

    start: int
    end: int
    kind: MarkKind


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published: an ISO 8601 date or date-time, and how it is known."""

    at: str
    known: DateKnown

    @property
    def day(self) -> date:
        return date.fromisoformat(self.at[:10])


@dataclass(frozen=True, slots=True)
class Article:
    """One version of one article. `text` never changes once stored.

    `key` is where it came from: `url:...` or `file:...`; a changed article with a known key becomes its next
    version. A reader proposes `id` and leaves `version` 0; the ledger settles both.
    """

    id: str
    key: str
    text: str
    file: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    published: Published | None = None
    language: str | None = None
    marks: tuple[Mark, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """What a citation names of an article: everything but its text."""

    id: str
    version: int
    title: str | None
    source: str | None
    url: str | None
    published: str | None
    file: str

    @property
    def day(self) -> date | None:
        """The day of publication; None where it is not known."""
        return date.fromisoformat(self.published[:10]) if self.published else None


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one article version. `id` is 0 until the ledger gives one."""

    article_id: str
    version: int
    ordinal: int
    start: int
    end: int
    sentences: tuple[Span, ...]
    id: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """What retrieval gets. Days are inclusive; `as_of` hides everything published later.

    A passage without a date passes `as_of` (nothing says that it is later) and fails a published range (nothing
    says that it is inside).
    """

    text: str
    k: int = 20
    sources: tuple[str, ...] = ()
    published_from: date | None = None
    published_to: date | None = None
    as_of: date | None = None

    @property
    def within(self) -> str:
        """The limits in words, such as "of cnn.com published by 2022-05-01"; empty where there are none."""
        told = [f"of {' or '.join(self.sources)}"] if self.sources else []
        told += [f"published since {self.published_from}"] if self.published_from else []
        last = min((day for day in (self.published_to, self.as_of) if day), default=None)
        return " ".join([*told, *([f"published by {last}"] if last else [])])


@dataclass(frozen=True, slots=True)
class Scores:
    """Higher is better. A part that did not see the passage leaves None; `fused` is what ranks."""

    fused: float
    bm25: float | None = None
    dense: float | None = None
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query, with `text == article text[passage.start:passage.end]`.

    `also_in` are the articles that carry a near-duplicate of this passage's article.
    `left_out` says why a hit was ranked but not used; None means that it is used.
    `reading` is what the reader model made of it, its spans in code points of `text`; None where it was not read.
    """

    rank: int
    passage: Passage
    article: ArticleRef
    text: str
    scores: Scores
    also_in: tuple[str, ...] = ()
    left_out: str | None = None
    reading: PairReading | None = None

    def sentence(self, span: Span) -> str:
        """The sentence at `span` (article offsets) of this hit's passage."""
        return self.text[span.start - self.passage.start : span.end - self.passage.start]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence, or neighbours joined, chosen to answer: article offsets and how well it fits (0 to 1)."""

    hit: Hit
    start: int
    end: int
    score: float
    short_answer: str | None = None
    answer_span: Span | None = None  # where the short answer stands, in article offsets

    @property
    def quote(self) -> str:
        return self.hit.sentence(Span(self.start, self.end))


Polarity = Literal["yes", "no", "mixed"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader made of the hits: the evidence that answers, or none and what was missing.

    `confidence` is the calibrated probability that the evidence answers the question.
    `conflict` says that the evidence disagrees or the story moved on, so that all of it is shown with its dates.
    `polarity` is what it says to a yes/no question; None of any other.
    """

    evidence: tuple[Evidence, ...]
    confidence: float
    missing: str | None = None
    conflict: bool = False
    polarity: Polarity | None = None


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """Code points [start, end) of a passage that may answer a question.

    `score`: log-odds that it answers rather than nothing does; 0 is even. Comparable between passages and models.
    `share`: that of its answer in the vote of all passages that were read; 0 where none was held.
    """

    start: int
    end: int
    score: float
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Stance:
    """How likely a passage supports a claim, refutes it, or does neither; the three add up to 1."""

    supports: float
    refutes: float
    neither: float


@dataclass(frozen=True, slots=True)
class TokenOdds:
    """Where each token of a passage begins (code points), and the log-odds that its sentence answers or decides."""

    starts: tuple[int, ...]
    odds: tuple[float, ...]

    def of(self, start: int, end: int) -> float | None:
        """The mean over the tokens of the sentence at [start, end); None where there are none."""
        inside = [odds for at, odds in zip(self.starts, self.odds, strict=True) if start <= at < end]
        return sum(inside) / len(inside) if inside else None


@dataclass(frozen=True, slots=True)
class PairReading:
    """What a model makes of a question or claim and one passage. None (and no spans) where it has no opinion.

    `spans` are the best first and don't overlap. `answerable`: how likely the passage holds the answer; `relevance`:
    how likely it is about what is asked. Both are calibrated for the bundled model.
    """

    spans: tuple[AnswerSpan, ...] = ()
    answerable: float | None = None
    relevance: float | None = None
    stance: Stance | None = None
    evidence: TokenOdds | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands: `article text[start:end] == quote`, with what surrounds it.

    `answer_span` is where in the article the short answer stands, inside the quote.
    """

    n: int
    article: ArticleRef
    start: int
    end: int
    quote: str
    prefix: str
    suffix: str
    attribution: dict[str, str] | None = None
    also_in: tuple[str, ...] = ()
    answer_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Check:
    kind: CheckKind
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer record. `evals`, the command line's `--json` and `POST /v1/ask` give the same JSON. `answered_at` is
    an ISO 8601 time in UTC.

    `standalone` is the question as it was understood in its conversation, where that is not as asked. `removed` are
    sentences of a language model that are not in the text.
    """

    id: str
    question: str
    status: Status
    text: str
    short_answer: str | None
    mode: Literal["extractive", "llm"]
    as_of: str | None
    answered_at: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[Hit, ...]
    confidence: float
    missing: str | None
    conflict: bool
    polarity: Polarity | None
    timings_ms: dict[str, float]
    models: dict[str, str]
    standalone: str | None = None
    notices: tuple[Notice, ...] = ()
    removed: tuple[AnswerSentence, ...] = ()
    usage: Usage | None = None
