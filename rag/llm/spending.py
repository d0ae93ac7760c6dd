"""What the language model costs: tokens and money an answer and a day, and the caps on both.

The day's sum stands beside the ledger, so that every process that answers from it adds to the same one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select

from rag.database.choose import database_beside
from rag.database.tables import SPENDING, spending
from rag.errors import LanguageModelFailed
from rag.usage import Usage

FILE = "spending.sqlite3"


@dataclass(frozen=True, slots=True)
class Caps:
    """Tokens an answer or check, and tokens and US dollars a day; None is no cap. Prices are for a million tokens."""

    request_tokens: int
    daily_tokens: int | None = None
    daily_cost: float | None = None
    price_input: float = 0.0
    price_output: float = 0.0

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        return (input_tokens * self.price_input + output_tokens * self.price_output) / 1e6


class Tally:
    """The days' sums of an archive: a file in its data folder, made with the first one, or a table of the database at
    `url`.

    Raises StoreDamaged and StoreUnreachable where it can't be used.
    """

    def __init__(
        self,
        data_dir: Path,
        url: SecretStr | None = None,
        today: Callable[[], str] = lambda: datetime.now(UTC).date().isoformat(),
    ) -> None:
        self._database = database_beside(data_dir / FILE, "sums", SPENDING, url)
        self._today = today

    def add(self, tokens: int, cost: float) -> None:
        with self._database.writing() as connection:
            more = self._database.adding_to(spending, ["day"], ["tokens", "cost"])
            connection.execute(more, {"day": self._today(), "tokens": tokens, "cost": cost})

    def so_far(self) -> tuple[int, float]:
        """Today's tokens and US dollars."""
        if not self._database.exists():
            return 0, 0.0
        query = select(spending.c.tokens, spending.c.cost).where(spending.c.day == self._today())
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return (row.tokens, row.cost) if row else (0, 0.0)


class Meter:
    """Counts one answer or check. `used` grows with every call."""

    def __init__(self, caps: Caps, tally: Tally) -> None:
        self._caps = caps
        self._tally = tally
        self.used = Usage()

    def admit(self, input_tokens: int, output_tokens: int) -> None:
        """Raises LanguageModelFailed when a call of this size could pass a cap."""
        tokens = input_tokens + output_tokens
        if self.used.tokens + tokens > self._caps.request_tokens:
            raise LanguageModelFailed(f"the answer would cost more than {self._caps.request_tokens:,} tokens")
        if self._caps.daily_tokens is None and self._caps.daily_cost is None:
            return
        today, cost = self._tally.so_far()
        if self._caps.daily_tokens is not None and today + tokens > self._caps.daily_tokens:
            raise LanguageModelFailed(f"the day's {self._caps.daily_tokens:,} tokens are used up")
        worst = cost + self._caps.cost(input_tokens, output_tokens)
        if self._caps.daily_cost is not None and worst > self._caps.daily_cost:
            raise LanguageModelFailed(f"the day's {self._caps.daily_cost:g} US dollars are used up")

    def add(self, input_tokens: int, output_tokens: int, *, estimated: bool) -> None:
        cost = self._caps.cost(input_tokens, output_tokens)
        self.used = self.used.plus(input_tokens, output_tokens, cost, estimated=estimated)
        self._tally.add(input_tokens + output_tokens, cost)
