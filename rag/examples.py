"""Questions that the archive at hand answers, for somebody who does not know yet what it holds.

They are made of sentences of the newest articles, and each is asked before it is shown: only one that is answered from
the article it was made of, with the words that it was made to ask for, counts.
"""

from __future__ import annotations

from collections import Counter

from rag.errors import BylineError
from rag.holdings import listed
from rag.pipeline import Byline
from rag.question_forms import Posed, posed
from rag.sentences import sentence_spans

_ARTICLES = 40  # the newest
_OF_EACH = 6  # questions of one article that may be tried
_CHARS = 20_000  # of an article that are looked through
_MOST = 20  # tries in all: each takes about a fifth of a second


def examples(byline: Byline, count: int = 4) -> tuple[str, ...]:
    """Up to `count` questions, each of another article, and of different forms where there are some."""
    with byline.snapshot() as snapshot:
        articles = [row.article for row in listed(snapshot, _ARTICLES)[0]]
    waiting = [
        (one.id, made) for one in articles for made in questions(byline.article_text(one.id, one.version))[:_OF_EACH]
    ]
    found: dict[str, Posed] = {}
    for _ in range(min(_MOST, len(waiting))):
        shown = Counter(one.form for one in found.values())
        left = [pair for pair in waiting if pair[0] not in found]
        if len(found) == count or not left:
            break
        article_id, made = min(left, key=lambda pair: shown[pair[1].form])
        waiting.remove((article_id, made))
        if _answered(byline, made, article_id):
            found[article_id] = made
    return tuple(dict.fromkeys(one.question for one in found.values()))


def questions(text: str) -> tuple[Posed, ...]:
    """What the sentences of `text` answer."""
    head = text[:_CHARS]
    return tuple(posed([" ".join(head[start:end].split()) for start, end in sentence_spans(head)]))


def _answered(byline: Byline, posed: Posed, article_id: str) -> bool:
    try:
        answer = byline.ask(posed.question, by_model=False).answer
    except BylineError:
        return False
    if answer.status != "answered" or answer.citations[0].article.id != article_id:
        return False
    return posed.key in (answer.text if posed.form == "said" else answer.short_answer or "")
