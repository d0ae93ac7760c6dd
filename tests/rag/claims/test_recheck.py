from __future__ import annotations

import hashlib
from typing import Any

from rag.claims.recheck import articles_now, claims_now
from rag.errors import NotFound
from rag.types import Article


def stored(version: int, text: str) -> Article:
    return Article("a", "file:a", text, "a.txt", version=version)


VERSIONS = {1: stored(1, "old"), 2: stored(2, "new")}


def article(article_id: str, version: int | None) -> Article:
    if article_id != "a":
        raise NotFound("There is no article.", remedy="Look again.")
    return VERSIONS[version or 2]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_an_article_is_unchanged_changed_or_removed() -> None:
    rests = [
        {"id": "a", "version": 2, "sha256": digest("new")},
        {"id": "a", "version": 1, "sha256": digest("old")},
        {"id": "a", "version": 1, "sha256": digest("other")},
        {"id": "b", "version": 1, "sha256": digest("x")},
    ]
    told = articles_now({"articles": rests}, article)
    assert [(one.state, one.newest, one.intact) for one in told] == [
        ("unchanged", 2, True),
        ("changed", 2, True),
        ("changed", 2, False),
        ("removed", None, False),
    ]


def claim(verdict: str, *refuting: str) -> dict[str, Any]:
    evidence = [{"stance": "refutes", "citation": {"article": {"id": one}}} for one in refuting]
    return {"text": "c", "start": 0, "end": 1, "verdict": verdict, "evidence": evidence}


def test_a_claim_names_the_new_articles_that_refute_it() -> None:
    then = {"articles": [{"id": "a"}], "claims": [claim("supported", "a")]}
    (told,) = claims_now(then, {"claims": [claim("refuted", "a", "n")]})
    assert (told.then, told.now, told.contradicted_by) == ("supported", "refuted", ("n",))
