"""A stored check against the archive of today: what it rests on, and what has become of that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rag.errors import NotFound
from rag.types import Article

State = Literal["unchanged", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class ArticleNow:
    """An article that a check rests on. `newest` is its newest version; None when it was removed."""

    id: str
    version: int
    state: State
    newest: int | None
    intact: bool
    """Whether the version that was read still has the text that was hashed."""


@dataclass(frozen=True, slots=True)
class ClaimNow:
    """A claim's verdict then and now; `contradicted_by` are articles that refute it and were not read then."""

    text: str
    then: str
    now: str
    contradicted_by: tuple[str, ...] = ()


def articles_now(record: dict[str, Any], article: Callable[[str, int | None], Article]) -> tuple[ArticleNow, ...]:
    """What has become of each article of a check. `article` gives a version, or raises NotFound."""
    return tuple(_now(one["id"], one["version"], one["sha256"], article) for one in record["articles"])


def _now(article_id: str, version: int, digest: str, article: Callable[[str, int | None], Article]) -> ArticleNow:
    try:
        newest = article(article_id, None).version
        text = article(article_id, version).text
    except NotFound:
        return ArticleNow(article_id, version, "removed", None, intact=False)
    intact = hashlib.sha256(text.encode("utf-8")).hexdigest() == digest
    return ArticleNow(article_id, version, "unchanged" if newest == version else "changed", newest, intact)


def claims_now(then: dict[str, Any], now: dict[str, Any]) -> tuple[ClaimNow, ...]:
    """Each claim's verdict in both records, by its place in the draft."""
    known = {one["id"] for one in then["articles"]}
    later = {(one["start"], one["end"]): one for one in now["claims"]}
    return tuple(
        ClaimNow(one["text"], one["verdict"], new["verdict"], _refuting(new["evidence"], known))
        for one in then["claims"]
        if (new := later.get((one["start"], one["end"])))
    )


def _refuting(evidence: Sequence[dict[str, Any]], known: set[str]) -> tuple[str, ...]:
    found = (one["citation"]["article"]["id"] for one in evidence if one["stance"] == "refutes")
    return tuple(dict.fromkeys(one for one in found if one not in known))
