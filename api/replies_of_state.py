"""What the service replies of its own state, and of what went wrong."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.replies import Reply


class PartRecord(Reply):
    """A part of the service. `ok` is false where questions can't be answered for it, and `reason` says why."""

    ok: bool
    state: str
    reason: str | None


class PartsRecord(Reply):
    ledger: PartRecord
    keywords: PartRecord
    vectors: PartRecord
    reader: PartRecord
    language_model: PartRecord
    jobs: PartRecord


class ReadyRecord(Reply):
    ready: bool
    parts: PartsRecord


class FieldFault(Reply):
    """Where the field is, a JSON pointer to it (empty for the whole), and what is wrong with it."""

    in_: Literal["body", "query", "path", "header", "cookie"] = Field(alias="in")
    pointer: str
    detail: str


class Problem(Reply):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldFault] = []
