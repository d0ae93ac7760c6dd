"""One contract over every VectorIndex: Chroma embedded and on servers, exact comparison, their union over a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from rag.archive import Archive
from rag.exact import ExactIndex
from rag.indexing import places
from rag.ledger_write import writing
from rag.ports import VectorIndex, Vectors
from rag.settings import Settings
from rag.store import open_store
from rag.vectors import ChromaIndex
from tests.chroma import ChromaServer
from tests.rag.fakes import WordEmbedder, admission, article

COUNT, HALF = 40, 20
WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "juniper"]


def texts() -> list[str]:
    return [f"{WORDS[n % 10]} {WORDS[n // 10]} note{n}" for n in range(COUNT)]


def matrix() -> Vectors:
    return WordEmbedder().embed(texts())


def exact(_folder: Path, _stack: ExitStack, _urls: list[str]) -> VectorIndex:
    return ExactIndex(np.arange(1, COUNT + 1), matrix().astype(np.float16))


def chroma(folder: Path, stack: ExitStack, _urls: list[str]) -> VectorIndex:
    index = ChromaIndex.open(folder / "chroma")
    stack.callback(index.close)
    index.add(list(range(1, COUNT + 1)), matrix())
    return index


def one_server(folder: Path, stack: ExitStack, urls: list[str]) -> VectorIndex:
    return _stored(folder, stack, urls[0])


def two_servers(folder: Path, stack: ExitStack, urls: list[str]) -> VectorIndex:
    return _stored(folder, stack, ",".join(urls))


def union(folder: Path, stack: ExitStack, _urls: list[str]) -> VectorIndex:
    """Half of the passages in Chroma, half only in the ledger."""
    return _stored(folder, stack, None)


def union_with_servers(folder: Path, stack: ExitStack, urls: list[str]) -> VectorIndex:
    return _stored(folder, stack, ",".join(urls), level=False)


def _stored(folder: Path, stack: ExitStack, url: str | None, *, level: bool = True) -> VectorIndex:
    settings = Settings(data_dir=folder, chroma_url=url)
    with open_store(settings, "test") as store:
        with writing(store.ledger) as w:
            w.set_meta("model", str(w.use_model(WordEmbedder.identity, WordEmbedder.dimensions)))
        for part in (texts()[:HALF], texts()[HALF:]):
            with writing(store.ledger) as w:
                for text in part:
                    w.admit(admission(article(text)))
            store.level()
            if part[0] == texts()[0] or (url and level):
                assert store.level_chroma()
    archive = Archive(settings)
    stack.callback(archive.close)
    view = stack.enter_context(archive.view())
    assert places(settings.data_dir / "indexes", view.ledger.metas())
    assert archive.chroma_in_use or archive.vectors_behind() == (0 if level else HALF)
    return view.dense


@pytest.fixture(params=[exact, chroma, one_server, two_servers, union, union_with_servers], scope="module")
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, servers: list[ChromaServer]
) -> Iterator[VectorIndex]:
    make: Callable[[Path, ExitStack, list[str]], VectorIndex] = request.param
    with ExitStack() as stack:
        yield make(tmp_path_factory.mktemp("index"), stack, [one.url for one in servers])


@pytest.mark.parametrize("n", range(0, COUNT, 7))
def test_the_nearest_come_first_with_their_cosine(index: VectorIndex, n: int) -> None:
    found = index.search(matrix()[n], 5)
    assert len(found) == 5
    assert found[0][0] == n + 1
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    for passage_id, score in found:
        assert score == pytest.approx(float(matrix()[passage_id - 1] @ matrix()[n]), abs=2e-3)


def test_only_ids_among_those_allowed_are_found(index: VectorIndex) -> None:
    allowed = range(1, COUNT + 1, 3)
    found = index.search(matrix()[4], 6, np.array(allowed))
    assert found
    assert {i for i, _ in found} <= set(allowed)
    best = max(float(matrix()[i - 1] @ matrix()[4]) for i in allowed)
    assert found[0][1] == pytest.approx(best, abs=2e-3)


def test_more_than_there_is_gives_all(index: VectorIndex) -> None:
    assert {i for i, _ in index.search(matrix()[0], 10 * COUNT)} == set(range(1, COUNT + 1))


def test_nothing_asked_for_is_nothing_found(index: VectorIndex) -> None:
    assert index.search(matrix()[0], 0) == []
    assert index.search(matrix()[0], 5, np.empty(0, np.int64)) == []
