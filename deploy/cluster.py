"""The whole on this machine, as processes of its own, until it is interrupted. `make cluster` runs it.

client -> nginx -> host 1 … host N -> PostgreSQL, Chroma 1 … Chroma M
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import postgres, proxy, vectors
from deploy.host import Host
from deploy.processes import free_port
from rag.errors import BylineError, MissingExtra

ROOT = Path(__file__).parents[1]
_DATABASE = "byline"


@dataclass(frozen=True)
class Cluster:
    """All of it, running. `address` is nginx's."""

    address: str
    hosts: tuple[Host, ...]
    database: postgres.Server

    @property
    def database_url(self) -> str:
        return self.database.url(_DATABASE)

    def roll(self) -> None:
        """Restart one host after the other; the next one when the one before is ready again."""
        for host in self.hosts:
            host.stop()
            host.start()
            host.wait()


@contextmanager
def running(
    folder: Path,
    *,
    hosts: int = 2,
    chroma: int = 2,
    port: int = 0,
    articles: Path = ROOT / "corpus",
    keep: bool = True,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Cluster]:
    """The cluster with `articles`, once every host is ready; 0 takes a free port. What it holds is in `folder`, which
    others may pass through: PostgreSQL and nginx are not root. Raises MissingExtra and BylineError.
    """
    _look_for_programs()
    with ExitStack() as ending:
        options = () if keep else ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
        database = ending.enter_context(postgres.served(folder / "postgres", *options, keep=keep))
        _make_database(database)
        stores = [ending.enter_context(vectors.served(folder / f"chroma-{n}")) for n in range(1, chroma + 1)]
        shared = {"BYLINE_DATABASE_URL": database.url(_DATABASE), "BYLINE_CHROMA_URL": ",".join(stores)}
        env = {**shared, **(environment or {})}
        members = tuple(Host(folder / f"host-{n}", free_port(), env) for n in range(1, hosts + 1))
        members[0].command("ingest", str(articles))
        for host in members:
            host.start()
            ending.callback(host.stop)
        at = port or free_port()
        ending.enter_context(proxy.served(folder / "nginx", at, [host.port for host in members]))
        for host in members:
            host.wait()
        yield Cluster(f"http://127.0.0.1:{at}", members, database)


def _look_for_programs() -> None:
    """What is absent is told before anything is started."""
    if postgres.programs() is None:
        raise MissingExtra("PostgreSQL is not installed.", remedy="Run: apt-get install postgresql.")
    if proxy.program() is None:
        raise MissingExtra("nginx is not installed.", remedy="Run: apt-get install nginx-light.")


def _make_database(server: postgres.Server) -> None:
    if not server.run(f"SELECT 1 FROM pg_database WHERE datname = '{_DATABASE}'"):  # noqa: S608 - our own name
        server.run(f"CREATE DATABASE {_DATABASE}")


def main() -> int:
    """Serve until interrupted."""
    told = argparse.ArgumentParser(prog="python -m deploy.cluster", description="Starts Byline on several hosts, here.")
    told.add_argument("--hosts", type=int, default=2, help="How many serve.")
    told.add_argument("--chroma", type=int, default=2, help="How many Chroma servers share the vectors.")
    told.add_argument("--port", type=int, default=8080, help="nginx's port.")
    told.add_argument("--folder", type=Path, help="Where it is kept; without one, it goes when the cluster ends.")
    told.add_argument("--articles", type=Path, default=ROOT / "corpus", help="What is ingested first.")
    given = told.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _folder(given.folder) as folder:
            asked = {name: getattr(given, name) for name in ("hosts", "chroma", "port", "articles")}
            with running(folder, keep=given.folder is not None, **asked) as cluster:
                at = ", ".join(host.address for host in cluster.hosts)
                sys.stderr.write(f"Byline is at {cluster.address}/, before {at} (Ctrl-C stops all)\n")
                while True:
                    signal.pause()
    except BylineError as error:
        sys.stderr.write(f"cluster: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 0


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="byline-cluster-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


if __name__ == "__main__":
    sys.exit(main())
