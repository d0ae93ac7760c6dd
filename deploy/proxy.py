"""nginx before the hosts, with the configuration that containers use."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.processes import folder_of_account, running
from rag.errors import MissingExtra

CONFIGURATION = Path(__file__).parent / "nginx" / "nginx.conf"
_LISTEN = "listen 8080;"
_HOSTS = """upstream byline {{
    zone byline 64k;
    least_conn;
{servers}
    # Each once more: when all of them failed lately, they are asked all the same.
{again}
}}
"""


def program() -> str | None:
    """None where nginx is not installed."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def write(folder: Path, port: int, hosts: Sequence[int]) -> Path:
    """The configuration, for a proxy at `port` of this machine before hosts at others."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    assert text.count(_LISTEN) == 1  # noqa: S101 - or this file and that one differ
    servers = [f"    server 127.0.0.1:{one} max_fails=3 fail_timeout=2s;" for one in hosts]
    again = [f"    server 127.0.0.1:{one} max_fails=0 backup;" for one in hosts]
    upstream = _HOSTS.format(servers="\n".join(servers), again="\n".join(again))
    (folder / "hosts.conf").write_text(upstream, encoding="utf-8")
    written = folder / "nginx.conf"
    written.write_text(text.replace(_LISTEN, f"listen 127.0.0.1:{port};"), encoding="utf-8")
    return written


@contextmanager
def served(folder: Path, port: int, hosts: Sequence[int]) -> Iterator[None]:
    """nginx at `port` of this machine until the block ends. Raises MissingExtra and BylineError."""
    found = program()
    if found is None:
        raise MissingExtra("nginx is not installed.", remedy="Run: apt-get install nginx-light.")
    folder_of_account(folder)
    written = write(folder, port, hosts)
    command = [found, "-p", str(folder), "-e", "stderr", "-c", str(written), "-g", "daemon off;"]
    with running(command, folder / "log", lambda: _listens(port), unprivileged=True):
        yield


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
