"""Fits the calibration on held-out rows: those that a digest keeps out of training and that are no test set."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from rag.pair_calibration import PairCalibration
from rag.pair_spans import best_spans
from rag.reader_model import OnnxPairReader, Told
from training.claims import answers_as_claims, changed_sentences
from training.examples import other_than
from training.mining import Mine
from training.recipes import Kitchen, pairs_in_passages
from training.rows import HELD_OUT, NEITHER, NOT_SUPPORT, REFUTE, SUPPORT, Rows

_QUESTIONS, _PAIRS, _CLAIMS = 500, 900, 350  # a minute on two cores
_SEED = 1

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A pair and what is known of it: whether the passage answers, and the stance (None where it isn't known)."""

    pair: tuple[str, str]
    answers: bool | None = None
    stance: int | None = None


def held_out(rows: Rows) -> list[Case]:
    """Dev questions over their passage and over another that keyword search finds for them; dev pairs."""
    asked = [row for row in rows.questions("dev") if not row.source.startswith("QAMR")]
    short = [row for row in rows.questions("dev") if row.source.startswith("QAMR")]
    chosen = [row for two in zip_longest(asked, short) for row in two if row is not None][:_QUESTIONS]
    mine = Mine([row.passage for row in rows.questions("train") + rows.questions("dev")])
    cases = []
    for row in chosen:
        cases.append(Case((row.question, row.passage), answers=row.span is not None))
        near = mine.near(row.question, other_than(row.passage, row.answer), 1)
        cases += [Case((row.question, passage), answers=False) for passage in near if row.span]
    pairs = [row for row in rows.pairs("dev") if row.stance != NOT_SUPPORT]
    pairs.sort(key=lambda row: row.source not in HELD_OUT)
    cases += [Case((row.hypothesis, row.premise), stance=row.stance) for row in pairs[:_PAIRS]]
    return cases + _claims(rows)


def _claims(rows: Rows) -> list[Case]:
    """Claims over whole passages, made of held-out rows as in training: run time has longer texts than pairs."""
    kitchen = Kitchen(rows, random.Random(_SEED), "dev")
    made = [
        example
        for recipe in (changed_sentences, answers_as_claims, pairs_in_passages)
        for example in islice(recipe(kitchen), _CLAIMS)
    ]
    return [
        Case((one.first, one.passage), stance=one.stance) for one in made if one.stance in (SUPPORT, REFUTE, NEITHER)
    ]


def fit(reader: OnnxPairReader, cases: Sequence[Case], identity: str) -> PairCalibration:
    """The calibration of least log loss."""
    told = [windows[0] for windows in reader.logits([case.pair for case in cases])]
    asked = [(one, case.answers) for one, case in zip(told, cases, strict=True) if case.answers is not None]
    answers = np.array([answer for _, answer in asked], np.float64)
    answerable = _platt(np.array([_best(one) for one, _ in asked]), answers)
    relevance = _platt(np.array([one.relevance for one, _ in asked]), answers)
    claims = [(one, case.stance) for one, case in zip(told, cases, strict=True) if case.stance is not None]
    slope, shift = _vector(np.array([one.stance for one, _ in claims], np.float64), np.array([s for _, s in claims]))
    return PairCalibration(identity, *answerable, *relevance, slope, shift)


def _best(told: Told) -> float:
    spans = best_spans(told.start, told.end, told.offsets, 1)
    return spans[0].score if spans else -20.0


def _platt(logits: Values, right: Values) -> tuple[float, float]:
    def loss(given: Values) -> float:
        scaled = given[0] * logits + given[1]
        return float(np.mean(np.logaddexp(0.0, scaled) - right * scaled))

    found = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return round(float(found[0]), 4), round(float(found[1]), 4)


def _vector(logits: Values, stance: NDArray[np.int64]) -> tuple[float, tuple[float, float, float]]:
    """One slope, and a shift for each stance; the last is 0, for only differences count."""

    def loss(given: Values) -> float:
        scaled = given[0] * logits + np.array([given[1], given[2], 0.0])
        norm = np.logaddexp.reduce(scaled, axis=1)
        return float(np.mean(norm - scaled[np.arange(len(stance)), stance]))

    found = minimize(loss, np.array([1.0, 0.0, 0.0]), method="Nelder-Mead").x
    return round(float(found[0]), 4), (round(float(found[1]), 4), round(float(found[2]), 4), 0.0)
