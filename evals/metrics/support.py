"""When a citation supports: it quotes a stretch that gold names."""

from __future__ import annotations

from pathlib import PurePath

from evals.gold import Case, Supporting
from evals.gold.text import covers
from evals.reply import Cited

_POINTS = 3  # a citation that is more times as long as the supporting quote does not point at it


def supports(citation: Cited, case: Case) -> bool:
    """Whether the citation quotes a supporting stretch of its file, and not a whole passage around it."""
    return any(is_of(citation, gold) for gold in case.supporting)


def is_of(citation: Cited, gold: Supporting) -> bool:
    """Whether the citation quotes this stretch."""
    short_enough = len(citation.quote) <= _POINTS * len(gold.quote)
    return file_name(citation) == gold.file and short_enough and covers(citation.quote, gold.quote)


def file_name(citation: Cited) -> str:
    return PurePath(citation.file).name
