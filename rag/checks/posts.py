"""Posts that people hold: "Ford CEO Jim Farley", "Bob Shanks, Ford's CFO", "Anna Berg is the mayor of Porto Alto"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.checks.finding import Finding, difference, finding
from rag.checks.grounds import Grounds
from rag.checks.names import known, same_name

_Field = Literal["company", "state", "justice", "sport"]
# Posts of one field, which one person seldom holds together without the news saying both; the forms of each post.
_POSTS: dict[_Field, tuple[str, ...]] = {
    "company": (
        r"CEO|chief executive(?: officer)?",
        r"CFO|chief financial officer|finance chief",
        r"COO|chief operating officer",
        r"CTO|chief technology officer",
        r"(?:executive )?chair(?:man|woman|person)?",
        r"spokes(?:man|woman|person)",
    ),
    "state": (
        r"(?<!vice )(?<!vice-)president",
        r"vice[ -]president",
        r"prime minister|premier",
        r"chancellor",
        r"foreign (?:minister|secretary)",
        r"(?:finance minister|treasury secretary|chancellor of the exchequer)",
        r"defen[cs]e (?:minister|secretary)",
        r"governor",
        r"mayor",
        r"senator",
        r"ambassador",
    ),
    "justice": (r"attorney general", r"judge", r"prosecutor", r"police chief|chief of police", r"sheriff"),
    "sport": (r"(?:head )?coach|manager", r"captain", r"goalkeeper", r"referee"),
}
_SHARED = frozenset({r"spokes(?:man|woman|person)", "senator", "judge", "prosecutor", "ambassador", "referee"})
_FORMER = re.compile(r"\b(?:former|ex|one-time|late)[ -]$", re.IGNORECASE)
_NAME = r"[A-Z][\w.’'-]*(?: (?:van|von|de|der|al|bin|[A-Z][\w.’'-]*)){0,3}"
_NAMED_AFTER = re.compile(rf"(?:,? |, )(?P<name>{_NAME})")
_NAMED_BEFORE = re.compile(
    rf"(?P<name>{_NAME})(?:,|,? (?:who )?(?:is|was|became|remains|serves as|served as))"
    r"(?: (?:the|a|an|now|currently|[A-Z][\w.&-]*(?:['’]s?)?|[a-z]+['’]s)){0,4} (?:former )?$"
)
_BODY_BEFORE = re.compile(r"(?P<body>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*)?)(?:['’]s?)? (?:former )?$")
_BODY_AFTER = re.compile(rf" (?:of|at|for) (?:the )?(?P<body>{_NAME})")
_BEFORE = 90  # characters before a post in which its holder is looked for
_TITLES = re.compile(r"\b(?:CEO|CFO|COO|CTO|President|Chairman|Prime Minister|Governor|Mayor|Senator)\b.*")


@dataclass(frozen=True, slots=True)
class Held:
    """A post of `body` (None where it isn't told) that `person` holds, or held before."""

    person: str
    post: str
    field: _Field
    words: str
    body: str | None
    former: bool


_PATTERN = re.compile(
    "|".join(rf"(?P<{field}_{n}>\b(?:{forms})\b)" for field, posts in _POSTS.items() for n, forms in enumerate(posts)),
    re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def posts_in(text: str) -> tuple[Held, ...]:
    """Every post whose holder stands beside it."""
    return tuple(held for match in _PATTERN.finditer(text) if (held := _held(text, match)))


def _held(text: str, match: re.Match[str]) -> Held | None:
    field, _, n = str(match.lastgroup).rpartition("_")
    before, after = text[max(0, match.start() - _BEFORE) : match.start()], text[match.end() :]
    person = _person(before, after)
    if person is None:
        return None
    post = _POSTS[field][int(n)]  # type: ignore[index]
    return Held(person, post, field, match[0], _body(before, after, person), bool(_FORMER.search(before)))  # type: ignore[arg-type]


def _person(before: str, after: str) -> str | None:
    following = _NAMED_AFTER.match(after)
    # "the CEO, Ford said": behind a comma only a name of several words is the holder's.
    if following and (not following[0].startswith(",") or " " in following["name"]) and not known(following["name"]):
        return _bare(following["name"])
    preceding = _NAMED_BEFORE.search(before)
    return _bare(preceding["name"]) if preceding else None


def _bare(name: str) -> str:
    return name.strip(" .").removesuffix("’s").removesuffix("'s")


def _body(before: str, after: str, person: str) -> str | None:
    found = _BODY_AFTER.match(after)
    if found:
        return _bare(found["body"])
    found = _BODY_BEFORE.search(before)
    body = _TITLES.sub("", found["body"]).strip() if found else ""
    return _bare(body) if body and not same_name(body, person) else None


def check_posts(sentence: str, grounds: Sequence[Grounds]) -> Iterator[Finding]:
    """Whether the people of the sentence hold the posts that it gives them, where the quotes give them any."""
    stored = [held for ground in grounds for held in posts_in(f"{ground.before} {ground.quote}")]
    for told in posts_in(sentence):
        same = [one for one in stored if same_name(told.person, one.person) and one.field == told.field]
        if any(one.post == told.post and one.former == told.former for one in same):
            yield finding("post", True, f"{told.person} is {_words(told)} in the quote")
        elif same:
            yield finding("post", False, difference(f"{same[0].person} is {_words(same[0])}", _words(told)), True)
        elif other := next((one for one in stored if _in_place_of(told, one)), None):
            yield finding("post", False, difference(f"{other.person} is {_words(other)}", told.person), True)


def _in_place_of(told: Held, stored: Held) -> bool:
    """Whether another person holds what only one can hold."""
    if told.post in _SHARED or told.post != stored.post or told.former or stored.former:
        return False
    return bool(told.body and stored.body and same_name(told.body, stored.body))


def _words(held: Held) -> str:
    of = f" of {held.body}" if held.body else ""
    return f"{'former ' if held.former else ''}{held.words}{of}"
