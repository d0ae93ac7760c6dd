"""This machine's indexes: where they are, what they hold of the ledger, and the right to change them.

A ledger in the data folder notes that in itself, and its writer has the right. A ledger on a server is shared by
machines that have indexes of their own, replicas that follow it: a note in the data folder tells, and a lock there.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from rag.indexing import Places, Progress, apply_changes, fill_keywords, keywords_level, places, silent
from rag.keywords import KeywordIndex
from rag.ledger import Ledger
from rag.ledger_write import writing
from rag.locks import FileLock, WriterLock
from rag.settings import Settings

_AT_ONCE = 1_000  # changes, of some eight passages each, that are applied and noted together
_LOOK_EVERY_S = 0.1


class Replica(ABC):
    """Use `replica_of`. Whoever calls what changes the indexes has the right to."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self.ledger = ledger
        self._data_dir = settings.data_dir
        self._indexes = settings.data_dir / "indexes"

    @abstractmethod
    def notes(self, metas: Mapping[str, str]) -> Mapping[str, str]:
        """What is noted of the indexes, by `metas` of the ledger; empty where there are none of this archive."""

    @abstractmethod
    def _note(self, values: Mapping[str, str], model_id: int | None = None) -> None:
        """Note `values`, and with them that a model became the one in use."""

    @abstractmethod
    def right(self) -> FileLock:
        """The right to change the indexes, to be tried."""

    @abstractmethod
    def for_writer(self) -> AbstractContextManager[None]:
        """The right, for the ledger's writer, who waits for it where he does not have it."""

    def state(self, metas: Mapping[str, str]) -> tuple[Places | None, int]:
        """Where the indexes are, None before there are any, and the change that the keyword index is at, or above."""
        notes = self.notes(metas)
        return places(self._indexes, notes), keywords_level(notes)

    def settle(self) -> Places:
        """Where the indexes are; new ones are made where there are none that can be led on."""
        with self.ledger.snapshot() as snapshot:
            seq, metas = snapshot.state()
        here, level = self.state(metas)
        if here is None or level > seq:  # the ledger was put back to an earlier state
            here = Places(self.fresh("keywords"), self.fresh("chroma"))
            KeywordIndex.open(here.keywords)
            self.switch(here, 0, since=seq)
        return here

    def fresh(self, kind: str) -> Path:
        """A folder for a new index of a kind; its number is above that of every other."""
        self._indexes.mkdir(parents=True, exist_ok=True)
        numbers = [one.stem.rpartition("-")[2] for one in self._indexes.glob(f"{kind}-*")]
        return self._indexes / f"{kind}-{max((int(n) for n in numbers if n.isdigit()), default=0) + 1}"

    def switch(self, fresh: Places, level: int, *, since: int, model_id: int | None = None) -> None:
        """Use other indexes: of keywords at change `level`, without anything that was removed up to change `since`.
        `model_id` becomes the model in use with them; every passage has its vector already.
        """
        notes = {"keywords": fresh.keywords.name, "chroma": fresh.chroma.name}
        self._note({**notes, "keywords_level": str(level), "keywords_since": str(since)}, model_id)
        self.clear_but(fresh)

    def bring_level(self, here: Places, index: KeywordIndex, tell: Progress = silent) -> tuple[Places, KeywordIndex]:
        """Apply what the keyword index lacks; returns where it is then, which is elsewhere after a removal."""
        while True:
            with self.ledger.snapshot() as snapshot:
                seq, metas = snapshot.state()
                notes = self.notes(metas)
                level, since = keywords_level(notes), int(notes.get("keywords_since", 0))
                if level >= seq:
                    return here, index
                changes = snapshot.changes(level, _AT_ONCE)
                removed = any(change.kind == "remove" and change.seq > since for change in changes)
                if not removed:
                    apply_changes(snapshot, index, changes, tell)
            if removed:
                here, index = self.write_anew(here, tell)
            else:
                self._note({"keywords_level": str(changes[-1].seq)})

    def write_anew(self, here: Places, tell: Progress = silent) -> tuple[Places, KeywordIndex]:
        """Write the keyword index anew and use it: the files of the old one keep the terms of what was deleted."""
        fresh = Places(self.fresh("keywords"), here.chroma)
        index = KeywordIndex.open(fresh.keywords)
        with self.ledger.snapshot() as snapshot:
            fill_keywords(snapshot, index, tell)
            seq = snapshot.seq()
        self.switch(fresh, seq, since=seq)
        return fresh, index

    def clear_but(self, here: Places) -> None:
        """Clear away what a switch left behind, or a rebuild that was killed."""
        mine = {here.keywords.name, here.chroma.stem}
        self._indexes.mkdir(parents=True, exist_ok=True)  # a restored ledger comes without indexes
        for entry in self._indexes.iterdir():
            if entry.stem in mine or entry.name in mine:
                continue
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)


class _Here(Replica):
    """Of a ledger in the data folder: the one set of indexes, noted in the ledger's own transactions."""

    def notes(self, metas: Mapping[str, str]) -> Mapping[str, str]:
        return metas

    def _note(self, values: Mapping[str, str], model_id: int | None = None) -> None:
        with writing(self.ledger) as w:
            for name, value in values.items():
                w.set_meta(name, value)
            if model_id is not None:
                w.use_only_model(model_id)

    def right(self) -> FileLock:
        return WriterLock(self._data_dir)

    def for_writer(self) -> AbstractContextManager[None]:
        return nullcontext()


class _Following(Replica):
    """Of a ledger on a server. The note names the archive and the model that the indexes are of; one that is not of
    these is none.
    """

    def notes(self, metas: Mapping[str, str]) -> Mapping[str, str]:
        try:
            kept: dict[str, str] = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        of_model = kept.get("model") or metas.get("model")
        return kept if kept.get("archive") == metas["archive"] and of_model == metas.get("model") else {}

    def disown(self) -> None:
        """Forget indexes that followed another course of the ledger than it took: it was restored, and has other
        changes now under the numbers that they know.
        """
        right = self.right()
        if not right.try_lock():
            return  # whoever has it looked when it opened the archive
        try:
            with self.ledger.snapshot() as snapshot:
                notes = self.notes(snapshot.metas())
                if notes and notes.get("mark", "") != snapshot.mark(keywords_level(notes)):
                    self._file.unlink()
        finally:
            right.release()

    def _note(self, values: Mapping[str, str], model_id: int | None = None) -> None:
        if model_id is not None:
            with writing(self.ledger) as w:
                w.use_only_model(model_id)
        with self.ledger.snapshot() as snapshot:
            metas = snapshot.metas()
            noted = {**self.notes(metas), **values, "archive": metas["archive"], "model": metas.get("model", "")}
            noted["mark"] = snapshot.mark(keywords_level(noted))
        fresh = self._file.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(noted, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)

    @property
    def _file(self) -> Path:
        return self._data_dir / "replica.json"

    def right(self) -> FileLock:
        return FileLock(self._data_dir / "replica.lock")

    @contextmanager
    def for_writer(self) -> Iterator[None]:
        right = self.right()
        while not right.try_lock():
            time.sleep(_LOOK_EVERY_S)
        try:
            yield
        finally:
            right.release()


def replica_of(settings: Settings, ledger: Ledger) -> Replica:
    """The indexes in the data folder of `settings`, known to be of this ledger."""
    if settings.database_url is None:
        return _Here(settings, ledger)
    replica = _Following(settings, ledger)
    replica.disown()
    return replica
