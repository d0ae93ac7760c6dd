"""What a reader found in one article's bytes, and its settling into an Article."""

from __future__ import annotations

from dataclasses import dataclass, fields

from rag.errors import ArticleRejected
from rag.ingest import dates, language
from rag.ingest.boilerplate import mark
from rag.ingest.decode import check_characters, check_text, with_line_feeds
from rag.ingest.identity import Origin, canonical_url, key_of, proposed_id, source_of
from rag.ingest.limits import Limits
from rag.types import Article, Published

_LONGEST = 500  # characters of a title, a source or an author
_AUTHORS = 50
_KEY_BYTES = 2_000  # PostgreSQL's indexes take 2,704 at most


@dataclass(frozen=True, slots=True)
class Draft:
    """What a format states of an article. None is not known; nothing is guessed here."""

    text: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    published: Published | None = None
    language: str | None = None
    record: str | None = None
    """Names the article among others of its file; None where the file is the article."""

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, str) and one.name != "text":
                object.__setattr__(self, one.name, " ".join(value.split()) or None)
        authors = dict.fromkeys(" ".join(name.split()) for name in self.authors)
        object.__setattr__(self, "authors", tuple(name for name in authors if name))


def settle(draft: Draft, origin: Origin, limits: Limits) -> Article:
    """The Article of a draft: checked, named, marked, with what its own text says where the draft says nothing.

    Raises ArticleRejected.
    """
    text = with_line_feeds(draft.text)
    check_text(text, origin.where, limits)
    for stated in (draft.title, draft.source, draft.record, *draft.authors):
        check_characters(stated or "", origin.where)
    if draft.url is not None and canonical_url(draft.url) is None:
        reason = f"its url {draft.url[:200]!r} is not a web address."
        raise ArticleRejected(origin.where, reason, remedy="Give an http or https url, or leave it out.")
    key = key_of(draft.url, origin.path, draft.record)
    if len(key.encode()) > _KEY_BYTES:
        reason = f"its url or id makes a key of {len(key.encode()):,} bytes, the limit is {_KEY_BYTES:,}."
        raise ArticleRejected(origin.where, reason, remedy="Give it a shorter url or id.")
    return Article(
        id=proposed_id(key, origin.digest),
        key=key,
        text=text,
        file=origin.path.name,
        title=_named(draft.title),
        source=_named(draft.source) or (source_of(draft.url) if draft.url else None),
        url=draft.url,
        authors=tuple(name[:_LONGEST] for name in draft.authors[:_AUTHORS]),
        published=draft.published or dates.in_text(text),
        language=language.stated(draft.language) or language.detect(text),
        marks=mark(text),
    )


def _named(stated: str | None) -> str | None:
    """What goes on is no name, and would drown the text that is searched and read with it."""
    return stated if stated is None or len(stated) <= _LONGEST else f"{stated[:_LONGEST]}…"
