"""Everything that somebody said in the archive, and everything dated that it says about some names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.attribute import attribute
from rag.checks.names import named, names_in, same_name
from rag.checks.speech import sayings
from rag.cite import citation_at
from rag.claims.evidence import TextOf
from rag.claims.records import Attribution, Dated
from rag.terms import words
from rag.timeline import timeline
from rag.types import Citation, Hit

PASSAGES = 200  # that are looked through for one name
_BETWEEN = re.compile(r",| and |;", re.IGNORECASE)
_BEFORE = 1_000  # characters in which a "he" finds its name

Find = Callable[[str], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that somebody is said to have said, with who else passed it on."""

    citation: Citation
    attribution: Attribution


def quotes_of(person: str, find: Find, text_of: TextOf) -> tuple[Statement, ...]:
    """What the archive has `person` say, the newest first, undated last, each wording once."""
    found: dict[str, Statement] = {}
    for hit in find(person):
        if hit.left_out is not None:
            continue
        text = text_of(hit.article)
        for span in hit.passage.sentences:
            sentence = hit.sentence(span)
            told = attribute(sentence, text[max(0, span.start - _BEFORE) : span.start], hit.article.source)
            if told.source and told.kind == "on the record" and _is(person, told.source, sentence):
                key = " ".join(sentence.split()).lower()
                found.setdefault(key, Statement(citation_at(hit, span, text), told))
    return tuple(sorted(found.values(), key=lambda one: one.citation.article.published or "", reverse=True))


def _is(person: str, source: str, sentence: str) -> bool:
    if same_name(person, source) or any(same_name(person, name) for name in names_in(source)):
        return True
    return any(said.named and same_name(person, said.speaker or "") for said in sayings(sentence))


def names_of(subject: str) -> tuple[str, ...]:
    """What a timeline is about: the names between commas or "and"s, else each telling word by itself."""
    parts = [part.strip() for part in _BETWEEN.split(subject) if part.strip()]
    if len(parts) > 1:
        return tuple(parts)
    return tuple(word.text for word in words(subject) if not word.stop) or (subject,)


def dated_about(subject: str, find: Find, text_of: TextOf) -> tuple[Dated, ...]:
    """The sentences that name all of `subject`, in the order of their days, with how far the thing had come."""
    wanted = names_of(subject)
    found: dict[str, Citation] = {}
    for hit in find(subject):
        if hit.left_out is not None:
            continue
        for span in hit.passage.sentences:
            sentence = hit.sentence(span)
            if all(named(name, sentence) for name in wanted):
                key = " ".join(sentence.split()).lower()
                found.setdefault(key, citation_at(hit, span, text_of(hit.article)))
    return timeline(list(found.values()))
