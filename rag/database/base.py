"""What every engine gives: one state to read, one transaction to write, inserts that know of rows that are there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Engine, Table


class Database(ABC):
    """An engine and its ways. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @abstractmethod
    def exists(self) -> bool:
        """Whether anything was ever written; reading then finds tables."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state, whatever others commit meanwhile."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that commits when the block ends and leaves no trace when it raises."""

    @abstractmethod
    def changing(self) -> AbstractContextManager[Connection]:
        """As `writing`, to change the ledger: only the one writer may."""

    @abstractmethod
    def hold(self, what: str) -> AbstractContextManager[None]:
        """Be the ledger's one writer, to do `what`, until the block ends. Raises StoreBusy at once when another is."""

    @abstractmethod
    def alone(self, to: str) -> AbstractContextManager[bool]:
        """Whether this is the only process of all that use the database `to` do something, until the block ends. Nobody
        waits.
        """

    @abstractmethod
    def truncate_log(self) -> bool:
        """Leave nothing in a log of what was removed; False while a reader still needs it."""

    @abstractmethod
    def faults(self) -> list[str]:
        """What is wrong with the files, by the engine's own check."""

    @staticmethod
    @abstractmethod
    def insert(table: Table) -> Any:
        """The engine's own insert, which knows `on_conflict_do_update` and `on_conflict_do_nothing`."""

    @classmethod
    def replacing(cls, table: Table, keys: Sequence[str], others: Sequence[str]) -> Any:
        """An insert that gives a row that is there already the new values of `others`."""
        row = cls.insert(table)
        return row.on_conflict_do_update(index_elements=keys, set_={name: row.excluded[name] for name in others})

    @classmethod
    def adding_to(cls, table: Table, keys: Sequence[str], sums: Sequence[str]) -> Any:
        """An insert that adds its values of `sums` to those of a row that is there already."""
        row = cls.insert(table)
        return row.on_conflict_do_update(
            index_elements=keys, set_={name: table.c[name] + row.excluded[name] for name in sums}
        )

    @classmethod
    def unless_there(cls, table: Table) -> Any:
        """An insert that leaves a row that is there already as it is."""
        return cls.insert(table).on_conflict_do_nothing()

    def close(self) -> None:
        self.engine.dispose()
