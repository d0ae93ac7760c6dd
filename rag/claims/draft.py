"""A draft to its sentences: which can be checked, which can't and why, and whom their pronouns stand for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.checks.names import names_in
from rag.checks.persons import is_person, possessive, without_role
from rag.checks.speech import sayings
from rag.claims.records import DraftSentence, Edit, SentenceKind
from rag.errors import DraftRejected
from rag.ingest.language import detect
from rag.sentences import sentence_spans
from rag.terms import words

_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|thanks?(?: you)?|many thanks|best|kind regards|"
    r"regards|"
    r"sincerely|cheers|bye|goodbye|welcome|see you|ps|p\.s)\b",
    re.IGNORECASE,
)
_MINE = re.compile(
    r"\b(?:I|we) (?:\w+ )?(?:think|believe|feel|hope|love|hate|like|prefer|wish|doubt|suspect|guess|find|suppose)\b"
    r"|\bin (?:my|our) (?:view|opinion|eyes|humble opinion)\b|\bif you ask me\b|\bto my mind\b|\bit seems to me\b",
    re.IGNORECASE,
)
_OUGHT = re.compile(
    r"\b(?:should|ought to|had better|must be stopped|needs? to be stopped|deserves? to)\b", re.IGNORECASE
)
_VALUES = (
    "good|bad|great|terrible|awful|wonderful|amazing|beautiful|ugly|disgusting|ridiculous|shameful|brilliant|stupid|boring|"
    "delicious|fantastic|horrible|excellent|disappointing|exciting|fascinating|foolish|genius|gorgeous|hideous|impressive|"
    "incredible|insane|lovely|magnificent|nice|outrageous|pathetic|perfect|scandalous|silly|sad|superb|tasty|tragic|unfair|"
    "worthless|unforgivable|disgraceful|marvellous|marvelous|the best|the worst|overrated|underrated|too (?:much|"
    "expensive|"
    "late|slow|big|small)|a (?:shame|disgrace|disaster|joke|masterpiece|mistake)"
)
_JUDGED = re.compile(
    rf"\b(?:is|are|was|were|be|been|looks?|sounds?|seems?|tastes?) (?:\w+ly |so |very |really |quite |simply |"
    rf"just |such a |an? )*"
    rf"(?:{_VALUES})\b",
    re.IGNORECASE,
)
_PREDICTED = re.compile(
    r"\b(?:will|shall|(?:is|are) going to) (?:probably|surely|certainly|definitely|undoubtedly|likely|eventually|"
    r"never|always|one day|"
    r"someday|soon|no doubt)\b|\b(?:is|are) (?:bound|doomed|destined) to\b|\bmark my words\b"
    r"|\b(?:tomorrow|next (?:year|month|week|decade)|in (?:\d+|ten|twenty|a few|five) years(?: from now)?)\b.*\bwill\b"
    r"|\bwill\b.*\b(?:tomorrow|next (?:decade|century)|in (?:\d+|ten|twenty|a few|five) years(?: from now)?)\b",
    re.IGNORECASE,
)
_SPOKEN_TO = re.compile(
    r"^(?:please|click|subscribe|read|see|note|remember|imagine|consider|let us|let's|look)\b", re.IGNORECASE
)
_PERSON_PRONOUN = re.compile(r"^(?P<pronoun>He|She|His|Her)\b")
_THING = re.compile(
    r"^(?P<pronoun>It|Its|The (?:company|firm|group|carmaker|automaker|bank|agency|brand|manufacturer|club|party|"
    r"team))\b(?!['’]s (?:clear|not))"
)
_PLURAL = re.compile(
    r"^(?P<pronoun>They|Their|Both(?: companies)?|The (?:companies|two companies|automakers|carmakers|two|pair))\b"
)
_LEAST_WORDS = 3
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_TAG = re.compile(
    r"</?(?:p|div|span|a|html|body|head|h[1-6]|ul|li|br|script|table|article|section)\b[^>]*>", re.IGNORECASE
)
_MANY_TAGS = 2


def check_draft(text: str, max_chars: int) -> str:
    """The draft as it was given. Raises DraftRejected when there is nothing in it to check or it is no plain text."""
    if not text.strip():
        raise DraftRejected("The draft is empty.", remedy="Paste a claim, or a text with claims in it.")
    if len(text) > max_chars:
        raise DraftRejected(
            f"The draft has {len(text):,} characters; the limit is {max_chars:,}.",
            remedy="Check it in parts, or raise BYLINE_MAX_DRAFT_CHARS.",
        )
    if _ADDRESS.fullmatch(text.strip()):
        raise DraftRejected(
            "The draft is an address, not a text.", remedy="Paste the text; `byline ingest` reads articles from files."
        )
    if len(_TAG.findall(text)) >= _MANY_TAGS:
        raise DraftRejected("The draft is HTML.", remedy="Paste the text that a reader sees.")
    control = next((c for c in text if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\r\t"), None)
    if control is not None:
        raise DraftRejected(f"The draft has the control character U+{ord(control):04X}.", remedy="Remove it.")
    return text


def read_draft(text: str) -> tuple[DraftSentence, ...]:
    """Every sentence of the draft, in order, with its kind."""
    found: list[DraftSentence] = []
    for span in sentence_spans(text):
        told = " ".join(text[span.start : span.end].split())
        kind, why = kind_of(told)
        one = DraftSentence(told, span.start, span.end, kind, told, why=why)
        found.append(_with_antecedent(one, text, found) if kind == "claim" else one)
    return tuple(found)


def kind_of(sentence: str) -> tuple[SentenceKind, str | None]:
    """What a sentence is, and what shows it. What somebody is said to think or expect can be checked: it was said."""
    language = detect(sentence)
    if language not in {None, "en"}:
        return "fragment", f"it is in another language ({language}); only English is checked"
    if sentence.rstrip("”\"')").endswith("?"):
        return "question", "it asks"
    if _GREETING.match(sentence) and len(sentence.split()) <= 8:
        return "greeting", "it greets or thanks"
    if _SPOKEN_TO.match(sentence):
        return "greeting", "it asks the reader to do something"
    if all(word.stop for word in words(sentence)) or len(sentence.split()) < _LEAST_WORDS:
        return "fragment", "too short to say something that can be checked"
    if any(one.speaker and one.speaker.lower() not in {"i", "we"} for one in sayings(sentence)):
        return "claim", None
    for kind, pattern in (("opinion", _MINE), ("opinion", _OUGHT), ("opinion", _JUDGED), ("prediction", _PREDICTED)):
        match = pattern.search(sentence)
        if match:
            return kind, f"“{match[0]}”"  # type: ignore[return-value]
    return "claim", None


def _with_antecedent(one: DraftSentence, text: str, before: Sequence[DraftSentence]) -> DraftSentence:
    """The claim with a name in place of the pronoun that opens it."""
    for pattern, find in ((_PERSON_PRONOUN, _last_person), (_THING, _last_thing), (_PLURAL, _last_two)):
        match = pattern.match(one.text)
        name = find(before) if match else None
        if match and name:
            old = match["pronoun"]
            new = possessive(name) if old in {"His", "Her", "Its", "Their"} and not _is_object(one.text, old) else name
            start = text.index(old, one.start)
            edit = Edit(start, start + len(old), old, new)
            return replace(one, claim=new + one.text[match.end() :], edits=(edit,))
    return one


def _is_object(sentence: str, pronoun: str) -> bool:
    """ "Her" before a verb is no possessive, but hardly opens a sentence."""
    return pronoun == "Her" and len(sentence.split()) < 2


def _last_person(before: Sequence[DraftSentence]) -> str | None:
    for one in reversed(before):
        spoke = [said.speaker for said in sayings(one.claim) if said.named and said.speaker]
        persons = [without_role(name) for name in [*spoke, *names_in(one.claim)]]
        person = next((name for name in persons if is_person(name, _names(before))), None)
        if person:
            return person
    return None


def _names(before: Sequence[DraftSentence]) -> list[str]:
    return [name for one in before for name in names_in(one.claim)]


def _last_thing(before: Sequence[DraftSentence]) -> str | None:
    for one in reversed(before):
        things = [name for name in names_in(one.claim) if not is_person(name, _names(before))]
        if things:
            return things[0]
    return None


def _last_two(before: Sequence[DraftSentence]) -> str | None:
    for one in reversed(before):
        every = names_in(one.claim)
        for first, second in pairwise(every):
            if f"{first} and {second}" in one.claim:
                return f"{first} and {second}"
    return None
