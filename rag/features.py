"""What tells whether a candidate answers: a fixed vector of numbers, each 0 to 1 or nearly so.

Coverage weighs words by rarity; names are met by any of their forms that share a stem's beginning
("China", "Chinese") or by their initials ("European Union", "EU").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer_types import STRICT, possible_answers
from rag.candidates import Candidate
from rag.question import Asked
from rag.spans import Found, names
from rag.terms import Word, rarity, share, words
from rag.types import Hit

FEATURES = (
    "cover",  # share of the question's words in the candidate
    "cover_named",  # with the names that passage or title have: news names its subject once
    "cover_near",  # with the sentences on either side
    "cover_all",  # with the whole passage and the title
    "names",  # the question's names met by passage or title
    "pairs",  # neighbouring words of the question that are close together
    "run",  # the longest run of words that question and candidate share, of RUN words
    "has_kind",  # holds a span of the wanted kind
    "lacks_kind",  # holds none, of a kind that form alone would show
    "closeness",  # the question's words around that span
    "cosine",  # of question and candidate, by the embedder
    "passage_cosine",  # of question and passage, as retrieval measured it
    "fused",  # the hit's score over the best hit's
    "lead",  # one of the article's first sentences
    "asks",  # is itself a question
)
_PAIR_GAP = 3  # words between two that stand together in the question
RUN = 5  # words in a row, stop words among them, that are surely no chance
_REACH = 10  # words on either side of a possible answer that speak for it


@dataclass(frozen=True, slots=True)
class Seen:
    """What is shared by the candidates of one hit."""

    near: tuple[frozenset[str], ...]
    everything: frozenset[str]


def see(hit: Hit) -> Seen:
    each = [frozenset(w.stem for w in words(hit.sentence(s))) for s in hit.passage.sentences]
    near = tuple(frozenset().union(*each[max(0, i - 1) : i + 2]) for i in range(len(each)))
    title = frozenset(w.stem for w in words(hit.article.title or ""))
    text = with_initials(hit.text, frozenset().union(*each))
    return Seen(near, text | title)


def with_initials(text: str, stems: frozenset[str]) -> frozenset[str]:
    """`stems` and the initials of the names in `text`."""
    several = [name for span in names(text) if len(name := span.of(text).split()) > 1]
    initials = {"".join(w[0] for w in name if w[0].isupper()).lower() for name in several}
    return stems | initials


def met(stem: str, present: frozenset[str]) -> bool:
    """Whether a name's stem, or another form of it, is present."""
    if stem in present:
        return True
    return len(stem) > 4 and not stem[0].isdigit() and any(_same_root(stem, other) for other in present)


def _same_root(one: str, other: str) -> bool:
    shortest = min(len(one), len(other))
    return shortest > 3 and one[:4] == other[:4] and one[: max(4, shortest - 1)] == other[: max(4, shortest - 1)]


def names_met(asked: Asked, present: frozenset[str]) -> float:
    """The mean over the question's names of the share of their words that are present; 1 when it has none."""
    if not asked.names:
        return 1.0
    return sum(sum(met(s, present) for s in stems) / len(stems) for _, stems in asked.names) / len(asked.names)


def features(asked: Asked, candidate: Candidate, seen: Seen, cosine: float, best_fused: float) -> list[float]:
    """The values of FEATURES in order."""
    hit = candidate.hit
    stems = with_initials(candidate.text, candidate.stems)
    answers = possible_answers(asked, candidate.text)
    strict = asked.wanted in STRICT
    named = frozenset(stem for stem in asked.name_stems if met(stem, seen.everything))
    return [
        share(asked.terms, stems),
        share(asked.terms, stems | named),
        share(asked.terms, seen.near[candidate.last] | stems),
        share(asked.terms, seen.everything),
        names_met(asked, seen.everything),
        _pairs(asked, candidate),
        _run(asked, candidate),
        1.0 if answers and asked.wanted != "thing" else 0.0,
        1.0 if strict and not answers else 0.0,
        _closeness(asked, candidate, answers),
        cosine,
        hit.scores.dense or 0.0,
        hit.scores.fused / best_fused if best_fused > 0 else 0.0,
        1.0 if hit.passage.ordinal == 0 and candidate.last < 3 else 0.0,
        1.0 if candidate.text.endswith("?") else 0.0,
    ]


def _pairs(asked: Asked, candidate: Candidate) -> float:
    """The share of the question's neighbouring terms that stand close together, weighed by rarity."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(candidate.words):
        places.setdefault(word.stem, []).append(place)
    total = found = 0.0
    for one, other in zip(asked.terms, asked.terms[1:], strict=False):
        weight = rarity(one) + rarity(other)
        total += weight
        if any(abs(a - b) <= _PAIR_GAP for a in places.get(one, ()) for b in places.get(other, ())):
            found += weight
    return found / total if total else 0.0


def _run(asked: Asked, candidate: Candidate) -> float:
    """The length of the longest run of words in both that holds a telling one, over RUN."""
    question = words(asked.text)
    places: dict[str, list[int]] = {}
    for place, word in enumerate(question):
        places.setdefault(word.stem, []).append(place)
    starts = ((at, place) for at, word in enumerate(candidate.words) for place in places.get(word.stem, ()))
    return max((_shared(candidate.words[at : at + RUN], question[place:]) for at, place in starts), default=0) / RUN


def _shared(one: Sequence[Word], other: Sequence[Word]) -> int:
    """How many words both begin with, up to where that holds a telling one; 0 when none does."""
    same = telling = 0
    for a, b in zip(one, other, strict=False):
        if a.stem != b.stem:
            break
        same += 1
        telling = telling or not b.stop
    return same if telling else 0


def _closeness(asked: Asked, candidate: Candidate, answers: Sequence[Found]) -> float:
    return max((closeness(asked, candidate, answer) for answer in answers), default=0.0)


def closeness(asked: Asked, candidate: Candidate, answer: Found) -> float:
    """The share of the question's terms within reach of a possible answer, nearer ones counting more."""
    inside = [i for i, w in enumerate(candidate.words) if w.start < answer.end and w.end > answer.start]
    if not inside:
        return 0.0
    best: dict[str, float] = {}
    wanted = frozenset(asked.terms)
    for place, word in enumerate(candidate.words):
        gap = max(inside[0] - place, place - inside[-1], 0)
        if 0 < gap <= _REACH and word.stem in wanted:
            best[word.stem] = max(best.get(word.stem, 0.0), 1.0 - (gap - 1) / (_REACH + 2))
    total = sum(rarity(term) for term in asked.terms)
    return sum(rarity(term) * near for term, near in best.items()) / total if total else 0.0
