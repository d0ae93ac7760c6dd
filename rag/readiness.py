"""Whether an archive can be asked now, part by part."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from rag.archive import Archive
from rag.errors import BylineError, StoreBusy, StoreEmpty
from rag.llm.assistant import Assistant


@dataclass(frozen=True, slots=True)
class PartState:
    """`ok` is false where questions can't be answered for it; `reason` says why, with the remedy."""

    ok: bool
    state: str
    reason: str | None = None


def readiness(archive: Archive, reader: str | None, assistant: Assistant | None) -> dict[str, PartState]:
    """The state of each part. A language model that rests or an index that lags holds nothing up."""
    return {
        "ledger": _ledger(archive),
        "keywords": _keywords(archive),
        "vectors": _vectors(archive),
        "reader": PartState(ok=True, state=reader or "off"),
        "language_model": _language_model(assistant),
    }


def _ledger(archive: Archive) -> PartState:
    try:
        with archive.ledger.snapshot() as snapshot:
            empty = not snapshot.counts()["articles"]
    except (BylineError, SQLAlchemyError) as error:
        return _unreadable(error)
    if empty:
        reason = "The archive is empty. Ingest some articles first: `byline ingest PATH`."
        return PartState(ok=False, state="empty", reason=reason)
    return PartState(ok=True, state="readable")


def _keywords(archive: Archive) -> PartState:
    """Whether a view can be pinned, which needs the index, and how far the index lags behind the ledger."""
    try:
        lag = archive.behind()
        with archive.view():
            lag = archive.behind()
    except StoreBusy as error:
        return PartState(ok=False, state=f"{lag} changes behind", reason=str(error))
    except (BylineError, SQLAlchemyError) as error:
        return _unreadable(error)
    return PartState(ok=True, state=f"{lag} changes behind" if lag else "level")


def _vectors(archive: Archive) -> PartState:
    """Chroma servers that don't answer hold nothing up: passages are found by their words meanwhile."""
    try:
        shards = archive.shards()
    except (BylineError, SQLAlchemyError) as error:
        return PartState(ok=True, state="unknown", reason=_unreadable(error).reason)
    if not shards:
        return PartState(ok=True, state="chroma" if archive.chroma_in_use else "exact")
    up = [one for one in shards if one.up]
    state = "chroma" if len(up) == len(shards) else "degraded"
    told = f"{len(up)} of {len(shards)} Chroma servers answer"
    lag = archive.vectors_behind()
    told += f"; they lack {lag} changes" if lag else ""
    return PartState(ok=True, state=state, reason=told if state == "degraded" or lag else None)


def _unreadable(error: BylineError | SQLAlchemyError) -> PartState:
    if isinstance(error, BylineError):
        state = "empty" if isinstance(error, StoreEmpty) else "unreadable"
        return PartState(ok=False, state=state, reason=str(error))
    kind = type(error).__name__  # the error's own text holds SQL
    reason = f"The ledger can't be read ({kind}). Run `byline doctor`, or restore it from a backup."
    return PartState(ok=False, state="unreadable", reason=reason)


def _language_model(assistant: Assistant | None) -> PartState:
    if assistant is None:
        return PartState(ok=True, state="none")
    if assistant.resting:
        reason = "It failed and is left alone for a while; answers are quotes meanwhile."
        return PartState(ok=True, state="resting", reason=reason)
    return PartState(ok=True, state="configured")
