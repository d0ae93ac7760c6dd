from __future__ import annotations

from pathlib import Path

import pytest

from rag.types import Published
from tests.rag.ingest.files import STORY, read_one, rejection_of


def markdown(folder: Path, text: str) -> Path:
    path = folder / "story.md"
    path.write_text(text)
    return path


def test_front_matter_is_read_and_left_out_of_the_text(tmp_path: Path) -> None:
    front = (
        "title: Bridge closes\nAuthor: Ann Field\ndate: 2024-03-05\nlink: https://valley.example/b\ntags: [a]\nlang: en"
    )
    one = read_one(markdown(tmp_path, f"---\n{front}\n---\n# Heading\n\n{STORY}\n"))
    assert one.text == f"# Heading\n\n{STORY}\n"
    assert (one.title, one.authors, one.source) == ("Bridge closes", ("Ann Field",), "valley.example")
    assert (one.key, one.published, one.language) == (
        "url:https://valley.example/b",
        Published("2024-03-05", "given"),
        "en",
    )
    assert [one.text[mark.start : mark.end] for mark in one.marks] == ["# Heading"]


def test_without_front_matter_the_first_heading_is_the_title(tmp_path: Path) -> None:
    assert read_one(markdown(tmp_path, f"# Bridge closes #\n\n{STORY}")).title == "Bridge closes"
    assert read_one(markdown(tmp_path, STORY)).title is None


def test_a_rule_is_not_front_matter(tmp_path: Path) -> None:
    text = f"---\n{STORY}\n---\n{STORY}"
    assert read_one(markdown(tmp_path, text)).text == text
    assert read_one(markdown(tmp_path, f"---\n{STORY}")).text.startswith("---")


@pytest.mark.parametrize(
    "front",
    [
        "title: [unclosed",
        "title: {a: 1}",
        "authors: {a: 1}",
        "date: spring 2024",
        "date: 2024-02-31",
        "a: &a [x, x]\nb: *a",
        "title: !!python/object/apply:os.getcwd []",
        "[" * 1_000,
    ],
)
def test_bad_front_matter_is_rejected(tmp_path: Path, front: str) -> None:
    assert (
        "front matter" in (r := rejection_of(markdown(tmp_path, f"---\n{front}\n---\n{STORY}"))).reason
        or "date" in r.reason
    )


def test_the_first_line_of_a_text_is_a_title_only_if_it_reads_like_one(tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    for first, title in [
        ("Old bridge closes for six weeks", "Old bridge closes for six weeks"),
        ("The bridge will close.", None),
        ("Bridge", None),
        ("By Ann Field,", None),
    ]:
        path.write_text(f"{first}\n\n{STORY}")
        assert read_one(path).title == title
    path.write_text(f"Old bridge closes for six weeks\n{STORY}")
    assert read_one(path).title is None
