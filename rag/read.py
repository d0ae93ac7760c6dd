"""Question and hits -> the one to three sentences that answer, or none and what was missing.

Candidates are the sentences of the hits (`candidates.py`), described by numbers (`features.py`), weighed by what
`evals/calibrate.py` fitted (`calibration.json`). No model but the embedder is asked, and it only for the best
few of hits that no reader model read.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from rag.answer_types import possible_answers
from rag.calibration import load_calibration, read_calibration_file
from rag.candidates import MAX_JOINED, Candidate
from rag.conflict import figures_differ, stages_differ
from rag.features import FEATURES, closeness, names_met, with_initials
from rag.judges import READ_FEATURES, ByReading, ByWords, Judge, answer_span, were_read
from rag.missing import missing
from rag.ports import Embedder
from rag.question import Asked, ask, is_polar
from rag.scoring import Scored, score
from rag.spans import Found
from rag.types import Evidence, Hit, Reading, Span
from rag.yes_no import answer_yes_no

MAX_SENTENCES = MAX_JOINED
ALSO = 0.35  # a further sentence needs this share of the best one's probability, and of its odds to be the one
ALIKE = 0.6  # sentences that share more of their words than this say the same
CONFLICT_COVER = 0.5  # a sentence that disagrees must have this share of the question's words
PARTIES = 2  # names in a question about a deal: who with whom
_COVER = FEATURES.index("cover")


class Reader:
    """Reads without an LLM. `abstain_below` replaces the calibrated threshold; 0 never abstains over a hit."""

    def __init__(
        self,
        embedder: Embedder | None,
        abstain_below: float | None = None,
        judge: Judge | None = None,
        depth: str = "full",
    ) -> None:
        """`judge` replaces the calibrated ones; `depth` is `BYLINE_READER`, by which readings are weighed."""
        self._embedder = embedder
        self._depth = depth
        self._given = judge
        self._abstain_below = abstain_below

    def read(self, question: str, hits: Sequence[Hit], within: str = "") -> Reading:
        """The evidence in the hits, best first; two pieces that disagree when `conflict`; none when it abstains.
        `within` tells the limits of the search, where it had any.
        """
        asked, judge = ask(question), self._given or judge_of(hits, self._depth)
        if is_polar(question):
            told = answer_yes_no(question, hits, self._abstain_below or 0.0)
            if told is not None:
                return told
        threshold = judge.threshold if self._abstain_below is None else self._abstain_below
        scored = score(asked, hits, self._embedder, judge)
        if not scored or scored[0].probability < threshold:
            return Reading((), scored[0].probability if scored else 0.0, missing(asked, hits, within))
        best = scored[0]
        other = next((one for one in scored[1:] if _disagree(asked, best, one, threshold)), None)
        chosen = [best, other] if other else _choose(scored, threshold)
        return Reading(tuple(_evidence(asked, one) for one in chosen), best.probability, conflict=other is not None)


def judge_of(hits: Sequence[Hit], depth: str) -> Judge:
    words = load_calibration(FEATURES)
    if not were_read(hits):
        return ByWords(words)
    return ByReading(words, load_calibration(READ_FEATURES, read_calibration_file(depth)))


def _disagree(asked: Asked, best: Scored, other: Scored, threshold: float) -> bool:
    one, two = best.candidate, other.candidate
    if two.hit.article.id in {one.hit.article.id, *one.hit.also_in}:
        return False
    if min(best.values[_COVER], other.values[_COVER]) < CONFLICT_COVER:
        return False
    if _parties_in_both(asked, one, two) and stages_differ(one.text, two.text):
        return True
    first, second = _best_answer(asked, one), _best_answer(asked, two)
    likely = other.probability >= threshold
    return bool(likely and first and second and figures_differ(one.text, first, two.text, second))


def _parties_in_both(asked: Asked, one: Candidate, other: Candidate) -> bool:
    """Whether the question names two parties at least and each candidate names them all."""
    if len(asked.names) < PARTIES:
        return False
    stems = [with_initials(each.text, each.stems) for each in (one, other)]
    return all(names_met(asked, present) == 1.0 for present in stems)


def _choose(scored: Sequence[Scored], threshold: float) -> list[Scored]:
    """The best candidate, and others that are nearly as likely and say something else."""
    chosen = [scored[0]]
    room = MAX_SENTENCES - _sentences(scored[0])
    floor = max(threshold, ALSO * scored[0].probability)
    for one in scored[1:]:
        if one.probability < floor or exp(one.rank - scored[0].rank) < ALSO or _sentences(one) > room:
            continue
        if not any(_alike(one.candidate, kept.candidate) for kept in chosen):
            chosen.append(one)
            room -= _sentences(one)
    return chosen


def _sentences(one: Scored) -> int:
    return one.candidate.last - one.candidate.first + 1


def _alike(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates overlap in their article or share most of their words."""
    same = one.hit.article.id == other.hit.article.id
    if same and one.span.start < other.span.end and other.span.start < one.span.end:
        return True
    first, second = ({w.stem for w in each.words if not w.stop} for each in (one, other))
    return len(first & second) > ALIKE * min(len(first), len(second))


def _evidence(asked: Asked, one: Scored) -> Evidence:
    hit, span, answer = one.candidate.hit, one.candidate.span, _answer_in(asked, one.candidate)
    return Evidence(
        hit=hit,
        start=span.start,
        end=span.end,
        score=one.probability,
        short_answer=hit.sentence(answer) if answer else None,
        answer_span=answer,
    )


def _answer_in(asked: Asked, candidate: Candidate) -> Span | None:
    """Where in the article the reader model sees the answer; else the possible answer of the wanted kind."""
    read = answer_span(candidate)
    if read is not None:
        at = candidate.hit.passage.start
        return Span(at + read.start, at + read.end)
    found = _best_answer(asked, candidate)
    at = candidate.span.start
    return Span(at + found.start, at + found.end) if found else None


def _best_answer(asked: Asked, candidate: Candidate) -> Found | None:
    """The possible answer that the question's words stand nearest to; None when none does."""
    answers = [(closeness(asked, candidate, one), one) for one in possible_answers(asked, candidate.text)]
    near, best = max(answers, key=lambda pair: pair[0], default=(0.0, None))
    return best if near > 0 else None
