"""Sentences turned into questions that they answer, by their form: who did it, how many, when, and who said what.

Only sentences that stand by themselves are turned: no pronoun whose owner is elsewhere, no quoted words, nothing that a
comma sets apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.attribute import attribute, kind_of
from rag.checks.names import names_in, same_name
from rag.checks.persons import is_person, without_role

_PEOPLE = re.compile(r"^\w+(?:ese|ish|ian|ican|ench|eans?)$")  # "Chinese", of which nobody asks
_ELSEWHERE = re.compile(
    r"\b(?:he|she|it|its|they|them|their|his|her|him|this|that|these|those|we|our|us|i|my|you|your|there|here|also|"
    r"too|then|so|ago|yesterday|today|earlier|later|former|latter|said|says|told|tells)\b|[“”\"():;—…?!\[\]]|\.\w",
    re.IGNORECASE,
)
_NAME = r"[A-Z][\w’'-]+(?: [A-Z]\.)?(?: (?:[a-z]{2,3} )?[A-Z][\w’'-]+){1,2}"
_PAST = (
    r"(?:[a-z]{2,}ed|won|made|became|took|led|left|beat|gave|got|held|met|lost|sold|bought|built|found|wrote|ran|"
    r"broke|brought|drew|fell|flew|grew|kept|paid|put|rose|set|shot|spent|stood|struck|swept|taught|threw|died)"
)
_NUMBER = r"(?:\d[\d,]*(?:\.\d+)?(?: (?:million|billion))?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_WHO = re.compile(rf"(?P<key>{_NAME}) (?P<told>{_PAST} [^,]+)")
_MANY = re.compile(
    rf"(?:(?:at least|more than|about|around|nearly|almost|some|up to|over) )?(?P<key>{_NUMBER}) "
    r"(?P<told>(?:[a-z]+ ){0,2}[a-z]+s|people|women|men|children) "
    rf"(?P<rest>(?:were|have|had|are|will|{_PAST}) [^,]+)",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"(?P<subject>(?:The|An?) [^,]{4,60}?|[A-Z][^,]{3,60}?) (?P<verb>was|were|will) (?P<told>[a-z][^,]{2,70}?) "
    r"(?:(?:on|in) (?P<key>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    rf"(?:{_MONTH} )?(?:19|20)\d\d|\d{{1,2}} {_MONTH}|{_MONTH} \d{{1,2}}))\b"
)
_NO_SUBJECT = re.compile(
    r"(?:After|Also|Although|Among|And|As|At|Because|Before|But|By|During|For|From|How|If|In|It|On|Since|So|There|To|"
    r"Under|What|When|Where|While|With)\b|.*\b[A-Z]{4,}\b|.*\b(?:who|that|which)\b"
)
_CREDITS = re.compile(r"(?:reported|contributed|edited|compiled)\b")
_KNOWS = re.compile(r"\b(?:sources|individuals|officials|persons|analysts|experts)\b")  # who speaks, not what happened
_SPEAKS = r"(?:said|says|told|added|wrote|tweeted|explained|argued|warned|noted|called|recalled)"
_ROLE = (
    r"\b(?:CEO|[Pp]resident|[Mm]inister|[Ss]ecretary|[Ss]enator|[Gg]overnor|[Mm]ayor|[Dd]irector|[Aa]nalyst|"
    r"[Pp]rofessor|Dr|Mrs?|Ms)\.?"
)
# "Afghan refugees": a name that only tells of what kind something is.
_OF_IT = (
    r" (?:refugees|people|government|forces|troops|soldiers|officials|authorities|citizens|residents|women|men|"
    r"children|economy|army|police|president|leaders?|capital|companies|cars)\b"
)
_PLACE = re.compile(
    r"\b(?:City|County|Town|Village|Beach|Springs|Falls|Valley|Lakes?|River|Islands?|Bay|Creek|Canyon|Park|Heights|"
    r"Hills?|Mountains?|Mount|Peak|Harbou?r|Port|Cape|Coast|Street|Road|Avenue|Square|Airport|Province|District)\b"
)
_WORDS = range(4, 17)  # of a question


@dataclass(frozen=True, slots=True)
class Posed:
    """A question, its form, and the words that its answer has to have."""

    form: str
    question: str
    key: str


def posed(sentences: Sequence[str]) -> Iterator[Posed]:
    """What `sentences` of one article answer, each question once."""
    seen: set[str] = set()
    for one in (*_of_each(sentences), *_sayings(sentences)):
        if one.question not in seen and len(one.question.split()) in _WORDS:
            seen.add(one.question)
            yield one


def _of_each(sentences: Sequence[str]) -> Iterator[Posed]:
    text = " ".join(sentences)
    for sentence in sentences:
        plain = sentence.rstrip(".")
        for found in (_who(plain, text), _how_many(plain), _when(plain)):
            if found is not None and not _ELSEWHERE.search(found.question[:-1]):
                yield found


def _who(sentence: str, text: str) -> Posed | None:
    """Of a person with a full name: “Ada Brook won the race at Leith” is asked as who won it."""
    found = _WHO.match(sentence)
    if (
        not found
        or not _is_somebody(found["key"], text)
        or not _telling(found["told"])
        or _CREDITS.match(found["told"])
    ):
        return None
    return Posed("who", f"Who {_clause(found['told'])}?", found["key"].split()[-1])


def _how_many(sentence: str) -> Posed | None:
    found = _MANY.match(sentence)
    if not found or not _telling(found["rest"]) or _KNOWS.search(found["told"]):
        return None
    return Posed("how many", f"How many {found['told']} {_clause(found['rest'])}?", found["key"].split()[0])


def _when(sentence: str) -> Posed | None:
    found = _WHEN.match(sentence)
    if not found or not _telling(f"{found['subject']} {found['told']}") or _NO_SUBJECT.match(found["subject"]):
        return None
    subject = re.sub(r"^(?:The|An?)\b", lambda one: one.group().lower(), found["subject"])
    return Posed("when", f"When {found['verb']} {subject} {found['told']}?", found["key"])


def _sayings(sentences: Sequence[str]) -> Iterator[Posed]:
    """What a person says of a name that the article has several times."""
    text = " ".join(sentences)
    often = Counter(name for sentence in sentences for name in _inside(sentence))
    pairs: dict[tuple[str, str], None] = {}
    for sentence in sentences:
        for stated in names_in(attribute(sentence).source or "")[:1]:
            speaker = without_role(stated)
            others = [one for one in _inside(sentence) if often[one] > 1 and not _same(one, stated)]
            if others and _is_somebody(speaker, text):
                pairs[speaker, max(others, key=often.__getitem__)] = None
    for speaker, about in pairs:
        yield Posed("said", f"What did {speaker} say about {_with_article(about, text)}?", speaker.split()[-1])


def _is_somebody(name: str, text: str) -> bool:
    """Whether a full name is treated as persons are: quoted by surname alone, named with a role, or meant by "she"."""
    if " " not in name or not is_person(name) or kind_of(name) == "outlet" or _is_place(name, text):
        return False
    whole, surname = re.escape(name), re.escape(name.split()[-1])
    given = re.escape(name.rsplit(" ", 1)[0][-3:])
    quoted = rf"(?<!{given} )\b{surname} {_SPEAKS}\b|\b{_SPEAKS} {surname}\b"
    return bool(
        re.search(rf"{quoted}|{_ROLE} {whole}\b|{whole}\b[^.]*\. (?:He|She|His|Her)\b|^{_ROLE}", f"{name}. {text}")
    )


def _is_place(name: str, text: str) -> bool:
    """Whether it is called one, or something is in it or near it."""
    within = rf"\b(?:[Ii]n|[Nn]ear|[Oo]utside|[Aa]round|[Aa]cross|[Tt]hroughout) {re.escape(name)}\b(?![’'])"
    return bool(_PLACE.search(name) or re.search(within, text))


def _with_article(name: str, text: str) -> str:
    """“the Taliban”, where the text mostly has it so."""
    told = len(re.findall(rf"\bthe {re.escape(name)}\b", text))
    return f"the {name}" if told * 2 > len(re.findall(rf"\b{re.escape(name)}\b", text)) else name


def _telling(words: str) -> bool:
    """Whether they are of something that is named or counted: “won the race” could be of any."""
    return bool(re.search(r"(?<=\s)[A-Z]\w|\d", f" {words}"))


def _clause(words: str) -> str:
    """Up to where another clause begins."""
    return re.split(r" (?:after|because|when|while|who|which|as|but|and|with|following|since|where)\b", words)[0]


def _inside(sentence: str) -> list[str]:
    """Names that are capitalised for themselves, not for beginning the sentence or a quotation, and are no outlet's."""
    return [
        name
        for name in names_in(sentence)
        if not re.search(rf"(?:^|[“\"‘'(:—] ?){re.escape(name)}", sentence)
        and not re.search(r"[’']", name)
        and kind_of(name) != "outlet"
        and not _PEOPLE.search(name)
        and not re.search(re.escape(name) + _OF_IT, sentence)
    ]


def _same(name: str, other: str) -> bool:
    return same_name(name, other) or same_name(other, name)
