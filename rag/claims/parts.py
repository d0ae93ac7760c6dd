"""A claim that says several things, to its parts: "A rose and B fell" is two claims, with the subject carried along."""

from __future__ import annotations

import re

from rag.checks.listed import listed

# Verbs whose past form does not end in -ed, and forms of the present that are not taken for nouns.
_PAST = frozenset(
    listed(
        "was were is are has have had will would can could may might did does became began bought brought built came "
        "chose cut drew drove fell felt found fought gave got grew held hit kept knew laid led left lent lost "
        "made meant met "
        "paid put quit ran rose said sat saw sent set shot shut sold spent stood stole struck took taught told "
        "thought threw "
        "understood went won wore wrote plans wants aims says remains owns makes sells builds employs works runs leads "
        "expects denies opposes supports rejects takes gives holds uses hopes costs pays faces"
    )
)
_JOINT = re.compile(r"(?:;|,? (?:and|but|while|whereas)|, (?:and|but|while|whereas)) ")
_WORD = re.compile(r"[\w’'-]+")
_LEAST_WORDS = 3


def parts_of(claim: str) -> tuple[str, ...]:
    """The parts, each a sentence of its own, or the claim alone. Nothing inside quotation marks is split."""
    for joint in _JOINT.finditer(claim):
        if _in_quotes(claim, joint.start()):
            continue
        left, right = claim[: joint.start()].strip(), claim[joint.end() :].strip()
        first, second = _verb(left), _verb(right)
        if first is None or second is None or len(left.split()) < _LEAST_WORDS or len(right.split()) < _LEAST_WORDS:
            continue
        subject = left[: first.start()].strip()
        if second.start() == 0:
            if not subject or subject.split()[-1].lower() in {"that", "who", "which", "to"}:
                continue
            right = f"{subject} {right}"
        elif _joins_names(left, right) or not (right[0].isupper() or _begins_with_noun(right, second)):
            continue
        return (_sentence(left), *parts_of(_sentence(right)))
    return (claim,)


def _verb(text: str) -> re.Match[str] | None:
    """The first finite verb, as far as its form tells."""
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if word in _PAST or (word.endswith("ed") and len(word) > 3):
            return match
    return None


def _begins_with_noun(text: str, verb: re.Match[str]) -> bool:
    """Whether a subject of its own stands before the verb: "the ferry sank"."""
    return (
        bool(re.match(r"(?:the|a|an|its|his|her|their|it|he|she|they|some|many|most|\d+)\b", text, re.IGNORECASE))
        and verb.start() < 60
    )


def _joins_names(left: str, right: str) -> bool:
    """ "Ford and VW": no two sentences."""
    return left.split()[-1][:1].isupper() and right[:1].isupper()


def _in_quotes(claim: str, at: int) -> bool:
    before = claim[:at]
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


def _sentence(text: str) -> str:
    whole = text.strip().rstrip(",;")
    return whole[:1].upper() + whole[1:] + ("" if whole[-1:] in '.!?”"' else ".")
