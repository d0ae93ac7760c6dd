"""Recipes for claims: from questions with their answers, and from sentences with one thing changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from training.examples import Example, crop, other_than, sentences, surround
from training.recipes import Kitchen
from training.rows import NEITHER, REFUTE, SUPPORT, Asked
from training.statements import statement
from training.swaps import change, names, shorten

_WORDS = 150
_LEAST, _MOST = 7, 45  # words of a sentence that a claim is made of


def answers_as_claims(kitchen: Kitchen) -> Iterator[Example]:
    """Question + answer -> a claim that the passage supports; with another answer of its kind, one that it refutes."""
    rows = [row for row in kitchen.asked() if row.span]
    answers = [row.answer for row in rows]
    for row in kitchen.rng.sample(rows, len(rows)):
        claim = statement(row.question, row.answer)
        if claim is None:
            continue
        passage = _passage(kitchen, row)
        yield Example("answers_as_claims", claim, passage, relevant=True, stance=SUPPORT)
        wrong = _another(kitchen, row, passage, answers)
        false = statement(row.question, wrong) if wrong else None
        if false:
            yield Example("answers_as_claims", false, passage, relevant=True, stance=REFUTE)
        if kitchen.rng.random() < 0.4:
            mine = kitchen.line_mine if row.source.startswith("QAMR") else kitchen.long_mine
            near = mine.near(claim, other_than(row.passage, row.answer), 2)
            if near:
                other, _ = crop(" ".join(near), None, _WORDS, kitchen.rng)
                yield Example("answers_as_claims", claim, other, relevant=False, stance=NEITHER)


def changed_sentences(kitchen: Kitchen) -> Iterator[Example]:
    """A sentence or two of a passage, shortened (support) and with one change (refute, or no support)."""
    rng = kitchen.rng
    for passage in rng.sample(kitchen.long, len(kitchen.long)):
        spans = [s for s in sentences(passage) if _LEAST <= len(passage[slice(*s)].split()) <= _MOST]
        others = [passage[slice(*s)] for s in names(passage)]
        for span in rng.sample(spans, min(2, len(spans))):
            window, _ = crop(passage, span, rng.choice((50, 90, _WORDS)), rng)
            told = passage[slice(*span)].strip()
            yield from _around(kitchen, told, window, others)


def _around(kitchen: Kitchen, told: str, window: str, others: Sequence[str]) -> Iterator[Example]:
    rng = kitchen.rng
    claim = shorten(told, rng)
    yield Example("changed_sentences", claim, window, relevant=True, stance=SUPPORT)
    changed = change(claim, others, rng)
    if changed:
        yield Example("changed_sentences", changed[0], window, relevant=True, stance=changed[1])
    if rng.random() < 0.25:
        near = kitchen.long_mine.near(claim, lambda p: told[:60] not in p and told not in p, 2)
        if near:
            other, _ = crop(rng.choice(near), None, _WORDS, rng)
            yield Example("changed_sentences", claim, other, relevant=False, stance=NEITHER)


def _passage(kitchen: Kitchen, row: Asked) -> str:
    if row.source.startswith("QAMR"):
        others = kitchen.neighbours(row.passage, row.answer)
        return surround(row.passage, None, others, kitchen.rng)[0]
    return crop(row.passage, row.span, _WORDS, kitchen.rng)[0]


def _another(kitchen: Kitchen, row: Asked, passage: str, answers: Sequence[str]) -> str | None:
    """Another answer that looks like the right one: from the same passage if there is one, else from anywhere."""
    right = row.answer
    inside = [passage[slice(*span)] for span in names(passage)]
    pool = [*inside, *inside, *kitchen.rng.sample(answers, min(60, len(answers)))]
    fit = [
        one
        for one in pool
        if _alike(one, right) and one.lower() not in right.lower() and right.lower() not in one.lower()
    ]
    return kitchen.rng.choice(fit[:8]) if fit else None


def _alike(one: str, right: str) -> bool:
    kind = (right[:1].isupper(), any(c.isdigit() for c in right))
    return (
        kind == (one[:1].isupper(), any(c.isdigit() for c in one)) and abs(len(one.split()) - len(right.split())) <= 1
    )
