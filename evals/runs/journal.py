"""Replies on disk as they come, so that a killed run goes on where it stopped.

One JSON record a line, each flushed to the disk before the next case is counted as done. The first line says which run
it is of; a last line that was cut short is dropped.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from pydantic import ValidationError

from evals.errors import EvalError, Incomplete
from evals.reply import Reply
from evals.runs.fingerprint import canonical

FORMAT = "byline-eval-journal/1"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Journal:
    """The replies of one run that are safe. `kept` are those of an earlier start of the same run."""

    def __init__(self, path: Path, key: Mapping[str, Any], *, fresh: bool = False) -> None:
        """`key` is what the run is of: replies of another run are never mixed in.

        Raises EvalError when the journal is of another run or can't be written at all.
        """
        self.path = path
        self._head = canonical({"format": FORMAT, **key})
        if fresh:
            path.unlink(missing_ok=True)
        lines = _whole_lines(path)
        self.kept = _replies(path, lines, self._head) if lines else []
        try:
            self._file: IO[bytes] = path.open("r+b" if lines else "wb")
        except OSError as error:
            raise EvalError(f"{path} can't be written: {error.strerror}.", remedy="Choose another --out.") from error
        self._file.truncate(sum(len(line) + 1 for line in lines))
        self._file.seek(0, os.SEEK_END)
        self.written = len(self.kept)
        if not lines:
            self._write(self._head)

    def add(self, reply: Reply) -> None:
        """Returns once the reply is on the disk. Raises Incomplete when there is no room."""
        self._write(reply.model_dump_json(exclude_defaults=True))
        self.written += 1

    def _write(self, line: str) -> None:
        try:
            self._file.write(line.encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise not_written(self.path, self.path, self.written, error) from error

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:  # what is buffered did not fit: it was reported when it was written
            if error.errno not in _FULL:
                raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def not_written(path: Path, journal: Path, safe: int, error: OSError) -> Incomplete:
    """The message for a file that could not be written when the run was already on its way."""
    return Incomplete(
        f"{path} can't be written: {error.strerror}. {safe} replies are safe in {journal}.",
        remedy="Make room and run the same command again: it goes on from there.",
    )


def _whole_lines(path: Path) -> list[bytes]:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise EvalError(f"{path} can't be read: {error.strerror}.", remedy="Choose another --out.") from error
    return raw.split(b"\n")[:-1]  # what follows the last newline was cut short


def _replies(path: Path, lines: Sequence[bytes], head: str) -> list[Reply]:
    if lines[0] != head.encode():
        raise EvalError(
            f"{path} is of another run ({_difference(lines[0], head)}).",
            remedy="Add --fresh to start anew, or choose another --out.",
        )
    kept = []
    for number, line in enumerate(lines[1:], start=2):
        try:
            kept.append(Reply.model_validate_json(line))
        except ValidationError as error:
            raise EvalError(f"{path}:{number} can't be read.", remedy="Add --fresh to start anew.") from error
    return kept


def _difference(line: bytes, head: str) -> str:
    import json

    try:
        was, now = json.loads(line), json.loads(head)
    except ValueError:
        return "its first line is no journal's"
    if not isinstance(was, dict):
        return "its first line is no journal's"
    names = sorted(name for name in {*was, *now} if was.get(name) != now.get(name))
    return "another " + ", ".join(names)
