"""Files in an object store, or wherever else fsspec reaches: `s3://bucket/folder`, `gs://…`, `sftp://…`."""

from __future__ import annotations

import re
from typing import Any

from rag.errors import InputError, MissingExtra

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def is_remote(where: str) -> bool:
    return _ADDRESS.match(where) is not None


def opened(where: str) -> tuple[Any, str]:
    """The file system of an address, and the path on it. Raises InputError and MissingExtra."""
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


def unusable(where: str, error: Exception) -> InputError:
    return InputError(f"{where} can't be used ({type(error).__name__}: {error}).", remedy="Check address and rights.")
