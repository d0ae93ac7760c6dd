"""Paths that a user named to the files that hold articles."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.errors import ArticleRejected

log = logging.getLogger("byline.ingest")

SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".jsonl", ".jsonl.gz")
_READABLE = ".txt, .md, .html, .htm, .pdf, .jsonl or .jsonl.gz"


def kind_of(path: Path) -> str | None:
    """The suffix by which a file is read, or None for a file of another kind."""
    name = path.name.lower()
    return next((suffix for suffix in reversed(SUFFIXES) if name.endswith(suffix)), None)


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[ArticleRejected]]:
    """The files to read, each once, and what can't be read among the named paths.

    Named paths keep their order; a folder gives its files by name, those of its subfolders after its own. Inside a
    folder, hidden files and files of other kinds are passed over (their number is logged), and a folder that a
    symbolic link leads back to is entered once. A *named* path that is missing or of another kind is rejected.
    """
    files: dict[Path, Path] = {}
    rejected: list[ArticleRejected] = []
    for path in paths:
        try:
            for file in _expanded(path, rejected):
                files.setdefault(file.resolve(), file)
        except ArticleRejected as rejection:
            rejected.append(rejection)
        except (OSError, RuntimeError) as error:
            rejected.append(ArticleRejected(str(path), f"it can't be read ({error}).", remedy="Check its permissions."))
    return list(files.values()), rejected


def _expanded(path: Path, rejected: list[ArticleRejected]) -> Iterator[Path]:
    where = str(path)
    if not path.exists():
        raise ArticleRejected(where, "there is no such file or folder.", remedy="Check the path.")
    if path.is_dir():
        yield from _in_folder(path, rejected)
    elif kind_of(path) is None:
        raise ArticleRejected(
            where, "files of this kind can't be read.", remedy=f"Give a file that ends in {_READABLE}."
        )
    elif not path.is_file():
        raise ArticleRejected(where, "it is not a plain file.", remedy="Save its content in a file first.")
    else:
        yield path


def _in_folder(folder: Path, rejected: list[ArticleRejected]) -> Iterator[Path]:
    """The files in a folder and below; subfolders that can't be read are added to `rejected`."""

    def refuse(error: OSError) -> None:
        reason = f"the folder can't be read ({error.strerror})."
        rejected.append(ArticleRejected(str(error.filename), reason, remedy="Check its permissions."))

    passed_over = found = 0
    refused_before = len(rejected)
    entered: set[Path] = set()
    for here, folders, names in os.walk(folder, followlinks=True, onerror=refuse):
        real = Path(here).resolve()
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            file = Path(here, name)
            if kind_of(file) and file.is_file():
                found += 1
                yield file
            else:
                passed_over += 1
    if passed_over:
        log.info("passed over files=%d folder=%s", passed_over, folder)
    if not found and len(rejected) == refused_before:
        reason = f"the folder holds no article ({passed_over} files of other kinds)."
        raise ArticleRejected(str(folder), reason, remedy=f"Put files in it that end in {_READABLE}.")
