"""What the hits lack of a question, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer_types import possible_answers
from rag.features import Seen, met, see
from rag.prompts import load_prompt
from rag.question import Asked, Wanted
from rag.terms import rarity, words
from rag.types import Hit

_KINDS: dict[Wanted, str] = {
    "money": "an amount of money",
    "percent": "a percentage",
    "number": "a number",
    "date": "a date",
    "quote": "quoted words",
    "person": "another name",
    "organisation": "another name",
    "place": "a place",
    "reason": "a reason",
}
_PRICE = re.compile(r"\b(?:pay|pays|paid|price|cost|costs|spend|spent|buy|bought|worth)\b", re.IGNORECASE)
_LISTED = 3  # names or words that a sentence lists at most
_FAMILIAR = 0.85  # rarity below which a stem is common English
_ENGLISH_SHARE = 0.3


def missing(asked: Asked, hits: Sequence[Hit], within: str = "") -> str:
    """Why nothing answers, as far as it shows: a foreign language, nothing `within` the limits, names that no passage
    has, or has together, or has together with what was asked for; else the telling words.
    """
    if not looks_english(asked.text):
        return load_prompt("missing-language").render()
    if not hits and within:
        return load_prompt("missing-within").render(within=within)
    if not hits:
        return load_prompt("missing-nothing").render()
    seen = [(hit, see(hit)) for hit in hits]
    return _of_names(asked, seen) if asked.names else _of_terms(asked)


def looks_english(text: str) -> bool:
    """Whether enough of a text's lower-case words are common in English; too few words to tell count as English."""
    plain = [word for word in words(text) if word.text[:1].islower() or not word.text.isascii()]
    if len(plain) < 3:
        return all(word.text.isascii() for word in plain)
    known = sum(word.stop or (len(word.text) > 2 and rarity(word.stem) < _FAMILIAR) for word in plain)
    return known / len(plain) >= _ENGLISH_SHARE


def _of_names(asked: Asked, seen: Sequence[tuple[Hit, Seen]]) -> str:
    absent = [name for name, stems in asked.names if not any(_has(stems, each.everything) for _, each in seen)]
    if absent:
        return load_prompt("missing-names").render(names=_listed(absent, "or"))
    names = _listed([name for name, _ in asked.names])
    together = [hit for hit, each in seen if all(_has(stems, each.everything) for _, stems in asked.names)]
    if not together:
        return load_prompt("missing-together").render(names=names)
    kind = "a price" if asked.wanted == "money" and _PRICE.search(asked.text) else _KINDS.get(asked.wanted)
    if kind and not any(_answers_near(asked, hit) for hit in together):
        return load_prompt("missing-kind").render(names=names, kind=kind)
    return load_prompt("missing-statement").render(names=names)


def _has(stems: frozenset[str], present: frozenset[str]) -> bool:
    return all(met(one, present) for one in stems)


def _answers_near(asked: Asked, hit: Hit) -> bool:
    """Whether a sentence has a name of the question and a span of the wanted kind."""
    for span in hit.passage.sentences:
        sentence = hit.sentence(span)
        stems = frozenset(word.stem for word in words(sentence))
        if any(_has(name, stems) for _, name in asked.names) and possible_answers(asked, sentence):
            return True
    return False


def _of_terms(asked: Asked) -> str:
    by_stem = {word.stem: word.text for word in reversed(words(asked.text))}
    telling = sorted(asked.terms, key=lambda one: -rarity(one))[:_LISTED]
    return load_prompt("missing-terms").render(terms=_listed([by_stem[one] for one in telling]))


def _listed(names: Sequence[str], last: str = "and") -> str:
    shown = list(names[:_LISTED])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"
