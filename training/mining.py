"""Hard negatives: passages that our own keyword search finds for a question, and that don't hold its answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from weakref import finalize

from rag.keywords import Entry, KeywordIndex, terms

_DEPTH = 12  # hits looked at for each question


class Mine:
    """A pool of passages to search. Raises StoreDamaged when its temporary index can't be written."""

    def __init__(self, passages: Sequence[str]) -> None:
        self._passages = list(dict.fromkeys(passages))
        folder = mkdtemp(prefix="byline-mine-")
        finalize(self, rmtree, folder, ignore_errors=True)
        index = KeywordIndex.open(Path(folder))
        index.write(Entry(n, passage, None, None, None) for n, passage in enumerate(self._passages))
        self._searcher = index.searcher()

    def near(self, text: str, keep: Callable[[str], bool], many: int) -> list[str]:
        """The first `many` passages found for `text` of which `keep` is true, best first; perhaps fewer."""
        words = list(dict.fromkeys(terms(text)))[:24]
        found = (self._passages[n] for n, _ in self._searcher.search(words, _DEPTH + many))
        return [passage for passage in found if keep(passage)][:many]
