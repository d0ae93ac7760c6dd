"""The stretches of articles that a page shows: whole where they are short, else what surrounds the quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from evals.gold.load import CorpusTexts
from evals.runs.record import RunFile

WHOLE = 8_000  # characters of an article that is shown whole
AROUND = 500  # characters shown before and after a quote
MOST = 6_000_000  # characters in a page; the rest of the articles is left out
CUT = "\n[…]\n"


def shown_articles(run: RunFile, corpus: Path | None) -> dict[str, str]:
    """By file name, for every file that is cited or that gold names; empty without a corpus."""
    if corpus is None or not corpus.is_dir():
        return {}
    texts, told, left = CorpusTexts(corpus), dict[str, str](), MOST
    for file, quotes in _quotes(run).items():
        text = texts.get(file)
        if text is None:
            continue
        part = text if len(text) <= WHOLE else _around(text, quotes)
        if len(part) > left:
            break
        told[file] = part
        left -= len(part)
    return told


def _quotes(run: RunFile) -> Mapping[str, set[str]]:
    told: dict[str, set[str]] = {}
    for case in run.gold:
        for one in case.supporting:
            told.setdefault(one.file, set()).add(one.quote)
    for reply in run.replies:
        for cited in reply.citations:
            told.setdefault(cited.file.rpartition("/")[2], set()).add(cited.quote)
    return told


def _around(text: str, quotes: Iterable[str]) -> str:
    """The windows around the quotes, those that overlap joined."""
    windows: list[list[int]] = []
    places = sorted((at, at + len(quote)) for quote in quotes if (at := text.find(quote)) >= 0)
    for start, end in places:
        low, high = max(0, start - AROUND), min(len(text), end + AROUND)
        if windows and low <= windows[-1][1]:
            windows[-1][1] = max(high, windows[-1][1])
        else:
            windows.append([low, high])
    return CUT.join(text[low:high] for low, high in windows)
