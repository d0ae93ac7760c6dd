"""Column types that mean the same on every engine."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, String


def key_text() -> String:
    """Text that is ordered by its code points, whatever the database's own language: ids, addresses, days."""
    return String().with_variant(String(collation="C"), "postgresql")


def big() -> Integer:
    """An integer of 64 bits. SQLite's always are, and only its plain type numbers rows by itself."""
    return Integer().with_variant(BigInteger(), "postgresql")
