"""Paths that a user named to the files that hold articles."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rag.errors import ArticleRejected
from rag.ingest.file import File, RemoteFile, os_errors
from rag.remote import opened

log = logging.getLogger("byline.ingest")

SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".jsonl", ".jsonl.gz")
_READABLE = ".txt, .md, .html, .htm, .pdf, .jsonl or .jsonl.gz"


def kind_of(path: File) -> str | None:
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


def find_remote(url: str) -> tuple[list[RemoteFile], list[ArticleRejected]]:
    """As `find_files`, for an address that fsspec reaches. Raises InputError and MissingExtra."""
    files, root = opened(url)
    try:
        with os_errors():
            return [RemoteFile(files.unstrip_protocol(path)) for path in _listed(files, root, url)], []
    except ArticleRejected as rejection:
        return [], [rejection]
    except OSError as error:
        return [], [ArticleRejected(url, f"it can't be read ({error}).", remedy="Check its address and your rights.")]


def _listed(files: Any, root: str, url: str) -> list[str]:
    """The paths to read, a folder's own files before those of its subfolders."""
    if files.isfile(root):
        if kind_of(RemoteFile(root)) is None:
            raise _of_another_kind(url)
        return [root]
    listed = [path for path in files.find(root) if "/." not in path.removeprefix(root)]
    found = [path for path in listed if kind_of(RemoteFile(path))]
    if not listed and not files.exists(root):
        raise ArticleRejected(url, "there is no such file or folder.", remedy="Check the address.")
    if not found:
        raise _without_articles(url, len(listed))
    return sorted(found, key=lambda path: (path.split("/")[:-1], path))


def _expanded(path: Path, rejected: list[ArticleRejected]) -> Iterator[Path]:
    where = str(path)
    if not path.exists():
        raise ArticleRejected(where, "there is no such file or folder.", remedy="Check the path.")
    if path.is_dir():
        yield from _in_folder(path, rejected)
    elif kind_of(path) is None:
        raise _of_another_kind(where)
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
        raise _without_articles(str(folder), passed_over)


def _of_another_kind(where: str) -> ArticleRejected:
    return ArticleRejected(where, "files of this kind can't be read.", remedy=f"Give a file that ends in {_READABLE}.")


def _without_articles(where: str, others: int) -> ArticleRejected:
    reason = f"the folder holds no article ({others} files of other kinds)."
    return ArticleRejected(where, reason, remedy=f"Put files in it that end in {_READABLE}.")
