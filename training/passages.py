"""Recipes over passages of several sentences, which also say which of their sentences answer or decide."""

from __future__ import annotations

from collections.abc import Iterator

from training.examples import NO_ANSWER, Example, holds, other_than, sentences, surround
from training.framing import frame, made_lead, sentence_of
from training.recipes import Kitchen
from training.rows import NEITHER, NOT_SUPPORT, REFUTE, SUPPORT, Asked, Judged, Proof
from training.swaps import change, names, shorten

_KEPT = {"SQuADShifts amazon": 0.3, "SQuADShifts reddit": 0.3, "COVID-QA": 0.5, "Time-Sensitive": 0.7}
"""Of sources that are far from news or long, how many rows are used at a time; of others, each."""
_SINGLE = ("QAMR", "QA-SRL")


def _questions(kitchen: Kitchen) -> list[Asked]:
    rows = [row for row in kitchen.asked() if not row.source.startswith(_SINGLE)]
    rows = [
        row
        for row in rows
        if kitchen.rng.random() < next((s for name, s in _KEPT.items() if row.source.startswith(name)), 1.0)
    ]
    kitchen.rng.shuffle(rows)
    return rows


def framed_questions(kitchen: Kitchen) -> Iterator[Example]:
    """Questions over a window of their own text."""
    for row in _questions(kitchen):
        if row.span is None:
            window = frame(row.passage, (), kitchen.rng, 120)
            yield Example("framed_questions", row.question, window.passage, NO_ANSWER, False, None, (), window.lead)
            continue
        window = frame(row.passage, (row.span,), kitchen.rng)
        span = window.inside(row.span)
        marked = row.sentence and window.inside(row.sentence)
        if span:
            told = (marked,) if marked else sentence_of(window.passage, span)
            yield Example("framed_questions", row.question, window.passage, span, True, None, told, window.lead)


def framed_unanswered(kitchen: Kitchen) -> Iterator[Example]:
    """Their questions over another passage of the topic, another window of the text, or one with the answer's sentences
    taken out.
    """
    rng = kitchen.rng
    for row in _questions(kitchen):
        if row.span is None:
            continue
        chance = rng.random()
        text = _without(row) if chance < 0.5 else None
        if text is None:
            near = kitchen.long_mine.near(row.question, other_than(row.passage, row.answer), 3)
            text = rng.choice(near) if near else None
        if text:
            window = frame(text, (), rng, rng.choice((60, 90, 130)))
            yield Example("framed_unanswered", row.question, window.passage, NO_ANSWER, False, None, (), window.lead)


def _without(row: Asked) -> str | None:
    kept = [row.passage[a:b] for a, b in sentences(row.passage) if not holds(row.passage[a:b], row.answer)]
    text = " ".join(kept)
    return text if len(text.split()) >= 25 else None


def proofs(kitchen: Kitchen) -> Iterator[Example]:
    """Claims over a window of the text that decides them, with the sentences that do; at times without these."""
    yield from _decided(kitchen, kitchen.rows.proofs, "proofs", 0.12)


def yes_no(kitchen: Kitchen) -> Iterator[Example]:
    """Yes/no questions likewise: a yes is support, a no refutes."""
    yield from _decided(kitchen, kitchen.rows.yes_no, "yes_no", 0.25)


def _decided(kitchen: Kitchen, rows: list[Proof], recipe: str, without: float) -> Iterator[Example]:
    rng = kitchen.rng
    for row in rng.sample(rows, len(rows)):
        if sum(b - a for a, b in row.evidence) > 900:
            continue
        if rng.random() < without:
            other = _elsewhere(row)
            if other:
                window = frame(other, (), rng, 90)
                yield Example(recipe, row.claim, window.passage, NO_ANSWER, False, NEITHER, (), window.lead)
            continue
        nearest = max(row.evidence, key=lambda span: span[1] - span[0])
        close = [span for span in row.evidence if abs(span[0] - nearest[0]) < 600]
        window = frame(row.text, close, rng)
        told = tuple(span for span in map(window.inside, close) if span)
        yield Example(recipe, row.claim, window.passage, None, True, row.stance, told, window.lead)


def _elsewhere(row: Proof) -> str | None:
    """The text well away from what decides."""
    first, last = min(a for a, _ in row.evidence), max(b for _, b in row.evidence)
    kept = [row.text[a:b] for a, b in sentences(row.text) if b < first - 300 or a > last + 300]
    text = " ".join(kept)
    return text if len(text.split()) >= 60 else None


def choices(kitchen: Kitchen) -> Iterator[Example]:
    """Questions over a section of which some sentences answer: why, how and what opinion among them."""
    rng = kitchen.rng
    rows = kitchen.rows.choices
    for row in rng.sample(rows, len(rows)):
        text, spans = "", []
        for sentence in row.sentences:
            spans.append((len(text), len(text) + len(sentence)))
            text += sentence + " "
        right = [spans[n] for n in row.answers if n < len(spans)]
        if right and right[-1][1] - right[0][0] > 900:
            continue
        window = frame(text.rstrip(), right, rng)
        told = tuple(span for span in map(window.inside, right) if span)
        none = None if told else NO_ANSWER
        yield Example("choices", row.question, window.passage, none, bool(told), None, told, window.lead)


def rewordings(kitchen: Kitchen) -> Iterator[Example]:
    """A news sentence told more simply is supported; with one thing changed it is not."""
    rng = kitchen.rng
    pairs = kitchen.rows.rewordings
    for full, simple in rng.sample(pairs, len(pairs)):
        if min(len(full.split()), len(simple.split())) < 7:
            continue
        told, claim = full, simple
        others = kitchen.neighbours(told)
        passage, span = surround(told, (0, len(told)), others, rng)
        lead = made_lead(passage, rng)
        evidence = (span,) if span else ()
        yield Example("rewordings", shorten(claim, rng), passage, None, True, SUPPORT, evidence, lead)
        pool = [passage[slice(*s)] for s in names(passage)]
        changed = change(claim, pool, rng)
        if changed:
            stance = changed[1] if changed[1] in (REFUTE, NOT_SUPPORT) else NOT_SUPPORT
            yield Example("rewordings", changed[0], passage, None, True, stance, evidence, lead)


def mined_questions(kitchen: Kitchen) -> Iterator[Example]:
    """Questions over passages that keyword search finds for them, of which nothing is known: for a teacher to label."""
    rng = kitchen.rng
    rows: list[Asked | Judged] = [*kitchen.asked(), *kitchen.rows.judged]
    for row in rng.sample(rows, len(rows)):
        for passage in kitchen.long_mine.near(row.question, other_than(row.passage), 2):
            window = frame(passage, (), rng, 120)
            yield Example("mined_questions", row.question, window.passage, lead=window.lead)


def mined_claims(kitchen: Kitchen) -> Iterator[Example]:
    """Claims likewise."""
    rng = kitchen.rng
    claims = [row.claim for row in kitchen.rows.proofs] + [row.hypothesis for row in kitchen.pairs()]
    for claim in rng.sample(claims, len(claims)):
        for passage in kitchen.long_mine.near(claim, other_than(claim), 1):
            window = frame(passage, (), rng, 120)
            yield Example("mined_claims", claim, window.passage, lead=window.lead)
