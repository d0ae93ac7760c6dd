"""Locks between processes, held by the operating system: a process that is killed lets go of them.

`writer.lock`: one process changes the archive. `chroma.lock`: one process has Chroma's files open, even to read, for
Chroma writes when it opens and is not safe between processes. `serving.lock`: one process serves the archive. None is
ever waited for.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from rag.errors import StoreBusy

_LOOKS, _LOOK_S = 10, 0.02


class FileLock:
    """An exclusive advisory lock on a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def try_lock(self) -> bool:
        """Take the lock if no other process holds it; at once."""
        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    @property
    def held(self) -> bool:
        return self._file is not None


class ServingLock(FileLock):
    """The right to serve the archive."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir / "serving.lock")

    def take(self) -> bool:
        """False when another process serves. Whoever only looks (`held_elsewhere`) is in the way for a moment."""
        for _ in range(_LOOKS):
            if self.try_lock():
                return True
            time.sleep(_LOOK_S)
        return False

    def held_elsewhere(self) -> bool:
        """Whether another process holds the lock now. Nothing is made where there is no file."""
        try:
            with self._path.open(encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


class WriterLock(FileLock):
    """The right to change the archive; names its holder to whoever comes second."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir / "writer.lock")

    def take(self, what: str) -> None:
        """Raises StoreBusy at once when another process holds the lock."""
        if not self.try_lock():
            raise StoreBusy(
                f"Another process is writing to this archive ({self._holder()}).",
                remedy="Wait until it is done, or stop it; asking and searching go on meanwhile.",
            )
        assert self._file is not None  # noqa: S101 - taken above
        self._file.truncate(0)
        self._file.write(f"{what}, process {os.getpid()}")
        self._file.flush()

    def _holder(self) -> str:
        return self._path.read_text(encoding="utf-8") or "starting up"
