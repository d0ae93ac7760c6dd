"""`byline backup` and `byline restore`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import DataDir
from rag.errors import SettingsError
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from rag.backup.manifest import Manifest


def register(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)


def backup(
    to: Annotated[str, typer.Argument(metavar="DIR|URL", help="An empty folder, or an object store such as s3://….")],
    data_dir: DataDir = None,
) -> None:
    """Copy the archive, while others serve it and write to it, with the SHA-256 of each file."""
    from rag.backup.making import back_up, size_of
    from rag.backup.remote import send
    from rag.cli.progress import bytes_bar
    from rag.remote import is_remote

    settings = load_settings(data_dir=data_dir)
    if settings.database_url is not None:
        raise SettingsError(
            "BYLINE_DATABASE_URL is set: the archive is in PostgreSQL, which has tools of its own for this.",
            remedy="Copy it with `pg_dump -Fc`, also while it is in use; `pg_restore` puts it back.",
        )
    folder = settings.data_dir
    with _nearby(to) as here, bytes_bar("copying", 2 * size_of(folder)) as more:
        manifest = back_up(folder, here, more)
        if is_remote(to):
            send(here, to)
    sys.stdout.write(f"Copied to {to}: {_told(manifest)}.\n")


def restore(
    source: Annotated[str, typer.Argument(metavar="DIR|URL", help="What `byline backup` made.")],
    verify: Annotated[bool, typer.Option("--verify", help="Only look whether it is as it was written.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Make an archive of a backup, in a data folder that is empty, or in the database of BYLINE_DATABASE_URL: files
    verified, indexes written anew.
    """
    settings = load_settings(data_dir=data_dir)
    if verify:
        manifest = _verified(source)
        sys.stdout.write(f"Every file of {source} is as it was written: {_told(manifest)}.\n")
    elif settings.database_url is not None:
        manifest = _poured(source, settings)
        sys.stdout.write(f"Restored to the database: {_told(manifest)}, of {manifest.made_at}.\n")
    else:
        manifest = _restored(source, settings)
        sys.stdout.write(f"Restored to {settings.data_dir}: {_told(manifest)}, of {manifest.made_at}.\n")


def _verified(source: str) -> Manifest:
    from rag.backup.manifest import Manifest
    from rag.backup.remote import fetch
    from rag.cli.progress import bytes_bar
    from rag.remote import is_remote

    with _nearby(source) as here:
        if is_remote(source):
            fetch(source, here)
        manifest = Manifest.read(here)
        with bytes_bar("verifying", manifest.bytes) as more:
            manifest.verify(here, more)
        return manifest


def _restored(source: str, settings: Settings) -> Manifest:
    from rag.backup.restoring import index, settle, staging
    from rag.cli.progress import passages_bar

    with staging(settings.data_dir) as folder:
        manifest = _taken_in(source, folder)
        with passages_bar("indexing", 2 * manifest.counts["passages"]) as bar:
            index(settings, folder, lambda more: bar.advance(bar.task_ids[0], more))
        settle(manifest, folder, settings.data_dir)
        return manifest


def _poured(source: str, settings: Settings) -> Manifest:
    from rag.backup.pouring import make_indexes, pour
    from rag.cli.progress import passages_bar

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".restoring-", dir=settings.data_dir) as folder:
        manifest = _taken_in(source, Path(folder))
        with passages_bar("storing", manifest.counts["passages"]) as bar:
            pour(Path(folder), settings, lambda more: bar.advance(bar.task_ids[0], more))
    with passages_bar("indexing", manifest.counts["passages"]) as bar:
        make_indexes(settings, lambda more: bar.advance(bar.task_ids[0], more))
    return manifest


def _taken_in(source: str, folder: Path) -> Manifest:
    from rag.backup.manifest import Manifest
    from rag.backup.remote import fetch
    from rag.backup.restoring import take_in
    from rag.cli.progress import bytes_bar
    from rag.remote import is_remote

    if is_remote(source):
        fetch(source, folder)
    here = folder if is_remote(source) else Path(source)
    with bytes_bar("verifying", Manifest.read(here).bytes) as more:
        return take_in(here, folder, more)


@contextmanager
def _nearby(where: str) -> Iterator[Path]:
    """The folder itself, or one on this machine for what is elsewhere."""
    from rag.remote import is_remote

    if is_remote(where):
        with TemporaryDirectory(prefix="byline-") as folder:
            yield Path(folder)
    else:
        yield Path(where)


def _told(manifest: Manifest) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in manifest.counts.items())
    return f"{counts} in {len(manifest.files)} files, {manifest.bytes / 1e6:,.1f} MB"
