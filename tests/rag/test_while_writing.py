"""Readers in other processes while one process writes: real processes on one archive."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from rag.archive import Archive
from rag.keywords import terms
from rag.settings import Settings, load_settings
from tests.command import ROOT, child_environment, run_child
from tests.forking import Forked
from tests.rag.fakes import WordEmbedder
from tests.rag.test_crash import ARTICLES, check_whole, story, write_input

HANGS_MS = 60_000  # how fast it is, the benchmark says; here nothing may hang
READER = """
import sys
from tests.rag.test_while_writing import read_until
read_until(float(sys.argv[1]), int(sys.argv[2]))
"""


def read_until(seconds: float, chroma_from: int) -> None:
    """Look at the archive again and again, and print the slowest look in ms and how many there were.

    Every look sees whole articles, each in one of its two editions, and all of them.
    """
    texts = {f"https://n.example/{n}": [story(n, edition) for edition in (1, 2)] for n in range(ARTICLES)}
    slowest, looks, end = 0.0, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.monotonic()
        archive = Archive(load_settings(), chroma_from=chroma_from)
        with archive.view() as view:
            hits = view.keywords.search(terms("ferries sailed"), 20)
            assert len(view.ledger.passages([i for i, _ in hits])) == len(hits) == 20
            view.dense.search(WordEmbedder().embed(["ferries sailed in edition"])[0], 20)
            slowest = max(slowest, time.monotonic() - started)
            if looks % 5 == 0:
                assert len(check_whole(view, texts)) == ARTICLES
        archive.close()
        looks += 1
    sys.stdout.write(f"{slowest * 1e3:.0f} {looks}\n")


def test_readers_see_complete_states_and_never_wait_for_the_writer(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "input.jsonl"
    write = ["-m", "tests.rag.ingest_in_child", "ingest", str(file)]
    write_input(file, 1)
    run_child(settings, *write)
    read, env = ("-c", READER, "6"), child_environment(settings)
    # One as `byline ask` opens a small archive; one that opens Chroma when it is free.
    readers = [Forked(*read, chroma_from, stdout=subprocess.PIPE, cwd=ROOT, env=env) for chroma_from in ("50000", "0")]
    editions = 0
    while any(reader.poll() is None for reader in readers) and editions < 20:
        editions += 1
        write_input(file, 1 + editions % 2)
        run_child(settings, *write)
    for reader in readers:
        told, _ = reader.communicate(timeout=60)
        assert reader.returncode == 0
        slowest_ms, looks = map(int, told.split())
        assert slowest_ms < HANGS_MS
        assert looks >= 1
    assert editions >= 2
