"""One line of a .jsonl file to a draft."""

from __future__ import annotations

import json
from typing import Any

from rag.errors import ArticleRejected
from rag.ingest.dates import parse_published
from rag.ingest.draft import Draft
from rag.types import Published

FIELDS = ("id", "title", "url", "source", "published", "authors", "text", "language")
_SHAPE = 'Write one object a line, like {"text": "...", "title": "...", "url": "...", "published": "2024-05-31"}.'
_DATE_REMEDY = "Write it as YYYY-MM-DD or as an ISO 8601 date-time, or leave it out."


def read_record(raw: bytes, where: str, digest: str) -> Draft:
    """The draft of one JSON object with the fields `FIELDS`, of which only `text` is required.

    `digest` names a record that has neither url nor id. Raises ArticleRejected.
    """
    record = _object(raw, where)
    if unknown := sorted(record.keys() - set(FIELDS)):
        known = ", ".join(FIELDS)
        raise ArticleRejected(
            where, f"unknown field {', '.join(unknown)[:200]!r}.", remedy=f"Rename or drop it; known are {known}."
        )
    text = _string(record, "text", where)
    if text is None:
        raise ArticleRejected(where, "the field 'text' is missing.", remedy=_SHAPE)
    url = _string(record, "url", where)
    return Draft(
        text=text,
        title=_string(record, "title", where),
        source=_string(record, "source", where),
        url=url,
        authors=_names(record.get("authors"), where),
        published=given_date(record.get("published"), where),
        language=_string(record, "language", where),
        record=None if url else _name(record.get("id"), where) or digest[:16],
    )


def given_date(value: object, where: str) -> Published | None:
    """A date that a record or front matter gives. Raises ArticleRejected for one that can't be read."""
    if value is None or value == "":
        return None
    at = parse_published(value)
    if at is None:
        reason = f"its date of publication {str(value)[:60]!r} is not a whole, unambiguous date."
        raise ArticleRejected(where, reason, remedy=_DATE_REMEDY)
    return Published(at, "given")


def _object(raw: bytes, where: str) -> dict[str, Any]:
    try:
        record = json.loads(raw)
    except UnicodeDecodeError as error:
        reason = f"the line is not UTF-8 (byte {error.start})."
        raise ArticleRejected(where, reason, remedy="Save the file as UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise ArticleRejected(where, f"the line is not JSON ({error}).", remedy=_SHAPE) from error
    if not isinstance(record, dict):
        raise ArticleRejected(where, "the line is not a JSON object.", remedy=_SHAPE)
    return record


def _string(record: dict[str, Any], field: str, where: str) -> str | None:
    value = record.get(field)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _wrong_type(where, field, "a string")
    return value


def _names(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise _wrong_type(where, "authors", "a list of strings")
    return tuple(value)


def _name(value: object, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(where, "id", "a string or a whole number")
    return str(value)


def _wrong_type(where: str, field: str, wanted: str) -> ArticleRejected:
    return ArticleRejected(where, f"the field {field!r} is not {wanted}.", remedy="Correct it, or leave it out.")
