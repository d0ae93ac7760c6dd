"""Who says what in a sentence: every verb of speech with its subject, and every "according to"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.checks.names import name_spans
from rag.checks.quoted import QUOTED

_CUES = (
    r"said|says|say|saying|told|tells|announced|announces|claimed|claims|stated|states|argued|argues|wrote|writes|added|"
    r"adds|suggested|suggests|reported|reports|confirmed|confirms|denied|denies|warned|warns|insisted|insists|tweeted|"
    r"tweets|explained|explains|noted|notes|acknowledged|acknowledges|admitted|admits|declared|declares|described|"
    r"describes|predicted|predicts|testified|alleged|alleges|replied|responded|recalled|revealed|reveals|estimated|"
    r"estimates|concluded|recommended|vowed|pledged|promised|urged|called|asked|joked|posted|thinks|thought|believes|"
    r"believed|expressed|found|finds|showed|shows|indicated|indicates"
)
_CUE = re.compile(rf"\b(?:{_CUES})\b")
_OF_PAPERS = re.compile(r"found|finds|showed|shows|indicated|indicates")  # what studies say, and people only do
_WITH_WORDS = re.compile(
    r"added|adds|called|posted|recalled|promised|asked|urged|states"
)  # that also mean something else
_PAPER = re.compile(r"\b(?:data|study|survey|poll|report|research|figures|analysis|review|audit|records|census)\b")
_ACCORDING = re.compile(
    r"\b(?:[Aa]ccording to|(?:[Aa]s )?(?:reported|announced|stated|described|confirmed) by) (?:the |an? )?"
)
_PHRASE = re.compile(r"(?:[^,;“”\"\s.]|\.(?=\w)|(?<=[A-Z])\.|\s(?=\S)){2,80}")
# It is said of somebody, might be said, was not said, or is said in passing: ", who announced …".
_NOT_SAYING = re.compile(
    r"(?:\b(?:is|was|are|were|been|be|being|as|so-|can|could|may|might|should|must|to|not|never|ever|yet|what|who|which)"
    r"|n[’']t)(?: (?:has|have|had|yet|\w+ly))* ?$"
)
_IN_PASSING = re.compile(r"(?:^|[\s(])(?:[Aa]s|[Ww]hen|[Aa]fter|[Ww]hile|[Bb]efore|[Uu]ntil|[Oo]nce)$")
_SUBJECT = re.compile(
    r"(?P<pronoun>\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|I|[Ww]e))$"
    r"|(?P<group>\b(?:[Tt]he|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]everal|[Ss]ome|[Mm]any|[Oo]ne|[Aa]n?|[Aa]nother|[Uu]nnamed|"
    r"[Pp]eople|[Oo]fficials?|[Ss]ources?|[Aa]nalysts?|[Pp]olice|[Ee]xperts?|[Rr]esearchers|[Ss]cientists|[Aa]uthorities|"
    r"[Pp]rosecutors|[A-Z]\w+ (?:officials|sources|lawyers|prosecutors|aides)|[A-Z][\w.]+[’']s)\b[^,;.“”\"]{0,60})$"
)
_INDEFINITE = re.compile(r"\b(?:[Aa]nother|[Aa]n?|[Oo]ne|[Ss]ome|[Tt]wo|[Ss]everal|[Mm]any)(?: [a-z-]+)+ $")
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|I|[Ww]e)$")
_ASIDE = re.compile(r",(?! (?:its|his|her|their) )[^,“”\"]{2,90},? ?$")
_HELPERS = re.compile(r"(?:\b(?:has|have|had|also|later|once|then|\w+ly|on \w+day|did|would|will)\b ?)+$")
_JOINERS = frozenset({"of", "the", "and", "for", "de", "von", "on", "in", "&"})


@dataclass(frozen=True, slots=True)
class Said:
    """`speaker` as written, or None where it can't be told; `named` when it is a name and not a pronoun or a group."""

    speaker: str | None
    named: bool
    cue: str
    at: int


@lru_cache(maxsize=4096)
def sayings(text: str) -> tuple[Said, ...]:
    """Every verb of speech that has a subject, and every "according to", in order."""
    found = [one for match in _ACCORDING.finditer(text) if (one := _according(text, match))]
    for match in _CUE.finditer(text):
        if not _NOT_SAYING.search(text[: match.start()]) and not _in_quotes(text, match.start()):
            one = _said(text, match)
            if one.speaker and _fits(text, one):
                found.append(one)
    return tuple(sorted(found, key=lambda one: one.at))


