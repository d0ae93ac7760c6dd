"""What a question asks for: the kind of answer, the words and the names that must be met."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from rag.errors import QuestionRejected
from rag.spans import find
from rag.terms import Word, words

Wanted = Literal[
    "person", "organisation", "place", "date", "money", "percent", "number", "reason", "quote", "yes or no", "thing"
]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart.

    `terms` are its telling stems in order, without the words that only say what kind of answer is wanted; `names`
    are its capitalised names and its numbers, each as its text with its stems.
    """

    text: str
    wanted: Wanted
    terms: tuple[str, ...]
    names: tuple[tuple[str, frozenset[str]], ...]

    @property
    def name_stems(self) -> frozenset[str]:
        return frozenset().union(*(stems for _, stems in self.names))


def check_question(text: str, max_chars: int, *, alone: bool = True) -> str:
    """The question without the space around it.

    Raises QuestionRejected when nothing could be looked for: an empty or too long question, one with control
    characters, or, where it stands `alone`, one of stop words and punctuation only ("And when?").
    """
    question = text.strip()
    if not question:
        raise QuestionRejected("The question is empty.", remedy="Write what you want to know.")
    if len(question) > max_chars:
        raise QuestionRejected(
            f"The question has {len(question):,} characters; the limit is {max_chars:,}.",
            remedy="Ask it more briefly, or raise BYLINE_MAX_QUESTION_CHARS.",
        )
    control = next((c for c in question if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\r\t"), None)
    if control is not None:
        raise QuestionRejected(
            f"The question has the control character U+{ord(control):04X}.", remedy="Remove it and ask again."
        )
    if alone and all(word.stop for word in words(question)):
        raise QuestionRejected(
            "The question has no word that could be looked for.",
            remedy="Name the person, company, place or event it is about.",
        )
    return question


_NOUNS: tuple[tuple[Wanted, str], ...] = (
    ("percent", r"percent(?:age)?|per cent|proportion|share|rate|majority"),
    (
        "money",
        r"price|cost|amount|sum|salary|fine|fee|budget|revenues?|profits?|debt|valuation|wages?|pay|price tag|"
        r"worth|penalty|bail|ransom|compensation|settlement",
    ),
    ("date", r"dates?|days?|months?|years?|time|decade|century|weekday|deadline|season"),
    (
        "number",
        r"number|total|age|population|size|length|height|weight|distance|score|temperature|magnitude|speed|"
        r"capacity|duration|how often",
    ),
    (
        "place",
        r"country|countries|nations?|city|cities|towns?|states?|provinces?|regions?|continents?|places?|locations?|"
        r"islands?|county|capital|venue|site|villages?|area|airport|plants?|factory|factories|facility|facilities|stadium|hospital|hotel|port|street|district|territory",
    ),
    (
        "organisation",
        r"company|companies|firms?|organi[sz]ations?|agency|agencies|automakers?|carmakers?|brands?|banks?|teams?|"
        r"clubs?|party|parties|university|retailers?|airlines?|groups?|institutions?|newspapers?|network|"
        r"publications?|outlets?|chain|manufacturers?|partners?|supplier|studio|union",
    ),
    (
        "person",
        r"person|people|members?|man|woman|actors?|actress|singers?|rapper|president|minister|politicians?|players?|athletes?|"
        r"ceo|chief|executives?|leaders?|celebrity|authors?|writers?|directors?|artists?|musicians?|senators?|"
        r"governors?|mayor|judge|justice|king|queen|prince|princess|star|star's|founder|billionaire|candidates?|"
        r"officials?|driver|coach|host|journalist|comedian|winner|spokesperson|spokesman|spokeswoman",
    ),
)
# Matched where the asking word stands.
_FORMS: tuple[tuple[Wanted, str], ...] = (
    ("reason", r"why\b|(?:for )?what reason|what (?:is|was|were|are) the (?:reason|cause|motive)|how come\b"),
    ("quote", r"(?:what|how) (?:did|does|do|has|have) [^?]{2,80}? (?:say|said|describe|call|respond|comment)\b"),
    ("percent", r"how many percent|by what percent"),
    ("number", r"how (?:many|long|old|far|tall|high|big|large|fast|often|deep|heavy|wide|hot|cold|late)\b"),
    (
        "number",
        r"how much (?:did|does|do|has|have|had|will|would|is|are|was|were) .{2,80}?\b(?:rise|risen|grow|grown|fall|"
        r"fallen|drop|dropped|increase|increased|decrease|decreased|decline|declined|jump|jumped|shrink|shrunk|up|down)\b",
    ),
    ("number", r"how much (?:farther|faster|lower|higher|more|less|time|of)\b"),
    ("money", r"how (?:much|expensive)\b"),
    ("person", r"(?:who|whom|whose)\b"),
    ("date", r"when\b"),
    ("place", r"where\b"),
)
_FORM_RULES = tuple((wanted, re.compile(form, re.IGNORECASE)) for wanted, form in _FORMS)
# "which of the two companies", "what was the total price": up to three words may stand before the noun.
_NOUN_RULES = tuple(
    (wanted, re.compile(rf"(?:which|what|name the)(?:['’]s)?(?: [\w’'-]+){{0,4}}? (?:{nouns})\b", re.IGNORECASE))
    for wanted, nouns in _NOUNS
)
_YES_NO = re.compile(
    r"^(?:so |and |but )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)\b",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r"\bor\b(?! not\b)", re.IGNORECASE)
_TRUE_OR_FALSE = re.compile(r"^true or false\b", re.IGNORECASE)
_ASKING = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how|name the)\b", re.IGNORECASE)
# Where an asking word asks. Elsewhere "who", "when", "where" are more often relative: "a fan who won".
_ASKS_HERE = re.compile(
    r"(?:^|[,–—-] ?|"
    r"\b(?:and|but|so|in|on|at|by|for|from|to|of|with|about|under|since|until|than|after|before|according to) )"
    rf"({_ASKING.pattern})",
    re.IGNORECASE,
)
_ASKS_ANYWHERE = re.compile(r"\b(?:what|which|why|how)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
# Words that say which kind of answer is wanted, not what it is about.
_ASKING_WORDS = frozenset(
    [
        "name",
        "many",
        "much",
        "long",
        "old",
        "far",
        "percentag",
        "percent",
        "number",
        "amount",
        "date",
        "day",
        "month",
        "year",
        "time",
        "person",
        "reason",
        "true",
        "fals",
        "say",
        "said",
        "call",
        "describ",
        "happen",
        "kind",
        "type",
        "sort",
    ]
)


def wanted_of(question: str) -> Wanted:
    """The kind of answer that the last asking sentence of `question` wants."""
    parts = [part for part in _SENTENCE_END.split(question.strip()) if part]
    asking = next((part for part in reversed(parts) if _ASKING.search(part)), parts[-1] if parts else "")
    if _TRUE_OR_FALSE.match(question) or _YES_NO.match(asking):
        return "yes or no"
    first = _ASKS_HERE.search(asking)
    at = first.start(1) if first else _start(_ASKS_ANYWHERE.search(asking) or _ASKING.search(asking))
    tail = asking[at:]
    for wanted, rule in _FORM_RULES:
        if rule.match(tail):
            return wanted
    nouns = [(m.end(), wanted) for wanted, rule in _NOUN_RULES if (m := rule.match(tail))]
    return min(nouns)[1] if nouns else "thing"


def is_polar(question: str) -> bool:
    """Whether a yes or a no answers it: it asks for nothing else beside ("Can you tell me who …") and gives no
    alternative ("Was it Ford or GM?").
    """
    return wanted_of(question) == "yes or no" and not _ASKING.search(question) and not _ALTERNATIVE.search(question)


def _start(match: re.Match[str] | None) -> int:
    return match.start() if match else 0


def ask(question: str) -> Asked:
    """Take a question apart. Any text will do; a question in another language has only names and unknown words."""
    content = [word for word in words(question) if not word.stop]
    kept = [word for word in content if word.stem not in _ASKING_WORDS or word.text[:1].isupper()] or content
    return Asked(question, wanted_of(question), tuple(dict.fromkeys(w.stem for w in kept)), _names(question, content))


def _names(question: str, content: list[Word]) -> tuple[tuple[str, frozenset[str]], ...]:
    found: dict[str, frozenset[str]] = {}
    named_to = 0
    for span in find(question):
        if span.kind not in {"name", "number", "money", "percent"} or _opens_sentence(question, span.start, span.end):
            continue
        if span.start < named_to:
            continue  # the 19 of "Covid-19"
        named_to = span.end
        stems = frozenset(w.stem for w in content if span.start <= w.start and w.end <= span.end)
        if stems:
            found.setdefault(span.of(question), stems)
    return tuple(found.items())


def _opens_sentence(question: str, start: int, end: int) -> bool:
    """Whether a single capitalised word only begins a sentence, and so may be no name."""
    opens = start == 0 or question[:start].rstrip()[-1:] in ".?!"
    word = question[start:end]
    return opens and " " not in word and word[1:].islower() and question[end : end + 2] not in {"'s", "’s"}
