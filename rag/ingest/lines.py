"""Lines of a .jsonl or .jsonl.gz file, one at a time and bounded, so that no file is ever held whole."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from typing import NamedTuple, Protocol

from rag.errors import ArticleRejected
from rag.ingest.file import File

_LARGEST_RATIO = 100  # of unpacked to packed bytes: text packs to a third or a tenth, a bomb to a thousandth
_ALWAYS_ALLOWED = 10_000_000  # unpacked bytes, whatever the ratio
_BLOCK = 1 << 16


class _Readable(Protocol):
    def readline(self, size: int = -1, /) -> bytes: ...


class Line(NamedTuple):
    """A line's number, from 1, and its bytes without the line end."""

    number: int
    raw: bytes


def lines(path: File, max_line_bytes: int) -> Iterator[Line | ArticleRejected]:
    """The lines of a file that are not blank; a rejection for each that is too long and for a damaged rest."""
    packed = path.name.lower().endswith(".gz")
    number = 0
    try:
        with path.open("rb") as raw_file, gzip.open(raw_file) if packed else nullcontext(raw_file) as file:
            allowed = max(_ALWAYS_ALLOWED, path.stat().st_size * _LARGEST_RATIO) if packed else None
            for number, raw in _numbered(file, max_line_bytes, allowed):
                if raw is None:
                    yield _too_long(path, number, max_line_bytes)
                elif raw.strip():
                    yield Line(number, raw)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = f"the compressed data is damaged after line {number} ({error}); the lines before it were read."
        yield ArticleRejected(f"{path}:{number + 1}", reason, remedy="Fetch or pack the file again.")
    except _Bomb:
        reason = f"it unpacks to more than {_LARGEST_RATIO} times its size."
        yield ArticleRejected(f"{path}:{number + 1}", reason, remedy="Unpack it yourself if you trust it.")
    except OSError as error:
        reason = f"it can't be read ({error.strerror or error})."
        yield ArticleRejected(str(path), reason, remedy="Check that it is there and may be read.")


class _Bomb(Exception):
    """A packed file unpacks to more than text does."""


def _numbered(file: _Readable, longest: int, allowed: int | None) -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number; None for one that is longer than `longest`."""
    number = total = 0
    while raw := file.readline(longest + 1):
        number += 1
        total += len(raw)
        whole = raw.endswith(b"\n") or len(raw) <= longest
        rest = b"" if whole else raw
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(_BLOCK)
            total += len(rest)
            if allowed is not None and total > allowed:
                raise _Bomb
        if allowed is not None and total > allowed:
            raise _Bomb
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        yield number, raw.rstrip(b"\r\n") if whole else None


def _too_long(path: File, number: int, limit: int) -> ArticleRejected:
    return ArticleRejected(
        f"{path}:{number}",
        f"the line is longer than {limit:,} bytes.",
        remedy="Give each article its own line, or raise BYLINE_MAX_ARTICLE_CHARS.",
    )