def _according(text: str, match: re.Match[str]) -> Said | None:
    """A name where the phrase is one, else the phrase: "data posted by the ministry" is no ministry."""
    phrase = _PHRASE.match(text, match.end())
    if phrase is None:
        return None
    told = phrase[0].strip()
    name = _name_phrase(told)
    apposed = re.match(r", ([A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+)+)", text[phrase.end() :])
    if not name and apposed:
        return Said(apposed[1].rstrip("."), True, match[0].strip(), match.start())
    return Said(name or told, bool(name), match[0].strip(), match.start())


def _name_phrase(phrase: str) -> str | None:
    """The name that a phrase is; None where a common noun follows it ("Space Force forecast") or opens it."""
    words = phrase.split()
    length = next((n for n, word in enumerate(words) if not (word[:1].isupper() or word in _JOINERS)), len(words))
    while length and words[length - 1] in _JOINERS:
        length -= 1
    follows = words[length] if length < len(words) else ""
    if not length or not words[0][:1].isupper() or _NOUN_AFTER.fullmatch(follows):
        return None
    if follows and words[length - 1].endswith(("’s", "'s")):  # "Fiji’s minister of defence" is not Fiji
        return None
    return " ".join(words[:length])


_NOUN_AFTER = re.compile(
    r"(?:sources?|officials?|data|forecasts?|reports?|records?|statements?|figures|documents?|filings?|polls?|surveys?|"
    r"stud(?:y|ies)|estimates?|spokes(?:man|woman|person)|prosecutors?|lawyers?|aides?|executives?|analysts?|insiders?)"
)


def _fits(text: str, one: Said) -> bool:
    """Whether the verb means that somebody speaks here."""
    speaker = one.speaker or ""
    if _OF_PAPERS.fullmatch(one.cue):
        return bool(_PAPER.search(speaker))
    before = text[: one.at]
    if _IN_PASSING.search(before[: max(0, before.rfind(speaker))].rstrip()) and "," not in before[-2:]:
        return bool(re.search(r", as [^,]*$", before))
    if _WITH_WORDS.fullmatch(one.cue):
        return bool(QUOTED.search(text)) or text[one.at + len(one.cue) :].lstrip().startswith("that ")
    return True


def _in_quotes(text: str, at: int) -> bool:
    return any(match.start() < at < match.end() for match in QUOTED.finditer(text))


def _said(text: str, cue: re.Match[str]) -> Said:
    before = _HELPERS.sub("", text[: cue.start()]).rstrip()
    paper = _PAPER.search(before) if _OF_PAPERS.fullmatch(cue[0]) else None
    if paper:
        return Said(before[_first_of(before, paper.start()) : paper.end()], False, cue[0], cue.start())
    speaker = _ends_with_name(text, before)
    if not speaker and not _PRONOUN.search(before):
        speaker = _ends_with_name(text, _ASIDE.sub("", before).rstrip())
    if speaker:
        unnamed = _INDEFINITE.search(before[: before.rfind(speaker)])
        return Said(f"{unnamed[0]}{speaker}" if unnamed else speaker, unnamed is None, cue[0], cue.start())
    after = next((one for one in name_spans(text) if cue.end() < one.start <= cue.end() + 1), None)
    if after and before[-1:] in {",", "”", '"', "’", "'"}:
        return Said(after.of(text), True, cue[0], cue.start())
    subject = _SUBJECT.search(before) or _SUBJECT.search(_ASIDE.sub("", before).rstrip())
    return Said(subject[0].strip() if subject else None, False, cue[0], cue.start())


def _first_of(before: str, at: int) -> int:
    """Where the words that lead up to a noun begin: its article, at most a few words before."""
    start = before.rfind(" ", 0, max(0, at - 1)) + 1
    return start if before[start:at].strip().lower() in {"the", "a", "an", "new", "this"} else at


def _ends_with_name(text: str, before: str) -> str | None:
    """The name that ends where the verb begins, so that it is its subject; "McDonald’s" is one too."""
    every = name_spans(text)
    for n, one in enumerate(every):
        tail = before[one.end :]
        if not tail or tail in {"’s", "'s"}:
            joined = n and text[every[n - 1].end : one.start] == " and "
            return text[every[n - 1].start if joined else one.start : len(before)]
    return None
