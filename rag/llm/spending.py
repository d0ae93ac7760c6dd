"""What the language model costs: tokens and money an answer and a day, and the caps on both.

The day's sum stands in the data folder, so that every process that answers from it adds to the same one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import LanguageModelFailed, StoreDamaged
from rag.types import Usage

FILE = "spending.sqlite3"
_WAIT_S = 10.0
_TABLE = "create table if not exists spending (day text primary key, tokens integer not null, cost real not null)"
_ADD = (
    "insert into spending values (?, ?, ?) on conflict (day) do update set "
    "tokens = tokens + excluded.tokens, cost = cost + excluded.cost"
)


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
    """The days' sums of a data folder; the file is made with the first one."""

    def __init__(self, data_dir: Path, today: Callable[[], str] = lambda: datetime.now(UTC).date().isoformat()) -> None:
        self._path = data_dir / FILE
        self._today = today

    def add(self, tokens: int, cost: float) -> None:
        """Raises StoreDamaged when the file can't be written."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            connection.execute(_ADD, (self._today(), tokens, cost))
            connection.commit()

    def so_far(self) -> tuple[int, float]:
        """Today's tokens and US dollars."""
        if not self._path.exists():
            return 0, 0.0
        with self._open() as connection:
            row = connection.execute("select tokens, cost from spending where day = ?", (self._today(),)).fetchone()
        return row or (0, 0.0)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise StoreDamaged(
                f"The sums in {self._path} can't be used: {error}.", remedy="Restore the file or move it away."
            ) from error


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
