"""HTML, PDF and feeds are parsed apart: in a child process with little memory, little time and no files to write.

Such files come from anywhere and their parsers are large and partly in C: one that hangs, eats memory or crashes must
cost its own article only. One child serves many files, for its start costs more than most of them.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Literal

from rag.errors import ArticleRejected
from rag.ingest.draft import Draft
from rag.ingest.limits import Limits
from rag.types import Published

Kind = Literal["html", "pdf", "feed"]

SECONDS = 60.0  # for one file, by the clock; the child also limits its own processor time
_FILES_A_CHILD = 500  # then a fresh one, whatever its parsers leaked
_ROOT = Path(__file__).resolve().parents[2]


def read_apart(kind: Kind, raw: bytes, where: str, limits: Limits, seconds: float = SECONDS) -> Draft:
    """The draft of an HTML page or a PDF. Raises ArticleRejected, also when the child ran out of time or memory."""
    reply = ask_apart(kind, raw, where, limits, seconds)
    published = reply.pop("published")
    authors = tuple(reply.pop("authors"))
    return Draft(authors=authors, published=Published(published, "markup") if published else None, **reply)


def ask_apart(
    kind: Kind, raw: bytes, where: str, limits: Limits, seconds: float = SECONDS, **more: object
) -> dict[str, Any]:
    """What the child says of the bytes, as JSON has it. Raises ArticleRejected."""
    with _lock:
        head = {"kind": kind, "where": where, "max_chars": limits.max_article_chars}
        reply = _child().ask(head | more, raw, seconds)
    if reply is None:
        reason = f"reading it took more than {seconds:.0f} seconds or more memory than is allowed."
        raise ArticleRejected(where, reason, remedy="It may be damaged; save its text as .txt and ingest that.")
    if "reason" in reply:
        raise ArticleRejected(where, reply["reason"], remedy=reply["remedy"])
    return reply


class _Child:
    """A running `rag.ingest.child`. One question at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rag.ingest.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            start_new_session=True,  # Ctrl-C is for the parent, which then closes the child's input
        )
        self.asked = 0

    @property
    def usable(self) -> bool:
        return self._process.poll() is None and self.asked < _FILES_A_CHILD

    def ask(self, head: dict[str, object], raw: bytes, seconds: float) -> dict[str, Any] | None:
        """The reply, or None if the child died of it or had to be ended."""
        self.asked += 1
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return None
        timer = threading.Timer(seconds, self._process.kill)
        timer.start()
        try:
            stdin.write(json.dumps(head | {"bytes": len(raw)}).encode() + b"\n" + raw)
            stdin.flush()
            line = stdout.readline()
        except BrokenPipeError:
            line = b""
        except BaseException:
            self.end()  # interrupted in mid-question: what it says next would answer the wrong one
            raise
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            self.end()
            return None
        reply: dict[str, Any] = json.loads(line)
        return reply

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue


_lock = threading.Lock()
_running: list[_Child] = []


def _child() -> _Child:
    if _running and not _running[0].usable:
        close()
    if not _running:
        _running.append(_Child())
    return _running[0]


def close() -> None:
    """End the child, if one runs."""
    while _running:
        _running.pop().end()


atexit.register(close)
