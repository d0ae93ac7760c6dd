"""HTML and PDF, read in the child process."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfWriter

from rag.errors import ArticleRejected
from rag.ingest import sandbox
from rag.ingest.limits import Limits
from rag.types import Published
from tests.rag.ingest.files import STORY, pdf, read_one, rejection_of

HEAD = (
    '<meta property="og:site_name" content="The Valley Post"><meta name="author" content="Ann Field">'
    '<link rel="canonical" href="https://www.valleypost.example/bridge">'
)
BODY = (
    '<nav><a href="/">Home</a></nav><article><h1>Bridge closes for repairs</h1>'
    f"<p>{STORY}</p><script>steal()</script><h2>What drivers should do</h2>"
    "<p>Drivers will be sent along the northern road, which adds four kilometres, the council said in a notice.</p>"
    "<p>The work was agreed in May 2019 and costs 1.2 million pounds, which the county pays.</p></article>"
)


@pytest.fixture(scope="module", autouse=True)
def _one_child() -> Iterator[None]:
    yield
    sandbox.close()


def html(folder: Path, head: str = HEAD, body: str = BODY, encoding: str = "utf-8") -> Path:
    path = folder / "page.html"
    page = f'<html lang="en-GB"><head><title>Bridge closes for repairs</title>{head}</head><body>{body}</body></html>'
    path.write_bytes(page.encode(encoding))
    return path


def test_a_page_gives_its_body_and_what_its_markup_states(tmp_path: Path) -> None:
    stated = '<meta property="article:published_time" content="2024-03-05T10:00:00Z">'
    one = read_one(html(tmp_path, HEAD + stated))
    assert (one.title, one.source, one.authors) == ("Bridge closes for repairs", "The Valley Post", ("Ann Field",))
    assert (one.url, one.language) == ("https://www.valleypost.example/bridge", "en")
    assert one.published == Published("2024-03-05T10:00:00+00:00", "markup")
    assert STORY in one.text
    assert "steal" not in one.text
    assert "What drivers should do" in [one.text[mark.start : mark.end] for mark in one.marks if mark.kind == "heading"]


@pytest.mark.parametrize(
    ("stated", "at"),
    [
        (
            '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "datePublished": "2024-03-05"}]}'
            "</script>",
            "2024-03-05",
        ),
        ('<script type="application/ld+json">{"@type": "Event", "datePublished": "2024-03-05"}</script>', None),
        ('<script type="application/ld+json">{broken</script>', None),
        ('<meta itemprop="datePublished" content="March 5, 2024">', "2024-03-05"),
        ('<meta name="pubdate" content="3/5/24">', None),
        ('<meta property="article:modified_time" content="2024-03-05">', None),
        ('<meta property="article:published_time" content="2999-01-01">', None),
        ("", None),
    ],
)
def test_a_date_is_taken_from_markup_and_never_guessed(tmp_path: Path, stated: str, at: str | None) -> None:
    published = read_one(html(tmp_path, HEAD + stated)).published
    assert (published and published.at) == at


def test_a_page_is_decoded_as_it_says(tmp_path: Path) -> None:
    path = html(tmp_path, '<meta charset="iso-8859-1">', BODY.replace("council", "café’s owner"), "cp1252")
    assert "café’s owner" in read_one(path).text


def test_a_page_without_an_article_is_rejected(tmp_path: Path) -> None:
    assert "no article text" in rejection_of(html(tmp_path, "", "<script>1</script>")).reason
    assert "no article text" in rejection_of(html(tmp_path, "", "<div>" * 50_000)).reason


LINES = [
    "The harbour authority said on Monday that the new crane",
    "would arrive in May, two months later than planned.",
]


def test_a_pdf_gives_its_pages_and_no_date_of_publication(tmp_path: Path) -> None:
    path = tmp_path / "story.pdf"
    path.write_bytes(
        pdf(LINES, ["It cost four million."], info="/Title (Crane is late) /CreationDate (D:20240101000000Z)")
    )
    one = read_one(path)
    assert one.text == "\n".join(LINES) + "\n\nIt cost four million."
    assert (one.title, one.authors, one.published) == ("Crane is late", (), None)


def test_pdfs_that_cannot_be_read_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "story.pdf"
    whole = pdf(LINES)
    locked = PdfWriter(clone_from=io.BytesIO(whole))
    locked.encrypt("secret", algorithm="RC4-128")
    written = io.BytesIO()
    locked.write(written)
    for raw, reason in [
        (pdf([]), "no text"),
        (written.getvalue(), "password"),
        (whole[:300], "damaged"),
        (b"%PDF-1.4 nothing", "damaged"),
    ]:
        path.write_bytes(raw)
        assert reason in rejection_of(path).reason


def test_a_child_that_hangs_costs_its_own_article_only(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(ArticleRejected, match="more than 0 seconds"):
        sandbox.read_apart("html", ("<article>" + "<p>word</p>" * 300_000).encode(), "page.html", Limits(), seconds=0.4)
    assert time.monotonic() - started < 10
    assert read_one(html(tmp_path)).text
