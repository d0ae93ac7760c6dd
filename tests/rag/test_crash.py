"""`kill -9` at many moments of an ingest, an update and a removal, each with a real process and real stores."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from rag.archive import Archive, View
from rag.doctor import examine
from rag.errors import StoreEmpty
from rag.holdings import listed
from rag.keywords import terms
from rag.settings import Settings
from rag.store import open_store
from tests.command import ROOT, child_environment, run_child
from tests.forking import Forked
from tests.rag.fakes import WordEmbedder

ARTICLES = 50


def story(n: int, edition: int) -> str:
    """Three paragraphs with a word that no other article has."""
    return "\n\n".join(
        f"Paragraph {part} of the story about zebra{n}x says that {n * 31 + part} ferries sailed in edition {edition}. "
        f"The harbour master of pier {part} counted them twice before she wrote the number {n * 17 + part} down."
        for part in range(3)
    )


def write_input(file: Path, edition: int) -> dict[str, str]:
    """Returns the text of each url."""
    texts = {f"https://n.example/{n}": story(n, edition) for n in range(ARTICLES)}
    rows = [{"url": url, "title": None, "text": text} for url, text in texts.items()]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return texts


def run_and_kill(what: str, settings: Settings, file: Path, delay: float) -> tuple[list[str], bool]:
    """The lines that the process acknowledged, and whether it had ended by itself."""
    command, env = ("-m", "tests.rag.ingest_in_child", what, str(file)), child_environment(settings)
    with Forked(*command, stdout=subprocess.PIPE, cwd=ROOT, env=env) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        assert first == "ready\n"
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        lines = child.stdout.read().split("\n")[:-1]
        ended = child.wait() == 0
    return lines, ended


def check_whole(view: View, texts: dict[str, list[str]]) -> dict[str, str]:
    """Every stored article is one of its editions, with all passages found by word and by vector; returns the ids."""
    found: dict[str, str] = {}
    for row in listed(view.ledger)[0]:
        article = view.ledger.article(row.article.id)
        assert article.url is not None
        assert article.text in texts[article.url]
        assert row.passages >= 1
        word = f"zebra{article.url.rpartition('/')[2]}x"
        hits = [i for i, _ in view.keywords.search(terms(word), 50)]
        stored = view.ledger.passages(hits)
        assert {p.article.id for p in stored.values()} == {row.article.id}
        assert len(stored) == len(hits) == row.passages
        for passage in stored.values():
            span = passage.passage
            assert article.text[span.start : span.end] == passage.text
        some = stored[hits[0]]
        (nearest,) = view.dense.search(WordEmbedder().embed([some.text])[0], 1)
        assert view.ledger.passages([nearest[0]])[nearest[0]].text == some.text
        found[article.url] = row.article.id
    return found


def state(settings: Settings, texts: dict[str, list[str]]) -> dict[str, str]:
    archive = Archive(settings)
    try:
        with archive.view() as view:
            return check_whole(view, texts)
    except StoreEmpty:
        return {}
    finally:
        archive.close()


MANY, SOME = (4, 3, 2), (3, 2, 1)  # kills of an ingest, an update, a removal; the caches are the same on both engines


@pytest.mark.parametrize(
    ("settings", "seed", "kills"),
    [("sqlite", 1, MANY), ("sqlite", 2, MANY), ("postgres", 3, SOME)],
    indirect=["settings"],
)
def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    settings: Settings, tmp_path: Path, seed: int, kills: tuple[int, int, int]
) -> None:
    rng = random.Random(seed)
    file = tmp_path / "input.jsonl"
    texts = {url: [text] for url, text in write_input(file, 1).items()}
    acknowledged = 0
    for _ in range(kills[0]):
        lines, _ = run_and_kill("ingest", settings, file, rng.uniform(0, 0.8))
        acknowledged += _stored(lines)
        assert len(state(settings, texts)) >= acknowledged
    _finish(settings, file)
    assert set(state(settings, texts)) == set(texts)

    for url, text in write_input(file, 2).items():
        texts[url].append(text)
    for _ in range(kills[1]):
        run_and_kill("ingest", settings, file, rng.uniform(0, 0.8))
        assert set(state(settings, texts)) == set(texts)
    _finish(settings, file)
    ids = state(settings, {url: [editions[-1]] for url, editions in texts.items()})

    gone: set[str] = set()
    wanted = tmp_path / "remove.json"
    for _ in range(kills[2]):
        left = [article_id for article_id in ids.values() if article_id not in gone]
        wanted.write_text(json.dumps(left), encoding="utf-8")
        lines, _ = run_and_kill("remove", settings, wanted, rng.uniform(0, 0.5))
        told = {line.removeprefix("removed ") for line in lines}
        kept = set(state(settings, texts).values())
        assert not told & kept
        assert len(set(left) - kept) <= len(told) + 1
        gone |= set(ids.values()) - kept

    with open_store(settings, "test") as store:
        findings = examine(store)
    assert all(finding.ok for finding in findings), findings


def _stored(lines: list[str]) -> int:
    return max((int(line.split()[1]) for line in lines if line.startswith("stored")), default=0)


def _finish(settings: Settings, file: Path) -> None:
    run_child(settings, "-m", "tests.rag.ingest_in_child", "ingest", str(file))
