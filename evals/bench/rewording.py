"""Light rewordings of a news sentence that leave its meaning as it is, made by rules outside quotation marks."""

from __future__ import annotations

import random
import re

from training.swaps import shorten

_FRONTED = re.compile(r"^(?P<head>(?:On|In|At|After|During|Since|By|Before) [^,“”\"]{3,40}), (?P<rest>[^“”\"]+)\.$")
_SAID_LAST = re.compile(r"^(?P<what>[^“”\"]+), (?P<who>(?:[A-Z][\w.’'-]+ ?){1,4})said\.$")
_ARTICLE = re.compile(r"(?:The|A|An|It|He|She|They|There|This|That|These|Those|Some|Many|Most)\b")
_QUOTED = re.compile(r"[“\"][^“”\"]*(?:[”\"]|$)")
_WORDS: tuple[tuple[str, str], ...] = (
    (r"\babout (?=\d)", "approximately "),
    (r"\bmore than (?=\d)", "over "),
    (r"\bnearly (?=\d)", "almost "),
    (r"(?<=\d) percent\b", "%"),
    (r"(?<=\d)%", " percent"),
    (r"\bis not\b", "isn’t"),
    (r"\bisn[’']t\b", "is not"),
    (r"\bdid not\b", "didn’t"),
    (r"\bdidn[’']t\b", "did not"),
    (r"\bsaid\b", "stated"),
    (r"\bbegan\b", "started"),
    (r"\bbought\b", "purchased"),
    (r"\bchildren\b", "kids"),
    (r"\bbecause\b(?! of)", "since"),
    (r"\bofficials\b", "authorities"),
    (r"\bthree\b", "3"),
    (r"\bsix\b", "6"),
    (r"\bapproximately\b", "about"),
    (r"\balso ", ""),
)
_MOST = 3  # changes of words


def reworded(sentence: str, rng: random.Random) -> str | None:
    """The sentence in other words, or None where no rule fits."""
    told = _moved(sentence) or sentence
    told = told if _QUOTED.search(told) else shorten(told, rng)
    changes = 0
    for pattern, new in rng.sample(_WORDS, len(_WORDS)):
        changed = _outside_quotes(told, pattern, new)
        if changed != told:
            told, changes = changed, changes + 1
        if changes == _MOST:
            break
    return told if told != sentence else None


def _moved(sentence: str) -> str | None:
    """What stands first goes last, and who said it goes first."""
    fronted = _FRONTED.match(sentence)
    if fronted:
        head, rest = fronted["head"], fronted["rest"]
        return f"{rest[0].upper()}{rest[1:]} {head[0].lower()}{head[1:]}."
    said = _SAID_LAST.match(sentence)
    if said:
        what = said["what"]
        return f"{said['who'].strip()} said {what[0].lower() + what[1:] if _ARTICLE.match(what) else what}."
    return None


def _outside_quotes(sentence: str, pattern: str, new: str) -> str:
    kept = [match.span() for match in _QUOTED.finditer(sentence)]
    for match in re.finditer(pattern, sentence):
        if not any(start < match.end() and match.start() < end for start, end in kept):
            return sentence[: match.start()] + new + sentence[match.end() :]
    return sentence
