"""Recipes: how rows become examples. Each takes the shared `Kitchen` and yields all it can make, in any order.

What the rows lack is made from them: hard negatives by keyword search, longer passages by what stands around, claims
from questions and questions from claims, and sentences changed in one place.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from rag.keywords import terms
from training.examples import NO_ANSWER, Example, crop, holds, other_than, sentences, surround
from training.mining import Mine
from training.rows import NEITHER, REFUTE, SUPPORT, Asked, Pair, Rows, Split
from training.statements import questioned

_WORDS = 150  # of a passage: Byline's have about 130
_LETTERS = re.compile(r"[a-z0-9]+")
_QAMR, _QASRL, _SQUAD, _ARES = "QAMR", "QA-SRL", "SQuAD", "ARES"
_SHARES = {"SNLI": 0.35, "ConjNLI": 0.25, "Breaking NLI": 0.3, "FEVER dev": 0.35, "MED": 0.6}
"""Of pairs that are many and easy, how many are used at a time; of all others, each."""
WIKIPEDIA_PAIRS = ("FEVER", "ConjNLI", "Fool Me Twice")


@dataclass
class Kitchen:
    """The rows, what is mined from them, and one source of chance."""

    rows: Rows
    rng: random.Random
    split: Split = "train"

    def asked(self, source: str = "") -> list[Asked]:
        return [row for row in self.rows.questions(self.split) if row.source.startswith(source)]

    def pairs(self) -> list[Pair]:
        return self.rows.pairs(self.split)

    @cached_property
    def long(self) -> list[str]:
        """Passages of several sentences under a free licence: Wikipedia."""
        rows = [row.passage for row in self.asked(_SQUAD) + self.asked(_ARES)]
        judged = [row.passage for row in self.rows.judged] if self.split == "train" else []
        return list(dict.fromkeys(rows + judged))

    @cached_property
    def long_mine(self) -> Mine:
        return Mine(self.long)

    @cached_property
    def lines(self) -> list[str]:
        """Single sentences: Wikipedia and Wikinews."""
        pairs = [row.premise for row in self.pairs() if row.source.startswith(WIKIPEDIA_PAIRS)]
        short = [line for line in pairs if 8 <= len(line.split()) <= 45]
        return list(dict.fromkeys([row.passage for row in self.asked(_QAMR)] + short))

    @cached_property
    def line_mine(self) -> Mine:
        return Mine(self.lines)

    @cached_property
    def body_mine(self) -> Mine:
        return Mine([self.lead(body, body[:300]) for body in self.rows.bodies.values()])

    def lead(self, body: str, about: str) -> str:
        """The window of a long text that has most words of `about`."""
        wanted = set(_LETTERS.findall(about.lower()))
        best = max(
            sentences(body),
            key=lambda s: len(wanted & set(_LETTERS.findall(body[slice(*s)].lower()))),
            default=(0, len(body)),
        )
        return crop(body, best, _WORDS, self.rng)[0]

    def neighbours(self, text: str, answer: str = "") -> list[str]:
        """One to four sentences without `answer` to stand around `text`: some that keyword search finds, some not."""
        many = self.rng.randint(1, 4)
        near = self.line_mine.near(text, other_than(text, answer), 6)
        like = self.rng.sample(near, min(len(near), self.rng.randint(0, many)))
        chance = [
            line
            for line in self.rng.sample(self.lines, min(len(self.lines), many - len(like)))
            if not holds(line, answer)
        ]
        mixed = like + chance
        self.rng.shuffle(mixed)
        return mixed


Row = TypeVar("Row")
Recipe = Callable[[Kitchen], Iterator[Example]]


def pairs(kitchen: Kitchen) -> Iterator[Example]:
    """Inference pairs as they are."""
    for row in _shuffled(kitchen, kitchen.pairs()):
        if kitchen.rng.random() < next((s for name, s in _SHARES.items() if row.source.startswith(name)), 1.0):
            passage, _ = crop(row.premise, None, _WORDS, kitchen.rng)
            yield Example("pairs", row.hypothesis, passage, stance=row.stance)


def pairs_in_passages(kitchen: Kitchen) -> Iterator[Example]:
    """Encyclopedia pairs whose premise stands among other sentences."""
    for row in _shuffled(kitchen, kitchen.pairs()):
        if row.source.startswith(WIKIPEDIA_PAIRS) and len(row.premise.split()) <= 90:
            others = kitchen.neighbours(row.premise)
            passage, _ = surround(row.premise, None, others, kitchen.rng)
            yield Example("pairs_in_passages", row.hypothesis, passage, stance=row.stance)


def short_questions(kitchen: Kitchen) -> Iterator[Example]:
    """QAMR and QA-SRL as they are: one sentence of context."""
    for row in _shuffled(kitchen, kitchen.asked(_QAMR) + kitchen.asked(_QASRL)):
        yield Example("short_questions", row.question, row.passage, row.span, relevant=True)


def questions_in_passages(kitchen: Kitchen) -> Iterator[Example]:
    """QAMR with other sentences around."""
    for row in _shuffled(kitchen, kitchen.asked(_QAMR)):
        others = kitchen.neighbours(row.passage, row.answer)
        passage, span = surround(row.passage, row.span, others, kitchen.rng)
        yield Example("questions_in_passages", row.question, passage, span, relevant=True)


def unanswered_lines(kitchen: Kitchen) -> Iterator[Example]:
    """QAMR's questions over sentences that keyword search finds for them, none of which answers."""
    for row in _shuffled(kitchen, kitchen.asked(_QAMR)):
        if len(row.question.split()) < 5:
            continue  # "Who showed?" has an answer nearly everywhere
        near = kitchen.line_mine.near(
            row.question,
            other_than(row.passage, row.answer),
            4,
        )
        if near:
            yield Example("unanswered_lines", row.question, " ".join(near), NO_ANSWER, relevant=False)


