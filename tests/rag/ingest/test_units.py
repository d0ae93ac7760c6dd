from __future__ import annotations

import gzip
import hashlib
import json
import os
from pathlib import Path

import pytest

from rag.errors import ArticleRejected
from rag.ingest.limits import Limits
from rag.ingest.units import Unit, units
from rag.types import Article, Published
from tests.rag.ingest.files import STORY, outcomes, read_one, rejection_of

RECORD = {
    "id": "7",
    "title": "Bridge closes",
    "url": "http://www.valley.example/bridge/?utm_source=mail#top",
    "source": None,
    "published": "2024-03-05",
    "authors": ["Ann  Field", "Ann Field"],
    "text": STORY,
    "language": "en-GB",
}


def jsonl(folder: Path, *lines: object, name: str = "news.jsonl") -> Path:
    raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    path = folder / name
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path


def test_a_record_is_an_article(tmp_path: Path) -> None:
    key = "url:https://www.valley.example/bridge"
    assert read_one(jsonl(tmp_path, RECORD)) == Article(
        id="a" + hashlib.sha256(key.encode()).hexdigest()[:16],
        key=key,
        text=STORY,
        file="news.jsonl",
        title="Bridge closes",
        source="valley.example",
        url=RECORD["url"],
        authors=("Ann Field",),
        published=Published("2024-03-05", "given"),
        language="en",
    )


def test_what_is_not_known_stays_unknown(tmp_path: Path) -> None:
    path = jsonl(tmp_path, {"text": "Ja."})
    one = read_one(path)
    digest = hashlib.sha256(b'{"text": "Ja."}').hexdigest()
    assert (one.id, one.key) == (f"a{digest[:16]}", f"file:{path}#{digest[:16]}")
    assert (one.title, one.source, one.url, one.authors, one.published, one.language) == (
        None,
        None,
        None,
        (),
        None,
        None,
    )


def test_records_of_a_file_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    path = jsonl(tmp_path, {"id": 1, "text": STORY}, {"id": "b", "text": STORY})
    assert [one.key for one in outcomes(path) if isinstance(one, Article)] == [f"file:{path}#1", f"file:{path}#b"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"text": "caf\xe9"}', "not UTF-8"),
        (["text"], "not a JSON object"),
        ({"title": "x"}, "'text' is missing"),
        ({"text": ""}, "'text' is missing"),
        ({"text": 5}, "'text' is not a string"),
        ({"text": STORY, "authors": "Ann"}, "'authors' is not a list"),
        ({"text": STORY, "id": True}, "'id' is not"),
        ({"text": STORY, "headline": "x"}, "unknown field 'headline'"),
        ({"text": STORY, "published": "last week"}, "not a whole, unambiguous date"),
        ({"text": STORY, "published": "03/04/2024"}, "not a whole, unambiguous date"),
        ({"text": STORY, "published": "2024-02-30"}, "not a whole, unambiguous date"),
        ({"text": STORY, "url": "javascript:alert(1)"}, "not a web address"),
        ({"text": STORY, "url": "https://a.example\\@b.example/"}, "not a web address"),
        ({"text": STORY + "\ud800"}, "half a character"),
        ({"text": STORY, "title": "a\u0000b"}, "U+0000"),
        ({"text": "x" * 500_000}, "longer than"),
    ],
)
def test_a_bad_line_is_rejected_and_the_rest_goes_on(tmp_path: Path, line: object, reason: str) -> None:
    path = jsonl(tmp_path, RECORD, line, {"text": STORY})
    first, rejection, last = outcomes(path, Limits(max_article_chars=10_000))
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(rejection, ArticleRejected)
    assert rejection.where == f"{path}:2"
    assert reason in rejection.reason


def test_a_digest_is_of_the_line_alone(tmp_path: Path) -> None:
    line = json.dumps({"text": STORY}).encode()
    files = [
        jsonl(tmp_path, line, name="a.jsonl"),
        jsonl(tmp_path, line + b"\r", b"", name="b.jsonl"),
        jsonl(tmp_path, b"\xef\xbb\xbf" + line, b"  ", name="c.jsonl.gz"),
    ]
    found = [unit for file in files for unit in units(file, Limits())]
    assert {unit.digest for unit in found if isinstance(unit, Unit)} == {hashlib.sha256(line).hexdigest()}
    assert len(found) == 3


def test_a_damaged_archive_gives_its_whole_lines_and_one_rejection(tmp_path: Path) -> None:
    path = jsonl(tmp_path, *[{"text": f"{STORY} {n * 7919}"} for n in range(3_000)], name="news.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-2_000])
    found = outcomes(path)
    assert len(found) > 100
    assert all(isinstance(one, Article) for one in found[:3])
    assert isinstance(found[-1], ArticleRejected)
    assert "damaged" in found[-1].reason
    path.write_bytes(b"not gzip")
    assert "damaged" in rejection_of(path).reason


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(b"x" * 40_000_000, 1))
    assert "times its size" in rejection_of(path, Limits(max_article_chars=10_000)).reason


def test_a_text_file_is_its_own_article(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(f"{STORY}\n")
    one = read_one(path)
    assert (one.key, one.file, one.text) == (f"file:{path}", "story.txt", f"{STORY}\n")
    assert one.id == f"a{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"
    assert (one.title, one.published, one.language) == (None, None, "en")


def test_a_file_that_changes_between_hash_and_read_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(STORY)
    (unit,) = units(path, Limits())
    assert isinstance(unit, Unit)
    path.write_text(STORY + " More.")
    with pytest.raises(ArticleRejected, match="changed"):
        unit.read()
    path.unlink()
    with pytest.raises(ArticleRejected, match="can't be read"):
        unit.read()
    assert "can't be read" in rejection_of(path).reason


def test_a_file_whose_name_is_not_unicode_is_rejected(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text(STORY)
    rejection = rejection_of(path)
    assert "not valid Unicode" in rejection.reason
    assert rejection.where.encode()


def test_an_endless_title_is_cut_and_the_text_is_not(tmp_path: Path) -> None:
    endless = RECORD | {
        "title": "long " * 40_000,
        "source": "x" * 9_000,
        "authors": ["y" * 9_000] * 2 + [str(n) for n in range(99)],
    }
    article = read_one(jsonl(tmp_path, endless))
    assert article.text == STORY
    assert len(article.title or "") == len(article.source or "") == 501
    assert (len(article.authors), len(article.authors[0])) == (50, 500)
