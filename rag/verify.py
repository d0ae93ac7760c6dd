"""A sentence against the quotes that it rests on: is it borne out, and do its numbers, dates, names and speech agree?

Two opinions meet here. The reader model says how likely the quotes support the sentence or speak against it, whatever
the words; the exact checks (`rag/checks`) compare item by item. A sentence is supported when both say so: a model that
likes a sentence does not excuse a changed number, and agreeing numbers don't make a sentence follow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rag.calibration import log_odds
from rag.checks.grounds import Grounds
from rag.ports import PairReader
from rag.types import Check, PairReading, Span, Stance, Verdict

if TYPE_CHECKING:
    from rag.checks.finding import Finding

SUPPORTED = 0.5  # of the calibrated probability that the quotes support the sentence
REFUTED = 0.6  # of the probability that they speak against it
CHECKED = 0.8  # how sure a differing item is to speak against a sentence, whatever the model says
SAME_WORDS = 0.95  # coverage from which a sentence without a model is taken to say what the quote says
_WORDS_SAY = 4.0  # log-odds that having all words of a sentence is worth
WINDOWS = 4  # of a longer text that are read
_READ_BEFORE = 240  # characters before a quote that the reader model reads with it


@dataclass(frozen=True, slots=True)
class Verified:
    """`support` is the probability that the quotes support the sentence, `refute` that they speak against it; None
    where no model could tell. `differences`: what exact checks found in an item's place.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    support: float | None = None
    refute: float | None = None
    differences: tuple[str, ...] = ()

    @property
    def against(self) -> float:
        """How sure it is that the quotes speak against the sentence."""
        return max(self.refute or 0.0, CHECKED if self.differences else 0.0)


class Verifier:
    """`reader` is None where no model is to be used, or none that tells stances: then by form alone."""

    def __init__(self, reader: PairReader | None) -> None:
        self._reader = reader

    def verify(self, sentence: str, grounds: Sequence[Grounds]) -> Verified:
        """Supported when the sentence is the words of a quote, or all checks pass and the model says it follows."""
        verbatim = check_quote(sentence, grounds)
        if verbatim.ok or not grounds:
            return Verified("supported" if verbatim.ok else "unsupported", (verbatim,), 1.0 if verbatim.ok else None)
        from rag.checks.compare import compare  # an answer in quotes alone does not pay for its patterns

        findings = compare(sentence, grounds)
        stance = self._stance(sentence, grounds)
        checks = tuple(finding.check for finding in findings)
        differences = tuple(finding.check.detail for finding in findings if finding.against)
        if stance is None:
            return Verified(_by_form(sentence, grounds, findings), checks, differences=differences)
        verdict = _verdict(findings, stance)
        return Verified(verdict, (*checks, _entailment(stance)), stance.supports, stance.refutes, differences)

    def verify_in(self, sentence: str, text: str, spans: Sequence[Span], published: date | None = None) -> Verified:
        """As `verify`, against the part of a longer text that says most about it; `spans` are the text's sentences."""
        from rag.checks.windows import nearest_windows

        grounds = [Grounds.at(text, one, published) for one in nearest_windows(sentence, text, spans, WINDOWS)]
        told = [(self.verify(sentence, [one]), one.quote) for one in grounds]
        return max(told, key=lambda one: _says(one[0], sentence, one[1]))[0] if told else self.verify(sentence, [])

    def _stance(self, sentence: str, grounds: Sequence[Grounds]) -> Stance | None:
        """Of the best quote alone and of all with what stands before them: two views of it, averaged in log-odds."""
        if self._reader is None:
            return None
        from rag.checks.worded import as_worded

        everything = " ".join(f"{_last_words(one.before)} {one.quote}".strip() for one in grounds)
        worded = as_worded(sentence, everything, grounds[0].published)
        texts = [*(one.quote for one in grounds), everything]
        once = list(dict.fromkeys(texts))
        readings = dict(zip(once, self._reader.read(worded, once), strict=True))
        if any(reading.stance is None for reading in readings.values()):
            return None
        *alone, together = (_told(readings[text]) for text in texts)
        best = max(alone, key=lambda stance: abs(stance.supports - stance.refutes))
        supports, refutes = _mean(best.supports, together.supports), _mean(best.refutes, together.refutes)
        return Stance(supports, refutes, max(0.0, 1.0 - supports - refutes))


def check_quote(sentence: str, grounds: Sequence[Grounds]) -> Check:
    """Whether the sentence is the words of a quote; runs of white space count as one space."""
    wanted = sentence.split()
    same = next((one for one in grounds if wanted and wanted == one.quote.split()), None)
    if same:
        place = f" at [{same.span.start}, {same.span.end})" if same.span else ""
        return Check("quote", True, f"verbatim{place} of the stored article")
    return Check("quote", False, "not the words of its citations" if grounds else "it cites nothing")


def _says(one: Verified, sentence: str, quote: str) -> float:
    """How much a quote has to say of a sentence, for or against: by its words, and by how outspoken the model is.

    Chosen among seven such measures on claims over held-out passages: it tells supported from refuted best.
    """
    from rag.checks.align import align

    outspoken = max(log_odds(one.support or 0.0), log_odds(one.refute or 0.0))
    return outspoken + _WORDS_SAY * align(sentence, quote).coverage


def _told(reading: PairReading) -> Stance:
    return reading.stance or Stance(0.0, 0.0, 1.0)


def _mean(a: float, b: float) -> float:
    return 1.0 / (1.0 + math.exp(-(log_odds(a) + log_odds(b)) / 2))


def _last_words(before: str) -> str:
    """The end of it, from the beginning of a word."""
    return before if len(before) <= _READ_BEFORE else before[-_READ_BEFORE:].partition(" ")[2]


def _verdict(findings: Sequence[Finding], stance: Stance) -> Verdict:
    if any(one.against for one in findings):
        return "contradicted"
    if stance.refutes >= REFUTED:
        return "contradicted"
    passed = all(one.check.ok for one in findings)
    return "supported" if passed and stance.supports >= SUPPORTED else "unsupported"


def _by_form(sentence: str, grounds: Sequence[Grounds], findings: Sequence[Finding]) -> Verdict:
    """Without a model only what is plain can be said: a differing item, or the same words."""
    if any(one.against for one in findings):
        return "contradicted"
    if not all(one.check.ok for one in findings):
        return "unsupported"
    from rag.checks.align import align

    same = any(align(sentence, one.quote).coverage >= SAME_WORDS for one in grounds)
    return "supported" if same else "unchecked"


def _entailment(stance: Stance) -> Check:
    if stance.supports >= SUPPORTED:
        return Check("entailment", True, f"the quote bears it out ({stance.supports:.2f})")
    if stance.refutes >= REFUTED:
        return Check("entailment", False, f"the quote speaks against it ({stance.refutes:.2f})")
    return Check("entailment", False, f"the quote does not say so ({stance.supports:.2f})")
