"""What a language model was asked to do, counted. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """What a language model was asked to do for one record. `cost` is in US dollars, by the prices in the settings.

    `estimated` says that its server did not count the tokens of every call.
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def plus(self, input_tokens: int, output_tokens: int, cost: float, *, estimated: bool) -> Usage:
        """With one more call."""
        return Usage(
            self.calls + 1,
            self.input_tokens + input_tokens,
            self.output_tokens + output_tokens,
            self.cost + cost,
            self.estimated or estimated,
        )
