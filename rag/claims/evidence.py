"""The sentences of the archive that say most about a claim, each with its stance, its checks and who says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.attribute import attribute, origin_of
from rag.calibration import log_odds
from rag.checks.about import aboutness, other_items, predates
from rag.checks.align import align
from rag.checks.dates import moments
from rag.checks.grounds import Grounds
from rag.checks.names import named
from rag.checks.quantities import quantities
from rag.checks.who import NOT_NAMED
from rag.claims.records import Attribution
from rag.types import ArticleRef, Hit, Span
from rag.verify import Verified, Verifier

READ = 10  # sentences that are read with the claim, of all that the hits hold
BY_FORM = 0.75  # how sure support is that was found without a model
_RELEVANT = 0.05  # of coverage, that one of a passage's log-odds of being relevant is worth
_DENIED = "denied rejected dismissed ruled out not true"
_NAMES_ANOTHER = 0.35  # of the model's probability that a sentence with another name refutes the claim
_BEGINNING = 1_500  # characters of an article in which it says what other report it rests on

TextOf = Callable[[ArticleRef], str]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence of a hit at `span` of its article, and what it says of the claim. `coverage`: the share of
    the claim's telling words that it has; `about`: how far both are about the same thing.
    """

    hit: Hit
    span: Span
    verified: Verified
    coverage: float
    about: float
    attribution: Attribution
    of_another: bool = False
    """Whether the claim names somebody who is neither in the sentence nor before it, so that it refutes nothing."""

    @property
    def quote(self) -> str:
        return self.hit.sentence(self.span)

    @property
    def supports(self) -> float:
        if self.verified.verdict != "supported":
            return 0.0
        return self.verified.support if self.verified.support is not None else BY_FORM

    @property
    def refutes(self) -> float:
        if self.verified.verdict != "contradicted" or self.of_another or self._only_names_another:
            return 0.0
        return self.verified.against

    @property
    def _only_names_another(self) -> bool:
        """Whether all that differs is a name, and the model sees nothing wrong: what one does, others may do too."""
        kinds = {one.kind for one in self.verified.checks if one.detail in self.verified.differences}
        return kinds == {"name"} and (self.verified.refute or 0.0) < _NAMES_ANOTHER


def queries(claim: str, parts: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """What to look for: the claim, its parts, its names alone (those are what the archive calls things by), with its
    numbers and dates, and with the words of a denial.
    """
    by_name = " ".join(names)
    figures = " ".join([*(one.text for one in moments(claim)), *(one.text for one in quantities(claim))])
    more = [
        *([by_name] if len(names) > 1 else []),
        *([f"{by_name} {figures}"] if names and figures else []),
        *([f"{by_name} {_DENIED}"] if names else []),
    ]
    return tuple(dict.fromkeys([claim, *parts, *more]))


def merged(found: Iterable[Sequence[Hit]], most: int) -> list[Hit]:
    """The usable hits of several searches, each passage once: half are the first one's, the rest come in turn."""
    rows = [[hit for hit in hits if hit.left_out is None] for hits in found]
    chosen = {hit.passage.id: hit for hit in rows[0][: most // 2]}
    for place in range(max((len(row) for row in rows), default=0)):
        for row in rows:
            if place < len(row):
                chosen.setdefault(row[place].passage.id, row[place])
    return list(chosen.values())[:most]


def weigh(claim: str, hits: Sequence[Hit], verifier: Verifier, text_of: TextOf) -> list[Weighed]:
    """The sentences of the hits that have most to do with the claim, read with it; the most telling first."""
    sentences = [(hit, span) for hit in hits for span in hit.passage.sentences]
    sentences.sort(key=lambda one: -_nearness(claim, *one))
    weighed = [_weighed(claim, hit, span, verifier, text_of(hit.article)) for hit, span in sentences[:READ]]
    return sorted(weighed, key=lambda one: -max(one.supports, one.refutes, one.coverage / 2))


def _nearness(claim: str, hit: Hit, span: Span) -> float:
    relevance = hit.reading.relevance if hit.reading else None
    worth = _RELEVANT * log_odds(relevance) if relevance is not None else 0.0
    return align(claim, hit.sentence(span)).coverage + worth


def _weighed(claim: str, hit: Hit, span: Span, verifier: Verifier, text: str) -> Weighed:
    ground = Grounds.at(text, span, hit.article.day)
    verified = verifier.verify(claim, [ground])
    return Weighed(
        hit,
        span,
        verified,
        align(claim, ground.quote).coverage,
        aboutness(claim, ground.quote),
        _attribution(hit, span, text),
        _of_another(claim, verified, ground, hit),
    )


def _of_another(claim: str, verified: Verified, ground: Grounds, hit: Hit) -> bool:
    """Whether the sentence is of something else: told before the claim's day, or without two of its items. A name
    that is missing, and not in the place of another, is looked for before the sentence and in the title.
    """
    around = f"{hit.article.title or ''} {ground.before}"
    if predates(claim, ground) or (not verified.differences and other_items(verified.checks, around) > 1):
        return True
    missing = (one.detail for one in verified.checks if one.kind == "name" and not one.ok)
    return any(
        detail.startswith(NOT_NAMED) and not named(detail.removeprefix(NOT_NAMED), around)
        for detail in missing
        if detail not in verified.differences
    )


def _attribution(hit: Hit, span: Span, text: str) -> Attribution:
    before = text[max(0, span.start - _BEGINNING) : span.start]
    beginning = text[: min(_BEGINNING, span.start)]
    told = attribute(text[span.start : span.end], before, hit.article.source)
    rests_on = origin_of(beginning) if told.origin is None and told.kind == "anonymous" else None
    if rests_on is None:
        return told
    chain = tuple(dict.fromkeys(link for link in (told.source, rests_on, hit.article.source) if link))
    return Attribution(told.kind, told.source, told.cue, chain, rests_on)
