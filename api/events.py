"""What the browser gets while an answer is made: each event's name and payload (shapes in README.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.events import Cited, Done, Drafted, Event, Found, Judged, Understood, Withdrawn
from rag.records import answer_record, citation_record, hit_record


def on_the_wire(event: Event) -> tuple[str, dict[str, Any]]:
    """A sentence is a draft until its verdict has come; `withdrawn` takes back all that came before it."""
    match event:
        case Understood(standalone):
            return "understood", {"standalone": standalone}
        case Found(hits):
            return "evidence", {"passages": [hit_record(hit) for hit in hits]}
        case Drafted(n, text):
            return "sentence", {"n": n, "text": text}
        case Cited(n, citations):
            return "citations", {"n": n, "citations": [citation_record(one) for one in citations]}
        case Judged(n, verdict, checks):
            return "verdict", {"n": n, "verdict": verdict, "checks": [asdict(check) for check in checks]}
        case Withdrawn(reason):
            return "withdrawn", {"reason": reason}
        case Done(asked):
            return "done", answer_record(asked.answer)
