"""A file to read: on this machine, or wherever else fsspec reaches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple, cast

from rag.remote import opened


class _Stat(NamedTuple):
    st_size: int


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file by its address, with what reading needs of a `Path`. Whatever goes wrong is an OSError."""

    url: str

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def __str__(self) -> str:
        return self.url

    def absolute(self) -> RemoteFile:
        return self

    def open(self, _mode: str = "rb") -> BufferedReader:
        with os_errors():
            files, path = opened(self.url)
            return cast("BufferedReader", files.open(path, "rb"))

    def stat(self) -> _Stat:
        with os_errors():
            files, path = opened(self.url)
            return _Stat(int(files.size(path) or 0))


File = Path | RemoteFile


@contextmanager
def os_errors() -> Iterator[None]:
    """Each kind of store has errors of its own."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
