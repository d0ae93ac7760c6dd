"""Plain text and Markdown to drafts.

Markdown is stored as it is written, without its front matter: what is quoted is what the author typed.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from rag.errors import ArticleRejected
from rag.ingest.dates import parse_published
from rag.ingest.draft import Draft
from rag.ingest.records import given_date

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_LARGEST_FRONT_MATTER = 16_384  # characters
_NAMES = {  # what each field is called in the front matter of common site generators
    "title": ("title", "headline"),
    "source": ("source", "publisher", "outlet", "site"),
    "url": ("url", "canonical_url", "link"),
    "authors": ("authors", "author", "byline"),
    "published": ("published", "date", "publishdate", "pubdate"),
    "language": ("language", "lang"),
}
_FIRST_HEADING = re.compile(r"\s*#[ \t]+(\S[^\n]{0,300}?)[ \t#]*(?:\n|\Z)")
_LONGEST_TITLE = 160
_SHORTEST_STORY = 80
_TITLE_LINE = re.compile(r"\s*(\S[^\n]*\S)[ \t]*\n[ \t]*\n\s*(\S[^\n]*)")


def read_text(text: str) -> Draft:
    """The draft of a plain text. Its first line is its title only where it stands apart and reads like a headline."""
    return Draft(text, title=_headline(text))


def read_markdown(text: str, where: str) -> Draft:
    """The draft of a Markdown text with optional YAML front matter. Raises ArticleRejected."""
    found = _FRONT_MATTER.match(text, 0, _LARGEST_FRONT_MATTER)
    given = _mapping(found[1], where) if found else None
    if found is None or given is None:
        return Draft(text, title=_first_heading(text))
    body = text[found.end() :]
    return Draft(
        body,
        title=_stated(given, "title", where) or _first_heading(body),
        source=_stated(given, "source", where),
        url=_stated(given, "url", where),
        authors=_authors(_value(given, "authors"), where),
        published=given_date(_value(given, "published"), where),
        language=_stated(given, "language", where),
    )


def _headline(text: str) -> str | None:
    """The first line, if it stands alone, has several words and no end of sentence, and prose follows."""
    found = _TITLE_LINE.match(text.removeprefix("\ufeff").replace("\r\n", "\n")[:2_000])
    if found is None:
        return None
    line, story = found[1], found[2]
    headline = len(line) <= _LONGEST_TITLE and len(line.split()) >= 3 and not re.search(r"[.:;,…_=*-]['\"”’)]*$", line)
    return line if headline and len(story) >= _SHORTEST_STORY and parse_published(line) is None else None


def _first_heading(text: str) -> str | None:
    found = _FIRST_HEADING.match(text)
    return found[1] if found else None


class _Loader(yaml.SafeLoader):
    """Plain values only. Aliases are refused: a few nested ones unfold to gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def _mapping(source: str, where: str) -> dict[str, Any] | None:
    """The front matter by its names in lower case, or None where the text between the rules is not a mapping."""
    try:
        given = yaml.load(source, _Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = f"its front matter is not valid YAML ({' '.join(str(error).split())[:200]})."
        raise ArticleRejected(where, reason, remedy="Correct the lines between the two '---'.") from error
    if given is None:
        return {}
    return {str(name).lower(): value for name, value in given.items()} if isinstance(given, dict) else None


def _value(given: dict[str, Any], field: str) -> Any:
    return next((given[name] for name in _NAMES[field] if given.get(name) is not None), None)


def _stated(given: dict[str, Any], field: str, where: str) -> str | None:
    value = _value(given, field)
    if value is None:
        return None
    if not isinstance(value, str | int | float):
        raise _wrong(where, field, "a single line of text")
    return str(value)


def _authors(value: Any, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _wrong(where, "authors", "a name or a list of names")
    return tuple(names)


def _wrong(where: str, field: str, wanted: str) -> ArticleRejected:
    return ArticleRejected(
        where, f"{field} in its front matter is not {wanted}.", remedy="Correct it, or leave it out."
    )
