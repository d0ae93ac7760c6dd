"""From the evidence on each side to a verdict, in words, with how sure it is and how many sources it rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.checks.names import named, names_in
from rag.checks.speech import sayings
from rag.claims.evidence import Weighed
from rag.claims.records import ClaimVerdict
from rag.outlets import outlet_named
from rag.timeline import differ, stage_of

# From which a side counts. The model alone has to be surer to refute: of ten sentences one is easily misread.
SUPPORTED, REFUTED = 0.5, 0.75
SPEAKS_OF, ABOUT = 0.3, 0.45  # of the claim's words, that a sentence has to have to support it, and to refute it
SAME = 0.9  # of the claim's words, that a sentence has to have to dispute by its figures what another bears out
LESS = 0.75  # of the other side's weight, below which a side is none
_COMING_ABOUT = frozenset({"in talks", "agreed"})
_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied)|dismiss(?:es|ed)|disputed|reject(?:s|ed)|refut(?:es|ed)|contradicted)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    verdict: ClaimVerdict
    confidence: float
    explanation: str
    missing: str | None = None
    other_side: Weighed | None = None
    """What a disputed claim is disputed by, where it does not refute it by itself."""


def supporting(weighed: Sequence[Weighed]) -> list[Weighed]:
    about = (one for one in weighed if one.about >= SPEAKS_OF)
    return sorted((one for one in about if one.supports >= SUPPORTED), key=lambda one: -one.supports)


def refuting(weighed: Sequence[Weighed]) -> list[Weighed]:
    about = (one for one in weighed if one.about >= ABOUT)
    return sorted((one for one in about if one.refutes >= REFUTED), key=lambda one: -one.refutes)


def sides(weighed: Sequence[Weighed]) -> tuple[list[Weighed], list[Weighed]]:
    """What supports and what refutes. Of two sides the one that has much less to say about it is none: a sentence with
    a third of the claim's words does not dispute one with all of them.
    """
    for_it, against = supporting(weighed), refuting(weighed)
    if for_it:  # what agrees in every item was told of this; another figure is most often one of something else
        against = [one for one in against if one.about >= SAME or (one.verified.refute or 0.0) >= REFUTED]
    if for_it and against:
        a, b = _weight(for_it[0].supports, for_it[0]), _weight(against[0].refutes, against[0])
        if a < LESS * b:
            return [], against
        if b < LESS * a:
            return for_it, []
    return for_it, against


def _weight(sure: float, one: Weighed) -> float:
    return sure * (0.5 + one.coverage)


def judge(claim: str, weighed: Sequence[Weighed]) -> Verdict:
    """The verdict on a claim of one part."""
    for_it, against = sides(weighed)
    if for_it:
        other = _other_side(claim, for_it, against, weighed)
        if other:
            return _disputed(for_it[0], *other)
        return Verdict("supported", _sure(for_it[0].supports, against), f"{_who(for_it[0])} says so")
    if against:
        return Verdict("refuted", against[0].refutes, _why_refuted(against[0]))
    best = max((max(one.supports, one.refutes, one.verified.support or 0.0) for one in weighed), default=0.0)
    missing = what_is_missing(claim, weighed)
    return Verdict("not_enough_evidence", max(0.0, 1.0 - best), missing, missing)


def combine(verdicts: Sequence[Verdict]) -> Verdict:
    """Of a claim's parts: supported only when every part is; what speaks against one speaks against all."""
    for kind in ("refuted", "disputed", "not_enough_evidence"):
        found = [one for one in verdicts if one.verdict == kind]
        if found:
            return max(found, key=lambda one: one.confidence)
    worst = min(verdicts, key=lambda one: one.confidence)
    return Verdict("supported", worst.confidence, "; ".join(dict.fromkeys(one.explanation for one in verdicts)))


def _other_side(
    claim: str, for_it: Sequence[Weighed], against: Sequence[Weighed], weighed: Sequence[Weighed]
) -> tuple[Weighed, str] | None:
    """What speaks against a supported claim, and how: another sentence refutes it, its own sentence says that it is
    denied, or another article tells of another stage.
    """
    first = for_it[0]
    if against:
        return against[0], "says otherwise"
    if not _DENIAL.search(claim):
        denied = next((one for one in for_it if _DENIAL.search(one.quote)), None)
        if denied:
            return denied, "says that it is denied"
    changed = _changed(claim, first, weighed)
    return (changed, f"tells of “{stage_of(changed.quote)}”") if changed else None


def _changed(claim: str, first: Weighed, weighed: Sequence[Weighed]) -> Weighed | None:
    """A sentence of another article about the same names that tells of another stage."""
    wanted = names_in(claim)
    stage = stage_of(first.quote)
    if len(wanted) < 2 or not {stage_of(claim), stage} <= _COMING_ABOUT:
        return None
    for one in weighed:
        same = one.about >= ABOUT and all(named(name, one.quote) for name in wanted)
        if (
            same
            and stage_of(one.quote) in _COMING_ABOUT
            and one.hit.article.id != first.hit.article.id
            and differ(stage, stage_of(one.quote))
        ):
            return one
    return None


def _disputed(one: Weighed, other: Weighed, how: str) -> Verdict:
    sure = min(one.supports, max(other.refutes, SUPPORTED))
    return Verdict("disputed", sure, f"{_who(one)} says so, {_who(other)} {how}", other_side=other)


def _sure(supports: float, against: Sequence[Weighed]) -> float:
    return supports * (1.0 - 0.5 * (against[0].refutes if against else 0.0))


def _why_refuted(one: Weighed) -> str:
    return "; ".join(one.verified.differences) or f"{_who(one)} says otherwise"


def _who(one: Weighed) -> str:
    article = one.hit.article
    day = f", {article.published[:10]}" if article.published else ""
    said = one.attribution
    by = f"{said.source} in " if said.source and said.kind != "article" else ""
    return f"{by}{outlet_named(article.source, article.title)}{day}"


def what_is_missing(claim: str, weighed: Sequence[Weighed]) -> str:
    """What no sentence that was read has of the claim."""
    absent = [name for name in names_in(claim) if not any(named(name, one.quote) for one in weighed)]
    if absent:
        return f"no sentence found names {' or '.join(absent[:3])}"
    if not weighed:
        return "nothing in the archive is about it"
    details = [check.detail for check in weighed[0].verified.checks if not check.ok and check.kind != "entailment"]
    return f"the nearest sentence does not say so: {details[0]}" if details else "the nearest sentences do not say so"


def independent(weighed: Sequence[Weighed]) -> tuple[int, str]:
    """How many reports the evidence rests on, and that in words. Near-duplicates and articles that rest on one outlet's
    report count once.
    """
    articles: set[str] = set()
    reports: dict[str, str] = {}
    for one in weighed:
        copies = {one.hit.article.id, *one.hit.also_in}
        articles |= copies
        origin = one.attribution.origin
        name = origin or outlet_named(one.hit.article.source, one.hit.article.title)
        reports[origin or min(copies)] = name
    if not reports:
        return 0, ""
    names = ", ".join(dict.fromkeys(reports.values()))
    return len(reports), f"{_count(len(articles), 'article')}, {_count(len(reports), 'independent report')} ({names})"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def attributed_only(claim: str, for_it: Sequence[Weighed]) -> bool:
    """Whether all that supports a claim says so on somebody's word, and the claim does not say on whose."""
    if not for_it or sayings(claim):
        return False
    return all(one.attribution.kind != "article" for one in for_it)
