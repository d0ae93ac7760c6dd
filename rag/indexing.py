"""Brings the caches level with the ledger's changes.

The keyword index's level is in the ledger (`keywords_level`, a change's seq). Chroma's is in a note beside its folder,
with the sizes of its files: the note is taken away before Chroma is written and put back after, so a process that was
killed in between leaves none, and Chroma is not trusted until it was probed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.keywords import Entry, KeywordIndex
from rag.ledger_rows import Change, StoredPassage
from rag.ports import Vectors
from rag.snapshot import Snapshot
from rag.vectors import ChromaIndex, ChromaLevel

CHROMA_LAG = 4_000  # passages that Chroma may lag behind during a run: it writes its index files whole
_BLOCK = 2_000  # passages read from the ledger at a time

Progress = Callable[[int], None]
"""Told how many more passages are done."""


def silent(_more: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of the caches in use. A rebuild makes new ones and switches to them in one transaction."""

    keywords: Path
    chroma: Path

    @property
    def chroma_note(self) -> Path:
        return self.chroma.with_suffix(".json")

    @property
    def chroma_lock(self) -> Path:
        return self.chroma.with_suffix(".lock")


def places(indexes: Path, metas: Mapping[str, str]) -> Places | None:
    """None before the first write."""
    keywords, chroma = metas.get("keywords"), metas.get("chroma")
    return Places(indexes / keywords, indexes / chroma) if keywords and chroma else None


# --- the keyword index


def apply_changes(snapshot: Snapshot, index: KeywordIndex, changes: Sequence[Change], tell: Progress = silent) -> None:
    """Make a keyword index that lacks `changes` as if it had followed them."""
    added = _added(changes)
    # An added range is dropped first: a process killed between commit and note leaves it half known.
    index.write(add=_entries(snapshot, added), drop=[(c.first, c.last) for c in changes if c.first <= c.last])
    tell(len(added))


def keywords_tail(snapshot: Snapshot, level: int) -> tuple[list[Entry], frozenset[int]]:
    """What a keyword index at change `level` lacks of a snapshot, and what it still has of passages that were dropped.

    A batch at most, while its writer is between ledger and index.
    """
    changes = snapshot.changes(level)
    return list(_entries(snapshot, _added(changes))), _dropped(changes)


def dropped_since(snapshot: Snapshot, seq: int) -> frozenset[int]:
    """Ids of the passages that were dropped after change `seq`."""
    return _dropped(snapshot.changes(seq))


def fill_keywords(snapshot: Snapshot, index: KeywordIndex, progress: Progress = silent) -> None:
    """Write all searched passages to an empty index."""

    def entries() -> Iterator[Entry]:
        for block in blocks(snapshot.passage_ids().tolist()):
            yield from _entries(snapshot, block)
            progress(len(block))

    index.write(add=entries())


def keywords_level(metas: Mapping[str, str]) -> int:
    return int(metas.get("keywords_level", 0))


def _added(changes: Sequence[Change]) -> list[int]:
    return [i for c in changes if c.kind == "add" for i in range(c.first, c.last + 1)]


def _dropped(changes: Sequence[Change]) -> frozenset[int]:
    return frozenset(i for c in changes if c.kind != "add" for i in range(c.first, c.last + 1))


def _entries(snapshot: Snapshot, ids: Sequence[int]) -> Iterator[Entry]:
    for block in blocks(ids):
        for passage_id, stored in snapshot.passages(block).items():
            yield _entry(passage_id, stored)


def _entry(passage_id: int, stored: StoredPassage) -> Entry:
    published = stored.article.published
    day = date.fromisoformat(published[:10]).toordinal() if published else None
    return Entry(passage_id, stored.text, stored.article.title, stored.article.source, day)


# --- Chroma


def chroma_level(here: Places) -> ChromaLevel | None:
    """What Chroma's note says; None when there is none or a file has become shorter, so it can't be trusted."""
    try:
        note = json.loads(here.chroma_note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    for name, size in note["files"].items():
        file = here.chroma / name
        if not file.exists() or file.stat().st_size < size:
            return None
    return ChromaLevel(note["through"], note["seq"])


def level_chroma(
    snapshot: Snapshot,
    here: Places,
    chroma: ChromaIndex,
    level: ChromaLevel,
    progress: Progress = silent,
    model_id: int | None = None,
) -> ChromaLevel:
    """Apply the changes that Chroma lacks, with vectors of the model in use unless told; returns its new level.

    The caller holds Chroma's lock.
    """
    if level.seq == snapshot.seq():
        return level
    here.chroma_note.unlink(missing_ok=True)
    *_, reached = lead_on(snapshot, chroma, level, progress, model_id)
    return note_chroma(here, reached)


class Written(Protocol):
    """What vectors are written to."""

    def add(self, ids: Sequence[int], vectors: Vectors) -> None: ...
    def drop(self, ids: Sequence[int]) -> None: ...


def lead_on(
    snapshot: Snapshot,
    chroma: Written,
    level: ChromaLevel,
    progress: Progress,
    model_id: int | None,
    mine: Callable[[NDArray[np.int64]], NDArray[np.bool_]] = lambda ids: np.ones(len(ids), np.bool_),
) -> Iterator[ChromaLevel]:
    """Write what a Chroma at `level` lacks of its own passages, and tell its level as it goes, the snapshot's last."""
    through, seq = level.through, snapshot.seq()
    mark = snapshot.mark(seq)
    if level.seq:  # what was added above `through` before an interruption may have been dropped since
        dropped = np.fromiter(dropped_since(snapshot, level.seq), np.int64)
        chroma.drop(np.sort(dropped[mine(dropped)]).tolist())
    while True:
        ids, matrix = snapshot.vectors_from(through + 1, model_id, _BLOCK)
        if len(ids):
            through, own = int(ids[-1]), mine(ids)
            chroma.add(ids[own].tolist(), matrix[own].astype(np.float32))
            progress(int(own.sum()))
        yield ChromaLevel(through, seq, mark)
        if len(ids) < _BLOCK:
            return


def reconcile_chroma(snapshot: Snapshot, here: Places, chroma: ChromaIndex) -> ChromaLevel:
    """Make Chroma hold exactly the searched passages, compared id by id; what is right already is not touched."""
    wanted, held = snapshot.passage_ids(), chroma.ids()
    here.chroma_note.unlink(missing_ok=True)
    chroma.drop(sorted(held - set(wanted.tolist())))
    for block in blocks([int(i) for i in wanted if int(i) not in held]):
        ids, matrix = snapshot.vectors(block)
        chroma.add(ids.tolist(), matrix.astype(np.float32))
    return note_chroma(here, ChromaLevel(int(wanted[-1]) if len(wanted) else 0, snapshot.seq()))


def note_chroma(here: Places, level: ChromaLevel) -> ChromaLevel:
    """Say, durably, what Chroma holds."""
    files = {str(f.relative_to(here.chroma)): f.stat().st_size for f in here.chroma.rglob("*") if f.is_file()}
    fresh = here.chroma_note.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump({"through": level.through, "seq": level.seq, "files": files}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(here.chroma_note)
    return level


def blocks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """`ids` in parts of a size that is read from the ledger at once."""
    for start in range(0, len(ids), _BLOCK):
        yield ids[start : start + _BLOCK]
