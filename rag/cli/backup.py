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
    _need_own_files(settings, "Copy it with `pg_dump -Fc`, also while it is in use; `pg_restore` puts it back.")
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
    """Make an archive of a backup, in a data folder that is empty: files verified, indexes written anew."""
    from rag.backup.manifest import Manifest
    from rag.backup.remote import fetch
    from rag.backup.restoring import index, settle, staging, take_in
    from rag.cli.progress import bytes_bar, passages_bar
    from rag.remote import is_remote

    settings = load_settings(data_dir=data_dir)
    if verify:
        with _nearby(source) as here:
            if is_remote(source):
                fetch(source, here)
            manifest = Manifest.read(here)
            with bytes_bar("verifying", manifest.bytes) as more:
                manifest.verify(here, more)
        sys.stdout.write(f"Every file of {source} is as it was written: {_told(manifest)}.\n")
        return
    _need_own_files(settings, "Unset it to restore into a data folder; `pg_restore` puts back what `pg_dump` made.")
    with staging(settings.data_dir) as folder:
        if is_remote(source):
            fetch(source, folder)
        here = folder if is_remote(source) else Path(source)
        with bytes_bar("verifying", Manifest.read(here).bytes) as more:
            manifest = take_in(here, folder, more)
        with passages_bar("indexing", 2 * manifest.counts["passages"]) as bar:
            index(settings, folder, lambda more: bar.advance(bar.task_ids[0], more))
        settle(manifest, folder, settings.data_dir)
    sys.stdout.write(f"Restored to {settings.data_dir}: {_told(manifest)}, of {manifest.made_at}.\n")


def _need_own_files(settings: Settings, remedy: str) -> None:
    """Raises SettingsError where the data folder has nothing but indexes."""
    if settings.database_url is not None:
        raise SettingsError(
            "BYLINE_DATABASE_URL is set: the archive is in PostgreSQL, which has tools of its own for this.",
            remedy=remedy,
        )


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
