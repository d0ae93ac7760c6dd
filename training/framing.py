"""Windows of a text as Byline stores passages, with what is read before them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag.leads import lead
from training.examples import Span, crop, sentences
from training.swaps import names

WORDS = (50, 80, 110, 150)  # of a window; Byline's passages have about 130
_OUTLETS = (
    "Reuters",
    "AP",
    "AFP",
    "BBC News",
    "The Guardian",
    "Bloomberg",
    "nytimes.com",
    "cnn.com",
    "washingtonpost.com",
    "Le Monde",
    "DW",
    "Al Jazeera",
    "The Times",
    "apnews.com",
    "npr.org",
    "Financial Times",
    "abc.net.au",
    "Der Spiegel",
)
_FIRST_DAY, _DAYS = date(2005, 1, 1), 8_000
_TITLE_WORDS = (5, 11)


@dataclass(frozen=True, slots=True)
class Frame:
    """A window of a text, where it begins there, and the lead."""

    passage: str
    start: int
    lead: str

    def inside(self, span: Span) -> Span | None:
        """A span of the whole text in the window; None where it is not wholly there."""
        first, last = span[0] - self.start, span[1] - self.start
        return (first, last) if first >= 0 and last <= len(self.passage) else None


def frame(text: str, keep: Sequence[Span], rng: random.Random, words: int | None = None) -> Frame:
    """A window of whole sentences that holds all spans of `keep`, or any window where there are none."""
    spans = sentences(text) or [(0, len(text))]
    held = (min(a for a, _ in keep), max(b for _, b in keep)) if keep else rng.choice(spans)
    passage, moved = crop(text, held, words or rng.choice(WORDS), rng)
    start = held[0] - moved[0] if moved else 0
    before = [text[a:b].strip() for a, b in spans if b <= start]
    previous = before[-1] if before and len(before[-1].split()) <= 40 and rng.random() < 0.5 else ""
    return Frame(passage, start, made_lead(text, rng, previous))


def made_lead(text: str, rng: random.Random, before: str = "") -> str:
    """A lead for a text that came without one; at times none but the sentence before."""
    if rng.random() < 0.4:
        return lead(None, None, None, before)
    day = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS)) if rng.random() < 0.85 else None
    return lead(_title(text, rng), rng.choice(_OUTLETS) if rng.random() < 0.85 else None, day, before)


def sentence_of(text: str, span: Span) -> tuple[Span, ...]:
    """The sentences that a span stands in."""
    return tuple((a, b) for a, b in sentences(text) if a < span[1] and b > span[0])


def _title(text: str, rng: random.Random) -> str:
    """The opening's first words, or the names that the text speaks of most."""
    told = Counter(text[slice(*span)] for span in names(text))
    if told and rng.random() < 0.5:
        return " and ".join(name for name, _ in told.most_common(rng.randint(1, 2)))
    return " ".join(text.split()[: rng.randint(*_TITLE_WORDS)]).rstrip(".,;:")
