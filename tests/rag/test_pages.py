"""Pages by URL: fetched from a real server into a real archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.ingest.limits import Limits
from rag.ingestion import Ingestor, IngestReport
from rag.ledger import Ledger
from rag.pages import Pages, key_of_url
from rag.settings import Settings
from rag.snapshot import Keyed
from rag.store import open_store
from tests.command import byline
from tests.rag.fakes import WordEmbedder
from tests.rag.fetch.fetching import fetcher
from tests.rag.ingest.files import pdf
from tests.rag.news import page, story
from tests.web import Reply, Web, redirect, web

Ingest = Callable[..., IngestReport]


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as server:
        yield server


@pytest.fixture
def ingest(site: Web, tmp_path: Path) -> Ingest:
    """Ingests paths of the site."""

    def run(*paths: str) -> IngestReport:
        with open_store(Settings(data_dir=tmp_path), "test") as store:
            pages = Pages(fetcher(site), store.ledger, Limits())
            return Ingestor(store, WordEmbedder(), 800).run(pages.units([site.url(path) for path in paths]))

    return run


def stored(data: Path, url: str) -> Keyed | None:
    ledger = Ledger(Settings(data_dir=data))
    try:
        with ledger.snapshot() as snapshot:
            return snapshot.keyed(key_of_url(url))
    finally:
        ledger.close()


def test_a_page_is_an_article_of_its_address(site: Web, ingest: Ingest, tmp_path: Path) -> None:
    head = '<meta property="og:site_name" content="Valley News"><meta name="datePublished" content="2024-03-05">'
    site.pages["/storm.html?utm_source=mail"] = Reply(page(story(), head=head))
    assert ingest("/storm.html?utm_source=mail").new == 1
    found = stored(tmp_path, site.url("/storm.html"))
    assert found is not None
    article = found.article
    assert article.published is not None
    told = (article.title, article.source, article.published.at, article.file)
    assert told == ("Harbour closed after storm", "Valley News", "2024-03-05", "storm.html")
    assert "three boats" in article.text


def test_what_differs_each_time_outside_the_article_changes_nothing(site: Web, ingest: Ingest) -> None:
    for n in range(3):
        site.pages["/storm"] = Reply(page(story(), foot=f"Page {n} of today"))
        report = ingest("/storm")
        assert (report.new, report.unchanged) == ((1, 0) if n == 0 else (0, 1))


def test_changed_text_is_the_next_version_also_when_it_goes_back(site: Web, ingest: Ingest, tmp_path: Path) -> None:
    for n, month in enumerate(("May", "June", "May"), 1):
        site.pages["/storm"] = Reply(page(story(month=month)))
        report = ingest("/storm")
        assert (report.new, report.updated) == ((1, 0) if n == 1 else (0, 1))
        found = stored(tmp_path, site.url("/storm"))
        assert found is not None
        assert found.article.version == n
        assert f"the end of {month}" in found.article.text


def test_two_addresses_of_one_host_are_one_article(site: Web, ingest: Ingest, tmp_path: Path) -> None:
    named = page(story(), head=f'<link rel="canonical" href="{site.url("/storm")}">')
    site.pages |= {"/storm": Reply(named), "/amp": Reply(named), "/s": redirect("/storm")}
    report = ingest("/amp", "/storm", "/s")
    assert (report.new, report.unchanged) == (1, 2)
    assert stored(tmp_path, site.url("/amp")) is None


def test_a_page_can_not_take_the_address_of_another_host(site: Web, ingest: Ingest, tmp_path: Path) -> None:
    site.pages["/storm"] = Reply(page(story(), head='<link rel="canonical" href="https://other.example/storm">'))
    assert ingest("/storm").new == 1
    assert stored(tmp_path, "https://other.example/storm") is None
    assert stored(tmp_path, site.url("/storm"))


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_leaves_what_is_stored(site: Web, ingest: Ingest, tmp_path: Path, status: int) -> None:
    site.pages["/storm"] = Reply(page(story()))
    ingest("/storm")
    site.pages["/storm"] = Reply(status=status)
    (gone,) = ingest("/storm").rejected
    found = stored(tmp_path, site.url("/storm"))
    assert found is not None
    assert f"HTTP {status}" in gone.reason
    assert "stays as it is" in gone.reason
    assert found.article.id in gone.remedy
    (never,) = ingest("/never").rejected
    assert "stays" not in never.reason


def test_texts_and_pdfs_are_read_and_a_bad_page_does_not_stop_the_rest(site: Web, ingest: Ingest) -> None:
    lines = [f"Line {n}: the council of Oban met on the repair of the pier." for n in range(12)]
    site.pages |= {
        "/a": Reply(story(), kind="text/plain"),
        "/b": Reply(pdf(lines), kind="application/pdf"),
        "/empty": Reply(""),
        "/picture": Reply("GIF89a", kind="image/gif"),
        "/broken": Reply(b"%PDF-1.7 and no more", kind="application/pdf"),
        "/c": Reply(page(story("Leith"))),
    }
    report = ingest("/a", "/empty", "/picture", "/broken", "/b", "/c")
    assert report.new == 3
    assert [one.where for one in report.rejected] == [site.url(path) for path in ("/empty", "/picture", "/broken")]


def test_bytes_without_a_stated_charset_are_read(site: Web, ingest: Ingest, tmp_path: Path) -> None:
    text = story("Málaga").replace("said", "said – “naïvely” –")
    raw = page(text, head='<meta charset="windows-1252">').encode("cp1252")
    site.pages["/storm"] = Reply(raw, kind="text/html")
    ingest("/storm")
    found = stored(tmp_path, site.url("/storm"))
    assert found is not None
    assert "Málaga" in found.article.text


def test_the_command_takes_addresses_beside_paths(site: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.pages["/storm"] = Reply(page(story()))
    file = tmp_path / "otter.txt"
    file.write_text("An otter was seen in the harbour of Oban by nine anglers.", encoding="utf-8")
    monkeypatch.setenv("BYLINE_FETCH_ALLOW", site.authority)
    addresses = (site.url("/storm"), "ftp://news.example/x", "http://[::1]/")
    done = byline("ingest", str(file), *addresses, data=tmp_path / "data")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "new │ 2" in " ".join(done.stdout.split())
    assert "its scheme is ftp" in done.stdout
    assert "not public (loopback)" in done.stdout
