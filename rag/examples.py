"""Questions that the archive at hand answers, for somebody who does not know yet what it holds.

They are made of who is quoted on what in the newest articles, and each is asked before it is shown: only one that is
answered, from the article it was made of, counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from rag.attribute import attribute, kind_of
from rag.checks.names import names_in, same_name
from rag.checks.persons import is_person, without_role
from rag.errors import BylineError
from rag.holdings import listed
from rag.pipeline import Byline
from rag.sentences import sentence_spans

_ARTICLES = 24  # the newest
_TRIES = 3  # questions of one article
_PEOPLE = re.compile(r"^\w+(?:ese|ish|ian|ican|ench|eans?)$")  # "Chinese", of which nobody asks
_CHARS = 20_000  # of an article that are looked through


def examples(byline: Byline, count: int = 4) -> tuple[str, ...]:
    """Up to `count` questions, each of another article. Takes about a fifth of a second for each that is tried."""
    with byline.snapshot() as snapshot:
        articles = [row.article for row in listed(snapshot, _ARTICLES)[0]]
    found: list[str] = []
    for article in articles:
        text = byline.article_text(article.id, article.version)[:_CHARS]
        good = (one for one in islice(questions(text), _TRIES) if _answered(byline, one, article.id))
        found += [one for one in islice(good, 1) if one not in found]
        if len(found) == count:
            break
    return tuple(found)


def questions(text: str) -> Iterator[str]:
    """What somebody says of a name that the text has several times, each pair once; persons with a full name first."""
    sentences = [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]
    often = Counter(name for sentence in sentences for name in _inside(sentence))
    pairs: dict[tuple[str, str], None] = {}
    for sentence in sentences:
        told = attribute(sentence)
        for speaker in names_in(told.source or "")[:1]:
            others = [one for one in _inside(sentence) if often[one] > 1 and not _same(one, speaker)]
            if others and not _PEOPLE.search(speaker):
                pairs[without_role(speaker), max(others, key=often.__getitem__)] = None
    for speaker, about in sorted(pairs, key=lambda pair: not (" " in pair[0] and is_person(pair[0]))):
        yield f"What did {speaker} say about {about}?"


def _inside(sentence: str) -> list[str]:
    """Names that are capitalised for themselves, not for beginning the sentence or a quotation, and are no outlet's."""
    return [
        name
        for name in names_in(sentence)
        if not re.search(rf"(?:^|[“\"‘'(:—] ?){re.escape(name)}", sentence)
        and not re.search(r"[’']", name)
        and kind_of(name) != "outlet"
        and not _PEOPLE.search(name)
    ]


def _same(name: str, other: str) -> bool:
    return same_name(name, other) or same_name(other, name)


def _answered(byline: Byline, question: str, article_id: str) -> bool:
    try:
        answer = byline.ask(question, by_model=False).answer
    except BylineError:
        return False
    return answer.status == "answered" and answer.citations[0].article.id == article_id
