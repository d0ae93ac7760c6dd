"""A file to units: one article's raw bytes each, hashed without being parsed, read only if they are new.

The readers are imported when the first unit is read: a command that reads none must not wait for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from rag.errors import ArticleRejected
from rag.ingest.discover import kind_of
from rag.ingest.file import File
from rag.ingest.identity import Origin
from rag.ingest.limits import Limits
from rag.ingest.lines import lines
from rag.types import Article

__all__ = ["Limits", "Unit", "units"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One article's bytes: where they are (a file, or `file:line`), their SHA-256 in hex, and how to read them.

    `read` raises ArticleRejected. A whole file is read again then, so that waiting units hold no content.
    """

    where: str
    digest: str
    read: Callable[[], Article]


def units(path: File, limits: Limits) -> Iterator[Unit | ArticleRejected]:
    """The units of a file in its order. What can't be a unit is a rejection, and the rest goes on."""
    try:
        _check_name(path)
        if holds_many(path):
            _check_size(path, limits)
            yield from _line_units(path, limits)
        else:
            yield _file_unit(path, limits)
    except ArticleRejected as rejection:
        yield rejection
    except OSError as error:
        yield _unreadable(path, error)


def _line_units(path: File, limits: Limits) -> Iterator[Unit | ArticleRejected]:
    for line in lines(path, limits.max_line_bytes):
        if isinstance(line, ArticleRejected):
            yield line
            continue
        origin = Origin(f"{path}:{line.number}", path, hashlib.sha256(line.raw).hexdigest())
        yield Unit(origin.where, origin.digest, partial(_read_line, line.raw, origin, limits))


def _read_line(raw: bytes, origin: Origin, limits: Limits) -> Article:
    from rag.ingest.readers import read_line

    return read_line(raw, origin, limits)


def holds_many(path: File) -> bool:
    """Whether a file has an article a line, and is none itself."""
    return kind_of(path) in {".jsonl", ".jsonl.gz"}


def _file_unit(path: File, limits: Limits) -> Unit:
    _check_size(path, limits)
    with path.open("rb") as file:
        return whole_unit(path, hashlib.file_digest(file, "sha256").hexdigest(), limits)


def whole_unit(path: File, digest: str, limits: Limits) -> Unit:
    """The unit of a file that is an article, whose digest is known. Nothing is read yet."""
    origin = Origin(str(path), path, digest)
    return Unit(origin.where, digest, partial(_read_file, origin, limits))


def _read_file(origin: Origin, limits: Limits) -> Article:
    try:
        with origin.path.open("rb") as file:
            raw = file.read(limits.max_file_bytes + 1)
    except OSError as error:
        raise _unreadable(origin.path, error) from error
    if hashlib.sha256(raw).hexdigest() != origin.digest:
        raise ArticleRejected(origin.where, "it changed while it was being ingested.", remedy="Ingest it again.")
    from rag.ingest.readers import read_whole

    return read_whole(raw, origin, limits)


def _check_name(path: File) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        where = str(path).encode("utf-8", "replace").decode()
        raise ArticleRejected(where, "its path is not valid Unicode.", remedy="Rename the file or folder.") from error


def _check_size(path: File, limits: Limits) -> None:
    size = path.stat().st_size
    if size > limits.max_file_bytes:
        raise ArticleRejected(
            str(path),
            f"it has {size / 1e6:,.1f} MB, the limit is {limits.max_file_bytes / 1e6:,.1f} MB.",
            remedy="Split it, or raise BYLINE_MAX_FILE_MB.",
        )


def _unreadable(path: File, error: OSError) -> ArticleRejected:
    reason = f"it can't be read ({error.strerror or error})."
    return ArticleRejected(str(path), reason, remedy="Check that it is there and may be read.")
