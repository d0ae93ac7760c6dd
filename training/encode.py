"""Examples to token arrays, kept in one file a stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from rag.pair_tokens import BERT, Vocabulary
from training.examples import NO_ANSWER, Example

UNKNOWN = -1

Ints = NDArray[np.int32]
Halves = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Encoded:
    """`ids` of all examples in a row; example n is `ids[offsets[n]:offsets[n + 1]]`, written as `Vocabulary` says.

    By example: `first`, the number of tokens before the lead; `lead`, its tokens; `start` and `end`, the answer's first
    and last token, 0 for none; `relevant` and `stance`. By token: `evidence`, whether its sentence answers or decides.
    UNKNOWN where nothing is known.
    """

    ids: NDArray[np.uint16]
    evidence: NDArray[np.int8]
    offsets: NDArray[np.int64]
    first: Ints
    lead: Ints
    start: Ints
    end: Ints
    relevant: Ints
    stance: Ints

    def __len__(self) -> int:
        return len(self.first)

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.offsets)

    def save(self, file: Path) -> None:
        partial = file.with_suffix(".partial.npz")
        np.savez(partial, **{name: getattr(self, name) for name in self.__slots__})
        partial.replace(file)

    @classmethod
    def load(cls, file: Path) -> Encoded:
        with np.load(file) as arrays:
            return cls(**{name: arrays[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Taught:
    """Logits of the teacher: `spans` `(all tokens, 3)`, 0 where no answer may stand but in each example's first token,
    whose first two stand for no answer; `judged` `(examples, 4)`.
    """

    spans: Halves
    judged: Halves

    @classmethod
    def load(cls, file: Path) -> Taught:
        with np.load(file) as arrays:
            return cls(arrays["spans"], arrays["judged"])


def encode(
    examples: Sequence[Example], tokenizer: Tokenizer, max_tokens: int, first_tokens: int, vocabulary: Vocabulary = BERT
) -> Encoded:
    """Examples whose answer is cut off with the end of a long passage become unanswerable ones."""
    firsts, leads, passages = (
        tokenizer.encode_batch([getattr(one, part) for one in examples], add_special_tokens=False)
        for part in ("first", "lead", "passage")
    )
    ids: list[int] = []
    evidence: list[int] = []
    offsets = [0]
    columns: dict[str, list[int]] = {name: [] for name in ("first", "lead", "start", "end", "relevant", "stance")}
    for one, first, lead, passage in zip(examples, firsts, leads, passages, strict=True):
        asked = vocabulary.head(first.ids, first_tokens)
        before = vocabulary.shifted(lead.ids[: max_tokens // 3])
        room = max_tokens - len(asked) - len(before) - 1
        ids += [*asked, *before, *vocabulary.shifted(passage.ids[:room]), vocabulary.closing]
        told = _evidence_of(one, passage.offsets[:room])
        evidence += [UNKNOWN] * (len(asked) + len(before)) + told + [UNKNOWN]
        offsets.append(len(ids))
        start, end = _tokens_of(one, passage, room, len(asked) + len(before))
        columns["first"].append(len(asked))
        columns["lead"].append(len(before))
        columns["start"].append(start)
        columns["end"].append(end)
        columns["relevant"].append(UNKNOWN if one.relevant is None else int(one.relevant))
        columns["stance"].append(UNKNOWN if one.stance is None else one.stance)
    arrays = {name: np.array(values, np.int32) for name, values in columns.items()}
    return Encoded(np.array(ids, np.uint16), np.array(evidence, np.int8), np.array(offsets, np.int64), **arrays)


def _evidence_of(one: Example, offsets: Sequence[tuple[int, int]]) -> list[int]:
    if one.evidence is None:
        return [UNKNOWN] * len(offsets)
    return [int(any(a < end and b > start for start, end in one.evidence)) for a, b in offsets]


def _tokens_of(one: Example, passage: Encoding, room: int, shift: int) -> tuple[int, int]:
    """The answer's first and last token in the whole sequence."""
    if one.span is None:
        return UNKNOWN, UNKNOWN
    if one.span == NO_ANSWER:
        return 0, 0
    inside = [n for n, (a, b) in enumerate(passage.offsets[:room]) if a < one.span[1] and b > one.span[0]]
    return (inside[0] + shift, inside[-1] + shift) if inside else (0, 0)
