"""How many requests are left of each client's rate, for services that share a database: token buckets on the server."""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy import text

from rag.database.choose import shared_engine
from rag.database.postgres import PostgresDatabase

# By the server's own clock, which all services share. What a row is seen at may be later than the moment it is changed.
_NOW = "extract(epoch FROM clock_timestamp())"
_FULL = f"least(:most, r.remaining + greatest(0, {_NOW} - r.filled_at) * :per_s)"
_GIVEN = f"least(:wanted, floor({_FULL}))"
_LEASE = text(
    "INSERT INTO rates AS r (client, remaining, given, filled_at) "  # noqa: S608 - of the constants above
    f"VALUES (:client, :most - :wanted, :wanted, {_NOW}) ON CONFLICT (client) DO UPDATE SET "
    f"remaining = {_FULL} - {_GIVEN}, given = {_GIVEN}, filled_at = greatest(r.filled_at, {_NOW}) "
    "RETURNING given, remaining"
)


class RateStore:
    """A bucket for each client; it fills evenly. Raises StoreUnreachable where it can't be used."""

    def __init__(self, url: SecretStr, most: int, per_s: float) -> None:
        """A bucket holds `most` requests, and gets `per_s` a second."""
        self._database = PostgresDatabase(shared_engine(url.get_secret_value()))
        self._filling = {"most": most, "per_s": per_s}

    def lease(self, client: str, wanted: int) -> tuple[int, float]:
        """Take as many requests as there are, `wanted` at most. Returns how many it took, and what is left."""
        with self._database.writing() as connection:
            row = connection.execute(_LEASE, {"client": client, "wanted": wanted, **self._filling}).one()
        return int(row.given), float(row.remaining)
