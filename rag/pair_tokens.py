"""How a question or claim and a passage become the token ids that a reader model takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A pair is `opening`, question or claim, `between`, lead and passage, `closing`. `shift` is added to the ids of
    the bundled tokenizer: MPNet has BERT's words behind four of its own.
    """

    opening: int
    between: tuple[int, ...]
    closing: int
    shift: int = 0

    def head(self, first: list[int], most: int) -> list[int]:
        """The ids before the lead, of the bundled tokenizer's ids of a question or claim."""
        return [self.opening, *self.shifted(first[:most]), *self.between]

    def shifted(self, ids: list[int]) -> list[int]:
        return [one + self.shift for one in ids] if self.shift else ids


BERT = Vocabulary(101, (102,), 102)
MPNET = Vocabulary(0, (2, 2), 2, 4)
