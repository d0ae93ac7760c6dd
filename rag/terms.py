"""Words of a text with where they stand, their stems, and how much each tells.

The rarity of a stem comes from `rag/rarity.json`, made by `evals/rarity.py`: general English, not the archive, for
in a small archive the very names that tell a question apart ("Ford" or "Honda") can be in every article.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import Stemmer

RARITY_FILE = Path(__file__).with_name("rarity.json")
# "U.S." and "Q3" are one word, "state-of-the-art" four, "Ford's" is "Ford".
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|(?<!\w['’])[^\W\d_]\w*(?:['’](?!s\b)\w+)*")

STOP_WORDS = frozenset({
    "a", "about", "above", "after", "again", "against", "all", "also", "am", "an", "and", "any", "are", "aren't",
    "as", "at", "be", "because", "been", "before", "being", "below", "between", "both", "but", "by", "can", "can't",
    "could", "couldn't", "did", "didn't", "do", "does", "doesn't", "doing", "don't", "down", "during", "each",
    "either", "else", "ever", "few", "for", "from", "further", "had", "hadn't", "has", "hasn't", "have", "haven't",
    "having", "he", "her", "here", "hers", "herself", "him", "himself", "his", "how", "i", "i'm", "if", "in",
    "into", "is", "isn't", "it", "its", "itself", "just", "let's", "many", "may", "me", "might", "more", "most",
    "much", "must", "my", "myself", "neither", "no", "nor", "not", "of", "off", "on", "once", "one", "only", "or",
    "other", "ought", "our", "ours", "ourselves", "out", "over", "own", "please", "same", "shall", "she", "should",
    "shouldn't", "so", "some", "such", "than", "that", "the", "their", "theirs", "them", "themselves", "then",
    "there", "these", "they", "this", "those", "through", "to", "too", "under", "until", "up", "upon", "us", "very",
    "was", "wasn't", "we", "were", "weren't", "what", "what's", "when", "where", "which", "while", "who", "who's",
    "whom", "whose", "why", "will", "with", "within", "without", "won't", "would", "wouldn't", "yet", "you", "your",
    "yours", "yourself", "yourselves", "tell", "know", "according",
})  # fmt: skip

_lock = threading.Lock()  # a Stemmer is not safe for two threads at once
_stemmer = Stemmer.Stemmer("english")


class Word(NamedTuple):
    """A word of a text at `[start, end)`; `stem` is folded, so that forms of one word are equal."""

    text: str
    stem: str
    start: int
    end: int
    stop: bool


def is_stop(word: str) -> bool:
    """Whether a word tells nothing; in capitals it is a name ("US", "WHO", "IT")."""
    return not (len(word) > 1 and word.isupper()) and word.lower().replace("’", "'") in STOP_WORDS


@lru_cache(maxsize=100_000)
def _stem_and_stop(word: str) -> tuple[str, bool]:
    return _stem(word), is_stop(word)


def stem(word: str) -> str:
    """Lower-cased, without accents and dots, English-stemmed."""
    return _stem_and_stop(word)[0]


def _stem(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word.lower().replace(".", "") if not word[:1].isdigit() else word)
    plain = "".join(c for c in folded if not unicodedata.combining(c) and c not in "'’,")
    with _lock:
        return str(_stemmer.stemWord(plain))


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    found = []
    for match in _WORD.finditer(text):
        stemmed, stop = _stem_and_stop(match.group())
        found.append(Word(match.group(), stemmed, match.start(), match.end(), stop))
    return tuple(found)


@lru_cache(maxsize=1)
def _rarity() -> tuple[dict[str, float], float]:
    stored = json.loads(RARITY_FILE.read_text("utf-8"))
    return stored["stems"], stored["other"]


def rarity(stemmed: str) -> float:
    """How much a stem tells, 0 to 1: inverse frequency in general English over that of an unseen word."""
    stems, other = _rarity()
    return stems.get(stemmed, other) / other


def share(wanted: Iterable[str], present: frozenset[str] | set[str]) -> float:
    """The share of `wanted` stems, weighed by rarity, that are `present`; 1 when nothing is wanted."""
    total = found = 0.0
    for one in wanted:
        weight = rarity(one)
        total += weight
        found += weight if one in present else 0.0
    return found / total if total else 1.0