def long_questions(kitchen: Kitchen) -> Iterator[Example]:
    """SQuAD 2.0 and ARES, with SQuAD's own unanswerable questions."""
    for row in _shuffled(kitchen, kitchen.asked(_SQUAD) + kitchen.asked(_ARES)):
        passage, span = crop(row.passage, row.span, kitchen.rng.choice((80, _WORDS, _WORDS)), kitchen.rng)
        yield Example("long_questions", row.question, passage, span or NO_ANSWER, relevant=span is not None)


def unanswered_passages(kitchen: Kitchen) -> Iterator[Example]:
    """Their questions over other passages of the topic; or over their own passage without the answer's sentence."""
    for row in _shuffled(kitchen, [row for row in kitchen.asked(_SQUAD) + kitchen.asked(_ARES) if row.span]):
        gone = _without_answer(row)
        if gone and kitchen.rng.random() < 0.35:
            yield Example(
                "unanswered_passages", row.question, crop(gone, None, _WORDS, kitchen.rng)[0], NO_ANSWER, False
            )
            continue
        near = kitchen.long_mine.near(
            row.question,
            other_than(row.passage, row.answer),
            3,
        )
        if near:
            passage, _ = crop(kitchen.rng.choice(near), None, _WORDS, kitchen.rng)
            yield Example("unanswered_passages", row.question, passage, NO_ANSWER, relevant=False)


def judged(kitchen: Kitchen) -> Iterator[Example]:
    """ARES: relevant passages, irrelevant ones, and for each relevant one another that keyword search finds."""
    for row in _shuffled(kitchen, kitchen.rows.judged):
        passage, _ = crop(row.passage, None, _WORDS, kitchen.rng)
        yield Example("judged", row.question, passage, None if row.relevant else NO_ANSWER, relevant=row.relevant)
        if row.relevant:
            near = kitchen.long_mine.near(row.question, other_than(row.passage), 3)
            if near:
                other, _ = crop(kitchen.rng.choice(near), None, _WORDS, kitchen.rng)
                yield Example("judged", row.question, other, None, relevant=False)


def cloze_questions(kitchen: Kitchen) -> Iterator[Example]:
    """Questions made of claims that the evidence supports."""
    for row in _shuffled(kitchen, kitchen.pairs()):
        if row.stance != SUPPORT or not row.source.startswith((*WIKIPEDIA_PAIRS, "Factcheck")):
            continue
        passage, _ = crop(row.premise, None, _WORDS, kitchen.rng)
        asked = questioned(row.hypothesis, passage, kitchen.rng)
        if asked is None:
            continue
        question, span = asked
        answer = passage[slice(*span)]
        if len(passage.split()) < 60:
            others = kitchen.neighbours(passage, answer)
            passage, moved = surround(passage, span, others, kitchen.rng)
            span = moved or span
        yield Example("cloze_questions", question, passage, span, relevant=True)


def headlines(kitchen: Kitchen) -> Iterator[Example]:
    """News headlines with the part of an article that is nearest to them, and with articles of other stories."""
    labels = {"agree": SUPPORT, "disagree": REFUTE, "discuss": NEITHER}
    bodies = kitchen.rows.bodies
    for row in _shuffled(kitchen, kitchen.rows.headlines):
        if row.stance == "discuss" and kitchen.rng.random() < 0.6:
            continue
        window = kitchen.lead(bodies[row.body_id], row.headline)
        yield Example("headlines", row.headline, window, relevant=True, stance=labels[row.stance])
        if kitchen.rng.random() < 0.4:
            told = set(terms(row.headline))
            near = kitchen.body_mine.near(row.headline, _little_shared(told), 3)
            if near:
                yield Example("headlines", row.headline, kitchen.rng.choice(near), relevant=False, stance=NEITHER)


def headline_questions(kitchen: Kitchen) -> Iterator[Example]:
    """Questions made of headlines, over the part of the article that is nearest to them."""
    for row in _shuffled(kitchen, kitchen.rows.headlines):
        if row.stance == "disagree":
            continue
        window = kitchen.lead(kitchen.rows.bodies[row.body_id], row.headline)
        asked = questioned(row.headline, window, kitchen.rng)
        if asked is not None:
            yield Example("headline_questions", asked[0], window, asked[1], relevant=True)


def _little_shared(told: set[str]) -> Callable[[str], bool]:
    """At most half of the headline's words: with more it may be the same story in another paper."""
    return lambda passage: len(told & set(terms(passage))) <= 0.5 * len(told)


def _without_answer(row: Asked) -> str | None:
    """The row's passage without the sentences that hold the answer; None when little is left."""
    kept = [row.passage[a:b] for a, b in sentences(row.passage) if not holds(row.passage[a:b], row.answer)]
    text = " ".join(kept)
    return text if len(text.split()) >= 30 else None


def _shuffled(kitchen: Kitchen, rows: list[Row]) -> list[Row]:
    return kitchen.rng.sample(rows, len(rows))
