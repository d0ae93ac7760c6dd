"""A draft to a check record: each claim looked up, read, weighed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from rag.checks.dates import moments
from rag.checks.names import names_in
from rag.cite import citation_at
from rag.claims.draft import read_draft
from rag.claims.evidence import TextOf, Weighed, merged, queries, weigh
from rag.claims.parts import parts_of
from rag.claims.quotation import check_quotes
from rag.claims.records import CheckedClaim, ClaimEvidence, Dated, DraftSentence, Part
from rag.claims.weigh import Verdict, attributed_only, combine, independent, judge, sides
from rag.errors import BylineError
from rag.timeline import REPORTED, stage_of, timeline
from rag.types import Citation, Hit, Span
from rag.verify import Verifier

HITS = 16  # passages that are read with a claim
SHOWN = 6  # sentences of evidence in the record
_ABOUT_IT = 0.5  # of the claim's words, that a sentence has to have to stand in its timeline

Find = Callable[[str], Sequence[Hit]]
Read = Callable[[str, Sequence[Hit]], Sequence[Hit]]
Progress = Callable[[int, int], None]
"""Told how many claims are done, of how many."""


class Helper(Protocol):
    """A language model that may split a claim and word a verdict. It has no say in the verdict."""

    def parts(self, claim: str, by_rules: Sequence[str]) -> tuple[str, ...]:
        """The statements of a claim, in its own words; `by_rules` where the model has no better."""

    def explanation(self, claim: str, verdict: str, findings: str, quotes: Sequence[str]) -> str | None:
        """The verdict's reasons in words; None where the model has none that the findings bear out."""


def silent(done: int, total: int) -> None:
    """Nobody watches."""


