"""A backup to an archive: every file verified, the indexes written anew from the ledger, and only then in its place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from rag.backup.manifest import LEDGER, Manifest, Progress, silent
from rag.errors import ChromaUnreachable, InputError
from rag.ledger_write import writing
from rag.settings import Settings
from rag.store import open_store

_STAGING = ".restoring"


@contextmanager
def staging(data_dir: Path) -> Iterator[Path]:
    """A folder inside an empty data folder, gone in the end. What a restore that was killed left there is cleared.

    Raises InputError when the data folder is in use.
    """
    folder = data_dir / _STAGING
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if any(one.name != _STAGING for one in data_dir.iterdir()):
            raise InputError(
                f"{data_dir} is not empty, and what it holds is not overwritten.",
                remedy="Name an empty data folder with --data-dir, or move this one away.",
            )
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        yield folder
    except OSError as error:
        raise InputError(f"{data_dir} can't be written ({error.strerror}).", remedy="Name another folder.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def take_in(backup: Path, folder: Path, progress: Progress = silent) -> Manifest:
    """Copy a backup into the folder that `staging` gave, if it is not there already, and verify it. Raises
    StoreDamaged.
    """
    manifest = Manifest.read(backup)
    for one in manifest.files:
        if backup != folder and (backup / one.name).is_file():
            shutil.copyfile(backup / one.name, folder / one.name)
    manifest.verify(folder, progress)
    for one in manifest.files:
        (folder / one.name).chmod(0o600)
    return manifest


def index(settings: Settings, folder: Path, progress: Progress = silent) -> None:
    """Write the indexes of what was taken in; `progress` is told passages, each twice. No passage is embedded.

    What is restored is an archive of its own from then on: with the other's name, both would write the same vectors on
    a Chroma server. One that does not answer is brought level later.
    """
    with open_store(settings.model_copy(update={"data_dir": folder}), "byline restore") as store:
        with writing(store.ledger) as w:
            w.set_meta("archive", uuid4().hex)
        with suppress(ChromaUnreachable):
            store.rebuild(progress)


def settle(manifest: Manifest, folder: Path, data_dir: Path) -> None:
    """Put it in its place. The ledger comes last: without it there is no archive."""
    wanted = {*(one.name for one in manifest.files), "indexes"}
    for entry in sorted(folder.iterdir(), key=lambda one: one.name == LEDGER):
        if entry.name in wanted:
            entry.rename(data_dir / entry.name)
