"""What a backup holds: each file with its size and SHA-256. It is written last: without one, a backup is not whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.errors import StoreDamaged

NAME = "manifest.json"
LEDGER = "ledger.sqlite3"
# In the order that they are copied: a record names articles, which the ledger has then; an entry of a feed that was
# seen is in the ledger then, and what was stored and not yet noted is found unchanged by the next poll.
FILES = ("keys.sqlite3", "spending.sqlite3", "records.sqlite3", "feeds.sqlite3", LEDGER)
_FORMAT = 1
_BLOCK = 1 << 20

Progress = Callable[[int], None]
"""Told how many more bytes are done."""


def silent(_more: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A file of a backup; `sha256` in hex."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`counts` are of the ledger: articles, versions, passages. `made_at` is ISO 8601 in UTC."""

    made_at: str
    version: str
    counts: dict[str, int]
    files: tuple[BackedUp, ...]

    def write(self, folder: Path) -> None:
        text = json.dumps({"format": _FORMAT, **asdict(self)}, indent=1)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises StoreDamaged when there is none that can be used."""
        try:
            told = json.loads((folder / NAME).read_text(encoding="utf-8"))
            known = told.pop("format") == _FORMAT
            files = tuple(BackedUp(**one) for one in told.pop("files"))
            manifest = cls(files=files, **told)
        except FileNotFoundError as error:
            raise _unusable("it has no manifest, so it is none or was not finished") from error
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise _unusable("its manifest can't be read") from error
        names = [one.name for one in files]
        if not known or LEDGER not in names or not set(names) <= set(FILES):
            raise _unusable("its manifest is of another version of Byline")
        return manifest

    def verify(self, folder: Path, progress: Progress = silent) -> None:
        """Raises StoreDamaged with the first file that is not as it was written."""
        for one in self.files:
            try:
                found = measured(folder / one.name, progress)
            except OSError as error:
                raise _unusable(f"{one.name} can't be read ({error.strerror})") from error
            if found != one:
                raise _unusable(f"{one.name} is not as it was written (its SHA-256 differs)")

    @property
    def bytes(self) -> int:
        return sum(one.bytes for one in self.files)


def measured(path: Path, progress: Progress = silent) -> BackedUp:
    """A file as it is on disk."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
            progress(len(block))
    return BackedUp(path.name, size, digest.hexdigest())


def _unusable(why: str) -> StoreDamaged:
    return StoreDamaged(
        f"The backup can't be used: {why}.", remedy="Use another one, or make it anew: `byline backup`."
    )
