from __future__ import annotations

import os
from pathlib import Path

from rag.ingest.discover import find_files, find_remote


def names(files: list[Path]) -> list[str]:
    return [file.name for file in files]


def test_a_folder_gives_its_files_by_name_then_those_below(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "c/d.JSONL.GZ", "c/e.html", "photo.jpg", ".hidden.txt", ".git/x.txt"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    files, rejected = find_files([tmp_path])
    assert names(files) == ["a.md", "b.txt", "d.JSONL.GZ", "e.html"]
    assert rejected == []


def test_a_file_named_twice_comes_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    assert names(find_files([tmp_path / "a.txt", tmp_path])[0]) == ["a.txt"]


def test_links_that_lead_back_are_entered_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    assert names(find_files([tmp_path])[0]) == ["a.txt"]


def test_what_was_named_and_cannot_be_read_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    paths = [tmp_path / name for name in ("none.txt", "photo.jpg", "empty", "pipe.txt")]
    files, rejected = find_files(paths)
    assert files == []
    assert [rejection.where for rejection in rejected] == [str(path) for path in paths]
    assert all(rejection.remedy for rejection in rejected)


def test_a_folder_elsewhere_gives_its_own_files_first(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/b/c.jsonl", ".hidden/x.txt", "c/.y.txt", "picture.png", "none/picture.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    url = f"file://{tmp_path}"
    found, rejected = find_remote(url)
    assert ([one.url for one in found], rejected) == ([f"{url}/{n}" for n in ("b.txt", "a/z.md", "a/b/c.jsonl")], [])
    assert [one.url for one in find_remote(f"{url}/b.txt")[0]] == [f"{url}/b.txt"]
    for name, why in (("no", "no such file"), ("none", "holds no article (1 files"), ("picture.png", "of this kind")):
        found, rejected = find_remote(f"{url}/{name}")
        assert (found, [why in str(one) for one in rejected]) == ([], [True]), rejected
