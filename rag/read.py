"""Question and hits -> the one to three sentences that answer, or none and what was missing.

Candidates are the sentences of the hits (`candidates.py`), described by numbers (`features.py`), weighed by what
`evals/calibrate.py` fitted (`calibration.json`). No model but the embedder is asked, and it only for the best few.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer_types import possible_answers
from rag.calibration import Calibration, load_calibration
from rag.candidates import MAX_JOINED, Candidate
from rag.conflict import figures_differ, stages_differ
from rag.features import FEATURES, closeness, names_met, with_initials
from rag.missing import missing
from rag.ports import Embedder
from rag.question import Asked, ask
from rag.scoring import Scored, score
from rag.spans import Found
from rag.types import Evidence, Hit, Reading

MAX_SENTENCES = MAX_JOINED
ALSO = 0.6  # a further sentence needs this share of the best one's probability
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
        calibration: Calibration | None = None,
    ) -> None:
        self._embedder = embedder
        self._calibration = calibration or load_calibration(FEATURES)
        self._threshold = self._calibration.threshold if abstain_below is None else abstain_below

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """The evidence in the hits, best first; two pieces that disagree when `conflict`; none when it abstains."""
        asked = ask(question)
        scored = score(asked, hits, self._embedder, self._calibration)
        if not scored or scored[0].probability < self._threshold:
            return Reading((), scored[0].probability if scored else 0.0, missing(asked, hits))
        best = scored[0]
        other = next((one for one in scored[1:] if self._disagree(asked, best, one)), None)
        chosen = [best, other] if other else _choose(scored, self._threshold)
        return Reading(tuple(_evidence(asked, one) for one in chosen), best.probability, conflict=other is not None)

    def _disagree(self, asked: Asked, best: Scored, other: Scored) -> bool:
        one, two = best.candidate, other.candidate
        if two.hit.article.id in {one.hit.article.id, *one.hit.also_in}:
            return False
        if min(best.values[_COVER], other.values[_COVER]) < CONFLICT_COVER:
            return False
        if _parties_in_both(asked, one, two) and stages_differ(one.text, two.text):
            return True
        first, second = _best_answer(asked, one), _best_answer(asked, two)
        likely = other.probability >= self._threshold
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
        if one.probability < floor or _sentences(one) > room:
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
    answer = _best_answer(asked, one.candidate)
    return Evidence(
        hit=one.candidate.hit,
        start=one.candidate.span.start,
        end=one.candidate.span.end,
        score=one.probability,
        short_answer=answer.of(one.candidate.text) if answer else None,
    )


def _best_answer(asked: Asked, candidate: Candidate) -> Found | None:
    """The possible answer that the question's words stand nearest to; None when none does."""
    answers = [(closeness(asked, candidate, one), one) for one in possible_answers(asked, candidate.text)]
    near, best = max(answers, key=lambda pair: pair[0], default=(0.0, None))
    return best if near > 0 else None
