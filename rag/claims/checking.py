"""One check of a draft: the parts that it needs, its id, its times, and the articles that it rests on."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from rag.claims.checker import Checker, Helper, Progress, silent
from rag.claims.evidence import TextOf
from rag.claims.records import CheckedClaim, CheckedDraft, ReadArticle
from rag.types import ArticleRef, Citation, Hit, Query
from rag.verify import Verifier

FOUND = 20  # hits of each search


@dataclass(frozen=True, slots=True)
class Tools:
    """`find` searches one state of an archive, `read` lets the reader model order hits; `helper` words and splits."""

    find: Callable[[Query], Sequence[Hit]]
    read: Callable[[str, Sequence[Hit]], Sequence[Hit]]
    verifier: Verifier
    text_of: TextOf
    helper: Helper | None = None


def check_in(
    text: str, limits: Query, tools: Tools, models: Mapping[str, str], progress: Progress = silent
) -> CheckedDraft:
    """The draft checked against what `tools` finds within `limits`."""
    started = time.perf_counter()
    text_of = _remembered(tools.text_of)
    checker = Checker(
        lambda words: tools.find(replace(limits, text=words, k=FOUND)),
        tools.read,
        tools.verifier,
        text_of,
        tools.helper,
    )
    claims, not_checked = checker.check(text, progress)
    claims = [_told_within(one, limits.within) for one in claims]
    return CheckedDraft(
        id=uuid.uuid4().hex,
        text=text,
        as_of=limits.as_of.isoformat() if limits.as_of else None,
        claims=tuple(claims),
        not_checked=tuple(not_checked),
        timings_ms={"total": (time.perf_counter() - started) * 1e3},
        models=dict(models),
        checked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        articles=_articles(claims, text_of),
    )


def _told_within(claim: CheckedClaim, within: str) -> CheckedClaim:
    """Where nothing at all was found within limits, they are the reason."""
    if not within or claim.evidence or claim.confidence < 1.0:
        return claim
    why = f"no article {within} is about it"
    return replace(claim, explanation=why, missing=why)


def _remembered(text_of: TextOf) -> TextOf:
    """A draft's claims rest on few articles: each is read once."""
    known = cache(lambda article_id, version: text_of(by_key[article_id, version]))
    by_key: dict[tuple[str, int], ArticleRef] = {}

    def text(article: ArticleRef) -> str:
        by_key[article.id, article.version] = article
        return known(article.id, article.version)

    return text


def citations_of(claim: CheckedClaim) -> list[Citation]:
    """Every citation of a claim: of its evidence, its quotations and its timeline."""
    quoted = [citation for quote in claim.quotes for citation in quote.citations]
    return [*(one.citation for one in claim.evidence), *quoted, *(one.citation for one in claim.timeline)]


def _articles(claims: Sequence[CheckedClaim], text_of: TextOf) -> tuple[ReadArticle, ...]:
    cited = {(one.article.id, one.article.version): one.article for claim in claims for one in citations_of(claim)}
    return tuple(
        ReadArticle(ref.id, ref.version, hashlib.sha256(text_of(ref).encode("utf-8")).hexdigest())
        for ref in cited.values()
    )
