"""The child process that parses HTML, PDF and feeds for `sandbox.py`, under limits that it sets itself before it reads
a byte.

A request is a line of JSON with the number of bytes that follow it; a reply is a line of JSON: the fields of a draft
or of a feed, or `reason` and `remedy`.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

from rag.errors import ArticleRejected
from rag.ingest.draft import Draft

_MEMORY = 2_000_000_000  # bytes of address space, parsers included
_CPU_SECONDS = 60  # for one file


def main() -> None:
    _limit()
    while head := sys.stdin.buffer.readline():
        request = json.loads(head)
        raw = sys.stdin.buffer.read(request["bytes"])
        _limit_cpu()
        sys.stdout.buffer.write(json.dumps(_reply(request, raw)).encode() + b"\n")
        sys.stdout.buffer.flush()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + _CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _reply(request: dict[str, Any], raw: bytes) -> dict[str, Any]:
    try:
        if request["kind"] == "feed":
            from rag.ingest.feed import read_feed

            return read_feed(raw, request["where"], request["charset"])
        draft = _read(request["kind"], raw, request["where"], request["max_chars"])
    except ArticleRejected as rejection:
        return {"reason": rejection.reason, "remedy": rejection.remedy}
    except (MemoryError, RecursionError):
        return {"reason": "reading it takes more memory than is allowed.", "remedy": "Save its text as .txt."}
    return {
        "text": draft.text,
        "title": draft.title,
        "source": draft.source,
        "url": draft.url,
        "authors": draft.authors,
        "published": draft.published.at if draft.published else None,
        "language": draft.language,
    }


def _read(kind: str, raw: bytes, where: str, max_chars: int) -> Draft:
    if kind == "pdf":
        from rag.ingest.pdf import read_pdf

        return read_pdf(raw, where, max_chars)
    from rag.ingest.markup import read_html

    return read_html(raw, where)


if __name__ == "__main__":
    main()
