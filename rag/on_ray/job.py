"""An ingest on a cluster, from settings and what was named on the command line. Ray is imported when it is joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.errors import ArticleRejected, InputError
from rag.ingest.discover import find_files, find_remote
from rag.ingest.file import File
from rag.ingestion import Writer
from rag.jobs import limits_of
from rag.on_ray.session import joined
from rag.remote import is_remote
from rag.settings import Settings
from rag.store import open_store

if TYPE_CHECKING:
    from rag.on_ray.ingestion import RayIngest


@contextmanager
def open_ray_ingest(settings: Settings, address: str, sources: Sequence[str]) -> Iterator[RayIngest]:
    """`sources` are paths, and addresses that fsspec reaches; every node must be able to read them.

    Raises StoreBusy at once when another process writes, InputError, MissingExtra, ClusterError and ModelMismatch.
    """
    files, rejected = _files(sources)
    with open_store(settings, "byline ingest") as store, joined(address, settings.threads):
        from rag.on_ray.crew import method_of, strength, survey
        from rag.on_ray.ingestion import RayIngest, looked_at

        settings.models_dir.mkdir(parents=True, exist_ok=True)  # the nodes on this machine use it
        limits, method = limits_of(settings), method_of(settings)
        stamp = survey(method)
        writer = Writer(store, stamp.model, stamp.dimensions)
        found = [*rejected, *looked_at(files, limits, strength(method.threads))]
        yield RayIngest(len(found), store, writer, found, files, limits, method, stamp)


def _files(sources: Sequence[str]) -> tuple[list[File], list[ArticleRejected]]:
    if web := [one for one in sources if one.startswith(("http://", "https://"))]:
        raise InputError(f"{web[0]}: pages are not fetched by a cluster.", remedy="Ingest them without --ray.")
    for one in sources:
        if is_remote(one) and urlsplit(one).password:
            raise InputError(
                f"The address at {urlsplit(one).hostname} holds a password, which would be stored with its articles.",
                remedy="Leave it to the nodes' own settings of fsspec.",
            )
    local, rejected = find_files([Path(one) for one in sources if not is_remote(one)])
    files: list[File] = [*local]
    for address in filter(is_remote, sources):
        there, refused = find_remote(address)
        files += there
        rejected += refused
    return files, rejected
