"""Copies an archive while others serve it and write to it, by SQLite's own way to copy a database that is in use.

The indexes are left out: they follow from the ledger, and a copy of files that are being written is not to be trusted.
So are jobs of the service that have not ended, and models, which are made anew.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rag.backup.manifest import FILES, LEDGER, BackedUp, Manifest, Progress, measured, silent
from rag.errors import InputError, StoreDamaged, StoreEmpty

_WAIT_S = 30.0
_FEEDS = "feeds.sqlite3"


def back_up(data_dir: Path, to: Path, progress: Progress = silent) -> Manifest:
    """Copy the archive into a folder that is empty or not there yet. `progress` is told bytes twice: copied, and read
    again. Raises StoreEmpty, StoreDamaged, and InputError when the folder can't be used.
    """
    if not (data_dir / LEDGER).exists():
        raise StoreEmpty(f"There is no archive in {data_dir}.", remedy="Name one with --data-dir.")
    with _own_folder(to):
        for name in FILES:
            if (data_dir / name).exists():
                _copy(data_dir / name, to / name)
                progress((to / name).stat().st_size)
        if (to / _FEEDS).exists():
            _note_removed_since(data_dir / _FEEDS, to / _FEEDS)
        files = tuple(_settled(to / name, progress) for name in FILES if (to / name).exists())
        made = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(made, version("byline"), _counts(to / LEDGER), files)
        manifest.write(to)
        return manifest


def size_of(data_dir: Path) -> int:
    """About how many bytes a backup has."""
    return sum((data_dir / name).stat().st_size for name in FILES if (data_dir / name).exists())


@contextmanager
def _own_folder(to: Path) -> Iterator[None]:
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(to.iterdir()):
            raise InputError(f"{to} is not empty.", remedy="Name a folder that is, or that is not there yet.")
        yield
    except OSError as error:
        raise InputError(f"{to} can't be written ({error.strerror}).", remedy="Name another folder.") from error


def _copy(source: Path, to: Path) -> None:
    """One state of a database, with what its write-ahead log has. Others go on writing meanwhile."""
    os.close(os.open(to, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=_WAIT_S)) as there,
            closing(sqlite3.connect(to)) as here,
        ):
            there.backup(here)
            here.execute("pragma journal_mode = delete")  # so that it is one file
    except sqlite3.Error as error:
        raise StoreDamaged(
            f"{source} can't be copied ({error}).", remedy="See what `byline doctor` says of it."
        ) from error


def _note_removed_since(source: Path, copy: Path) -> None:
    """Articles that were removed while the ledger was copied: a poll must not bring them back."""
    with closing(sqlite3.connect(source, timeout=_WAIT_S)) as there, closing(sqlite3.connect(copy)) as here:
        digests = there.execute("select key_digest from removed").fetchall()
        here.executemany("insert or ignore into removed values (?)", digests)
        here.commit()


def _settled(path: Path, progress: Progress) -> BackedUp:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return measured(path, progress)


def _counts(ledger: Path) -> dict[str, int]:
    with closing(sqlite3.connect(ledger)) as connection:
        return {
            name: int(connection.execute(f"select count(*) from {name}").fetchone()[0])  # noqa: S608 - our own names
            for name in ("articles", "versions", "passages")
        }