class Checker:
    """`find` searches an archive, `read` lets the reader model order hits, `text_of` gives an article's text."""

    def __init__(
        self, find: Find, read: Read, verifier: Verifier, text_of: TextOf, helper: Helper | None = None
    ) -> None:
        self._find = find
        self._read = read
        self._verifier = verifier
        self._text_of = text_of
        self._helper = helper

    def check(self, text: str, progress: Progress = silent) -> tuple[list[CheckedClaim], list[DraftSentence]]:
        """The claims of a draft with their verdicts, and the sentences that are none."""
        sentences = read_draft(text)
        claims = [one for one in sentences if one.kind == "claim"]
        checked = []
        for done, one in enumerate(claims):
            progress(done, len(claims))
            checked.append(self._checked(one))
        progress(len(claims), len(claims))
        return checked, [one for one in sentences if one.kind != "claim"]

    def _checked(self, sentence: DraftSentence) -> CheckedClaim:
        """One claim that can't be checked does not lose the others."""
        impossible = next((one for one in moments(sentence.claim) if not one.possible), None)
        if impossible:
            why = f"there is no {impossible.text}"
            return CheckedClaim(sentence, "not_enough_evidence", 1.0, why, missing=why)
        try:
            return self._worded(self.check_claim(sentence))
        except BylineError as error:
            return CheckedClaim(sentence, "not_enough_evidence", 0.0, error.message, missing=error.message)

    def check_claim(self, sentence: DraftSentence) -> CheckedClaim:
        claim = sentence.claim
        parts = parts_of(claim)
        if self._helper:
            parts = self._helper.parts(claim, parts)
        hits = self._hits(claim, parts)
        by_part = [weigh(part, hits, self._verifier, self._text_of) for part in parts]
        verdicts = [judge(part, weighed) for part, weighed in zip(parts, by_part, strict=True)]
        told = verdicts[0] if len(verdicts) == 1 else combine(verdicts)
        weighed = _each_once([one for some in by_part for one in some])
        return self._claim(sentence, told, weighed, _parts(parts, verdicts))

    def _worded(self, told: CheckedClaim) -> CheckedClaim:
        """With the model's words for why the verdict came out so, where it has some; the findings stay beside them."""
        if self._helper is None:
            return told
        quotes = [one.citation.quote for one in told.evidence]
        words = self._helper.explanation(told.sentence.claim, told.verdict, told.explanation, quotes)
        return replace(told, in_words=words)

    def _hits(self, claim: str, parts: Sequence[str]) -> Sequence[Hit]:
        several = parts if len(parts) > 1 else ()
        found = merged([self._find(text) for text in queries(claim, several, names_in(claim))], HITS)
        return self._read(claim, found)

    def _claim(
        self, sentence: DraftSentence, told: Verdict, weighed: Sequence[Weighed], parts: tuple[Part, ...]
    ) -> CheckedClaim:
        for_it, against = sides(weighed)
        if told.other_side and told.other_side not in [*for_it, *against]:
            against = [told.other_side, *against]
        count, sources = independent(against if told.verdict == "refuted" else for_it)
        evidence = self._evidence(weighed, for_it, against)
        return CheckedClaim(
            sentence,
            told.verdict,
            told.confidence,
            told.explanation,
            missing=told.missing,
            independent_sources=count,
            sources=sources,
            attributed_only=told.verdict == "supported" and attributed_only(sentence.claim, for_it),
            evidence=evidence,
            parts=parts,
            quotes=check_quotes(sentence.claim, self._find, self._text_of, self._cite),
            timeline=self._timeline(weighed),
        )

    def _evidence(
        self, weighed: Sequence[Weighed], for_it: Sequence[Weighed], against: Sequence[Weighed]
    ) -> tuple[ClaimEvidence, ...]:
        """The best of each side first, then what is near and says neither; numbered in that order."""
        sides = [one for pair in _in_turn(for_it, against) for one in pair]
        ordered = [*sides, *(one for one in weighed if one not in sides)][:SHOWN]
        found = []
        for n, one in enumerate(ordered, 1):
            stance = "supports" if one in for_it else "refutes" if one in against else "neutral"
            score = one.supports if stance == "supports" else one.refutes if stance == "refutes" else 1 - _most(one)
            citation = replace(self._cite(one.hit, one.span), n=n)
            stage = stage_of(one.quote)
            found.append(
                ClaimEvidence(
                    stance,  # type: ignore[arg-type]
                    round(score, 4),
                    citation,
                    one.attribution,
                    one.verified.checks,
                    stage if stage != REPORTED else None,
                )
            )
        return tuple(found)

    def _timeline(self, weighed: Sequence[Weighed]) -> tuple[Dated, ...]:
        """Of what is about the claim, where it is of more than one day and tells of more than one stage."""
        near = [one for one in weighed if one.coverage >= _ABOUT_IT]
        told = timeline([self._cite(one.hit, one.span) for one in near])
        days, stages = {one.day for one in told}, {one.stage for one in told} - {REPORTED}
        return told if len(days) > 1 and len(stages) > 1 else ()

    def _cite(self, hit: Hit, span: Span) -> Citation:
        return citation_at(hit, span, self._text_of(hit.article))


def _parts(parts: Sequence[str], verdicts: Sequence[Verdict]) -> tuple[Part, ...]:
    if len(parts) == 1:
        return ()
    return tuple(
        Part(text, told.verdict, round(told.confidence, 4)) for text, told in zip(parts, verdicts, strict=True)
    )


def _each_once(weighed: Sequence[Weighed]) -> list[Weighed]:
    best: dict[tuple[int, Span], Weighed] = {}
    for one in weighed:
        key = (one.hit.passage.id, one.span)
        if key not in best or max(one.supports, one.refutes) > max(best[key].supports, best[key].refutes):
            best[key] = one
    return list(best.values())


def _in_turn(first: Sequence[Weighed], second: Sequence[Weighed]) -> list[Sequence[Weighed]]:
    longest = max(len(first), len(second))
    return [[*first[n : n + 1], *second[n : n + 1]] for n in range(longest)]


def _most(one: Weighed) -> float:
    return max(one.verified.support or 0.0, one.verified.refute or 0.0)
