"""Frozen records of checking claims. Offsets of sentences and edits are code points of the draft as it was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.notices import Notice
from rag.types import Check, Citation
from rag.usage import Usage

SentenceKind = Literal["claim", "opinion", "question", "greeting", "prediction", "fragment"]
ClaimVerdict = Literal["supported", "refuted", "disputed", "not_enough_evidence"]
EvidenceStance = Literal["supports", "refutes", "neutral"]
AttributionKind = Literal["on the record", "anonymous", "document", "outlet", "article"]
QuoteClass = Literal["exact", "altered", "misattributed", "stitched", "not found"]


@dataclass(frozen=True, slots=True)
class Edit:
    """`old` at `[start, end)` of the draft is read as `new`: the name that a pronoun stands for."""

    start: int
    end: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a draft. `claim` is its text with the edits made; `why` says what makes it no claim."""

    text: str
    start: int
    end: int
    kind: SentenceKind
    claim: str
    edits: tuple[Edit, ...] = ()
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says what an evidence sentence says. `source` is as written, `cue` the words that attribute it.

    `chain` goes from who knows to where we read it: ("sources", "Reuters", "just-auto.com"). `origin` is the outlet or
    document that the article rests on, where it names one.
    """

    kind: AttributionKind
    source: str | None = None
    cue: str | None = None
    chain: tuple[str, ...] = ()
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """`score`: how sure the stance is, 0 to 1. `stage` is how far the thing had come by then ("in talks")."""

    stance: EvidenceStance
    score: float
    citation: Citation
    attribution: Attribution
    checks: tuple[Check, ...] = ()
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """Quoted words of a claim, at `[start, end)` of it, and where the archive has them."""

    words: str
    start: int
    end: int
    found: QuoteClass
    detail: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """A statement in a timeline. `changed` says what is new against the one before it; None where nothing is."""

    day: str | None
    stage: str
    citation: Citation
    changed: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One of several things that a claim says."""

    text: str
    verdict: ClaimVerdict
    confidence: float


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with its verdict. `confidence` is the calibrated probability of the verdict.

    `in_words` is a language model's wording of the explanation, where one was asked and kept to the findings.
    `attributed_only`: whatever supports it says so on somebody's word, and the claim does not say whose.
    """

    sentence: DraftSentence
    verdict: ClaimVerdict
    confidence: float
    explanation: str
    missing: str | None = None
    independent_sources: int = 0
    sources: str = ""
    attributed_only: bool = False
    evidence: tuple[ClaimEvidence, ...] = ()
    parts: tuple[Part, ...] = ()
    quotes: tuple[QuoteCheck, ...] = ()
    timeline: tuple[Dated, ...] = ()
    in_words: str | None = None


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article version that a check rests on; `sha256` is of its text in UTF-8."""

    id: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """The check record: what was given, every claim in it, the sentences that are none, and what it rests on."""

    id: str
    text: str
    as_of: str | None
    claims: tuple[CheckedClaim, ...]
    not_checked: tuple[DraftSentence, ...]
    timings_ms: dict[str, float]
    models: dict[str, str]
    checked_at: str
    articles: tuple[ReadArticle, ...] = ()
    notices: tuple[Notice, ...] = ()
    usage: Usage | None = None
