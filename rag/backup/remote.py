"""Backups in an object store, or wherever else fsspec reaches."""

from __future__ import annotations

from pathlib import Path

from rag.backup.manifest import NAME, Manifest
from rag.errors import InputError
from rag.remote import opened, unusable


def send(folder: Path, to: str) -> None:
    """Put a backup there, its manifest last. Raises InputError and MissingExtra."""
    files, root = opened(to)
    try:
        if files.exists(root) and files.ls(root):
            raise InputError(f"{to} is not empty.", remedy="Name a place that is.")
        files.makedirs(root, exist_ok=True)
        for name in [*(one.name for one in Manifest.read(folder).files), NAME]:
            files.put_file(str(folder / name), f"{root}/{name}")
    except (OSError, ValueError) as error:
        raise unusable(to, error) from error


def fetch(where: str, folder: Path) -> None:
    """Get a backup from there. Raises StoreDamaged, InputError and MissingExtra."""
    files, root = opened(where)
    try:
        if files.exists(f"{root}/{NAME}"):
            files.get_file(f"{root}/{NAME}", str(folder / NAME))
        for one in Manifest.read(folder).files:
            files.get_file(f"{root}/{one.name}", str(folder / one.name))
    except (OSError, ValueError) as error:
        raise unusable(where, error) from error
