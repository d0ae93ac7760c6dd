"""Backups in an object store, or wherever else fsspec reaches: `s3://bucket/folder`, `gs://…`, `sftp://…`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rag.backup.manifest import NAME, Manifest
from rag.errors import InputError, MissingExtra

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://")


def is_remote(where: str) -> bool:
    return _ADDRESS.match(where) is not None


def send(folder: Path, to: str) -> None:
    """Put a backup there, its manifest last. Raises InputError and MissingExtra."""
    files, root = _opened(to)
    try:
        if files.exists(root) and files.ls(root):
            raise InputError(f"{to} is not empty.", remedy="Name a place that is.")
        files.makedirs(root, exist_ok=True)
        for name in [*(one.name for one in Manifest.read(folder).files), NAME]:
            files.put_file(str(folder / name), f"{root}/{name}")
    except (OSError, ValueError) as error:
        raise _failed(to, error) from error


def fetch(where: str, folder: Path) -> None:
    """Get a backup from there. Raises StoreDamaged, InputError and MissingExtra."""
    files, root = _opened(where)
    try:
        if files.exists(f"{root}/{NAME}"):
            files.get_file(f"{root}/{NAME}", str(folder / NAME))
        for one in Manifest.read(folder).files:
            files.get_file(f"{root}/{one.name}", str(folder / one.name))
    except (OSError, ValueError) as error:
        raise _failed(where, error) from error


def _opened(where: str) -> tuple[Any, str]:
    """The file system of an address, and the path on it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtra(
            f"{where} needs fsspec, which is not installed.", remedy="Run: pip install 'byline[remote]'."
        ) from error
    try:
        files, root = url_to_fs(where)
    except ImportError as error:  # its message names the package
        raise MissingExtra(f"{where} needs another package.", remedy=f"{error}.") from error
    except ValueError as error:
        raise InputError(f"{where} is of no kind that is known.", remedy="Name a folder, or s3://…, gs://….") from error
    return files, root.rstrip("/")


def _failed(where: str, error: Exception) -> InputError:
    return InputError(f"{where} can't be used ({type(error).__name__}: {error}).", remedy="Check address and rights.")
