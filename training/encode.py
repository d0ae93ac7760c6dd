"""Examples to token arrays, kept in one file a stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from training.examples import NO_ANSWER, Example

CLS, SEP = 101, 102  # of the bundled model's vocabulary
UNKNOWN = -1

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """`ids` of all examples in a row; example n is `ids[offsets[n]:offsets[n + 1]]`: [CLS] first [SEP] passage [SEP].

    By example: `first`, the number of tokens up to and with the first [SEP]; `start` and `end`, the answer's first and
    last token, 0 for none; `relevant` and `stance`. UNKNOWN where nothing is known.
    """

    ids: NDArray[np.uint16]
    offsets: NDArray[np.int64]
    first: Ints
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


def encode(examples: Sequence[Example], tokenizer: Tokenizer, max_tokens: int, first_tokens: int) -> Encoded:
    """Examples whose answer is cut off with the end of a long passage become unanswerable ones."""
    firsts = tokenizer.encode_batch([one.first for one in examples], add_special_tokens=False)
    passages = tokenizer.encode_batch([one.passage for one in examples], add_special_tokens=False)
    ids: list[int] = []
    offsets = [0]
    columns: dict[str, list[int]] = {name: [] for name in ("first", "start", "end", "relevant", "stance")}
    for one, first, passage in zip(examples, firsts, passages, strict=True):
        head = [CLS, *first.ids[:first_tokens], SEP]
        room = max_tokens - len(head) - 1
        ids += [*head, *passage.ids[:room], SEP]
        offsets.append(len(ids))
        start, end = _tokens_of(one, passage, room, len(head))
        columns["first"].append(len(head))
        columns["start"].append(start)
        columns["end"].append(end)
        columns["relevant"].append(UNKNOWN if one.relevant is None else int(one.relevant))
        columns["stance"].append(UNKNOWN if one.stance is None else one.stance)
    arrays = {name: np.array(values, np.int32) for name, values in columns.items()}
    return Encoded(np.array(ids, np.uint16), np.array(offsets, np.int64), **arrays)


def _tokens_of(one: Example, passage: Encoding, room: int, shift: int) -> tuple[int, int]:
    """The answer's first and last token in the whole sequence."""
    if one.span is None:
        return UNKNOWN, UNKNOWN
    if one.span == NO_ANSWER:
        return 0, 0
    inside = [n for n, (a, b) in enumerate(passage.offsets[:room]) if a < one.span[1] and b > one.span[0]]
    return (inside[0] + shift, inside[-1] + shift) if inside else (0, 0)
